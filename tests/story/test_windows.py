"""WhatsApp across its window of a day, and across a worker's STOP: our posts through Twilio's SDK, Twilio's own through the webhooks."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import build_app
from bot.clock import DAY, HOUR
from cases import desk
from store.tables import cases, inbox, outbox, workers
from tests.doubles import twilio_posts
from tests.doubles.carrier import Fault
from tests.doubles.twilio import TwilioDouble
from tests.line import Line
from weerklank.web import services

PUBLIC_URL = "https://line.example"
TEMPLATE = "HX" + "7" * 32
NUMBER = "+447700900421"
BY_ID = "BD.13491208655302741918"
WORDS = "They did not pay overtime"
KNOCK_SHUT = "let no knock through"


@dataclass
class Worker:
    """Somebody on WhatsApp; `address` is her number, or WhatsApp's own id of one who shows none."""

    line: Line
    double: TwilioDouble
    address: str

    @property
    def at_twilio(self) -> str:
        return f"whatsapp:{self.address}"

    def says(self, text: str, **more: str) -> None:
        """She writes: WhatsApp opens the window, Twilio posts."""
        self.double.desk.shut.discard(self.at_twilio)
        by_number = self.address.startswith("+")
        post = twilio_posts.whatsapp if by_number else twilio_posts.whatsapp_without_number
        self.posted("messages", post(self.address, text, **more))

    def told(self, message: str, status: str, error: str | None = None) -> None:
        """Twilio says how a message of ours to her fared."""
        self.posted("status", twilio_posts.status(message, status, to=self.at_twilio, error=error))

    def posted(self, path: str, fields: dict[str, str]) -> None:
        hook = twilio_posts.webhook(f"{PUBLIC_URL}/webhooks/twilio/{path}", fields)
        answer = self.line.run(_post(self.line, hook.url, dict(hook.headers), hook.body))
        assert answer == 200
        self.line.quiet()

    def is_silent(self, milliseconds: int) -> None:
        """Time passes in which she writes nothing."""
        self.line.clock.move(milliseconds)
        if milliseconds >= DAY:
            self.double.desk.shut.add(self.at_twilio)

    def sends(self) -> list[dict[str, str]]:
        """What Twilio took for her, field by field."""
        return [dict(sent.fields) for sent in self.double.taken if sent.to == self.at_twilio]

    def texts(self) -> list[str]:
        return self.double.texts_to(self.at_twilio)


async def _post(line: Line, url: str, headers: dict[str, str], body: bytes) -> int:
    app = build_app(services(line.service))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PUBLIC_URL) as carrier:
        return (await carrier.post(url, headers=headers, content=body)).status_code


def _opened(url: str, folder: Path, double: TwilioDouble, **more: Any) -> Line:
    line = Line(
        url,
        folder / "data",
        twilio_account_sid=twilio_posts.ACCOUNT,
        twilio_auth_tokens=twilio_posts.TOKEN,
        twilio_whatsapp_from=twilio_posts.OUR_WHATSAPP,
        twilio_api_url=double.url,
        **more,
    )
    line.service.senders["whatsapp"] = line.service.channels.senders["whatsapp"]
    return line


@pytest.fixture(params=[NUMBER, BY_ID], ids=["number", "id-alone"])
def worker(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[Worker]:
    """A worker with a case, on a line with an approved template."""
    with TwilioDouble() as double:
        double.desk.templates.add(TEMPLATE)
        line = _opened(database_url, tmp_path, double, twilio_knock_content_sid=TEMPLATE)
        yield _with_a_case(Worker(line, double, request.param))
        line.close()


@pytest.fixture
def without_template(database_url: str, tmp_path: Path) -> Iterator[Worker]:
    """A worker with a case, on a line whose operator has no template approved yet."""
    with TwilioDouble() as double:
        line = _opened(database_url, tmp_path, double)
        yield _with_a_case(Worker(line, double, BY_ID))
        line.close()


def _with_a_case(worker: Worker) -> Worker:
    worker.says("52746 en")
    worker.says(WORDS)
    return worker


def _answer(worker: Worker, text: str) -> None:
    [case] = worker.line.rows(cases)
    worker.line.desk("sanne", lambda at: desk.reply(at, case["reference"], desk.ReplyDraft(text, "en")))


def _entries(worker: Worker, kind: str) -> list[Any]:
    [case] = worker.line.rows(cases)
    view = worker.line.desk("sanne", lambda at: desk.view(at, case["reference"]))
    return [entry for entry in view.entries if entry.kind == kind]


def _deliveries(worker: Worker) -> list[str]:
    return [entry.delivery for entry in _entries(worker, "reply")]


def _last_id(worker: Worker) -> str:
    return next(sent.id for sent in reversed(worker.double.taken) if sent.to == worker.at_twilio)


def test_an_answer_after_the_window_shut_waits_behind_the_approved_template_and_is_read_once(worker: Worker) -> None:
    before = len(worker.sends())
    worker.is_silent(2 * DAY)
    _answer(worker, "We pay it this month.")
    [knock] = worker.sends()[before:]

    assert (knock["ContentSid"], "Body" in knock) == (TEMPLATE, False)
    assert "pay it" not in str(knock)
    assert KNOCK_SHUT not in _deliveries(worker)[0]
    worker.says("1")
    worker.says("1")
    assert worker.texts().count("We pay it this month.") == 1
    worker.told(_last_id(worker), "delivered")
    assert not worker.double.unknown


def test_a_tap_on_the_templates_button_opens_the_window_as_words_do(worker: Worker) -> None:
    worker.is_silent(2 * DAY)
    _answer(worker, "We pay it this month.")
    worker.says("Read", MessageType="button", ButtonText="Read", ButtonPayload="knock.1")

    assert worker.texts().count("We pay it this month.") == 1


def test_several_answers_behind_one_knock_come_in_their_order(worker: Worker) -> None:
    worker.is_silent(2 * DAY)
    before = len(worker.sends())
    _answer(worker, "First.")
    _answer(worker, "Second.")

    assert len(worker.sends()) == before + 1
    worker.says("1")
    assert [text for text in worker.texts() if text in ("First.", "Second.")] == ["First.", "Second."]


def test_an_answer_that_twilio_refuses_at_once_for_the_window_comes_behind_a_template(worker: Worker) -> None:
    """63016 in the answer to the send: WhatsApp counts the day otherwise than our clock does."""
    worker.is_silent(HOUR)
    _answer(worker, "We pay it this month.")
    worker.double.faults.append(Fault(400, 63016, "Said by the carrier"))
    worker.says("1")
    refused = worker.texts()
    knock = worker.sends()[-1]

    assert "We pay it this month." not in refused
    assert knock["ContentSid"] == TEMPLATE
    assert [row["failure"] for row in worker.line.rows(outbox) if row["kind"] == "reply"] == ["window_closed"]
    worker.says("1")
    assert worker.texts().count("We pay it this month.") == 1


def test_an_answer_that_twilio_took_and_then_could_not_deliver_for_the_window_comes_behind_a_template(worker: Worker) -> None:
    """63016 in a status callback, as Twilio tells it of most messages; it may tell it twice."""
    worker.is_silent(HOUR)
    _answer(worker, "We pay it this month.")
    worker.says("1")
    lost = _last_id(worker)
    worker.told(lost, "failed", "63016")
    worker.told(lost, "failed", "63016")
    knocks = [fields for fields in worker.sends() if fields.get("ContentSid") == TEMPLATE]

    assert len(knocks) == 1
    assert any("freely only for a day" in (entry.words or entry.text) for entry in _entries(worker, "delivery"))
    worker.says("1")
    # Twice at Twilio, once on her phone: the first was never delivered.
    assert worker.texts().count("We pay it this month.") == 2
    worker.told(_last_id(worker), "delivered")
    assert _deliveries(worker) == ["delivered"]


def test_a_knock_that_arrives_late_in_a_shut_window_does_not_lose_the_answer(worker: Worker) -> None:
    worker.is_silent(2 * DAY)
    _answer(worker, "We pay it this month.")
    worker.told(_last_id(worker), "undelivered", "63024")

    assert [row["state"] for row in worker.line.rows(outbox) if row["kind"] == "reply"] == ["held"]
    worker.says("hello")
    worker.says("1")
    assert worker.texts().count("We pay it this month.") == 1


def test_without_a_template_nothing_is_burnt_and_the_desk_is_told(without_template: Worker) -> None:
    worker = without_template
    before = len(worker.double.sends)
    worker.is_silent(2 * DAY)
    _answer(worker, "We pay it this month.")
    worker.line.clock.move(3 * HOUR)
    worker.line.quiet()

    assert len(worker.double.sends) == before
    assert KNOCK_SHUT in _deliveries(worker)[0]
    worker.says("hello")
    worker.says("1")
    assert worker.texts().count("We pay it this month.") == 1


def test_once_a_template_is_set_the_answer_that_waited_is_knocked_for(without_template: Worker) -> None:
    worker, line = without_template, without_template.line
    worker.is_silent(2 * DAY)
    _answer(worker, "We pay it this month.")
    line.settings = line.settings.model_copy(update={"twilio_knock_content_sid": TEMPLATE})
    worker.double.desk.templates.add(TEMPLATE)
    line.restart()
    line.service.senders["whatsapp"] = line.service.channels.senders["whatsapp"]
    line.clock.move(DAY + HOUR)
    line.quiet()

    assert worker.sends()[-1]["ContentSid"] == TEMPLATE
    worker.says("1")
    assert worker.texts().count("We pay it this month.") == 1


def test_who_says_stop_gets_nothing_more_and_finds_what_waited_on_coming_back(worker: Worker) -> None:
    worker.says("STOP", OptOutType="STOP")
    worker.double.desk.opted_out.add(worker.at_twilio)
    before = len(worker.double.sends)
    _answer(worker, "First.")
    _answer(worker, "Second.")

    assert len(worker.double.sends) == before
    assert any("told the carrier to stop" in (entry.words or entry.text) for entry in _entries(worker, "reach"))
    assert all("stopped our messages" in delivery for delivery in _deliveries(worker))
    worker.double.desk.opted_out.clear()
    worker.says("START", OptOutType="START")
    assert len(worker.double.sends) == before + 1
    worker.says("1")
    assert [text for text in worker.texts() if text in ("First.", "Second.")] == ["First.", "Second."]
    assert any("can be reached again" in (entry.words or entry.text) for entry in _entries(worker, "reach"))


def test_a_stop_that_only_the_carrier_heard_of_shuts_the_way_by_its_refusal(worker: Worker) -> None:
    """21610: the STOP went to another handler of the same number, or its webhook was lost."""
    worker.double.desk.opted_out.add(worker.at_twilio)
    _answer(worker, "First.")
    _answer(worker, "Second.")
    tried = [sent for sent in worker.double.sends if sent.to == worker.at_twilio and sent.status == 400]
    worker.line.clock.move(DAY)
    worker.line.quiet()

    assert [row["closed_to"] for row in worker.line.rows(workers)] == ["opt_out"]
    assert tried == [sent for sent in worker.double.sends if sent.to == worker.at_twilio and sent.status == 400]
    assert "stopped our messages" in _deliveries(worker)[0]
    worker.double.desk.opted_out.clear()
    worker.says("hello")
    worker.says("1")
    assert [text for text in worker.texts() if text in ("First.", "Second.")] == ["First.", "Second."]


def test_twilios_second_post_of_the_same_message_changes_nothing(worker: Worker) -> None:
    post = twilio_posts.whatsapp_without_number(BY_ID, "hello") | {"From": worker.at_twilio, "ExternalUserId": worker.at_twilio}
    worker.posted("messages", post)
    before = (len(worker.line.rows(inbox)), len(worker.double.sends))
    worker.posted("messages", {**post, "ErrorCode": "11200", "ErrorUrl": f"{PUBLIC_URL}/webhooks/twilio/messages"})

    assert (len(worker.line.rows(inbox)), len(worker.double.sends)) == before
