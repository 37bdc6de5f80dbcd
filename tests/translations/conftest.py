"""Tiny packages for every test here, made once a worker of the test run."""

from pathlib import Path

import pytest

from tests.translations.lexicons import BN_EN, EN_NL, ES_EN, turned
from tests.translations.tiny import Package, build

PAIRS = {
    "es-en": Package("es", "en", ES_EN),
    "en-nl": Package("en", "nl", EN_NL),
    "bn-en": Package("bn", "en", BN_EN),
    "nl-en": Package("nl", "en", turned(EN_NL)),
    "en-es": Package("en", "es", turned(ES_EN)),
}


@pytest.fixture(scope="session")
def tiny_packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The file of each pair, such as `es-en`."""
    folder = tmp_path_factory.mktemp("packages")
    return {pair: build(package, folder / f"{pair}.argosmodel") for pair, package in PAIRS.items()}
