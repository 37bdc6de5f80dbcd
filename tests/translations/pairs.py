"""The tiny pairs, for tests in other folders: built and installed in a second."""

import tempfile
from pathlib import Path

from tests.translations.lexicons import BN_EN, EN_NL, ES_EN, turned
from tests.translations.tiny import Package, build
from translations.engine import Argos

PAIRS = {
    "es-en": Package("es", "en", ES_EN),
    "en-nl": Package("en", "nl", EN_NL),
    "bn-en": Package("bn", "en", BN_EN),
    "nl-en": Package("nl", "en", turned(EN_NL)),
    "en-es": Package("en", "es", turned(ES_EN)),
}


def install_all(folder: Path) -> None:
    """Install every tiny pair in a folder of models."""
    engine = Argos(folder, {})
    with tempfile.TemporaryDirectory() as scratch:
        for pair, package in PAIRS.items():
            engine.packages.install(build(package, Path(scratch) / f"{pair}.argosmodel"))
    engine.close()
