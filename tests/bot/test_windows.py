"""A shut window, a worker who stops our messages and comes back, and what a carrier says of a message long after it took it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.clock import DAY, HOUR, MINUTE
from cases import desk
from channels.base import Abilities, Failure, Inbound, SendError
from store.tables import cases, contacts, entries, outbox, workers
from tests.line import Line, Phone, failing

KNOCK = "Work info line: 1 new message. To read it, send 1."


@pytest.fixture
def line(database_url: str, tmp_path: Path) -> Iterator[Line]:
    opened = Line(database_url, tmp_path / "data", abilities={"whatsapp": Abilities(initiate="template", window_seconds=86_400)})
    yield opened
    opened.close()


def _case(line: Line, phone: Phone) -> str:
    phone.send("52746 en")
    phone.send("They did not pay overtime")
    reference: str = line.rows(cases)[-1]["reference"]
    return reference


def _reply(line: Line, reference: str, text: str) -> None:
    line.desk("sanne", lambda at: desk.reply(at, reference, desk.ReplyDraft(text, "en")))


def _view(line: Line, reference: str) -> Any:
    return line.desk("sanne", lambda at: desk.view(at, reference))


def _deliveries(line: Line, reference: str) -> list[str]:
    return [entry.delivery for entry in _view(line, reference).entries if entry.kind == "reply"]


def _kinds(line: Line, reference: str, kind: str) -> list[str]:
    return [entry.words or entry.text for entry in _view(line, reference).entries if entry.kind == kind]


def _replies(line: Line) -> list[tuple[str, str | None]]:
    return [(row["state"], row["failure"]) for row in line.rows(outbox) if row["kind"] == "reply"]


def _provider_id(line: Line, kind: str) -> str:
    return str([row for row in line.rows(outbox) if row["kind"] == kind][-1]["provider_id"])


def test_answers_across_a_shut_window_wait_for_a_template_knock_and_come_in_order(line: Line) -> None:
    phone = line.phone("whatsapp", "BD.1")
    reference = _case(line, phone)
    line.clock.move(2 * DAY)
    _reply(line, reference, "First.")
    _reply(line, reference, "Second.")
    knock = line.carriers["whatsapp"].sent[-1]

    assert phone.news() == [KNOCK]
    assert (knock.knock, knock.window_open, knock.language) == (True, False, "en")
    assert phone.send("1") == ["First.", "Second."]
    assert all(message.window_open for message in line.carriers["whatsapp"].sent[-2:])


def test_an_open_window_is_told_to_the_channel(line: Line) -> None:
    phone = line.phone("whatsapp", "BD.1")
    reference = _case(line, phone)
    line.clock.move(HOUR)
    _reply(line, reference, "First.")

    assert line.carriers["whatsapp"].sent[-1].window_open


def test_an_answer_that_was_put_off_until_the_window_shut_waits_behind_a_knock(line: Line) -> None:
    phone = line.phone("whatsapp", "BD.1")
    reference = _case(line, phone)
    _reply(line, reference, "First.")
    phone.news()
    line.carriers["whatsapp"].failures.append(SendError(Failure.RATE_LIMITED, retry_after=3600))
    phone.send("1")
    put_off = _replies(line)
    line.clock.move(2 * DAY)
    line.quiet()

    assert put_off == [("due", "rate_limited")]
    assert _replies(line) == [("held", "window_closed")]
    assert phone.news() == [KNOCK]
    assert phone.send("1") == ["First."]


def test_near_its_end_the_window_counts_as_shut(line: Line) -> None:
    phone = line.phone("whatsapp", "BD.1")
    reference = _case(line, phone)
    line.clock.move(DAY - 5 * MINUTE)
    _reply(line, reference, "First.")

    assert not line.carriers["whatsapp"].sent[-1].window_open


def test_where_no_knock_goes_through_the_desk_sees_why_and_nothing_spins(line: Line) -> None:
    phone = line.phone("whatsapp", "BD.1")
    reference = _case(line, phone)
    line.clock.move(2 * DAY)
    line.carriers["whatsapp"].failures += [failing(Failure.WINDOW_CLOSED)]
    _reply(line, reference, "First.")
    line.clock.move(3 * HOUR)
    line.quiet()

    assert phone.news() == []
    assert [row["state"] for row in line.rows(outbox) if row["kind"] == "knock"] == ["failed"]
    assert "let no knock through" in _deliveries(line, reference)[0]
    line.clock.move(DAY)
    line.quiet()
    assert phone.news() == [KNOCK]
    assert phone.send("1") == ["First."]


@pytest.mark.parametrize("late", [False, True])
def test_an_answer_that_the_carrier_refuses_for_the_window_goes_back_behind_a_knock(line: Line, *, late: bool) -> None:
    """Twilio's 63016 comes by status callback; another carrier may say it at once."""
    phone = line.phone("whatsapp", "BD.1")
    reference = _case(line, phone)
    _reply(line, reference, "First.")
    phone.news()
    if late:
        line.carriers["whatsapp"].first_status = "queued"
        phone.send("1")
        line.status("whatsapp", _provider_id(line, "reply"), "failed", Failure.WINDOW_CLOSED)
    else:
        line.carriers["whatsapp"].failures.append(failing(Failure.WINDOW_CLOSED))
        phone.send("1")
    [knock] = [message for message in line.carriers["whatsapp"].sent[-1:] if message.knock]

    assert not knock.window_open
    assert _replies(line) == [("held", "window_closed")]
    phone.news()
    assert phone.send("1") == ["First."]
    assert any("freely only for a day" in words for words in _kinds(line, reference, "delivery"))


TOLD: list[tuple[Failure, tuple[str, str | None], str | None]] = [
    (Failure.OPT_OUT, ("held", "opt_out"), "opt_out"),
    (Failure.BLOCKED_BY_USER, ("held", "blocked_by_user"), "blocked_by_user"),
    (Failure.UNDELIVERABLE, ("held", "undeliverable"), "undeliverable"),
    (Failure.RATE_LIMITED, ("due", "rate_limited"), None),
    (Failure.TEMPORARY, ("due", "temporary"), None),
    (Failure.FILTERED, ("sent", "filtered"), None),
    (Failure.BAD_CONTENT, ("sent", "bad_content"), None),
    (Failure.CONFIG, ("sent", "config"), None),
]


@pytest.mark.parametrize(("failure", "then", "shut"), TOLD, ids=lambda each: getattr(each, "value", None))
def test_what_follows_when_a_carrier_says_later_that_an_answer_did_not_arrive(
    line: Line, failure: Failure, then: tuple[str, str | None], shut: str | None
) -> None:
    phone = line.phone()
    reference = _case(line, phone)
    _reply(line, reference, "First.")
    phone.send("1")
    line.status("sms", _provider_id(line, "reply"), "undelivered", failure)

    assert _replies(line) == [then]
    assert [row["closed_to"] for row in line.rows(workers)] == [shut]
    if then[0] == "due":
        line.clock.move(HOUR)
        line.quiet()
        assert phone.news() == ["First."]


def test_an_answer_that_arrived_after_all_does_not_go_again(line: Line) -> None:
    phone = line.phone()
    reference = _case(line, phone)
    _reply(line, reference, "First.")
    phone.send("1")
    sent = _provider_id(line, "reply")
    line.status("sms", sent, "failed", Failure.TEMPORARY)
    line.status("sms", sent, "delivered")
    line.clock.move(HOUR)
    line.quiet()

    assert phone.news() == []
    assert _deliveries(line, reference) == ["delivered"]


def test_a_question_that_a_carrier_had_only_queued_goes_again_and_keeps_no_words_once_it_went(line: Line) -> None:
    phone = line.phone()
    line.carriers["sms"].first_status = "queued"
    [asked] = phone.send("52746 en")[-1:]
    line.status("sms", _provider_id(line, "flow"), "failed", Failure.RATE_LIMITED)
    line.clock.move(HOUR)
    line.quiet()

    assert phone.news() == [asked]
    line.status("sms", _provider_id(line, "flow"), "delivered")
    assert line.rows(outbox)[-1]["sealed"] is None


def test_who_stops_our_messages_gets_nothing_more_and_finds_the_answer_on_coming_back(line: Line) -> None:
    phone = line.phone()
    reference = _case(line, phone)
    _reply(line, reference, "First.")
    phone.news()

    assert phone.send("STOP", kind="opt_out") == []
    _reply(line, reference, "Second.")
    assert phone.news() == []
    assert [row["closed_to"] for row in line.rows(workers)] == ["opt_out"]
    assert any("told the carrier to stop" in words for words in _kinds(line, reference, "reach"))
    assert "stopped our messages" in _deliveries(line, reference)[0]
    assert phone.send(kind="opt_in") == [KNOCK]
    assert phone.send("1") == ["First.", "Second."]
    assert any("can be reached again" in words for words in _kinds(line, reference, "reach"))


def test_an_unblocked_line_knocks_for_what_waited(line: Line) -> None:
    phone = line.phone("telegram", "901")
    reference = _case(line, phone)
    line.carriers["telegram"].failures.append(failing(Failure.BLOCKED_BY_USER))
    _reply(line, reference, "First.")
    assert phone.news() == []

    assert phone.send(kind="unblocked") == [KNOCK]
    assert phone.send("1") == ["First."]


def test_corrected_words_stand_beside_the_first_ones(line: Line) -> None:
    phone = line.phone("telegram", "901")
    reference = _case(line, phone)
    said = phone.send("They did not pay overtime since June", kind="edit")

    view = _view(line, reference)
    assert said == []
    assert [entry.text for entry in view.entries if entry.kind == "words"] == [
        "They did not pay overtime",
        "They did not pay overtime since June",
    ]
    assert "changed words" in [entry.words for entry in view.entries if entry.kind == "words"][1]


def test_a_correction_answers_no_question(line: Line) -> None:
    phone = line.phone("telegram", "901")
    _case(line, phone)
    before = line.rows(cases)[0]["may_we"]
    phone.send("1", kind="edit")

    assert line.rows(cases)[0]["may_we"] == before
    assert [row["kind"] for row in line.rows(entries)].count("words") == 2


def test_danger_in_a_correction_is_heard_like_any_danger(line: Line) -> None:
    phone = line.phone("telegram", "901")
    _case(line, phone)
    phone.send("There is a fire and the door is locked", kind="edit")

    assert line.rows(cases)[0]["danger"] is not None
    assert phone.seen > 2


def test_an_edit_before_any_case_is_a_message(line: Line) -> None:
    phone = line.phone("telegram", "901")
    phone.send("52746 en")
    phone.send("They did not pay overtime", kind="edit")

    assert len(line.rows(cases)) == 1


def _moves(line: Line, new: Phone, previous: str) -> None:
    line.accept(Inbound("whatsapp", f"moved-{previous}", new.address, "identity_change", previous=previous))
    line.quiet()


def test_a_new_address_takes_case_and_talk_along(line: Line) -> None:
    old, new = line.phone("whatsapp", "BD.1"), line.phone("whatsapp", "BD.2")
    reference = _case(line, old)
    _moves(line, new, "BD.1")
    _moves(line, new, "BD.1")
    _reply(line, reference, "First.")

    assert new.news() == [KNOCK]
    assert new.send("1") == ["First."]
    assert len(line.rows(contacts)) == 1
    assert any("another address" in words for words in _kinds(line, reference, "reach"))


def test_who_got_not_far_from_the_new_address_is_the_worker_of_before(line: Line) -> None:
    old, new = line.phone("whatsapp", "BD.1"), line.phone("whatsapp", "BD.2")
    reference = _case(line, old)
    new.send("hello")
    new.news()
    _moves(line, new, "BD.1")
    _reply(line, reference, "First.")

    assert new.news() == [KNOCK]


def test_a_case_at_the_new_address_is_never_taken_from_its_worker(line: Line) -> None:
    old, new = line.phone("whatsapp", "BD.1"), line.phone("whatsapp", "BD.2")
    first = _case(line, old)
    second = _case(line, new)
    _moves(line, new, "BD.1")
    _reply(line, second, "For the second.")
    new.news()

    assert first != second
    assert new.send("1") == ["For the second."]
