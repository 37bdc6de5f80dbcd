"""The answer's way: behind a knock, in the worker's language, its delivery on the desk, late only once."""

import re

import pytest
import sqlalchemy as sa

from bot.clock import DAY, HOUR
from bot.guesses import MOST_AN_HOUR
from cases import desk, timeline
from cases.errors import Refused
from channels.base import Failure
from store.casekeys import load_data_key
from store.sealing import Unopenable
from store.tables import cases, contacts, entries, mails, outbox, workers
from tests.line import Line, Phone, failing

KNOCK = "Work info line: 1 new message. To read it, send 1."


def _case(line: Line, phone: Phone, words: str = "They did not pay overtime", language: str = "en") -> tuple[str, str]:
    """Opens a case; returns its reference and the worker's code."""
    phone.send(f"52746 {language}")
    code = re.search(r"\d{4} \d{4}", " ".join(phone.send(words)))
    assert code is not None
    return line.rows(cases)[-1]["reference"], code[0]


def _reply(line: Line, reference: str, text: str = "I heard you. News before 02-12.", language: str = "en", **other: object) -> None:
    draft = desk.ReplyDraft(text, language, **other)  # type: ignore[arg-type]
    line.desk("sanne", lambda at: desk.reply(at, reference, draft))


def _deliveries(line: Line, reference: str) -> list[str]:
    view = line.desk("sanne", lambda at: desk.view(at, reference))
    return [entry.delivery for entry in view.entries if entry.kind == "reply"]


def test_an_answer_comes_behind_a_knock_that_says_nothing(line: Line) -> None:
    phone = line.phone()
    reference, _ = _case(line, phone)
    _reply(line, reference)

    assert phone.news() == [KNOCK]
    assert "waits behind a knock" in _deliveries(line, reference)[0]
    assert phone.send("1") == ["I heard you. News before 02-12."]
    assert "waits" not in _deliveries(line, reference)[0]


def test_a_second_answer_brings_no_second_knock(line: Line) -> None:
    phone = line.phone()
    reference, _ = _case(line, phone)
    _reply(line, reference, "First.")
    _reply(line, reference, "Second.")

    assert phone.news() == [KNOCK]
    assert phone.send("1") == ["First.", "Second."]


def test_who_reads_and_answers_is_not_knocked_for_again(line: Line) -> None:
    phone = line.phone()
    reference, _ = _case(line, phone)
    _reply(line, reference, "Right? 1 Yes 2 No")
    phone.news()
    phone.send("1")
    phone.send("1")
    _reply(line, reference, "Thank you.")

    assert phone.news() == ["Thank you."]
    assert line.rows(cases)[0]["may_we"] == "ask_first"


def test_words_while_a_knock_waits_join_the_case(line: Line) -> None:
    phone = line.phone()
    reference, _ = _case(line, phone)
    for said in ("2", "1", "2"):
        phone.send(said)
    _reply(line, reference)
    phone.news()
    phone.send("they also cut our lunch")

    view = line.desk("sanne", lambda at: desk.view(at, reference))
    assert [entry.text for entry in view.entries if entry.kind == "words"][-1] == "they also cut our lunch"


def test_an_answer_in_another_language_never_leaves_by_itself(line: Line) -> None:
    phone = line.phone()
    reference, _ = _case(line, phone, "দুই মাস ওভারটাইমের টাকা দেয়নি", "bn")
    _reply(line, reference, "Dank je wel.", "nl")

    assert phone.news() == []
    [row] = [row for row in line.rows(outbox) if row["kind"] == "reply"]
    line.desk("sanne", lambda at: desk.approve(at, reference, row["seq"], "ধন্যবাদ।"))
    assert len(phone.news()) == 1
    assert phone.send("১") == ["ধন্যবাদ।"]


def test_the_code_opens_the_case_from_another_phone_and_channel(line: Line) -> None:
    old, new = line.phone(), line.phone("telegram", "900")
    reference, code = _case(line, old)
    _reply(line, reference)
    old.news()

    back = new.send(code.replace(" ", ""))
    assert "Code is right" in back[0]
    assert new.send("1") == ["I heard you. News before 02-12."]
    _reply(line, reference, "To the new phone.")
    assert new.news() == ["To the new phone."]
    assert old.news() == []
    assert line.rows(cases)[0]["channel"] == "telegram"


def test_who_loses_one_case_to_another_phone_is_knocked_for_anew_for_the_other(line: Line) -> None:
    first, second = line.phone(), line.phone("telegram", "902")
    kept, _ = _case(line, first)
    first.send("new")
    taken, code = _case(line, first, "There is no clean water")
    assert kept != taken
    _reply(line, kept, "First.")
    _reply(line, taken, "Second.")
    assert first.news() == [KNOCK]

    second.send(code)

    assert first.news() == [KNOCK]
    assert first.send("1") == ["First."]


def test_wrong_and_unknown_codes_are_answered_alike_and_slow_down(line: Line) -> None:
    phone = line.phone()
    _, code = _case(line, line.phone(address="+447700900201"))
    first = phone.send("0000 0001")
    at_once = phone.send(code)
    line.clock.move(61_000)
    right = phone.send(code)

    assert "does not work" in first[0]
    assert at_once == first
    assert "Code is right" in right[0]


def test_a_message_with_the_workers_own_code_and_number_is_cleaned_before_it_is_kept(line: Line) -> None:
    phone = line.phone(address="+447700900200")
    reference, code = _case(line, phone)
    phone.send(f"my code is {code} and my number 07700900200 please call")

    view = line.desk("sanne", lambda at: desk.view(at, reference))
    words = [entry.text for entry in view.entries if entry.kind == "words"][-1]
    assert code.replace(" ", "") not in words.replace(" ", "")
    assert "7700900200" not in words
    assert "please call" in words


def test_delivery_lands_in_the_timeline_and_never_goes_backwards(line: Line) -> None:
    phone = line.phone()
    reference, _ = _case(line, phone)
    _reply(line, reference)
    phone.send("1")
    [provider_id] = [row["provider_id"] for row in line.rows(outbox) if row["kind"] == "reply"]
    for status in ("delivered", "sent", "read", "delivered"):
        line.status("sms", provider_id, status)

    view = line.desk("sanne", lambda at: desk.view(at, reference))
    said = [entry.body["status"] for entry in _raw(line, reference) if entry.kind == "delivery"]
    assert said == ["sent", "delivered", "read"]
    assert "read" in next(entry.delivery for entry in view.entries if entry.kind == "reply")


def _raw(line: Line, reference: str) -> tuple[timeline.Entry, ...]:
    case = next(row for row in line.rows(cases) if row["reference"] == reference)
    with line.service.database.read() as connection:
        return timeline.read(connection, case, load_data_key(connection, line.service.keyring, case["id"]))


def test_a_send_cut_off_between_call_and_answer_is_marked_and_an_officers_words_are_not_repeated(line: Line) -> None:
    phone = line.phone()
    reference, _ = _case(line, phone)
    _reply(line, reference)
    phone.news()
    line.carriers["sms"].failures.append(failing(Failure.TEMPORARY, ambiguous=True))
    phone.send("1")

    assert [row["state"] for row in line.rows(outbox) if row["kind"] == "reply"] == ["maybe_sent"]
    assert "maybe" in _deliveries(line, reference)[0]


def test_a_worker_who_blocked_us_is_written_to_no_more(line: Line) -> None:
    phone = line.phone("telegram", "901")
    phone.send(kind="start", payload="52746-en")
    line.carriers["telegram"].failures.append(failing(Failure.BLOCKED_BY_USER))
    phone.send("They did not pay overtime")
    reference = line.rows(cases)[0]["reference"]
    _reply(line, reference)

    assert phone.news() == []
    assert [row["closed_to"] for row in line.rows(workers)] == ["blocked_by_user"]


def test_who_comes_back_after_blocking_us_is_answered_again(line: Line) -> None:
    phone = line.phone("telegram", "901")
    phone.send(kind="start", payload="52746-en")
    line.carriers["telegram"].failures.append(failing(Failure.BLOCKED_BY_USER))
    phone.send("They did not pay overtime")
    reference = line.rows(cases)[0]["reference"]
    _reply(line, reference)
    phone.send("hello again")
    line.quiet()

    assert [row["closed_to"] for row in line.rows(workers)] == [None]
    assert "new message" in " ".join(line.carriers["telegram"].sent[-1].text for _ in [0])


def test_a_missed_promise_brings_one_honest_notice_and_one_mail_also_after_a_day_of_downtime(line: Line) -> None:
    phone = line.phone()
    reference, _ = _case(line, phone)
    told = line.rows(cases)[0]["answer_by"]
    line.clock.move(told - line.clock() + 30 * HOUR)
    line.restart()
    line.quiet()

    assert phone.news() == [KNOCK]
    late = phone.send("1")
    assert "We are late. Sorry" in late[0]
    assert "manager" in late[0]
    assert [mail["To"] for mail in line.mails() if "beloofde datum" in mail["Subject"]] == ["jeroen@halmstra.example"]
    line.restart()
    line.quiet()
    assert phone.news() == []
    assert [row["kind"] for row in line.rows(mails)].count("late") == 1
    assert line.rows(cases)[0]["answer_by"] > line.clock()
    _reply(line, reference)
    line.clock.move(60 * DAY)
    line.quiet()
    assert [row["kind"] for row in line.rows(mails)].count("late") == 1


def test_where_phones_cost_nothing_codes_cannot_be_guessed_from_one_new_phone_after_another(line: Line) -> None:
    _, code = _case(line, line.phone())
    for _ in range(MOST_AN_HOUR - 1):
        line.service.conversation._guesses.note("web", line.clock())
    assert "does not work" in line.phone("web", "phone-with-the-last-guess").send("0000 0001")[0]

    assert "Codes do not open here for now" in line.phone("web", "phone-with-the-right-one").send(code)[0]
    assert "Code is right" in line.phone(address="+447700900201").send(code)[0]
    line.clock.move(HOUR)
    assert "Code is right" in line.phone("web", "phone-an-hour-later").send(code)[0]


def test_an_officer_cannot_close_and_the_workers_yes_does(line: Line) -> None:
    phone = line.phone()
    reference, _ = _case(line, phone)
    _reply(line, reference, "Is it solved? 1 Yes 2 Partly 3 No", proposes=True)
    with pytest.raises(Refused):
        line.desk("sanne", lambda at: desk.move(at, reference, "closed_agreed", "it is fine"))
    phone.news()
    phone.send("1")
    phone.send("1")

    assert line.rows(cases)[0]["state"] == "closed_agreed"


def test_forget_me_destroys_the_keys_and_says_so_first(line: Line) -> None:
    phone = line.phone()
    _, code = _case(line, phone)
    asked = phone.send("forget me")
    phone.send("1")
    line.clock.move(3_000)
    line.quiet()

    assert "1" in asked[0]
    [case] = line.rows(cases)
    assert (case["state"], case["data_key_sealed"], case["code_hash"]) == ("forgotten", None, None)
    assert line.rows(contacts) == []
    assert [row["key_sealed"] for row in line.rows(workers)] == [None]
    with line.service.database.read() as connection, pytest.raises(Unopenable):
        load_data_key(connection, line.service.keyring, case["id"])
    other = line.phone(address="+447700900202")
    assert "does not work" in other.send(code)[0]
    with line.service.database.read() as connection:
        assert timeline.verify(connection, case["id"]) == ()


def test_the_same_carriers_message_twice_has_one_effect(line: Line) -> None:
    phone = line.phone()
    phone.send("52746 en", key="SM1")
    first = phone.send("They did not pay overtime", key="SM2")
    second = phone.send("They did not pay overtime", key="SM2")

    assert len(first) == 1
    assert second == []
    assert [row["kind"] for row in line.rows(entries)].count("words") == 1


def test_eight_is_open_at_any_time_and_changes_what_we_may_tell(line: Line) -> None:
    phone = line.phone()
    reference, _ = _case(line, phone)
    for said in ("2", "1", "2"):
        phone.send(said)
    sees = phone.send("8")
    question = phone.send("1")
    phone.send("3")

    assert "Halmstra" in sees[0]
    assert "Ketenstem" in sees[0]
    assert "They may guess who wrote" in question[0]
    assert line.rows(cases)[0]["may_we"] == "never"
    view = line.desk("sanne", lambda at: desk.view(at, reference))
    assert view.may_we == "never"


def test_answers_that_ended_keep_no_words_in_the_outbox(line: Line) -> None:
    phone = line.phone()
    reference, _ = _case(line, phone)
    _reply(line, reference)
    phone.send("1")
    with line.service.database.read() as connection:
        kept = connection.execute(sa.select(outbox.c.sealed).where(outbox.c.sealed.is_not(None))).all()

    assert kept == []
