"""The tiny pairs, for tests in other folders: built and installed in a second."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.translations.lexicons import BN_EN, EN_NL, ES_EN, turned
from tests.translations.tiny import Package, build
from translations.engine import Argos
from translations.translator import Careful

PAIRS = {
    "es-en": Package("es", "en", ES_EN),
    "en-nl": Package("en", "nl", EN_NL),
    "bn-en": Package("bn", "en", BN_EN),
    "nl-en": Package("nl", "en", turned(EN_NL)),
    "en-es": Package("en", "es", turned(ES_EN)),
}


@contextmanager
def tiny_translator(folder: Path) -> Iterator[Careful]:
    """What the product makes of the tiny pairs, installed in a folder."""
    install_all(folder)
    engine = Argos(folder, {})
    yield Careful(engine, engine.placeholder)
    engine.close()


def install_all(folder: Path) -> None:
    """Install every tiny pair in a folder of models."""
    engine = Argos(folder, {})
    with tempfile.TemporaryDirectory() as scratch:
        for pair, package in PAIRS.items():
            engine.packages.install(build(package, Path(scratch) / f"{pair}.argosmodel"))
    engine.close()
