"""The library loses empty lines at the beginning and adds scores up, so that a long text always looks worse than a short one."""

import math
from pathlib import Path
from string import ascii_letters

import pytest

from tests.translations.conftest import Build
from tests.translations.naive import Naive
from tests.translations.tiny import Package
from translations.base import Hop
from translations.engine import Argos
from translations.quality import thresholds
from translations.splitter import split
from translations.translator import Careful

HOP = Hop("es", "en", "es-en 1.0")
NOISE = 0.01
"""What weights in eight bits may add to a score."""


def test_lines_at_the_beginning_are_lost_by_the_library_and_kept_by_our_splitter(
    naive: Naive, tiny_engine: Argos, tiny_packages: dict[str, Path]
) -> None:
    naive.install(tiny_packages["es-en"])
    text = "\n\nhola\n\nmundo"

    theirs = naive.pair("es", "en").translate(text)
    paragraphs = [tiny_engine.render(paragraph, HOP) for paragraph in split(text)]

    assert theirs == "hello\n\nworld"
    assert "\n".join(" ".join(rendered.text for rendered in paragraph) for paragraph in paragraphs) == "\n\nhello\n\nworld"


def test_the_score_of_a_text_falls_with_its_length_in_the_library_and_ours_is_per_token(
    naive: Naive, tiny_engine: Argos, tiny_packages: dict[str, Path]
) -> None:
    naive.install(tiny_packages["es-en"])
    pair = naive.pair("es", "en")

    short, long = (pair.hypotheses("\n".join(["hola"] * count), 1)[0].score for count in (1, 8))
    once, often = tiny_engine.render(["hola", "hola hola hola"], HOP)

    assert long < 4 * short
    # "hello" has 0.75; the end of the sentence is sure and counts as a token.
    assert once.score == pytest.approx(math.log(0.75) / 2, abs=NOISE)
    assert often.score == pytest.approx(math.log(0.75) * 3 / 4, abs=NOISE)


def test_words_that_a_model_is_sure_of_have_a_score_of_nought(tiny_engine: Argos) -> None:
    (rendered,) = tiny_engine.render(["no nos pagan desde enero"], HOP)

    assert rendered.score == pytest.approx(0.0, abs=NOISE)


def test_every_line_reaches_its_reader_where_its_writer_put_it(naive: Naive, tiny_whole: Careful, tiny_packages: dict[str, Path]) -> None:
    naive.install(tiny_packages["es-en"])
    text = "\n\nHola.\n\nNo hay agua. El jefe grita."

    theirs = naive.pair("es", "en").translate(text)
    ours = tiny_whole.translate(text, "es", "en")

    assert not theirs.startswith("\n")
    assert ours.text == "\n\nHello.\n\nNot there is water. The boss shouts."


def test_a_sure_text_of_many_lines_falls_below_the_line_for_doubt_in_the_library_and_is_as_good_as_one_line_with_us(
    naive: Naive, engine: Argos, whole: Careful, made: Build
) -> None:
    file = made(
        Package("es", "en", {"hola": [("hello", 0.75), ("hi", 0.25)], "raro": [(f"odd {letter}", 0.02) for letter in ascii_letters[:50]]})
    )
    naive.install(file)
    engine.packages.install(file)
    pair, doubt = naive.pair("es", "en"), thresholds().score

    short, long = (pair.hypotheses("\n".join(["hola"] * count), 1)[0].score for count in (1, 40))
    ours = [whole.translate("\n".join(["hola"] * count), "es", "en") for count in (1, 40)]
    odd = whole.translate("raro raro raro", "es", "en")

    assert long < doubt < short
    assert [made.confidence for made in ours] == ["good", "good"]
    assert odd.sentences[0].marks == ("weak",)
