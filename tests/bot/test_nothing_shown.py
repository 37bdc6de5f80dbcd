"""What a lock screen, a mailbox or a borrowed phone may show: nothing of any case, on every channel and in every language."""

import re

import pytest

from bot.clock import DAY, HOUR
from bot.mail import write
from cases import desk
from flows.render import View, render
from flows.template import FACTS
from flows.transcript import MEASURES
from store.mails import Mail
from store.tables import cases, outbox, workers
from tests.flows.shelf import CHANNELS, LANGUAGES, LIBRARY, longest_facts
from tests.line import Line, Phone
from translations.texts import shipped

GIVES_AWAY = re.compile(
    "complain|concern|case|report|halmstra|weidegaard|nodirpar|factory|boss|wage|officer|klacht|zaak|melding|fabriek|baas|loon|"
    "queja|caso|denuncia|fábrica|jefe|salario|অভিযোগ|কেস|কারখানা|মালিক|বেতন",
    re.IGNORECASE,
)
INNOCENT = "Thank you for using the Work info line. Have a good day."
KINDS = ("new_case", "answer", "danger", "late")
SERVED = ("sms", "whatsapp", "telegram", "web", "http_sms")


def _case(line: Line, phone: Phone) -> tuple[str, str]:
    phone.send("52746 en")
    code = re.search(r"\d{4} \d{4}", " ".join(phone.send("They did not pay overtime")))
    assert code is not None
    return line.rows(cases)[-1]["reference"], code[0]


def _reply(line: Line, reference: str) -> None:
    line.desk("sanne", lambda at: desk.reply(at, reference, desk.ReplyDraft("I heard you.", "en")))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_knock_names_the_line_and_nothing_else(channel: str, language: str) -> None:
    say = LIBRARY.notice("knock")
    [knock] = render(LIBRARY.revisions[say.revision], say, View(language, MEASURES[channel], longest_facts(language)))

    assert longest_facts(language)["line"] in knock.text
    assert not GIVES_AWAY.search(knock.text)
    assert not knock.choices


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("node", ["knock", "pin_asked", "pin_wrong", "pin_right", "pin_set", "pin_gone", "wrong_code", "codes_shut"])
def test_what_comes_unasked_or_before_a_code_knows_no_fact_of_a_case(node: str, language: str) -> None:
    """Rendered with every fact there is, it tells only the line's name and how long to wait."""
    marked = {fact: f"<{fact}>" for fact in FACTS} | {"wait": "7"}
    say = LIBRARY.notice(node)
    text = " ".join(one.text for one in render(LIBRARY.revisions[say.revision], say, View(language, MEASURES["web"], marked)))

    assert set(re.findall(r"<(\w+)>", text)) <= {"line"}
    assert not GIVES_AWAY.search(text)


@pytest.mark.parametrize("channel", SERVED)
def test_a_knock_is_all_that_comes_unasked_on_every_channel(line: Line, channel: str) -> None:
    phone = line.phone(channel, "+447700900251")
    reference, _ = _case(line, phone)
    _reply(line, reference)

    assert phone.news() == ["Work info line: 1 new message. To read it, send 1."]


@pytest.mark.parametrize("channel", SERVED)
def test_after_nine_the_last_line_is_innocent_and_nothing_comes_until_the_code_does(line: Line, channel: str) -> None:
    phone = line.phone(channel, "+447700900252")
    reference, code = _case(line, phone)
    assert phone.send("9") == [INNOCENT]

    line.clock.move(9 * DAY)
    line.until(lambda: any(row["kind"] == "late" for row in line.rows(outbox)))
    _reply(line, reference)
    assert phone.news() == []
    assert line.rows(workers)[0]["knocked_at"] is None

    phone.send(code)
    assert "I heard you." in phone.send("1")


def test_after_nine_a_file_is_refused_without_a_word_of_a_case(line: Line) -> None:
    phone = line.phone("whatsapp")
    _case(line, phone)
    phone.send("9")
    line.clock.move(HOUR)
    said = phone.send(kind="unsupported")

    assert said
    assert not GIVES_AWAY.search(" ".join(said))


@pytest.mark.parametrize("kind", KINDS)
def test_a_notice_to_an_officer_says_that_something_waits_and_no_more(kind: str) -> None:
    mail = Mail(id=7, kind=kind, addresses=("sanne@halmstra.example",), case_id=41, key=f"{kind}/WK-7Q2M", attempts=0)
    message = write(
        mail,
        sender="line@ketenstem.example",
        catalogues=shipped(),
        desk_url="https://line.example/desk",
        when="Wed, 25 Nov 2026 12:00:00 +0000",
    )

    whole = message.as_string()
    assert "WK-7Q2M" not in whole
    assert "41" not in message.get_content()
    assert not re.search("gazipur|nodirpar|overtime|whatsapp|telegram|sms", whole, re.IGNORECASE)


@pytest.mark.parametrize(
    ("spoken", "subject"),
    [
        (((),), "Something new waits for you"),
        ((("nl", "en"), ("nl",)), "Er wacht iets nieuws op je"),
        ((("nl", "en"), ("bn", "en")), "Er wacht iets nieuws op je / Something new waits for you"),
    ],
    ids=["nobody-knows", "dutch", "two-languages"],
)
def test_a_notice_speaks_the_first_language_of_each_officer_it_goes_to(spoken: tuple[tuple[str, ...], ...], subject: str) -> None:
    addresses = tuple(f"officer-{number}@halmstra.example" for number, _ in enumerate(spoken))
    mail = Mail(id=7, kind="new_case", addresses=addresses, case_id=41, key="new_case/7", attempts=0, languages=spoken)

    message = write(mail, sender="line@ketenstem.example", catalogues=shipped(), desk_url="https://line.example/desk", when="now")

    assert message["Subject"] == subject
