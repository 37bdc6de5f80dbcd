"""The library keeps the last words it translated, in plain text, for as long as the process lives; and writes all of them into the log."""

import logging
import sys
import time
from pathlib import Path

import pytest

from tests.translations.naive import Naive
from translations.base import Hop
from translations.engine import Argos

HOP = Hop("es", "en", "es-en 1.0")


def held(words: str) -> int:
    """How often something holds these very words, beside who asks."""
    return sys.getrefcount(words) - 2


def test_the_last_words_stay_in_the_library_and_not_with_us(naive: Naive, tiny_engine: Argos, tiny_packages: dict[str, Path]) -> None:
    naive.install(tiny_packages["es-en"])
    pair = naive.pair("es", "en")
    theirs, ours = "hola secreto 73", "hola secreto 91"

    before = held(ours)
    pair.translate(theirs)
    tiny_engine.render([ours], HOP)
    patience = time.monotonic() + 5
    # The thread that served it lets go a moment after its caller has gone on.
    while held(ours) > before and time.monotonic() < patience:
        time.sleep(0.001)

    assert list(pair.cache) == [theirs]
    assert held(ours) == before


def test_words_stand_in_the_log_of_the_library_and_in_none_of_ours(
    naive: Naive, tiny_engine: Argos, tiny_packages: dict[str, Path], caplog: pytest.LogCaptureFixture
) -> None:
    naive.install(tiny_packages["es-en"])
    caplog.set_level(logging.DEBUG)

    naive.pair("es", "en").translate("hola secreto 73")
    theirs = caplog.text
    caplog.clear()
    tiny_engine.render(["hola secreto 91"], HOP)

    assert "hola secreto 73" in theirs
    assert "secret" not in caplog.text
