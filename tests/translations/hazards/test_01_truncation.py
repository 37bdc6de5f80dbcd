"""The library cuts what it says at 256 tokens, without a sign."""

from pathlib import Path

from tests.translations.conftest import Build
from tests.translations.naive import Naive
from tests.translations.tiny import Package
from translations.argos import LONGEST
from translations.base import Hop
from translations.engine import Argos
from translations.splitter import chunks
from translations.translator import Careful

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


def test_what_no_limit_reaches_is_silent_in_the_library_and_marked_by_us(naive: Naive, engine: Argos, whole: Careful, made: Build) -> None:
    endless = made(Package("es", "en", {"hola": "hello", "nunca": "never"}, stuck_at=1))
    naive.install(endless)
    engine.packages.install(endless)

    theirs = naive.pair("es", "en").translate("hola nunca")
    (ours,) = whole.translate("hola nunca", "es", "en").sentences

    assert len(theirs.split()) > 200
    assert "cut" in ours.marks
    assert ours.confidence == "unsure"


def test_a_long_complaint_without_a_full_stop_reaches_its_reader_whole_and_says_that_it_was_cut_in_pieces(
    naive: Naive, tiny_whole: Careful, tiny_packages: dict[str, Path]
) -> None:
    naive.install(tiny_packages["es-en"])

    theirs = naive.pair("es", "en", cut=False).translate(LONG)
    ours = tiny_whole.translate(LONG, "es", "en")

    assert not theirs.endswith("last")
    assert len(ours.text.split()) == 301
    assert ours.text.endswith("last")
    assert {sentence.marks for sentence in ours.sentences} == {("pieces",)}
