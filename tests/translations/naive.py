"""argostranslate as its own page says to use it: the path that the tests of hazards and the benchmark set beside ours.

It imports `stanza` and `minisbd` whether it needs them or not, and neither is in our locks; empty modules stand in for them. The product
itself needs no such thing, since it never imports this part of the library (decision 42).
"""

import importlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

STAND_INS = ("stanza", "minisbd")


class OneByOne:
    """A splitter of the form that the library wants: at full stops, or (`cut=False`) never."""

    def __init__(self, *, cut: bool = True) -> None:
        self._cut = cut

    def split_sentences(self, text: str) -> list[str]:
        return [part for part in re.split(r"(?<=[.!?])\s+", text) if part.strip()] if self._cut else [text]


def stand_in() -> None:
    """Put empty modules where the library imports what it will not use."""
    if "stanza" not in sys.modules:
        sys.modules["stanza"] = ModuleType("stanza")
    if "minisbd" not in sys.modules:
        minisbd: Any = ModuleType("minisbd")
        # The library makes one a package and asks nothing of it before the first sentence; ours is put in its place by then.
        minisbd.SBDetect = object
        models: Any = ModuleType("minisbd.models")
        models.list_models = list
        minisbd.models = models
        sys.modules |= {"minisbd": minisbd, "minisbd.models": models}


class Naive:
    """The library on a folder of packages of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.package, self.translate, self.settings = _imported()
        self.settings.package_data_dir = folder
        self.settings.package_dirs = [folder]
        self.forget()

    def install(self, file: Path) -> None:
        self.package.install_from_path(file)

    def forget(self) -> None:
        """What no call of its public interface does: let go of models and of the list of languages."""
        self.translate.installed_translates.clear()
        self.translate.get_installed_languages.cache_clear()

    def pair(self, source: str, target: str, *, cut: bool = True) -> Any:
        """A pair as the library gives it, with a splitter that needs nothing from elsewhere."""
        for language in self.translate.get_installed_languages():
            for translation in language.translations_from:
                if (underlying := getattr(translation, "underlying", None)) is not None:
                    underlying.sentencizer = OneByOne(cut=cut)
        return self.translate.get_translation_from_codes(source, target)


def _imported() -> tuple[Any, Any, Any]:
    """The library, imported with its folders in a place of the tests: it makes three in the home directory otherwise."""
    stand_in()
    with _pinned():
        return (
            importlib.import_module("argostranslate.package"),
            importlib.import_module("argostranslate.translate"),
            importlib.import_module("argostranslate.settings"),
        )


@contextmanager
def _pinned() -> Iterator[None]:
    before = dict(os.environ)
    scratch = tempfile.mkdtemp(prefix="argos-")
    for name in [name for name in os.environ if name.startswith("ARGOS_")]:
        del os.environ[name]
    os.environ.update({f"XDG_{kind}_HOME": scratch for kind in ("DATA", "CONFIG", "CACHE")})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
