"""A model that gets stuck says one word until the library's limit; ours decodes such a sentence again with repeats forbidden."""

import pytest

from tests.translations.conftest import Build
from tests.translations.naive import Naive
from tests.translations.tiny import END, Package
from translations.base import Hop
from translations.engine import Argos
from translations.loops import loops, most_repeated
from translations.translator import Careful

# With eight words more likely than the end, the end is never among what a search of four ways looks at, until repeats are forbidden.
INSTEAD = [(word, 1e-5) for word in ("now", "then", "here", "there", "again", "more", "still", "yet")]
STUCK = Package("es", "en", {"hola": "hello", "nunca": [("never", 1.0), *INSTEAD, (END, 1e-6)]}, stuck_at=1)
ENDLESS = Package("es", "en", {"hola": "hello", "nunca": "never"}, stuck_at=1)
MADE_UP = "the boss told all of us to come back on the next day"
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


def test_what_is_left_of_a_loop_is_believed_in_the_library_and_doubted_by_us(
    naive: Naive, engine: Argos, whole: Careful, made: Build
) -> None:
    file = made(STUCK)
    naive.install(file)
    engine.packages.install(file)

    theirs = naive.pair("es", "en").hypotheses("hola nunca", 1)[0]
    ours = whole.translate("hola nunca", "es", "en")

    # Its score is all that the library says of it, and that is as good as any.
    assert theirs.value.count("never") > 200
    assert theirs.score > -1
    assert ours.sentences[0].marks == ("length",)
    assert ours.confidence == "unsure"


def test_a_sentence_that_a_model_makes_up_on_one_short_word_is_believed_in_the_library_and_doubted_by_us(
    naive: Naive, engine: Argos, whole: Careful, made: Build
) -> None:
    file = made(Package("es", "en", {"sí": MADE_UP, "hola": "hello"}))
    naive.install(file)
    engine.packages.install(file)

    theirs = naive.pair("es", "en").hypotheses("sí", 1)[0]
    ours = whole.translate("sí. hola", "es", "en")

    assert theirs.value == MADE_UP
    assert theirs.score > -1
    assert [(sentence.text, sentence.marks) for sentence in ours.sentences] == [(f"{MADE_UP}.", ("length",)), ("hello", ())]


def test_an_engine_that_loops_all_the_same_is_marked(naive: Naive, engine: Argos, whole: Careful, made: Build) -> None:
    file = made(Package("es", "en", {"grita": "he shouts and he shouts and he shouts and he shouts and"}))
    naive.install(file)
    engine.packages.install(file)

    theirs = naive.pair("es", "en").translate("grita")
    ours = whole.translate("grita", "es", "en")

    assert theirs == "he shouts and he shouts and he shouts and he shouts and"
    assert "repeats" in ours.sentences[0].marks


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
