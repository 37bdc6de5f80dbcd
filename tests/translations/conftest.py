"""Tiny packages for every test here, made once a worker of the test run, and engines on them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.translations.lexicons import BN_EN, EN_NL, ES_EN, turned
from tests.translations.naive import Naive
from tests.translations.tiny import Package, build
from translations.engine import Argos

PAIRS = {
    "es-en": Package("es", "en", ES_EN),
    "en-nl": Package("en", "nl", EN_NL),
    "bn-en": Package("bn", "en", BN_EN),
    "nl-en": Package("nl", "en", turned(EN_NL)),
    "en-es": Package("en", "es", turned(ES_EN)),
}

Build = Callable[[Package], Path]


@pytest.fixture(scope="session")
def tiny_packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The file of each pair, such as `es-en`."""
    folder = tmp_path_factory.mktemp("packages")
    return {pair: build(package, folder / f"{pair}.argosmodel") for pair, package in PAIRS.items()}


@pytest.fixture(scope="session")
def tiny_folder(tiny_packages: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which every tiny package is installed; for tests that change nothing there."""
    folder = tmp_path_factory.mktemp("installed") / "languages"
    engine = Argos(folder, {})
    for file in tiny_packages.values():
        engine.packages.install(file)
    engine.close()
    return folder


@pytest.fixture
def tiny_engine(tiny_folder: Path) -> Iterator[Argos]:
    """An engine that knows every tiny pair."""
    engine = Argos(tiny_folder, {})
    yield engine
    engine.close()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Argos]:
    """An engine without any package yet, in a folder of its own."""
    made = Argos(tmp_path / "languages", {})
    yield made
    made.close()


@pytest.fixture
def made(tmp_path: Path) -> Build:
    """Make a package for one test."""
    return lambda package: build(package, tmp_path / f"{package.folder}.argosmodel")


@pytest.fixture
def naive(tmp_path: Path) -> Naive:
    """argostranslate's own path on a folder of its own."""
    folder = tmp_path / "naive"
    folder.mkdir()
    return Naive(folder)
