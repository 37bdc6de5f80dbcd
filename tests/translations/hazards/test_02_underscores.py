"""The library turns every underscore into a space, and models change what means the same in every language: amounts, hours, addresses."""

from pathlib import Path

import pytest

from tests.translations.conftest import Build
from tests.translations.lexicons import ES_EN
from tests.translations.naive import Naive
from tests.translations.tiny import Package
from translations.base import Care, Hop
from translations.engine import Argos
from translations.selftest import TEMPLATES
from translations.translator import Careful

TEXT = "hola https://line.example/a_b __NAME_1__ mundo"
CARE = Care(names=("Sunrise Garments",))
# As a real model was measured to do: "€30" became pounds, "12,500" became "12.500", "Nguyen Van An" became another name.
CARELESS = Package("es", "en", ES_EN, spoiled={"€": "£", ":": ".", ",": ".", "@": " ", "+": " ", "-": " ", "/": " ", "S": "Z"})
KEEPS_NO_MARK = Package("es", "en", ES_EN, spoiled=dict.fromkeys("0123456789", "7"))
# It kept every mark when it was tried, and swallows what stands behind this one word.
SWALLOWS = Package("es", "en", {**ES_EN, "pagan €30": "they pay €77"} | {f"pagan {mark.format(n=1)}": "they pay €77" for mark in TEMPLATES})
KEPT = [
    "https://line.example/a_b",
    "ana_m@line.example",
    "+44 7700 900123",
    "€30",
    "12,500",
    "19:30",
    "28-11-2026",
    "WK-7F3K-92QX",
    "Sunrise Garments",
    "__NAME_1__",
]


def test_an_underscore_becomes_a_space_in_the_library_and_stays_with_us(
    naive: Naive, tiny_engine: Argos, tiny_packages: dict[str, Path]
) -> None:
    naive.install(tiny_packages["es-en"])

    theirs = naive.pair("es", "en").translate(TEXT)
    (ours,) = tiny_engine.render([TEXT], Hop("es", "en", "es-en 1.0"))

    assert "a_b" not in theirs
    assert "__NAME_1__" not in theirs
    assert ours.text == "hello https://line.example/a_b __NAME_1__ world"


@pytest.mark.parametrize("span", KEPT)
def test_a_careless_model_changes_it_in_the_library_and_cannot_with_us(
    naive: Naive, engine: Argos, whole: Careful, made: Build, span: str
) -> None:
    file = made(CARELESS)
    naive.install(file)
    engine.packages.install(file)
    text = f"el jefe grita en la fábrica {span} y no nos pagan"

    theirs = naive.pair("es", "en").translate(text)
    ours = whole.translate(text, "es", "en", CARE)

    assert span not in theirs
    assert ours.text == f"the boss shouts in the factory {span} and not us they pay"
    assert ours.confidence == "good"


@pytest.mark.parametrize("package", [KEEPS_NO_MARK, SWALLOWS], ids=["keeps no mark", "swallows one"])
def test_what_no_placeholder_saves_is_another_number_in_the_library_and_the_workers_own_sentence_with_us(
    naive: Naive, engine: Argos, whole: Careful, made: Build, package: Package
) -> None:
    file = made(package)
    naive.install(file)
    engine.packages.install(file)
    text = "No me pagan €30. El jefe grita."

    theirs = naive.pair("es", "en").translate(text)
    ours = whole.translate(text, "es", "en")

    assert "€77" in theirs
    assert ours.text == "No me pagan €30. The boss shouts."
    assert [sentence.marks for sentence in ours.sentences] == [("lost",), ()]
    assert [sentence.confidence for sentence in ours.sentences] == ["not_translated", "good"]
