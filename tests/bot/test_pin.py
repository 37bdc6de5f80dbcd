"""The PIN on a shared phone: asked for before anything is shown, kept nowhere, and the code is the way round it."""

import logging
import re

import pytest
import sqlalchemy as sa

from bot.clock import MINUTE
from cases import attachments as desk_files
from cases import desk
from channels.base import Attachment
from store.tables import attachments, cases, sessions, workers
from tests.line import Line, Phone
from tests.media import makings

KNOCK = "Work info line: 1 new message. To read it, send 1."
ASKED = "Please send your 4 digits."
WRONG = "This does not open. Forgotten? Send your code of 8 digits. Try again in {wait}."


def _case(line: Line, phone: Phone) -> tuple[str, str]:
    phone.send("52746 en")
    code = re.search(r"\d{4} \d{4}", " ".join(phone.send("They did not pay overtime")))
    assert code is not None
    return line.rows(cases)[-1]["reference"], code[0]


def _with_pin(line: Line, phone: Phone, pin: str = "4711") -> tuple[str, str]:
    opened = _case(line, phone)
    phone.send("pin")
    phone.send("1")
    assert phone.send(pin)[0].startswith("Saved. From now on we ask for these 4 digits.")
    line.clock.move(16 * MINUTE)
    return opened


def _reply(line: Line, reference: str) -> None:
    line.desk("sanne", lambda at: desk.reply(at, reference, desk.ReplyDraft("I heard you.", "en")))


def _told(line: Line, reference: str) -> list[str]:
    view = line.desk("sanne", lambda at: desk.view(at, reference))
    return [entry.text for entry in view.entries if entry.kind == "words"]


@pytest.mark.parametrize("channel", ["sms", "whatsapp", "telegram", "web"])
def test_an_answer_is_shown_only_after_the_pin(line: Line, channel: str) -> None:
    phone = line.phone(channel, "+447700900231")
    reference, _ = _with_pin(line, phone)
    _reply(line, reference)
    phone.news()

    assert phone.send("1") == [ASKED]
    assert phone.send("৪৭১১") == ["I heard you."]
    _reply(line, reference)
    assert phone.news() == ["I heard you."], "it stays open for a while"


def test_how_it_stands_is_shown_only_after_the_pin_from_the_menu_too(line: Line) -> None:
    phone = line.phone()
    _with_pin(line, phone)

    assert phone.send("status") == [ASKED]
    assert phone.send("4711")[0].startswith("Saved. Nobody has answered yet.")
    line.clock.move(16 * MINUTE)
    phone.send("help")
    assert phone.send("3") == [ASKED]


def test_the_pin_is_kept_in_no_words_in_no_session_and_in_no_log(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    phone = line.phone()
    reference, _ = _with_pin(line, phone, "4711")
    phone.send("4711")
    phone.send("my pin 4711 is known to my brother")

    assert "4711" not in " ".join(_told(line, reference))
    assert "brother" in _told(line, reference)[-1]
    assert "4711" not in caplog.text
    assert not any("4711" in message.text for message in line.carriers["sms"].sent)
    assert b"4711" not in b"".join(row["sealed"] for row in line.rows(sessions))
    assert line.rows(workers)[0]["pin_hash"] not in (None, b"4711")


def test_two_workers_with_the_same_pin_have_two_hashes(line: Line) -> None:
    for number in ("+447700900241", "+447700900242"):
        _with_pin(line, line.phone("sms", number))

    assert len({row["pin_hash"] for row in line.rows(workers)}) == 2


def test_wrong_tries_are_answered_alike_and_each_waits_longer_the_right_one_too(line: Line) -> None:
    phone = line.phone()
    reference, _ = _with_pin(line, phone)
    _reply(line, reference)
    phone.news()
    phone.send("1")

    assert phone.send("1234") == [WRONG.format(wait="1 minute")]
    assert phone.send("4711") == [WRONG.format(wait="1 minute")]
    line.clock.move(MINUTE)
    assert phone.send("1235") == [WRONG.format(wait="2 minutes")]
    line.clock.move(2 * MINUTE)
    assert phone.send("4711") == ["I heard you."]
    assert _told(line, reference) == ["They did not pay overtime"], "no try joined the case"


def test_the_code_opens_without_the_pin_and_takes_it_away(line: Line) -> None:
    phone = line.phone()
    reference, code = _with_pin(line, phone)
    _reply(line, reference)
    phone.news()
    said = phone.send(code)

    assert said[0] == "The PIN is gone. For a new one, send: PIN"
    assert phone.send("1") == ["I heard you."]
    assert line.rows(workers)[0]["pin_hash"] is None


def test_taking_the_pin_away_needs_the_pin(line: Line) -> None:
    phone = line.phone()
    _with_pin(line, phone)
    assert phone.send("pin")[0].startswith("This phone has a PIN.")
    assert phone.send("2") == [ASKED]
    assert line.rows(workers)[0]["pin_hash"] is not None

    assert phone.send("4711") == ["The PIN is gone. For a new one, send: PIN"]
    assert line.rows(workers)[0]["pin_hash"] is None


def test_another_pin_is_not_set_over_the_one_that_stands(line: Line) -> None:
    phone = line.phone("telegram", "7001")
    _with_pin(line, phone)
    before = line.rows(workers)[0]["pin_hash"]
    phone.send("Choose a PIN", kind="button", option="pin_offered.choose")
    phone.send("9999")

    assert line.rows(workers)[0]["pin_hash"] == before


@pytest.mark.parametrize("digits", ["123", "123456"])
def test_what_is_no_four_digits_is_asked_for_again_and_kept_nowhere(line: Line, digits: str) -> None:
    phone = line.phone()
    reference, _ = _case(line, phone)
    phone.send("pin")
    phone.send("1")

    assert phone.send(digits)[0].startswith("A PIN is 4 digits.")
    assert _told(line, reference) == ["They did not pay overtime"]
    assert line.rows(workers)[0]["pin_hash"] is None


def test_hiding_takes_the_pin_away_for_it_would_show_that_there_was_something(line: Line) -> None:
    phone = line.phone()
    _with_pin(line, phone)
    phone.send("9")

    assert line.rows(workers)[0]["pin_hash"] is None
    assert ASKED not in phone.send("status")


def test_danger_is_answered_at_once_behind_a_pin_too(line: Line) -> None:
    phone = line.phone()
    _with_pin(line, phone)

    assert "999" in phone.send("there is a fire on the second floor")[0]


def test_the_pin_columns_hold_nothing_for_who_set_none(line: Line) -> None:
    phone = line.phone()
    _case(line, phone)
    phone.send("1234")

    with line.service.database.read() as connection:
        kept = connection.execute(sa.select(workers.c.pin_hash, workers.c.pin_open_until)).one()
    assert tuple(kept) == (None, 0)


def _speaks(line: Line, phone: Phone, words: str = "") -> list[str]:
    """A worker sends a voice note, with words under it where the channel takes them; returns what she is told."""
    line.carriers[phone.channel].files["voice-1"] = makings.opus(seconds=42)
    return phone.send(words, attachments=(Attachment("voice", "voice-1", "audio/ogg"),))


def _heard(line: Line, reference: str) -> list[tuple[str, int | None]]:
    """The voice notes that the desk can play on a case, with their lengths; each is there in full."""
    line.until(lambda: all(row["state"] == "kept" for row in line.rows(attachments)))
    view = line.desk("sanne", lambda at: desk.view(at, reference))
    found = [entry.attachment for entry in view.entries if entry.attachment]
    for each in found:
        opened = line.desk("sanne", lambda at, number=each.number: desk_files.read(at, line.settings.files, reference, number))
        assert opened.content.startswith(b"OggS")
    return [(each.shows, each.seconds) for each in found]


@pytest.mark.parametrize("channel", ["whatsapp", "telegram"])
@pytest.mark.parametrize("words", ["", "1", "4711", "1234", "they locked the gate"], ids=["bare", "one", "pin", "wrong pin", "words"])
def test_a_voice_note_to_a_shut_phone_joins_the_case_and_shows_nothing_before_the_pin(line: Line, channel: str, words: str) -> None:
    phone = line.phone(channel, "+447700900251")
    reference, _ = _with_pin(line, phone)
    _reply(line, reference)
    phone.news()

    told = _speaks(line, phone, words)
    assert _heard(line, reference) == [("sound", 42)]
    assert told, "somebody who spoke is answered"
    assert ("I heard you." in told) == (words == "4711"), "only the PIN opens"
    assert not [text for text in told if "answer" in text.lower() and words != "4711"], told
    if words != "4711":
        line.clock.move(2 * MINUTE)
        assert "I heard you." in [*phone.send("4711"), *phone.news()], "and the PIN still opens it"
