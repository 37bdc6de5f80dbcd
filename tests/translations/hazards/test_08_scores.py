"""The library loses empty lines at the beginning and adds scores up, so that a long text always looks worse than a short one."""

import math
from pathlib import Path

import pytest

from tests.translations.naive import Naive
from translations.base import Hop
from translations.engine import Argos
from translations.splitter import split

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
