"""A long text is cut where it hurts least, never inside a letter, in scripts with and without spaces."""

import regex
from hypothesis import given
from hypothesis import strategies as st

from words.graphemes import length, split
from words.segments import units


def bare(text: str) -> str:
    return "".join(text.split())


def test_letters_are_counted_as_a_reader_sees_them() -> None:
    assert [length(text) for text in ("pay", "বেতন", "👨\u200d👩\u200d👧\u200d👦", "e\u0301", "", "a\r\nb", "น้ำ")] == [3, 3, 1, 1, 0, 3, 1]


def test_a_short_text_is_left_as_it_is() -> None:
    assert split(" one \n two ", 30) == (" one \n two ",)


def test_a_text_is_cut_between_paragraphs_before_sentences_before_words() -> None:
    assert split("First part, long enough.\n\nSecond part. And more.", 40) == ("First part, long enough.", "Second part. And more.")
    assert split("First sentence is here. Second sentence is here.", 40) == ("First sentence is here.", "Second sentence is here.")
    assert split("one two three four five", 12) == ("one two", "three four", "five")


def test_an_amount_is_not_cut_at_its_point() -> None:
    assert split("they owe us 1250.75 taka", 18) == ("they owe us", "1250.75 taka")


def test_a_text_without_spaces_is_cut_between_letters() -> None:
    parts = split("အလုပ်သမား" * 40, 67)

    assert "".join(parts) == "အလုပ်သမား" * 40
    assert not any(regex.match(r"\p{M}", part) for part in parts)


@given(st.text(max_size=500), st.integers(2, 60))
def test_no_word_is_lost_and_no_part_is_too_long(text: str, limit: int) -> None:
    parts = split(text, limit)

    assert all(units(part) <= limit for part in parts)
    assert bare("".join(parts)) == bare(text)


@given(st.text(max_size=300), st.integers(60, 90))
def test_no_letter_is_cut_in_two(text: str, limit: int) -> None:
    letters = regex.findall(r"\X", bare(text))
    parts = split(bare(text), limit)

    assert [letter for part in parts for letter in regex.findall(r"\X", part)] == letters or max(map(units, letters)) > limit
