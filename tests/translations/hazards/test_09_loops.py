"""A model that gets stuck says one word until the library's limit; ours decodes such a sentence again with repeats forbidden."""

import pytest

from tests.translations.conftest import Build
from tests.translations.naive import Naive
from tests.translations.tiny import END, Package
from translations.base import Hop
from translations.engine import Argos
from translations.loops import loops, most_repeated

# With eight words more likely than the end, the end is never among what a search of four ways looks at, until repeats are forbidden.
INSTEAD = [(word, 1e-5) for word in ("now", "then", "here", "there", "again", "more", "still", "yet")]
STUCK = Package("es", "en", {"hola": "hello", "nunca": [("never", 1.0), *INSTEAD, (END, 1e-6)]}, stuck_at=1)
ENDLESS = Package("es", "en", {"hola": "hello", "nunca": "never"}, stuck_at=1)
HOP = Hop("es", "en", "es-en 1.0")


@pytest.mark.parametrize(("package", "ends"), [(STUCK, True), (ENDLESS, False)], ids=["can end", "cannot end"])
def test_the_library_says_never_two_hundred_times_and_we_do_not(
    naive: Naive, engine: Argos, made: Build, package: Package, ends: bool
) -> None:
    file = made(package)
    naive.install(file)
    engine.packages.install(file)

    theirs = naive.pair("es", "en").translate("hola nunca")
    (ours,) = engine.render(["hola nunca"], HOP)

    assert theirs.count("never") > 200
    assert "never never never never" not in ours.text
    assert ours.complete == ends


def test_a_worker_who_repeats_a_word_is_translated_as_often_as_they_said_it(tiny_engine: Argos) -> None:
    (rendered,) = tiny_engine.render(["nunca nunca nunca nunca nunca nunca"], HOP)

    assert rendered.text == "never never never never never never"


def test_a_loop_is_told_by_what_follows_itself_more_often_than_anything_in_the_source() -> None:
    assert loops(["it", "is", "never", "never", "never", "never"], ["no", "es", "nunca"])
    assert loops(["we", "are", "we", "are", "we", "are", "we", "are", "here"], ["aquí", "estamos"])
    assert not loops(["1", "0", "0", "0", "0", "0", "0"], ["1", "0", "0", "0", "0", "0", "0"])
    assert not loops(["never", "never", "never"], ["nunca"])
    assert not loops([], [])


def test_how_often_something_follows_itself_is_counted_for_phrases_too() -> None:
    assert most_repeated([]) == 0
    assert most_repeated(["a"]) == 1
    assert most_repeated(["a", "b", "a", "b", "a", "b"]) == 3
    assert most_repeated(["a", "b", "c", "d"]) == 1
