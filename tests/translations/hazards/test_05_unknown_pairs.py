"""The library answers an unknown language with an AttributeError and an unknown pair with None."""

from pathlib import Path

import pytest

from tests.translations.naive import Naive
from translations.base import Hop, QueueFull
from translations.engine import Argos


def test_an_unknown_language_breaks_the_library_and_has_no_hop_with_us(
    naive: Naive, tiny_engine: Argos, tiny_packages: dict[str, Path]
) -> None:
    naive.install(tiny_packages["es-en"])

    with pytest.raises(AttributeError):
        naive.translate.translate("habari", "sw", "en")
    assert naive.pair("en", "es") is None
    assert {(hop.source, hop.target) for hop in tiny_engine.hops()} == {
        ("es", "en"),
        ("en", "nl"),
        ("bn", "en"),
        ("nl", "en"),
        ("en", "es"),
    }


def test_a_hop_that_nobody_has_is_refused_with_the_one_error_that_callers_know(tiny_engine: Argos) -> None:
    with pytest.raises(QueueFull, match="is not installed now"):
        tiny_engine.render(["habari"], Hop("sw", "en", "sw-en 1.0"))
    assert tiny_engine.placeholder(Hop("sw", "en", "sw-en 1.0")) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", ""), ("   ", ""), ("😀", "😀"), ("hola \ud800", "hello ?"), ("\u202ehola\u202c 1", None), ("hola\x00mundo", None)],
    ids=["empty", "blank", "emoji", "lone surrogate", "mixed direction", "control character"],
)
def test_whatever_a_sentence_holds_something_comes_back(tiny_engine: Argos, text: str, expected: str | None) -> None:
    (rendered,) = tiny_engine.render([text], Hop("es", "en", "es-en 1.0"))

    assert rendered.complete
    if expected is not None:
        assert rendered.text == expected
