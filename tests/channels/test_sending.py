"""Sending tells the truth: what was taken, what was refused and why, and when nobody can know; and nothing of it is ever logged."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import orjson
import pytest

from channels import failures, telegram
from channels.base import Channel, Choice, Failure, Outbound, SendError, Sent
from channels.registry import CARDS, open_channels
from channels.sms import SmsChannel
from channels.twilio import TwilioClient
from channels.twilio_account import account
from tests.channels.carriers import PUBLIC, config
from tests.doubles import http_sms_posts, telegram_posts, twilio_posts
from tests.doubles.carrier import CarrierDouble, Fault
from tests.doubles.http_sms import FORGETFUL, GatewayDouble
from tests.doubles.telegram import TelegramDouble
from tests.doubles.twilio import TwilioDouble

T = TypeVar("T")
SENDING = sorted(name for name, card in CARDS.items() if card.needs)
ADDRESSES = {"sms": "+447700900123", "whatsapp": "BD.1349120865530274", "telegram": "7012345678", "http_sms": "+447700900123"}
DOUBLES: dict[str, Callable[[], CarrierDouble]] = {
    "sms": TwilioDouble,
    "whatsapp": TwilioDouble,
    "telegram": TelegramDouble,
    "http_sms": lambda: GatewayDouble(FORGETFUL),
}
WORDS = "Sanne heeft geantwoord: বেতন “é” 🔥"
CHOICES = (Choice("danger.yes", "Yes, danger now"), Choice("danger.no", "No danger now"))
TABLE = orjson.loads(Path(failures.__file__).with_name("error_classes.json").read_bytes())


@dataclass(frozen=True)
class Line:
    """One channel with its carrier's double at the far end."""

    name: str
    double: CarrierDouble

    @property
    def message(self) -> Outbound:
        return Outbound("41", ADDRESSES[self.name], WORDS)

    def run(self, work: Callable[[Channel], Awaitable[T]]) -> T:
        """Open the channel, do something with it, and close it."""
        return asyncio.run(self._run(work))

    async def _run(self, work: Callable[[Channel], Awaitable[T]]) -> T:
        channels = open_channels(config(twilio_url=self.double.url, telegram_url=self.double.url, gateway_url=self.double.url))
        try:
            return await work(channels.senders[self.name])
        finally:
            for channel in channels.senders.values():
                await channel.close()

    def send(self, message: Outbound | None = None) -> Sent:
        return self.run(lambda channel: channel.send(message or self.message))

    def refused(self, message: Outbound | None = None) -> SendError:
        with pytest.raises(SendError) as caught:
            self.send(message)
        return caught.value


@pytest.fixture(params=SENDING)
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    double = DOUBLES[request.param]()
    with double:
        yield Line(request.param, double)


@pytest.fixture
def sms() -> Iterator[Line]:
    with TwilioDouble() as double:
        yield Line("sms", double)


@pytest.fixture
def telegram_line() -> Iterator[Line]:
    with TelegramDouble() as double:
        yield Line("telegram", double)


def test_words_arrive_letter_for_letter(line: Line) -> None:
    sent = line.send()

    assert [(each.body, each.id) for each in line.double.taken] == [(WORDS, sent.provider_id)]


def test_the_carriers_id_never_holds_the_address(line: Line) -> None:
    assert ADDRESSES[line.name] not in line.send().provider_id


def test_a_channel_says_its_name_and_what_it_carries(line: Line) -> None:
    name, limits = line.run(_card)

    assert (name, limits) == (line.name, CARDS[line.name].limits)


async def _card(channel: Channel) -> tuple[str, Any]:
    return channel.name, channel.limits


def test_options_are_shown_as_the_channel_can(line: Line) -> None:
    line.send(Outbound("41", ADDRESSES[line.name], "In danger?", CHOICES))
    (arrived,) = line.double.taken

    if CARDS[line.name].limits.buttons_max:
        assert (arrived.body, arrived.choices) == ("In danger?", tuple((each.id, each.title) for each in CHOICES))
    else:
        assert arrived.body == "In danger?\n1 Yes, danger now\n2 No danger now"


def test_a_long_answer_arrives_whole_in_order_and_is_one_message_to_us(line: Line) -> None:
    words = " ".join(f"sentence {number} of a long answer." for number in range(300))
    sent = line.send(Outbound("41", ADDRESSES[line.name], words, CHOICES))
    arrived = line.double.taken

    assert " ".join(each.body for each in arrived).startswith(words)
    assert all(len(each.body) <= CARDS[line.name].limits.text_max for each in arrived)
    assert len(arrived) > 1
    assert arrived[-1].id == sent.provider_id
    assert [bool(each.choices) for each in arrived[:-1]] == [False] * (len(arrived) - 1)


def test_a_long_answer_that_broke_off_halfway_leaves_us_in_doubt(line: Line) -> None:
    line.double.faults.extend([Fault(), Fault(429, 20429, "Too Many Requests: retry after 7", 7)])
    error = line.refused(Outbound("41", ADDRESSES[line.name], "word " * 1500))

    assert (error.failure, error.ambiguous) == (Failure.RATE_LIMITED, True)


def test_many_messages_leave_at_once(line: Line) -> None:
    async def burst(channel: Channel) -> list[Sent]:
        return await asyncio.gather(*(channel.send(replace(line.message, key=str(number))) for number in range(40)))

    assert len({sent.provider_id for sent in line.run(burst)}) == 40


def test_a_carrier_that_hangs_up_leaves_us_in_doubt(line: Line) -> None:
    line.double.drop()
    error = line.refused()

    assert (error.failure, error.ambiguous) == (Failure.TEMPORARY, True)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_carrier_in_trouble_leaves_us_in_doubt(line: Line, status: int) -> None:
    line.double.fail(status=status, text="Internal Server Error")
    error = line.refused()

    assert (error.failure, error.ambiguous) == (Failure.TEMPORARY, True)


@pytest.mark.parametrize(
    "raw", ["", "<html>Bad</html>", "{}", "[]", "null", '{"ok": true}', '{"ok": true, "result": {}}', '{"sid": 7}', "\x00"]
)
def test_an_answer_that_cannot_be_read_leaves_us_in_doubt(line: Line, raw: str) -> None:
    line.double.babble(raw)
    error = line.refused()

    assert (error.failure, error.ambiguous) == (Failure.TEMPORARY, True)


def test_a_carrier_that_cannot_be_reached_has_taken_nothing(line: Line) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = Line(line.name, _Nobody(taken.getsockname()[1]))
        error = nobody.refused(line.message)

    assert (error.failure, error.ambiguous) == (Failure.TEMPORARY, False)


class _Nobody(CarrierDouble):
    """A carrier at whose address nobody listens."""

    def __init__(self, port: int) -> None:
        super().__init__(port=port)
        self._loop.close()


def test_too_many_messages_are_told_to_wait(line: Line) -> None:
    line.double.fail(status=429, code=20429, text="Too Many Requests: retry after 7", retry_after=7)
    error = line.refused()

    assert (error.failure, error.ambiguous, error.retry_after) == (Failure.RATE_LIMITED, False, 7)


def test_a_refusal_that_no_table_holds_is_for_the_operator(line: Line) -> None:
    line.double.fail(status=400, code=39999, text="Bad Request: something new")

    assert line.refused().failure == Failure.BAD_CONTENT


@pytest.mark.parametrize("status", [401, 404])
def test_a_wrong_account_is_for_the_operator(line: Line, status: int) -> None:
    line.double.fail(status=status, text="Unauthorized")

    assert line.refused().failure == Failure.CONFIG


def test_a_failed_send_is_not_tried_again_by_the_channel(line: Line) -> None:
    line.double.fail(times=1, status=503)
    line.refused()

    assert len(line.double.sends) == 1


def test_a_channel_works_again_after_any_trouble(line: Line) -> None:
    async def troubled(channel: Channel) -> Sent:
        for _ in range(3):
            with pytest.raises(SendError):
                await channel.send(line.message)
        return await channel.send(line.message)

    line.double.drop()
    line.double.fail(status=500)
    line.double.babble("nonsense")

    assert line.run(troubled).provider_id


def test_nothing_of_a_message_is_logged_or_told_in_an_error(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    """At any level, whatever happens: no address, no words, no token."""
    logging.getLogger().setLevel(logging.DEBUG)
    line.send()
    line.double.drop()
    line.double.fail(status=400, code=21211, text=f"The 'To' number {ADDRESSES[line.name]} is not a valid phone number.")
    line.double.babble(f"{WORDS} {ADDRESSES[line.name]}", status=500)
    errors = [line.refused() for _ in range(3)]
    told = caplog.text + "".join(f"{error} {error!r} {error.__cause__} {error.args}" for error in errors)

    secrets = [ADDRESSES[line.name], WORDS, "geantwoord", telegram_posts.TOKEN, twilio_posts.TOKEN, telegram_posts.TOKEN.partition(":")[2]]
    secrets += [http_sms_posts.SECRET, http_sms_posts.PASSWORD]
    assert [secret for secret in secrets if secret in told] == []


@pytest.mark.parametrize(("code", "name"), sorted(TABLE["twilio"].items()))
def test_every_error_of_twilio_in_the_table_has_its_failure(sms: Line, code: str, name: str) -> None:
    sms.double.fail(status=400, code=int(code), text="Said by the carrier")
    error = sms.refused()

    assert (error.failure.value, error.code, error.ambiguous) == (name, code, False)


@pytest.mark.parametrize("row", [row for row in TABLE["telegram"] if row["class"] != "ok_ignore"], ids=lambda row: row["match"])
def test_every_error_of_telegram_in_the_table_has_its_failure(telegram_line: Line, row: dict[str, Any]) -> None:
    telegram_line.double.fail(status=row["code"], text=row["match"], retry_after=3 if row["code"] == 429 else None)

    assert telegram_line.refused().failure.value == row["class"]


def test_the_table_knows_every_failure() -> None:
    classes = {*TABLE["twilio"].values(), *(row["class"] for row in TABLE["telegram"])} - {"ok_ignore"}

    assert classes == {failure.value for failure in Failure}


def test_a_carrier_that_is_slow_leaves_us_in_doubt() -> None:
    async def impatient(channel: Channel) -> None:
        try:
            await channel.send(Outbound("41", ADDRESSES[channel.name], WORDS))
        finally:
            await channel.close()

    with TwilioDouble() as over_twilio, TelegramDouble() as over_telegram:
        over_twilio.hang(5)
        over_telegram.hang(5)
        of_account = account(config(twilio_url=over_twilio.url))
        for make in (
            lambda: SmsChannel(of_account, {"from_": twilio_posts.OUR_NUMBER}, patience=0.2),
            lambda: telegram.TelegramChannel(telegram_posts.TOKEN, over_telegram.url, patience=0.2),
        ):
            with pytest.raises(SendError) as caught:
                asyncio.run(impatient(make()))

            assert (caught.value.failure, caught.value.ambiguous) == (Failure.TEMPORARY, True)


def test_an_sms_names_its_number_its_callback_and_how_long_it_may_wait(sms: Line) -> None:
    sms.send()
    fields = sms.double.taken[0].fields

    assert fields == {
        "From": twilio_posts.OUR_NUMBER, "To": "+447700900123", "Body": WORDS, "ValidityPeriod": "14400",
        "StatusCallback": f"{PUBLIC}/webhooks/twilio/status",
    }  # fmt: skip


def test_a_whatsapp_message_goes_to_the_id_it_came_from() -> None:
    with TwilioDouble() as double:
        Line("whatsapp", double).send()

    assert double.taken[0].to == "whatsapp:BD.1349120865530274"
    assert double.taken[0].fields["From"] == f"whatsapp:{twilio_posts.OUR_WHATSAPP}"


def test_a_telegram_message_cannot_be_forwarded_and_shows_no_preview(telegram_line: Line) -> None:
    telegram_line.send()
    fields = telegram_line.double.taken[0].fields

    assert fields["protect_content"].lower() == "true"
    assert orjson.loads(fields["link_preview_options"]) == {"is_disabled": True}
    assert "disable_notification" not in fields


def test_a_status_is_read_from_the_answer(sms: Line) -> None:
    assert sms.send().status == "queued"


@pytest.mark.parametrize("url", ["no address", "http://", "http://[", "ftp://line.example", "http://\x00"])
def test_an_address_that_is_none_is_for_the_operator(url: str) -> None:
    async def attempt() -> None:
        client = TwilioClient(account(config(twilio_url=url)))
        try:
            await client.send({"to": "+447700900123", "body": WORDS})
        finally:
            await client.close()

    with pytest.raises(SendError) as caught:
        asyncio.run(attempt())

    assert not caught.value.ambiguous
