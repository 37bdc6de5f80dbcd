"""The library cuts what it says at 256 tokens, without a sign."""

from pathlib import Path

from tests.translations.conftest import Build
from tests.translations.naive import Naive
from tests.translations.tiny import Package
from translations.argos import LONGEST
from translations.base import Hop
from translations.engine import Argos
from translations.splitter import chunks

HOP = Hop("es", "en", "es-en 1.0")
LONG = " ".join(["hola"] * 300) + " último"


def test_the_end_of_a_long_complaint_is_lost_without_a_sign_by_the_library_and_kept_by_us(
    naive: Naive, tiny_engine: Argos, tiny_packages: dict[str, Path]
) -> None:
    naive.install(tiny_packages["es-en"])

    theirs = naive.pair("es", "en", cut=False).translate(LONG)
    (ours,) = tiny_engine.render([LONG], HOP)

    assert len(theirs.split()) < 301
    assert "last" not in theirs
    assert ours.text.split()[-1] == "last"
    assert len(ours.text.split()) == 301
    assert ours.complete


def test_what_is_too_long_for_any_model_is_told_as_incomplete_and_fits_once_it_is_cut_in_pieces(tiny_engine: Argos) -> None:
    endless = " ".join(["hola"] * (LONGEST + 100)) + " último"

    (whole,) = tiny_engine.render([endless], HOP)
    pieces = tiny_engine.render(chunks(endless), HOP)

    assert not whole.complete
    assert "last" not in whole.text
    assert all(piece.complete for piece in pieces)
    assert pieces[-1].text.endswith("last")
    assert sum(len(piece.text.split()) for piece in pieces) == LONGEST + 101


def test_a_sentence_that_a_model_has_no_places_for_harms_nobody_who_waits_beside_it(engine: Argos, made: Build) -> None:
    engine.packages.install(made(Package("es", "en", {"hola": "hello"}, places=32)))

    long, short = engine.render([" ".join(["hola"] * 200), "hola"], HOP)

    assert (long.text, long.complete) == ("", False)
    assert (short.text, short.complete) == ("hello", True)
