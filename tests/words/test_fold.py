"""Two spellings of one word are equal for matching, and typography never doubles the price of an SMS."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from words.fold import fold, gsm, squeeze
from words.segments import segments


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("  Hello,   WORLD! ", "hello world"),
        ("it's — “fine”…", "it s fine"),
        ("Façade", "facade"),
        ("si\u0301", "si"),
        ("Sí", "si"),
        ("Đã không được trả lương", "da khong duoc tra luong"),
        ("İSTANBUL ısı", "istanbul isi"),
        ("Łódź", "lodz"),
        ("straße", "strasse"),
        ("২ টি", "2 টি"),
        ("１２３", "123"),
        ("আগুন!!!", "আগুন"),
        ("আ\u200cগুন", "আগুন"),
        ("কষ্ট।", "কষ্ট"),
        ("مُدِيـــر", "مدير"),
        ("🔥 fire 🔥", "fire"),
        ("", ""),
        ("?!", ""),
    ],
)
def test_a_word_is_known_however_it_is_typed(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_vowel_signs_are_letters_of_their_scripts() -> None:
    assert fold("বেতন") != fold("বতন")
    assert fold("ကျွန်တော်") == "ကျွန်တော်"


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize("word", ["Información", "trả lương", "বাংলায়", "हक़", "பணம்", "ñandú", "한국어"])
def test_a_word_is_one_word_in_every_normal_form(word: str, form: str) -> None:
    assert fold(unicodedata.normalize(form, word)) == fold(word)  # type: ignore[arg-type]


@given(st.text())
def test_what_is_folded_stays_folded(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(st.characters(max_codepoint=127)))
def test_the_short_way_for_plain_letters_says_the_same(text: str) -> None:
    assert f"{fold(text)} é".split() == [*fold(text).split(), "é"]
    assert fold(text + " é") == f"{fold(text)} e".strip()


@given(st.text())
def test_a_squeezed_text_has_no_space(text: str) -> None:
    assert not any(letter.isspace() for letter in squeeze(text))


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("“Hello” it’s — fine…", '"Hello" it\'s - fine...'),
        ("a\u00a0b\tc", "a b c"),
        ("a\u200bb\x00c", "abc"),
        ("`quote´", "'quote'"),
        ("¿Sí? №5", "¿Sí? №5"),
    ],
)
def test_typography_is_sent_plainly(typed: str, sent: str) -> None:
    assert gsm(typed) == sent


@given(st.text(st.characters(categories=["Ll", "Lu", "Lo", "Lt", "Mn", "Mc", "Nd"])))
def test_a_letter_of_any_language_is_never_changed(text: str) -> None:
    assert gsm(text) == text


def test_the_marks_that_join_and_part_letters_stay() -> None:
    assert gsm("می\u200cخواهم ක්\u200dෂ") == "می\u200cخواهم ක්\u200dෂ"


@given(st.text())
def test_plain_typography_is_never_dearer_than_the_carriers_own(text: str) -> None:
    assert segments(gsm(text)).encoding == segments(text, smart=True).encoding or "\u200c" in text
