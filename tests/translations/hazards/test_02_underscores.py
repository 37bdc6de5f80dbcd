"""The library turns every underscore into a space. What a model itself does to numbers and names is the shield's work."""

from pathlib import Path

from tests.translations.naive import Naive
from translations.base import Hop
from translations.engine import Argos

TEXT = "hola https://line.example/a_b __NAME_1__ mundo"


def test_an_underscore_becomes_a_space_in_the_library_and_stays_with_us(
    naive: Naive, tiny_engine: Argos, tiny_packages: dict[str, Path]
) -> None:
    naive.install(tiny_packages["es-en"])

    theirs = naive.pair("es", "en").translate(TEXT)
    (ours,) = tiny_engine.render([TEXT], Hop("es", "en", "es-en 1.0"))

    assert "a_b" not in theirs
    assert "__NAME_1__" not in theirs
    assert ours.text == "hello https://line.example/a_b __NAME_1__ world"
