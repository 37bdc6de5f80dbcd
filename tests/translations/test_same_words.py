"""Batches change the speed and nothing else: what the library says, we say."""

from pathlib import Path

from tests.translations.naive import Naive
from translations.base import Hop
from translations.engine import Argos

MESSAGES = [
    "Hola señor, no nos pagan las horas extra desde enero",
    "el jefe grita y tengo miedo",
    "la puerta está cerrada, hay fuego en la fábrica",
    "trabajamos tres meses, dos días",
    "no hay agua en el baño",
    "su jefe tiene mi pasaporte [[1]]",
    "3.5 horas, €30, 19:30",
    "sueldo, salario, sueldo!",
    "gracias",
]


def test_sentences_in_a_batch_come_out_as_the_library_says_them_one_by_one(
    naive: Naive, tiny_engine: Argos, tiny_packages: dict[str, Path]
) -> None:
    naive.install(tiny_packages["es-en"])
    pair = naive.pair("es", "en", cut=False)

    ours = tiny_engine.render(MESSAGES * 4, Hop("es", "en", "es-en 1.0"))

    assert [rendered.text for rendered in ours] == [pair.translate(message).strip() for message in MESSAGES] * 4
