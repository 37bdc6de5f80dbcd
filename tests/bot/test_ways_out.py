"""Help, status, rights and feedback on the real line: what is said is true there, and says nothing of any case."""

import re

import pytest

from bot.clock import DAY
from cases import desk
from store.tables import cases, mails
from tests.line import Line, Phone

NOTHING_OPEN = "Nothing is open on this phone. Do you have a code of 8 digits? Send it. Is something wrong? Write it here."


def _case(line: Line, phone: Phone, words: str = "They did not pay overtime") -> tuple[str, str]:
    phone.send("52746 en")
    code = re.search(r"\d{4} \d{4}", " ".join(phone.send(words)))
    assert code is not None
    return line.rows(cases)[-1]["reference"], code[0]


def _reply(line: Line, reference: str, text: str, *, proposes: bool = False) -> None:
    line.desk("sanne", lambda at: desk.reply(at, reference, desk.ReplyDraft(text, "en", proposes=proposes)))


def test_status_says_what_was_promised_by_when_and_nothing_of_the_case(line: Line) -> None:
    phone = line.phone()
    _, code = _case(line, phone)
    [said] = phone.send("my case")

    assert said.startswith("Saved. Nobody has answered yet. A person answers before ")
    assert "overtime" not in said
    assert code not in said


def test_status_says_that_an_answer_waits_and_one_reads_it_whatever_was_asked_before(line: Line) -> None:
    phone = line.phone()
    reference, _ = _case(line, phone)
    _reply(line, reference, "I heard you.")
    phone.news()
    [said] = phone.send("my case")

    assert said == "We wrote to you and wait for your answer. A new message waits. Send 1 to read. More to say? Just write."
    assert phone.send("1") == ["I heard you."]


def test_a_missed_date_is_owned_up_to_and_the_new_one_told(line: Line) -> None:
    phone = line.phone()
    _case(line, phone)
    line.clock.move(6 * DAY)
    line.quiet()
    phone.news()
    [said] = phone.send("my case")

    assert said.startswith("Saved. Nobody has answered yet. We are late. Sorry. A person answers before ")


def test_a_phone_that_hid_its_case_answers_like_one_that_never_had_one(line: Line) -> None:
    hidden, stranger = line.phone(), line.phone(address="+447700900201")
    _case(line, hidden)
    hidden.send("9")
    stranger.send("52746 en")

    assert hidden.send("my case")[-1] == stranger.send("my case")[-1] == NOTHING_OPEN


def test_help_leads_to_rights_and_the_answer_has_its_source_and_the_lines_of_the_country(line: Line) -> None:
    phone = line.phone()
    phone.send("52746 en")
    [welcome] = phone.send("help")
    [asked] = phone.send("2")
    right, outside = phone.send("5")

    assert "Call 999." in welcome
    assert "5 Papers kept" in asked
    assert right == "Your papers are yours. Keeping them from you is a sign of forced labour. (ILO, 11-2026)"
    assert "16357" in outside
    assert "109" in outside
    assert line.rows(cases) == [], "a question about rights bothers nobody"


def test_a_question_that_no_checked_answer_is_there_for_goes_to_a_person(line: Line) -> None:
    phone = line.phone()
    phone.send("52746 en")
    phone.send("help")
    phone.send("2")
    [none_yet, _] = phone.send("1")
    phone.send("How many days of leave do I have?")

    assert none_yet.startswith("We have no checked answer about pay")
    assert len(line.rows(cases)) == 1


@pytest.mark.parametrize(
    ("answer", "said", "state"),
    [
        ("1", "Thank you. We close it.", "closed_agreed"),
        ("yes", "Thank you. We close it.", "closed_agreed"),
        ("2", "Then we go on. What is still wrong?", "answer_needed"),
        ("3", "Then we go on. What is still wrong?", "answer_needed"),
    ],
)
def test_whether_it_is_solved_is_asked_once_and_only_her_yes_closes(line: Line, answer: str, said: str, state: str) -> None:
    phone = line.phone()
    reference, _ = _case(line, phone)
    _reply(line, reference, "Is it solved for you? 1 Yes 2 Partly 3 No", proposes=True)
    phone.news()

    assert phone.send("1") == ["Is it solved for you? 1 Yes 2 Partly 3 No"]
    assert phone.send(answer)[0].startswith(said)
    assert line.rows(cases)[0]["state"] == state


def test_what_is_still_wrong_lies_on_the_desk_with_a_new_date(line: Line) -> None:
    phone = line.phone()
    reference, _ = _case(line, phone)
    _reply(line, reference, "Is it solved for you? 1 Yes 2 Partly 3 No", proposes=True)
    phone.news()
    for text in ("1", "3"):
        phone.send(text)
    [noted] = phone.send("Two weeks are still missing")
    view = line.desk("sanne", lambda at: desk.view(at, reference))

    assert re.fullmatch(r"Saved\. A person reads it again\. Answer before \d\d-\d\d\.", noted)
    assert "The worker says: not_solved" in [entry.words for entry in view.entries]
    assert [row["kind"] for row in line.rows(mails)].count("answer") == 1
