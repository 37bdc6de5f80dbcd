"""Which language words are in: what tells it comes in order, and where nothing tells it, that is said."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translations.detect import SCRIPTS, Detected, Detector, lists, script_of

DETECTOR = Detector(
    ["en", "nl", "es", "fr", "pt", "id", "ms", "tr", "vi", "sw", "bn", "hi", "ne", "ur", "ar", "th", "my", "km", "zh", "xx"]
)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("আমরা তিন মাস বেতন পাইনি", "bn"),
        ("हमें तीन महीने से तनख्वाह नहीं मिली है", "hi"),
        ("मलेसिया आउन तीन लाख तिरेँ, यहाँ आएपछि तलब भनेको भन्दा आधा मात्र दिन्छन्।", "ne"),
        ("صاحب العمل يهددنا بالشرطة إذا طلبنا الراتب", "ar"),
        ("منیجر ہماری بات نہیں سنتا اور تنخواہ نہیں دیتا", "ur"),
        ("หัวหน้าเก็บบัตรสีชมพูของเพื่อน", "th"),
        ("လစာ မရသေးဘူး", "my"),
        ("宿舍夜里锁门", "zh"),
        ("Ik werk via een uitzendbureau in de kas", "nl"),
        ("En el corte de caña nos descuentan la comida", "es"),
        ("the gate is locked from outside every night", "en"),
        ("Hamile olduğumu öğrenince sözleşmemi yenilemediler", "tr"),
        ("Tunapulizia dawa shambani, dada mmoja alizimia jana", "sw"),
    ],
)
def test_native_words_are_told_without_anybody_having_chosen(text: str, language: str) -> None:
    assert DETECTOR.detect(text).language == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("apa amader line chief onek kharap kotha bole, karo kase bolte voy lage", "bn-Latn"),
        ("PF ka paisa 2 saal se kat raha hai par account me jama nahi hua", "hi-Latn"),
        ("em co bau 5 thang ma van phai dung may 11 tieng, xin ve som thi bi doa nghi viec", "vi-Latn"),
        ("ana ma3 sa7eb el shoghl, mafi masari 3ashan", "ar-Latn"),
    ],
)
def test_romanised_words_are_told_by_the_lists(text: str, language: str) -> None:
    found = DETECTOR.detect(text)

    assert (found.language, found.why) == (language, "romanised")


def test_latin_letters_from_somebody_whose_language_has_its_own_are_flagged() -> None:
    assert DETECTOR.detect("amader beton dey nai", "bn") == Detected("bn-Latn", "romanised", foreign_letters=True)
    assert DETECTOR.detect("the gate is locked every night", "bn") == Detected("en", "detector", foreign_letters=True)
    assert DETECTOR.detect("qwrt zxcv", "bn").foreign_letters
    assert not DETECTOR.detect("আমরা বেতন পাইনি", "bn").foreign_letters
    assert not DETECTOR.detect("de poort is dicht", "nl").foreign_letters


def test_spoken_hindi_and_urdu_in_latin_letters_go_by_the_choice_then_the_site() -> None:
    both = "paisa nahi mila hai"

    assert DETECTOR.detect(both, "ur").language == "ur-Latn"
    assert DETECTOR.detect(both, "hi").language == "hi-Latn"
    assert DETECTOR.detect(both, site=("ur",)).language == "ur-Latn"


@pytest.mark.parametrize("choice", ["nl", "es", "en", "fr"])
def test_a_few_letters_are_in_the_language_that_was_chosen(choice: str) -> None:
    assert DETECTOR.detect("ok!", choice) == Detected(choice, "choice")


def test_a_few_letters_are_in_the_only_language_of_the_site() -> None:
    assert DETECTOR.detect("ok", site=("tr", "bn")) == Detected("tr", "site")
    assert DETECTOR.detect("नमक", site=("ne", "bn")) == Detected("ne", "site")


def test_malay_and_indonesian_go_by_who_chose_them() -> None:
    text = "Kami tidak dibayar gaji selama tiga bulan"

    assert {DETECTOR.detect(text, each).language for each in ("id",)} == {"id"}
    assert {DETECTOR.detect(text, each).language for each in ("ms",)} == {"ms"}


@pytest.mark.parametrize("text", ["", "🔥🔥", "12.500", "...", "\ud800", "\x00"])
def test_what_holds_no_letter_is_in_no_language(text: str) -> None:
    assert DETECTOR.detect(text, "nl") == Detected(None, "nothing")


def test_what_nothing_tells_is_unknown() -> None:
    assert DETECTOR.detect("ok") == Detected(None, "nothing")


def test_a_choice_does_not_hide_another_script() -> None:
    assert DETECTOR.detect("আমরা বেতন পাইনি", "nl") == Detected("bn", "script")


def test_japanese_is_told_by_its_kana() -> None:
    assert script_of("工場の門") == "Hiragana"
    assert script_of("工厂大门") == "Han"


def test_every_list_says_where_it_comes_from_and_knows_only_words_as_they_are_typed() -> None:
    assert lists().keys() == {"ar-Latn", "bn-Latn", "hi-Latn", "ur-Latn", "vi-Latn"}
    assert all(word.isascii() and word.islower() for words in lists().values() for word in words if not word.isdigit())


def test_it_takes_less_than_a_millisecond() -> None:
    began = time.perf_counter()
    for _ in range(100):
        DETECTOR.detect("apa amader line chief onek kharap kotha bole, gaye haat dey", "bn")

    assert time.perf_counter() - began < 0.1


@given(st.text(st.characters(codec=None), max_size=80), st.sampled_from([None, "bn", "nl", "xx", ""]))
def test_any_text_at_all_gets_an_answer(text: str, choice: str | None) -> None:
    found = DETECTOR.detect(text, choice)

    assert (found.language is None) == (found.why == "nothing")
    assert found.language is None or found.language.split("-")[0].isalpha()
    assert script_of(text) in {None, "Latin", *SCRIPTS}
