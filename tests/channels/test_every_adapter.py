"""What every adapter of the registry promises, whichever carrier stands behind it: one suite, and a new adapter is in it by itself."""

import asyncio
import importlib
import logging
import socket
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import pytest

from channels.base import (
    Abilities,
    Attachment,
    BadSignature,
    Channel,
    FetchError,
    Inbound,
    Malformed,
    Outbound,
    Purged,
    Received,
    SendError,
    Status,
    Trace,
)
from channels.registry import CARDS, open_channels
from channels.terminal import TerminalPhone
from channels.web import Shown, WebPhone
from tests.channels.carriers import CARRIERS, config, reader
from words.limits import CAN_CARRY, Limits

T = TypeVar("T")
KINDS = {"voice", "photo", "video", "document", "place", "sticker"}
ADAPTERS = sorted(name for name, card in CARDS.items() if card.module)
ADDRESSES = {"telegram": "7012345678", "whatsapp": "BD.1349120865530274"}
EACH = pytest.mark.parametrize("name", ADAPTERS)
CARRIER = pytest.mark.parametrize("carrier", sorted(CARRIERS))
WORDS = "They locked the gate of the third floor"


class _Paper:
    """A screen and a terminal at once, for the channels that the house itself opens."""

    async def append(self, channel: str, address: str, message: Shown) -> None:
        del channel, address, message


def _shown(*_: object) -> None:
    return None


@pytest.fixture(scope="module")
def nobody() -> Iterator[str]:
    """The address of a carrier that cannot be reached: the port is taken, and nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


def with_channel(name: str, carriers: str, work: Callable[[Channel], Awaitable[T]]) -> T:
    """Open one adapter with every carrier at this address, and do something with it."""

    async def run() -> T:
        channels = dict(open_channels(config(twilio_url=carriers, telegram_url=carriers, gateway_url=carriers)).senders)
        channels["web"] = WebPhone("web", CARDS["web"].limits, _Paper())
        channels["terminal"] = TerminalPhone("terminal", CARDS["terminal"].limits, _shown)
        try:
            return await work(channels[name])
        finally:
            for channel in channels.values():
                await channel.close()

    return asyncio.run(run())


async def _of_itself(channel: Channel) -> tuple[str, Limits, Abilities]:
    return channel.name, channel.limits, channel.abilities


def message(name: str) -> Outbound:
    return Outbound("41", ADDRESSES.get(name, "+447700900123"), WORDS)


def trace(name: str, provider_id: str) -> Trace:
    return Trace(provider_id, ADDRESSES.get(name, "+447700900123"), 1_795_435_200_000, ours=True)


@EACH
def test_an_adapter_carries_what_its_card_says(name: str, nobody: str) -> None:
    own_name, limits, _ = with_channel(name, nobody, _of_itself)

    assert own_name == name
    assert limits == CARDS[name].limits


@EACH
def test_its_abilities_hold_together(name: str, nobody: str) -> None:
    _, limits, abilities = with_channel(name, nobody, _of_itself)

    assert set(abilities.media) <= KINDS
    assert (abilities.window_seconds is not None) == (abilities.initiate == "template")
    assert abilities.window_seconds is None or abilities.window_seconds > 0
    assert abilities.per_second is None or abilities.per_second > 0
    assert abilities.between_seconds >= 0
    assert abilities.deletes_seconds is None or abilities.deletes_seconds > 0
    assert limits.buttons_max == 0 or (limits.button_title_max > 0 and limits.option_bytes_max > 0)
    assert limits.segments_max is None or limits.buttons_max == 0


@EACH
def test_a_flow_is_checked_against_no_less_than_the_adapter_carries(name: str, nobody: str) -> None:
    _, limits, _ = with_channel(name, nobody, _of_itself)
    checked = CAN_CARRY.get(name, limits)

    assert checked.channel == name
    assert checked.text_max <= limits.text_max
    assert checked.buttons_max >= limits.buttons_max


@EACH
def test_what_is_no_attachment_is_not_fetched(name: str, nobody: str) -> None:
    async def fetch(channel: Channel) -> bytes:
        return await channel.fetch(Attachment("photo", "https://evil.example/nothing"), 1000)

    with pytest.raises(FetchError) as caught:
        with_channel(name, nobody, fetch)

    assert caught.value.why
    assert "evil.example" not in str(caught.value)


@EACH
@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_purge_has_an_outcome_for_each_message_even_when_nobody_answers(name: str, count: int, nobody: str) -> None:
    traces = [trace(name, f"70{number}") for number in range(count)]
    outcomes, abilities = with_channel(name, nobody, _purged(traces))

    assert len(outcomes) == count
    assert [each for each in outcomes if each.outcome != "done" and not each.why] == []
    assert abilities.purges or {each.outcome for each in outcomes} <= {"impossible"}


def _purged(traces: list[Trace]) -> Callable[[Channel], Awaitable[tuple[list[Purged], Abilities]]]:
    async def purge(channel: Channel) -> tuple[list[Purged], Abilities]:
        return list(await channel.purge(traces)), channel.abilities

    return purge


@EACH
def test_an_adapter_can_be_closed_twice(name: str, nobody: str) -> None:
    async def close(channel: Channel) -> bool:
        await channel.close()
        return True

    assert with_channel(name, nobody, close)


@pytest.mark.parametrize("name", [name for name in ADAPTERS if CARDS[name].needs])
def test_a_carrier_that_cannot_be_reached_is_named_and_nothing_of_the_message_is_logged(
    name: str, nobody: str, caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    with pytest.raises(SendError) as caught:
        with_channel(name, nobody, lambda channel: channel.send(message(name)))

    assert not caught.value.ambiguous
    assert [part for part in (WORDS, message(name).address) if part in caplog.text + str(caught.value)] == []


@EACH
def test_a_carrier_that_posts_has_a_reader_and_a_way_to_prove_itself(name: str) -> None:
    carrier = CARDS[name].carrier

    assert carrier is None or carrier in CARRIERS
    assert (carrier is None) == (not CARDS[name].needs)


@EACH
def test_an_adapter_opens_from_settings_or_is_opened_by_the_house(name: str) -> None:
    module = importlib.import_module(CARDS[name].module or "")

    assert hasattr(module, "open_channel") == bool(CARDS[name].needs)


@CARRIER
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"7", b'"x"', b"\xff\xfe", b"\x00", b"a=1", b"{}" + b" " * 1000, b"[" * 2000, b'{"a": NaN}']
)
def test_a_genuine_post_of_nonsense_is_nothing_or_malformed(carrier: str, body: bytes) -> None:
    try:
        found = reader(carrier).read(CARRIERS[carrier].genuine_body(body))
    except Malformed:
        found = ()

    assert found == ()


@CARRIER
@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"From=%2B447700900123&Body=forged", b'{"update_id": 1}'])
def test_a_post_without_proof_is_refused_before_it_is_read(carrier: str, body: bytes) -> None:
    for content_type in ("", "application/json", "application/x-www-form-urlencoded", "text/plain"):
        with pytest.raises(BadSignature):
            reader(carrier).read(Received(CARRIERS[carrier].url, {"content-type": content_type}, body))


@CARRIER
def test_the_proof_of_another_carrier_is_worth_nothing(carrier: str) -> None:
    for other in CARRIERS.values():
        genuine = other.genuine_body(b"{}")
        if other is CARRIERS[carrier]:
            assert isinstance(_read(carrier, genuine), tuple)
        else:
            with pytest.raises(BadSignature):
                reader(carrier).read(Received(CARRIERS[carrier].url, genuine.headers, genuine.body))


def _read(carrier: str, received: Received) -> tuple[Inbound | Status, ...]:
    try:
        return reader(carrier).read(received)
    except Malformed:
        return ()
