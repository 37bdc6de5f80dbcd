"""Two codes are all that a worker must type: in any script, any grouping, beside any words; and neither is ever kept in a text."""

import random
import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from words.digits import MASK, ZEROS, ascii_digits, case_code, in_script, luhn_digit, luhn_ok, site_code, without_digits_of, without_number

ALL_DIGITS = [chr(code) for code in range(0x110000) if unicodedata.category(chr(code)) == "Nd"]
SCRIPTS = sorted({chr(ord(digit) - unicodedata.decimal(digit)) for digit in ALL_DIGITS})
WORDS = ["JOIN", "start", "হ্যালো", "कोड", "code:", "mã", "codigo", "kodi", "コード", "รหัส", "الرمز"]
GROUPINGS = [
    "48210937",
    "4821 0937",
    "4821-0937",
    "48 21 09 37",
    "48.21.09.37",
    "4 8 2 1 0 9 3 7",
    "482 109 37",
    "4821\u00a00937",
    "(4821) 0937",
]


def in_digits(text: str, zero: str) -> str:
    return text.translate({ord("0") + value: ord(zero) + value for value in range(10)})


def with_check(first_four: str) -> str:
    return first_four + luhn_digit(first_four)


def test_every_decimal_digit_of_every_script_is_a_digit() -> None:
    assert [ascii_digits(digit) for digit in ALL_DIGITS] == [str(unicodedata.decimal(digit)) for digit in ALL_DIGITS]


@given(st.text())
def test_only_digits_change_and_every_letter_keeps_its_place(text: str) -> None:
    plain = ascii_digits(text)

    assert len(plain) == len(text)
    assert all(now == was for now, was in zip(plain, text, strict=True) if not was.isdecimal())


@pytest.mark.parametrize(
    ("language", "said"),
    [("bn", "২৮-১১"), ("bn-BD", "২৮-১১"), ("hi", "२८-११"), ("ne", "२८-११"), ("ar", "٢٨-١١"), ("ur", "۲۸-۱۱"), ("fa", "۲۸-۱۱"),
     ("my", "၂၈-၁၁"),
     ("km", "២៨-១១"), ("th", "๒๘-๑๑"), ("en", "28-11"), ("nl", "28-11"), ("vi", "28-11"), ("bn-Latn", "28-11"), ("bn-Latn-BD", "28-11")],
)  # fmt: skip
def test_a_date_is_told_in_the_digits_of_the_workers_language(language: str, said: str) -> None:
    assert in_script("28-11", language) == said


@given(st.sampled_from(sorted(ZEROS)), st.text())
def test_digits_in_a_script_and_back_are_the_same_digits(language: str, text: str) -> None:
    assert ascii_digits(in_script(text, language)) == ascii_digits(text)


@given(st.text("0123456789", min_size=4, max_size=4), st.integers(0, 4), st.integers(1, 9))
def test_one_wrong_digit_never_reaches_another_factory(first_four: str, place: int, slip: int) -> None:
    code = with_check(first_four)
    wrong = code[:place] + str((int(code[place]) + slip) % 10) + code[place + 1 :]

    assert luhn_ok(code)
    assert not luhn_ok(wrong)
    assert site_code(wrong) is None


@pytest.mark.parametrize("code", ["52746", "38166", "60921", "41574", "77305", "29488"])
def test_the_codes_on_the_sample_posters_check(code: str) -> None:
    assert site_code(code) == code


@given(
    st.text("0123456789", min_size=4, max_size=4), st.sampled_from(SCRIPTS), st.sampled_from(["", *WORDS]), st.sampled_from(["", *WORDS])
)
def test_a_site_code_is_found_in_any_script_beside_any_word(first_four: str, zero: str, before: str, after: str) -> None:
    code = with_check(first_four)

    assert site_code(f"{before} {in_digits(code, zero)} {after}") == code


@pytest.mark.parametrize(
    "text",
    [
        "start 52746-en",
        "/start 52746-bn",
        "JOIN 52746",
        "52746.",
        "52746!",
        "(52746)",
        "kode52746",
        "52746\nThey did not pay us",
        "রপ্তানি ৫২৭৪৬",
        "５２７４６",
    ],
)
def test_a_site_code_is_found_as_people_write_it(text: str) -> None:
    assert site_code(text) == "52746"


@pytest.mark.parametrize(
    "text",
    [
        "527460",
        "152746",
        "52746.50",
        "52,746",
        "1.52746",
        "52746-01",
        "+52746",
        "5274",
        "12345",
        "no pay",
        "",
        "01711-52746",
        "52746/11",
        "①②③④⑤",
        "५२७४",
    ],
)
def test_an_amount_a_date_or_a_phone_number_is_no_site_code(text: str) -> None:
    assert site_code(text) is None


@pytest.mark.parametrize("code", GROUPINGS)
@pytest.mark.parametrize("before", ["", "code ", "code: ", "my code ", "কোড ", "Code=", "#"])
@pytest.mark.parametrize("after", ["", ".", " ", "\n"])
def test_a_case_code_is_read_however_it_is_grouped(code: str, before: str, after: str) -> None:
    assert case_code(before + code + after) == "48210937"


@given(
    st.text("0123456789", min_size=8, max_size=8),
    st.sampled_from(SCRIPTS),
    st.lists(st.sampled_from(["", " ", "\u200f"]), min_size=8, max_size=8),
)
def test_a_case_code_is_read_in_any_script_and_spacing(code: str, zero: str, gaps: list[str]) -> None:
    text = "".join(in_digits(digit, zero) + gap for digit, gap in zip(code, gaps, strict=True))
    is_a_sum = code.endswith("000")
    is_a_date = re.fullmatch(r"(\d\d\s){2}\d{4}|\d{4}(\s\d\d){2}", ascii_digits(text).replace("\u200f", "").strip())

    assert case_code(text) == code or is_a_date or is_a_sum


@pytest.mark.parametrize(
    "text",
    ["28-11-2026", "28/11/2026", "2026-11-28", "11.28.2026", "28 11 2026", "4821093", "482109377",
     "4821 0937 they beat me", "I was paid 4821 0937", "they took my pay, 4821 0937", "", "1", "48210937 48210937", "12000000",
     "gaji 12.000.000", "lương 12 000 000", "48 a 210937"],
)  # fmt: skip
def test_a_date_a_wage_or_a_sentence_is_testimony_and_no_code(text: str) -> None:
    assert case_code(text) is None


def test_a_code_that_looks_like_a_wage_is_read_as_it_was_told() -> None:
    assert case_code("1200 0000") == "12000000"


@given(st.text())
def test_any_text_at_all_can_be_asked_for_codes(text: str) -> None:
    site, case = site_code(text), case_code(text)

    assert site is None or luhn_ok(site)
    assert case is None or re.fullmatch(r"[0-9]{8}", case)


@given(st.text(), st.sampled_from(SCRIPTS), st.sampled_from(["", " ", "-", "\u200b", " . "]), st.text())
def test_a_code_never_stays_in_a_text(before: str, zero: str, gap: str, after: str) -> None:
    cleaned = without_digits_of(before + gap.join(in_digits("48210937", zero)) + after, "48210937")

    assert MASK in cleaned
    assert "48210937" not in re.sub(r"[\W_]", "", ascii_digits(cleaned))


def test_the_rest_of_the_words_stays_as_it_was() -> None:
    assert without_digits_of("আমার কোড ৪৮২১ ০৯৩৭, ৬০ ঘণ্টা।", "48210937") == f"আমার কোড {MASK}, ৬০ ঘণ্টা।"


@given(st.text())
def test_a_text_without_the_code_is_untouched(text: str) -> None:
    assert without_digits_of(text, "48210937") == text or MASK in without_digits_of(text, "48210937")


@pytest.mark.parametrize(
    "number",
    [
        "+447700900123",
        "447700900123",
        "00447700900123",
        "07700900123",
        "07700 900 123",
        "+44 (0)7700 900123",
        "+44-7700-900123",
        "7700900123",
        "০৭৭০০৯০০১২৩",
    ],
)
@pytest.mark.parametrize("address", ["+447700900123", "whatsapp:+447700900123", "447700900123"])
def test_a_workers_own_number_never_stays_in_her_words(number: str, address: str) -> None:
    assert without_number(f"Call me on {number} after 8", address) == f"Call me on {MASK} after 8"


def test_an_id_without_a_number_is_masked_as_it_stands() -> None:
    assert without_number("I am bd.13491208655302741918", "whatsapp:BD.13491208655302741918") == f"I am {MASK}"
    assert without_number("my id is 7012345", "7012345") == f"my id is {MASK}"


@pytest.mark.parametrize("text", ["60 hours for 2 months", "they owe 12500 taka since 28-11-2026", "+447700900999 is the boss", ""])
def test_other_numbers_stay_in_her_words(text: str) -> None:
    assert without_number(text, "+447700900123") == text


def test_no_text_makes_the_masks_slow() -> None:
    wild = random.Random(3)  # a fixed seed, no secret
    texts = ["0" * 20_000, "0 " * 10_000, "7700" * 5_000, "".join(wild.choices("0 47.9", k=20_000)), " " * 20_000, "a " * 10_000]
    started = time.process_time()
    for text in texts:
        without_number(text, "+000000000000000")
        without_number(text, "BD." + "1" * 128)
        without_digits_of(text, "00000000")
        site_code(text)
        case_code(text)

    assert time.process_time() - started < 2
