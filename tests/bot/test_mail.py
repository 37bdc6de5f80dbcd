"""Notices to officers by a real mail server: content-free, once, and only what left is said to have left."""

import threading
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from bot.mail import FileMailer, NoMailer, SmtpMailer
from channels.base import Inbound
from store.tables import mails
from tests.doubles.mail import MailDouble
from tests.line import Line

FIRE = "there is fire and the gate is locked"


@pytest.fixture
def post() -> Iterator[MailDouble]:
    with MailDouble() as double:
        yield double


def _line(url: str, folder: Path, post: MailDouble) -> Line:
    return Line(url, folder / "data", mailer=SmtpMailer(post.url))


def _states(line: Line) -> dict[str, str]:
    return {row["kind"]: row["state"] for row in line.rows(mails)}


def _wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not until():
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.01)


def test_a_notice_says_that_something_waits_and_nothing_else(database_url: str, tmp_path: Path, post: MailDouble) -> None:
    line = _line(database_url, tmp_path, post)
    phone = line.phone()
    phone.send("52746 en")
    phone.send("They did not pay overtime")
    states = _states(line)
    line.close()

    [mail] = post.mails
    text = mail.as_string()
    assert states == {"new_case": "sent"}
    assert mail["To"] == "sanne@halmstra.example, jeroen@halmstra.example"
    assert "https://line.example/desk/" in text
    assert not any(word in text for word in ("overtime", "Nodirpar", "WK-", "52746", phone.address, "sms"))


def test_danger_is_said_to_have_been_passed_on_only_when_it_was(database_url: str, tmp_path: Path, post: MailDouble) -> None:
    line = _line(database_url, tmp_path, post)
    warned = line.phone()
    warned.send("52746 en")
    told = warned.send(FIRE)
    post.mood = "refuse"
    line.service.notices.ring()
    other = line.phone(address="+447700900201")
    other.send("52746 en")
    line.clock.move(10_000)
    not_told = other.send(FIRE)
    line.close()

    assert "the reader is warned now" in told[0]
    assert "warned" not in not_told[0]
    assert "999" in not_told[0]


def test_a_notice_cut_off_after_it_was_handed_over_is_not_repeated_but_news_of_danger_is(
    database_url: str, tmp_path: Path, post: MailDouble
) -> None:
    post.mood = "hang up"
    line = _line(database_url, tmp_path, post)
    phone = line.phone()
    phone.send("52746 en")
    phone.send(FIRE)
    states = _states(line)
    post.mood = "take"
    line.clock.move(60_000)
    line.quiet()
    later = _states(line)
    line.close()

    subjects = [mail["Subject"] for mail in post.mails]
    assert states["new_case"] == "maybe_sent"
    assert later == {"new_case": "maybe_sent", "danger": "sent"}
    assert subjects.count("Er wacht iets nieuws op je") == 1
    assert len([subject for subject in subjects if "Dringend" in subject]) >= 2


def test_without_a_mail_server_nobody_is_said_to_be_warned(database_url: str, tmp_path: Path) -> None:
    line = Line(database_url, tmp_path / "data", mailer=NoMailer())
    phone = line.phone()
    phone.send("52746 en")
    told = phone.send(FIRE)
    states = _states(line)
    line.close()

    assert "warned" not in told[0]
    assert states == {"new_case": "failed", "danger": "failed"}


def test_a_connection_lost_before_a_word_was_handed_over_leaves_no_doubt_and_the_notice_goes_again(
    database_url: str, tmp_path: Path, post: MailDouble
) -> None:
    post.mood = "leave early"
    line = _line(database_url, tmp_path, post)
    phone = line.phone()
    phone.send("52746 en")
    phone.send("They did not pay overtime")
    states = _states(line)
    post.mood = "take"
    line.clock.move(60_000)
    line.quiet()
    later = _states(line)
    line.close()

    assert (states, later) == ({"new_case": "due"}, {"new_case": "sent"})
    assert len(post.mails) == 1


class HoldingMailer(FileMailer):
    """A mail server that holds on to everything but danger."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.go = threading.Event()

    def send(self, message: EmailMessage) -> None:
        if "Dringend" not in message["Subject"]:
            self.go.wait(120)
        super().send(message)


def test_news_of_danger_never_waits_behind_other_news(database_url: str, tmp_path: Path) -> None:
    mailer = HoldingMailer(tmp_path / "held")
    line = Line(database_url, tmp_path / "data", mailer=mailer, codes_ahead=20)
    for number in range(15):
        address = f"+4477009002{number:02d}"
        line.accept(
            Inbound("sms", f"a{number}", address, "message", "52746 en"), Inbound("sms", f"b{number}", address, "message", "no pay")
        )
    _wait(lambda: [row["state"] for row in line.rows(mails)].count("sending") == 8)
    line.accept(Inbound("sms", "fire", "+447700900200", "message", FIRE))
    _wait(lambda: ("danger", "sent") in [(row["kind"], row["state"]) for row in line.rows(mails)])
    others = {row["state"] for row in line.rows(mails) if row["kind"] != "danger"}
    mailer.go.set()
    line.quiet()
    line.close()

    assert "sent" not in others


class SlowMailer(FileMailer):
    """A mail server that takes its time."""

    def send(self, message: EmailMessage) -> None:
        time.sleep(0.6)
        super().send(message)


def test_an_orderly_stop_in_the_middle_of_a_notice_leaves_it_sent_once_and_not_in_doubt(database_url: str, tmp_path: Path) -> None:
    line = Line(database_url, tmp_path / "data", mailer=SlowMailer(tmp_path / "slow"))
    line.accept(Inbound("sms", "m1", "+447700900200", "message", "52746 en"))
    line.accept(Inbound("sms", "m2", "+447700900200", "message", "They did not pay overtime"))
    _wait(lambda: _states(line) == {"new_case": "sending"})
    line.restart()
    states = _states(line)
    line.quiet()
    line.close()

    assert states == {"new_case": "sent"}
    assert len(list((tmp_path / "slow").glob("*.eml"))) == 1


@pytest.mark.parametrize("url", ["", "http://mail.example", "smtp://", "mail.example:25", "smtp://name:password@mail.example:25"])
def test_a_wrong_address_of_a_mail_server_is_refused_with_an_example(url: str) -> None:
    with pytest.raises(ValueError, match="smtps"):
        SmtpMailer(url)
