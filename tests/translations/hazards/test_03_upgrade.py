"""The library goes on with the old model after a newer package was installed, even after the old one was taken away."""

from pathlib import Path

import pytest

from tests.translations.conftest import Build
from tests.translations.naive import Naive
from tests.translations.tiny import Package
from translations.base import Hop, QueueFull
from translations.engine import Argos

NEWER = Package("es", "en", {"hola": "good day", "mundo": "earth"}, version="1.1")


def test_an_upgrade_is_not_heard_by_the_library_and_is_by_us_at_once(
    naive: Naive, engine: Argos, tiny_packages: dict[str, Path], made: Build
) -> None:
    naive.install(tiny_packages["es-en"])
    naive.pair("es", "en").translate("hola mundo")
    naive.install(made(NEWER))
    (older,) = (each for each in naive.package.get_installed_packages() if each.package_version == "1.0")
    naive.package.uninstall(older)

    engine.packages.install(tiny_packages["es-en"])
    before = engine.render(["hola mundo"], engine.hops()[0])[0].text
    engine.packages.install(made(NEWER))
    after = engine.render(["hola mundo"], engine.hops()[0])[0].text

    assert naive.pair("es", "en").translate("hola mundo") == "hello world"
    assert (before, after) == ("hello world", "good day earth")
    assert engine.registry.loads == 2


def test_an_upgrade_by_another_process_is_heard_too(engine: Argos, tiny_packages: dict[str, Path], made: Build) -> None:
    engine.packages.install(tiny_packages["es-en"])
    engine.render(["hola"], engine.hops()[0])
    other = Argos(engine.packages.folder, {})
    other.packages.install(made(NEWER))
    other.close()

    assert engine.hops() == (Hop("es", "en", "es-en 1.1"),)
    assert engine.render(["hola"], engine.hops()[0])[0].text == "good day"


def test_whoever_still_names_the_old_model_is_told_to_come_again_and_is_never_given_the_new_one_under_its_name(
    engine: Argos, tiny_packages: dict[str, Path], made: Build
) -> None:
    engine.packages.install(tiny_packages["es-en"])
    (old,) = engine.hops()
    engine.packages.install(made(NEWER))

    with pytest.raises(QueueFull, match=r"es-en 1\.0 is not installed now"):
        engine.render(["hola"], old)
