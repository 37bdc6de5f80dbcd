"""What means the same in every language goes through a model untouched, or the loss is seen."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translations.base import Care
from translations.selftest import TEMPLATES
from translations.shield import FORMS, shield
from translations.spans import Kind, find
from words.digits import ZEROS, ascii_digits, in_script
from words.quantities import numbers_in
from words.references import LETTERS

SCRIPTS = sorted(ZEROS)
CARE = Care(
    names=("Sunrise Garments", "Nguyễn Văn An", "An", "H&M", "ঢাকা ইপিজেড", "โรงงานทอง"),
    glossary={"line chief": {"nl": "lijnchef"}, "overtime": {"es": "horas extra"}},
)

FOUND: list[tuple[str, Kind, str]] = [
    ("see https://example.org/a_b?c=1.", "url", "https://example.org/a_b?c=1"),
    ("www.example.org is down", "url", "www.example.org"),
    ("read it on example.org/help!", "url", "example.org/help"),
    ("mail ana_maria@example.org, please", "email", "ana_maria@example.org"),
    ("follow @our_union now", "handle", "@our_union"),
    ("my case is WK-7F3K-92QX", "reference", "WK-7F3K-92QX"),
    ("my case is wk-ABCD-EFGH.", "reference", "wk-ABCD-EFGH"),
    ("they cut €30", "amount", "€30"),
    ("they cut 30€ each", "amount", "30€"),
    ("only BDT 12,500 came", "amount", "BDT 12,500"),
    ("only Rs. 1,25,000 came", "amount", "Rs. 1,25,000"),
    ("only 12.500 Tk came", "amount", "12.500 Tk"),
    ("500/- was cut", "amount", "500/-"),
    ("they owe US$ 40", "amount", "US$ 40"),
    ("বেতন ৳১২,৫০০ পাইনি", "amount", "৳১২,৫০০"),
    ("since 28-11-2026", "date", "28-11-2026"),
    ("since 2026/11/28", "date", "2026/11/28"),
    ("২৮/১১/২০২৬ থেকে", "date", "২৮/১১/২০২৬"),
    ("until 19:30 daily", "time", "19:30"),
    ("until 7.30 pm daily", "time", "7.30 pm"),
    ("jusqu'à 19h30", "time", "19h30"),
    ("it is 38°C here", "count", "38°C"),
    ("we lift 40 kg", "count", "40 kg"),
    ("call +44 7700 900123", "phone", "+44 7700 900123"),
    ("call 07700 900123", "phone", "07700 900123"),
    ("my code is 1234 5678", "phone", "1234 5678"),
    ("on the 3rd floor", "code", "3rd"),
    ("line B-12 is hot", "code", "B-12"),
    ("the field __NAME__ is", "code", "__NAME__"),
    ("only 12,500 came", "figure", "12,500"),
    ("from 10-12 there", "figure", "10-12"),
    ("12 women are ill", "number", "12"),
    ("๑๒ คน", "number", "๑๒"),
    ("🔥🔥 here", "sign", "🔥🔥"),
    ("press 2️⃣ now", "sign", "2️⃣"),
    ("at Sunrise Garments we", "name", "Sunrise Garments"),
    ("at SUNRISE  garments we", "name", "SUNRISE  garments"),
    ("An told me", "name", "An"),
    ("ทำที่โรงงานทองนาน", "name", "โรงงานทอง"),
    ("the Line chief shouts", "term", "Line chief"),
]


@pytest.mark.parametrize(("text", "kind", "written"), FOUND, ids=[written for _, _, written in FOUND])
def test_every_kind_of_span_is_found(text: str, kind: Kind, written: str) -> None:
    assert [(span.kind, span.written) for span in find(text, "nl", CARE)] == [(kind, written)]


@pytest.mark.parametrize("text", ["an old man", "they beat us", "Sunrise Garmentsville", "I said: no, never.", "", "...", "overtime"])
def test_words_are_left_to_the_model(text: str) -> None:
    assert find(text, "nl", CARE) == ()


def test_a_term_comes_out_as_the_glossary_says_and_only_in_its_languages() -> None:
    assert shield("the line chief shouts", "nl", CARE).restored() == "the lijnchef shouts"
    assert shield("the line chief shouts", "es", CARE).spans == ()


@pytest.mark.parametrize(
    ("text", "target", "restored"),
    [
        ("১২,৫০০ টাকা", "nl", "12,500 টাকা"),
        ("١٢٫٥ ساعة", "en", "12.5 ساعة"),
        ("১২,৫০০ টাকা", "bn", "১২,৫০০ টাকা"),
        ("12,500 taka", "bn", "12,500 taka"),
        ("https://example.org/৩", "nl", "https://example.org/৩"),
    ],
)
def test_digits_come_out_as_the_readers_write_them(text: str, target: str, restored: str) -> None:
    assert shield(text, target).restored() == restored


def test_an_address_with_a_name_in_it_stays_one_address() -> None:
    spans = find("see https://example.org/Sunrise%20Garments/An and An", "nl", CARE)

    assert [span.written for span in spans] == ["https://example.org/Sunrise%20Garments/An", "An"]


_WORDS = st.sampled_from(["the boss", "আমি", "لم", "ဒီ", "我们", "ที่", "no", "(", "[", ".", ",", "—", "x", "'", '"'])
_DIGITS = st.text("0123456789", min_size=1, max_size=4)


@st.composite
def _figures(draw: st.DrawFn) -> str:
    kind = draw(
        st.sampled_from(
            ["plain", "grouped", "lakh", "date", "clock", "money", "phone", "reference", "code", "url", "mail", "count", "face"]
        )
    )
    a, b = draw(_DIGITS), draw(st.text("123456789", min_size=2, max_size=2))
    return {
        "plain": a,
        "grouped": f"{b}.500",
        "lakh": f"1,{b},000",
        "date": f"{b}-11-2026",
        "clock": f"19:{b}",
        "money": f"€{a}",
        "phone": f"+44 7700 9001{b}",
        "reference": "WK-" + "-".join("".join(draw(st.sampled_from(LETTERS)) for _ in range(4)) for _ in range(2)),
        "code": f"B-{b}",
        "url": f"https://example.org/a_{a}",
        "mail": f"a{a}@example.org",
        "count": f"{b} kg",
        "face": "🔥",
    }[kind]


@st.composite
def _sentences(draw: st.DrawFn) -> str:
    pieces = draw(st.lists(st.one_of(_WORDS, _figures(), st.sampled_from(CARE.names)), max_size=12))
    text = draw(st.sampled_from([" ", "  ", " , "])).join(pieces)
    return in_script(text, draw(st.sampled_from(SCRIPTS))) if draw(st.booleans()) else text


@given(_sentences(), st.sampled_from(TEMPLATES), st.sampled_from(["nl", "en", *SCRIPTS]))
def test_what_a_model_leaves_alone_comes_back_to_the_letter(text: str, form: str, target: str) -> None:
    away = shield(text, target, CARE)
    if not away.fits(form):
        return
    back = away.read(away.write(form), form)

    assert back is not None
    assert back.returned() == text
    assert ascii_digits(back.restored()).translate(str.maketrans("٫٬", ".,")) == ascii_digits(text).translate(str.maketrans("٫٬", ".,"))


@given(_sentences(), st.sampled_from(TEMPLATES), st.randoms(use_true_random=False))
def test_spans_survive_in_any_order(text: str, form: str, chance: random.Random) -> None:
    away = shield(text, "nl", CARE)
    marks = [form.replace("{n}", str(place + 1)) for place in range(len(away.spans))]
    chance.shuffle(marks)
    back = away.read(" en ".join(marks), form)

    assert back is not None
    assert sorted(back.restored().split(" en ")) == sorted(span.rendered for span in away.spans) or not marks


@given(_sentences(), st.sampled_from(TEMPLATES), st.data())
def test_a_span_that_is_lost_or_doubled_or_made_up_is_seen(text: str, form: str, data: st.DataObject) -> None:
    away = shield(text, "nl", CARE)
    marks = [form.replace("{n}", str(place + 1)) for place in range(len(away.spans))]
    if not marks:
        return
    place = data.draw(st.integers(0, len(marks) - 1))

    assert away.read(" a ".join([*marks[:place], *marks[place + 1 :]]), form) is None
    assert away.read(" a ".join([*marks, marks[place]]), form) is None
    assert away.read(" a ".join([*marks, form.replace("{n}", str(len(marks) + 1))]), form) is None


@given(st.text(max_size=60), st.sampled_from(FORMS))
def test_any_text_at_all_can_be_shielded(text: str, form: str) -> None:
    away = shield(text, "nl", CARE)

    assert away.returned() == text
    assert not any(letter.isdecimal() for part in away.parts if isinstance(part, str) for letter in part)
    back = away.read(away.write(form), form)
    assert not away.fits(form) or (back is not None and back.returned() == text)


@given(_sentences())
def test_numbers_that_a_model_may_see_are_counted_by_their_value(text: str) -> None:
    eased = shield(text, "nl", CARE).eased()

    assert not any(span.kind == "number" for span in eased.spans)
    assert eased.hardened("nl").eased().numbers == eased.numbers


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("[[{n}]]", "de [[1] en [ [2] ]"),
        ("[[{n}]]", "de [[১]] en [[ 2 ]]"),
        ("XQ{n}X", "de xq1x en XQ 2 X"),
        ("[{n}]", "de [ 2 ] en [1]"),
    ],
)
def test_a_placeholder_is_known_again_with_spaces_lost_brackets_and_other_digits(form: str, said: str) -> None:
    away = shield("WK-7F3K-92QX and B-12", "nl")
    back = away.read(said, form)

    assert back is not None
    assert {"WK-7F3K-92QX", "B-12"} <= set(back.restored().split())


def test_brackets_of_the_writer_are_told_from_ours_or_the_form_is_not_used() -> None:
    eased = shield("take [1] of B-12", "nl").eased()

    assert not eased.fits("[{n}]")
    assert eased.fits("XQ{n}X")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1,25,000", "125000"),
        ("12.500", "12,500"),
        ("১২,৫০০", "12.500"),
        ("١٢٫٥", "12,5"),
        ("၁၂", "12"),
        ("๑๒", "१२"),
        ("19:30", "19h30"),
        ("០៧", "7"),
        ("໑໒", "۱۲"),
    ],
)
def test_numbers_are_equal_by_value_in_every_script(one: str, other: str) -> None:
    assert numbers_in(f"a {one} b") == numbers_in(f"c {other} d")
    assert numbers_in(f"a {one} b") != numbers_in(f"c {other}1 d")


@pytest.mark.parametrize("evil", ["1 ", "a.", "@", "a-", "www.", "(1", "_", "1.", "A", "+1", "1,111", "😀", "1-", "[", "a@"])
def test_no_text_makes_the_search_slow(evil: str) -> None:
    began = time.perf_counter()
    away = shield(evil * 300, "nl", CARE)

    assert away.returned() == evil * 300
    assert time.perf_counter() - began < 0.5
