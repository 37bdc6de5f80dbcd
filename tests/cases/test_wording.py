"""Every sentence of the desk is there, in words: what the worker allowed in English and Dutch, clocks, entries, ready sentences."""

import pytest

from cases import entries, intake, lifecycle, ready
from cases.wording import ENGLISH
from tests.cases.house import DAY, HOUR, NOW


def test_every_scope_state_move_and_kind_has_its_sentence() -> None:
    assert set(ENGLISH.allowed) == set(intake.SCOPES)
    assert set(ENGLISH.states) == set(lifecycle.STATES)
    assert {to for state in lifecycle.STATES for to in lifecycle.allowed("officer", state)} <= set(ENGLISH.moves)
    assert set(ENGLISH.kinds) == set(entries.KINDS)


@pytest.mark.parametrize(
    ("answer_by", "said"),
    [
        (NOW + 19 * HOUR, "19 hours left"),
        (NOW + HOUR, "1 hour left"),
        (NOW + 5, "less than an hour left"),
        (NOW + 47 * HOUR, "47 hours left"),
        (NOW + 2 * DAY, "2 days left"),
        (NOW - 2 * DAY, "2 days late"),
        (NOW, "less than an hour late"),
        (None, "no answer is owed now"),
    ],
)
def test_a_clock_is_said_in_words(answer_by: int | None, said: str) -> None:
    assert ENGLISH.clock(answer_by, NOW) == said


def test_a_missed_date_stays_in_sight_beside_the_new_one() -> None:
    assert ENGLISH.clock(NOW + 2 * DAY, NOW, NOW - 2 * DAY) == "2 days late; 2 days left until the new date"


def test_an_entry_without_a_fact_is_said_without_it() -> None:
    assert (
        ENGLISH.entry("danger", {"kind": "fire", "because": "an answer", "happening": None})
        == "Danger: fire (an answer). Not asked yet whether it is happening."
    )
    assert ENGLISH.entry("danger", {"kind": "fire", "because": "an answer", "happening": True}).endswith("It is happening now.")
    assert ENGLISH.entry("routed", {}) == "Lies with -: -"
    assert ENGLISH.entry("a kind of tomorrow", {}) == "a kind of tomorrow"


def test_a_fact_with_braces_in_it_is_only_a_fact() -> None:
    assert ENGLISH.entry("group", {"group": "{reason.__class__}"}) == "The worker says it is about: {reason.__class__}"


def test_every_ready_sentence_is_there_in_every_language_and_keeps_its_date() -> None:
    for key, texts in ready.SENTENCES.items():
        assert set(texts) == {"en", "nl", "es", "bn", "sw"}, key
        assert len({"{date}" in text for text in texts.values()}) == 1, key


def test_a_ready_sentence_asks_for_no_name_and_promises_nothing_but_a_date() -> None:
    english = " ".join(texts["en"] for texts in ready.SENTENCES.values()).lower()

    assert not any(word in english for word in ("anonymous", "guarantee", "we promise", "always", "your number"))


def test_a_date_is_written_where_the_worker_is() -> None:
    late_evening_utc = 1_795_042_800_000  # 23:00 in London is the next day in Dhaka

    assert ready.day(late_evening_utc, "UTC") != ready.day(late_evening_utc, "Asia/Dhaka")
