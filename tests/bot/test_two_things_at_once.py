"""What happens when two things meet: an answer that is being sent and a worker who comes, hides, moves or speaks of danger again."""

import logging
import re
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from bot.clock import DAY, HOUR
from cases import desk
from channels.base import Failure
from store.tables import cases, contacts, entries, inbox, mails, outbox, workers
from tests.line import Line, Phone, failing

WORDS = "They did not pay overtime"


def _case(line: Line, phone: Phone, site: str = "52746 en", words: str = WORDS) -> tuple[str, str]:
    phone.send(site)
    code = re.search(r"\d{4} \d{4}", " ".join(phone.send(words)))
    assert code is not None
    return line.rows(cases)[-1]["reference"], code[0]


def _reply(line: Line, reference: str, text: str = "I heard you.", language: str = "en", officer: str = "sanne") -> None:
    line.desk(officer, lambda at: desk.reply(at, reference, desk.ReplyDraft(text, language)))


def _words(line: Line) -> int:
    return [entry["kind"] for entry in line.rows(entries)].count("words")


def test_a_knock_whose_answer_was_lost_and_that_was_opened_stops_nothing(line: Line) -> None:
    phone = line.phone()
    reference, _ = _case(line, phone)
    line.carriers["sms"].failures.append(failing(Failure.TEMPORARY, ambiguous=True))
    _reply(line, reference)
    phone.send("1")
    line.clock.move(HOUR)
    line.quiet()

    assert "Write here" in line.phone(address="+447700900299").send("52746 en")[0]


def test_words_on_the_first_phone_are_kept_after_the_code_went_to_another(line: Line) -> None:
    first, second = line.phone(), line.phone("telegram", "900")
    _, code = _case(line, first)
    second.send(code)
    before = _words(line)
    first.send("the manager also hits the helpers")
    danger = first.send("there is fire and the doors are locked")

    assert _words(line) == before + 2
    assert "999" in danger[0]


def test_after_nine_no_case_at_all_comes_to_that_phone(line: Line) -> None:
    phone = line.phone()
    older, _ = _case(line, phone)
    newer, _ = _case(line, phone)
    phone.send("9")
    _reply(line, older)
    _reply(line, newer)

    assert phone.news() == []
    assert [case["worker_id"] for case in line.rows(cases)] == [None, None]


def test_an_answer_that_is_tried_again_does_not_leave_after_nine(line: Line) -> None:
    phone = line.phone()
    reference, _ = _case(line, phone)
    _reply(line, reference)
    phone.news()
    line.carriers["sms"].failures.append(failing(Failure.RATE_LIMITED))
    phone.send("1")
    phone.send("9")
    line.clock.move(HOUR)
    line.quiet()

    assert [text for text in phone.news() if "heard" in text] == []
    assert [row["hold"] for row in line.rows(outbox) if row["kind"] == "reply"] == ["hidden"]


def test_danger_that_is_said_again_days_later_warns_again(line: Line) -> None:
    phone = line.phone()
    _case(line, phone, words="there is fire and the gate is locked")
    for said in ("1", "2"):
        phone.send(said)
    line.clock.move(20 * DAY)
    line.quiet()
    phone.news()
    again = phone.send("fire again and we are locked in")

    assert "999" in again[0]
    assert [row["kind"] for row in line.rows(mails)].count("danger") >= 3


def test_danger_from_an_unknown_site_is_urgent_news_for_the_buyer_once_the_site_is_known(line: Line) -> None:
    phone = line.phone()
    phone.send("there is fire and the doors are locked")
    phone.send("52746")

    urgent = [mail["To"] for mail in line.mails() if mail["Subject"].startswith(("Urgent", "Dringend"))]
    assert urgent == ["nadia@ketenstem.example", "sanne@halmstra.example, jeroen@halmstra.example"]


def test_an_answer_is_not_lost_when_the_worker_changes_language_before_reading(line: Line) -> None:
    phone = line.phone()
    reference, _ = _case(line, phone, "77305 en")
    for said in ("2", "1", "2"):
        phone.send(said)
    _reply(line, reference, officer="femke")
    phone.send("7")
    phone.send("2")
    phone.send("1")

    assert "I heard you." in [message.text for message in line.carriers["sms"].sent]


def test_a_knock_that_could_not_be_sent_is_given_again(line: Line) -> None:
    phone = line.phone()
    reference, _ = _case(line, phone)
    line.carriers["sms"].failures.append(failing(Failure.FILTERED))
    _reply(line, reference)
    assert phone.news() == []
    line.clock.move(2 * HOUR)
    line.quiet()

    assert [text for text in phone.news() if "1 new message" in text] != []


def test_a_bare_one_answers_the_question_that_was_put_after_the_knock(line: Line) -> None:
    phone = line.phone()
    reference, _ = _case(line, phone)
    _reply(line, reference)
    phone.news()
    line.clock.move(HOUR)
    phone.send("there is fire and the doors are locked")
    phone.send("1")

    [case] = line.rows(cases)
    assert case["danger"] == "fire"
    assert any(row["key"].split(":")[-2] == "now" for row in line.rows(mails) if row["kind"] == "danger")


def test_words_sent_right_after_forgetting_are_a_strangers_and_can_be_answered(line: Line) -> None:
    phone = line.phone()
    _case(line, phone)
    phone.send("forget me")
    phone.send("1")
    reference, _ = _case(line, phone)
    line.clock.move(10_000)
    line.quiet()
    _reply(line, reference)

    assert "1 new message" in phone.news()[-1]
    assert len(line.rows(contacts)) == 1
    assert sorted(row["key_sealed"] is None for row in line.rows(workers)) == [False, True]


def test_only_the_newest_late_notice_is_read(line: Line) -> None:
    phone = line.phone()
    _case(line, phone)
    for _ in range(3):
        line.clock.move(8 * DAY)
        line.quiet()
    phone.news()

    assert len([text for text in phone.send("1") if "We are late" in text]) == 1


@pytest.mark.parametrize(("said", "opened"), [("52746 not paid", 1), ("my code is 52746", 0), ("JOIN 52746", 0)])
def test_words_beside_a_site_code_are_kept_unless_they_only_name_it(line: Line, said: str, opened: int) -> None:
    line.phone().send(said)

    assert len(line.rows(cases)) == opened


def test_a_connection_that_is_lost_while_words_are_handled_is_no_fault_of_theirs(postgresql_url: str, tmp_path: Path, caplog: Any) -> None:
    line = Line(postgresql_url, tmp_path / "data")
    phone = line.phone()
    _, code = _case(line, phone)

    lost = list[str]()

    def lose(*told: Any) -> None:
        if "cases.code_hash = " in told[2] and not lost:
            lost.append("once")
            with line.service.database.read() as connection:
                connection.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": told[1].connection.info.backend_pid})

    event.listen(line.service.database.writing, "before_cursor_execute", lose)
    said = line.phone("telegram", "900").send(code)
    words = line.rows(inbox)
    line.close()

    assert said
    assert {(row["state"], row["attempts"]) for row in words} == {("done", 0)}
    assert [record.levelname for record in caplog.records if record.levelno >= logging.ERROR] == []
