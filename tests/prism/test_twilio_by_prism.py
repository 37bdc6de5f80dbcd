"""Every call that we make to Twilio is one that Twilio's own public description allows, as the real SDK puts it on the wire.

Answers are the description's examples, so that they prove nothing of what Twilio does; `tests/doubles/twilio.py` stands in for that.
"""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from channels.base import Channel, Choice, Failure, Outbound, Pattern, Purged, Recording, SendError, Sent, Trace
from channels.registry import ChannelConfig, open_channels
from channels.twilio import TwilioClient
from channels.twilio_account import account
from channels.twilio_listed import TooMany
from channels.twilio_standing import standing
from tests.channels.carriers import PUBLIC, config
from tests.doubles import twilio_posts
from tests.prism.conftest import Judged, Prism

T = TypeVar("T")
PHONE, OPAQUE = "+447700900123", "BD.1349120865530274"
SERVICE, TEMPLATE, MESSAGE = "MG" + "5" * 32, "HX" + "7" * 32, "SM" + "3" * 32
ACCOUNT = f"/2010-04-01/Accounts/{twilio_posts.ACCOUNT}"
SEND, LIST_FORMS, MAKE_FORM = f"post {ACCOUNT}/Messages.json", "get /v1/Content", "post /v1/Content"
VOICE = Recording(b"OggS", f"{PUBLIC}/voices/hello.ogg")
QUESTION = Pattern("Is the gate of {{1}} locked?", ("Dhaka 4",))
TEXT = Outbound("1", PHONE, "We have read it. \u0986\u09ae\u09b0\u09be \u09aa\u09dc\u09c7\u099b\u09bf\u0964")


def asked(answers: int) -> Outbound:
    """A question with so many answers."""
    choices = tuple(Choice(f"about.{number}", f"Answer {number}") for number in range(answers))
    return Outbound("1", PHONE, "Is the gate of Dhaka 4 locked?", choices, pattern=QUESTION, language="en")


def settings(prism: Prism, **more: object) -> ChannelConfig:
    """An installation whose Twilio is the mock."""
    return dataclasses.replace(config(twilio_url=prism.url), **more)  # type: ignore[arg-type]


def run(prism: Prism, name: str, work: Callable[[Channel], Awaitable[T]], **more: object) -> T:
    """Open the channels, do something with one, and close them."""

    async def whole() -> T:
        channels = open_channels(settings(prism, **more)).senders
        try:
            return await work(channels[name])
        finally:
            for channel in channels.values():
                await channel.close()

    return asyncio.run(whole())


def allowed(*calls: str) -> list[Judged]:
    """What Prism says of these calls when it has nothing against them."""
    return [Judged(call, passed=True, errors=()) for call in calls]


@pytest.mark.parametrize(
    ("name", "message", "more", "calls"),
    [
        ("sms", TEXT, {}, [SEND]),
        ("sms", TEXT, {"twilio_messaging_service_sid": SERVICE}, [SEND]),
        ("sms", dataclasses.replace(TEXT, valid_seconds=600), {"twilio_redaction": True}, [SEND]),
        ("sms", asked(3), {}, [SEND]),
        ("whatsapp", TEXT, {}, [SEND]),
        ("whatsapp", dataclasses.replace(TEXT, address=OPAQUE), {}, [SEND]),
        ("whatsapp", dataclasses.replace(TEXT, knock=True, window_open=False), {"twilio_knock_content_sid": TEMPLATE}, [SEND]),
        ("whatsapp", dataclasses.replace(TEXT, voice=VOICE), {}, [SEND, SEND]),
        ("whatsapp", asked(3), {}, [LIST_FORMS, MAKE_FORM, SEND]),
        ("whatsapp", asked(7), {}, [LIST_FORMS, MAKE_FORM, SEND]),
    ],
    ids=["sms", "service", "redacted", "numbers", "whatsapp", "opaque", "knock", "voice", "buttons", "list"],
)
def test_what_leaves_for_a_worker_is_what_twilio_describes(
    prism: Prism, name: str, message: Outbound, more: dict[str, object], calls: list[str]
) -> None:
    sent: Sent = run(prism, name, lambda channel: channel.send(message), **more)

    assert sent.provider_id.startswith("SM")
    assert sent.status == "queued"
    assert prism.judged(len(calls)) == allowed(*calls)


def test_a_copy_at_twilio_is_emptied_and_deleted_as_twilio_describes(prism: Prism) -> None:
    outcome = run(prism, "sms", lambda channel: channel.purge([Trace(MESSAGE, PHONE, 0, ours=True)]))

    assert outcome == [Purged("done")]
    assert prism.judged(2) == allowed(f"post {ACCOUNT}/Messages/{MESSAGE}.json", f"delete {ACCOUNT}/Messages/{MESSAGE}.json")


def test_the_doctor_asks_twilio_what_twilio_describes(prism: Prism) -> None:
    first, *_ = asyncio.run(standing(settings(prism)))

    assert first.well, first
    assert prism.judged(2) == allowed(f"get {ACCOUNT}.json", f"get {ACCOUNT}/IncomingPhoneNumbers.json")


def test_twilio_is_asked_for_what_we_missed_as_twilio_describes(prism: Prism) -> None:
    async def ask() -> None:
        client = TwilioClient(account(settings(prism)))
        try:
            with pytest.raises(TooMany):  # the description's example names a next page for ever
                await client.messages(datetime(2026, 11, 25, 9, 30, tzinfo=UTC))
            await client.media("MM" + "3" * 32)
        finally:
            await client.close()

    asyncio.run(ask())
    first, *_, last = judged = prism.judged(52)

    assert all(each.passed and not each.errors for each in judged)
    assert [first, last] == allowed(f"get {ACCOUNT}/Messages.json", f"get {ACCOUNT}/Messages/{'MM' + '3' * 32}/Media.json")


def test_a_message_that_breaks_the_description_is_caught(prism: Prism) -> None:
    with pytest.raises(SendError) as caught:
        run(prism, "sms", lambda channel: channel.send(TEXT), twilio_messaging_service_sid="no-service")
    (judged,) = prism.judged(1)

    assert (caught.value.failure, caught.value.code) == (Failure.BAD_CONTENT, "422")
    assert (judged.call, judged.passed) == (SEND, False)
    assert any("MessagingServiceSid must match pattern" in error for error in judged.errors)


def test_a_form_that_breaks_the_description_is_caught(prism: Prism) -> None:
    async def make() -> None:
        client = TwilioClient(account(settings(prism)))
        try:
            await client.make_form({"language": "en", "variables": {"1": 5}, "types": {"twilio/text": {"body": "hello"}}})
        finally:
            await client.close()

    with pytest.raises(SendError):
        asyncio.run(make())
    (judged,) = prism.judged(1)

    assert (judged.call, judged.passed) == (MAKE_FORM, False)
    assert any("variables.1 must be string" in error for error in judged.errors)
