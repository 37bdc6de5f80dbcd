"""Sentences are found in every script, and no letter is ever lost between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translations.splitter import LONGEST, chunks, split

LINES = {
    "latin": ("No me pagan. Necesito ayuda. ¿Por qué? ¡Gracias!", ["No me pagan.", "Necesito ayuda.", "¿Por qué?", "¡Gracias!"]),
    "small letters": ("no me pagan. necesito ayuda", ["no me pagan.", "necesito ayuda"]),
    "in a hurry": ("no me pagan.Necesito ayuda", ["no me pagan.", "Necesito ayuda"]),
    "quoted": ('She said "Stop." Then she left.', ['She said "Stop."', "Then she left."]),
    "bengali": ("আমি বেতন পাইনি। তিন মাস হলো।সাহায্য চাই", ["আমি বেতন পাইনি।", "তিন মাস হলো।", "সাহায্য চাই"]),
    "hindi": ("वेतन नहीं मिला। मदद कीजिए॥ धन्यवाद", ["वेतन नहीं मिला।", "मदद कीजिए॥", "धन्यवाद"]),
    "burmese": ("ကျွန်တော် လစာ မရ။ ကူညီပါ။", ["ကျွန်တော် လစာ မရ။", "ကူညီပါ။"]),
    "khmer": ("ខ្ញុំមិនបានប្រាក់ខែ។ជួយផង។", ["ខ្ញុំមិនបានប្រាក់ខែ។", "ជួយផង។"]),
    "arabic": ("لم يدفعوا لي. لماذا؟ ساعدوني", ["لم يدفعوا لي.", "لماذا؟", "ساعدوني"]),
    "urdu": ("مجھے تنخواہ نہیں ملی۔مدد کریں۔", ["مجھے تنخواہ نہیں ملی۔", "مدد کریں۔"]),
    "chinese": ("他们没有付钱给我。请帮助我！谢谢", ["他们没有付钱给我。", "请帮助我！", "谢谢"]),
    "amharic": ("ደመወዝ አልተከፈለኝም። እርዱኝ።", ["ደመወዝ አልተከፈለኝም።", "እርዱኝ።"]),
    "thai": (
        "ฉันทำงานที่โรงงานแห่งนี้มาตั้งแต่ปีที่แล้ว พวกเขาไม่จ่ายเงินให้ฉันเป็นเวลาสามเดือน",
        ["ฉันทำงานที่โรงงานแห่งนี้มาตั้งแต่ปีที่แล้ว", "พวกเขาไม่จ่ายเงินให้ฉันเป็นเวลาสามเดือน"],
    ),
}
WHOLE = {
    "a title": "El Sr. Pérez grita.",
    "an initial": "J. Smith was here.",
    "times and amounts": "A las 19.30 son 3.5 horas por 12.500 pesos.",
    "an ordinal": "Ik werk hier sinds 3. maart in de hal.",
    "a list's number": "1. Salario bajo",
    "a number's abbreviation": "Es la orden No. 12 de hoy.",
    "an abbreviation that ends nothing": "They took phones, shoes etc. and money.",
    "hesitation": "No sé... mi jefe grita.",
    "an address": "Lee www.Facebook.com/Ayuda?x=1.2 y a.b@c.De ahora",
    "a short thai message": "ฉันชื่อ นุช ทำงานที่นี่",
}


@pytest.mark.parametrize("case", LINES)
def test_a_sentence_ends_where_its_script_ends_it(case: str) -> None:
    line, sentences = LINES[case]

    assert split(line) == (tuple(sentences),)


@pytest.mark.parametrize("case", WHOLE)
def test_a_dot_that_ends_nothing_cuts_nothing(case: str) -> None:
    assert split(WHOLE[case]) == ((WHOLE[case],),)


def test_an_answer_of_one_word_is_no_abbreviation() -> None:
    assert split("¿Te pagan? No. Nunca. ¿Y a las 5 p.m.? No.") == (("¿Te pagan?", "No.", "Nunca.", "¿Y a las 5 p.m.?", "No."),)


def test_paragraphs_and_empty_lines_keep_their_places() -> None:
    assert split("\nuno\n\ndos. tres\r\ncuatro\n") == ((), ("uno",), (), ("dos.", "tres"), ("cuatro",), ())


@given(st.text() | st.text(alphabet="aB1 .!?…।။。؟\n\t\"')อ"))
def test_no_letter_is_lost_and_none_is_added(text: str) -> None:
    found = "".join(sentence for paragraph in split(text) for sentence in paragraph)

    assert "".join(found.split()) == "".join(text.split())


@given(st.text(), st.integers(min_value=20, max_value=80))
def test_a_long_sentence_is_cut_without_losing_a_letter(text: str, longest: int) -> None:
    assert "".join("".join(chunks(text, longest)).split()) == "".join(text.split())


@pytest.mark.parametrize("text", ["palabra, " * 1200, "palabra " * 1200, "字" * 10_000, "é" * 10_000])
def test_ten_thousand_characters_without_a_stop_become_pieces_a_model_can_take(text: str) -> None:
    assert max(map(len, chunks(text))) <= LONGEST


def test_a_piece_ends_after_a_clause_rather_than_inside_a_word() -> None:
    first, second = chunks("no me pagaron las horas de la noche, y mi jefe grita", longest=40)

    assert (first, second) == ("no me pagaron las horas de la noche,", "y mi jefe grita")


def test_a_letter_is_not_parted_from_its_marks() -> None:
    family = "👩‍👩‍👧‍👦"

    assert set(chunks(family * 30, longest=33)) <= {family * n for n in range(1, 10)}
