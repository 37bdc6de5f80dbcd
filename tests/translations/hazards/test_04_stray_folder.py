"""One folder among the packages that is none stops every translation of the library."""

from pathlib import Path

import pytest

from tests.translations.naive import Naive
from translations.engine import Argos


def test_a_stray_folder_breaks_the_library_and_is_set_aside_and_told_by_us(
    naive: Naive, engine: Argos, tiny_packages: dict[str, Path]
) -> None:
    naive.install(tiny_packages["es-en"])
    engine.packages.install(tiny_packages["es-en"])
    (naive.folder / "stray").mkdir()
    (engine.packages.folder / "stray").mkdir()
    naive.forget()

    ours = engine.render(["hola"], engine.hops()[0])[0].text
    again = Argos(engine.packages.folder, {})
    again.close()

    with pytest.raises(FileNotFoundError):
        naive.pair("es", "en")
    assert ours == "hello"
    assert [aside.name for aside in engine.packages.quarantined()] == ["stray"]
    assert not (engine.packages.folder / "stray").exists()


def test_a_package_that_was_unpacked_by_hand_is_not_believed(engine: Argos, naive: Naive, tiny_packages: dict[str, Path]) -> None:
    naive.install(tiny_packages["es-en"])
    engine.packages.folder.mkdir()
    (folder,) = naive.folder.iterdir()
    folder.rename(engine.packages.folder / folder.name)

    engine.packages.sweep()

    assert engine.hops() == ()
    (aside,) = engine.packages.quarantined()
    assert "weerklank languages install" in aside.why


def test_a_package_that_lost_a_part_since_is_set_aside_when_it_is_asked(engine: Argos, tiny_packages: dict[str, Path]) -> None:
    installed = engine.packages.install(tiny_packages["es-en"])
    vocabularies = [*(installed.folder / "model").glob("*vocabulary*")]
    for file in vocabularies:
        file.unlink()

    with pytest.raises(Exception, match="cannot be loaded"):
        engine.render(["hola"], installed.hop)

    assert vocabularies
    assert engine.hops() == ()
    assert [aside.name for aside in engine.packages.quarantined()] == [installed.folder.name]
