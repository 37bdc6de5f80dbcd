"""Carriers: nothing unsigned comes in, nothing signed is lost, and nothing they can send makes us fall."""

import asyncio
import logging
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.webhooks import MOST_BYTES, Webhooks
from store.database import StoreAway
from tests.api.house import PUBLIC, House, RememberingInbox, WordReader, open_house, serving

MESSAGES, STATUS, TELEGRAM = "/webhooks/twilio/messages", "/webhooks/twilio/status", "/webhooks/telegram"
SIGNED = {"X-Word": "open"}


@pytest.fixture
def house(sqlite_url: str) -> Iterator[House]:
    with open_house(sqlite_url, readers={"twilio": WordReader(), "telegram": WordReader("telegram")}) as opened:
        yield opened


@pytest.fixture
def carrier(house: House) -> Iterator[httpx.Client]:
    with serving(house.services) as url, httpx.Client(base_url=url) as client:
        yield client


def test_a_signed_message_is_kept_before_twilio_gets_its_empty_answer(carrier: httpx.Client, house: House) -> None:
    answer = carrier.post(MESSAGES, content=b"hello", headers=SIGNED)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert answer.text.endswith("<Response/>")
    assert [message.text for message in house.inbox.messages] == ["hello"]


def test_telegram_gets_an_empty_object(carrier: httpx.Client, house: House) -> None:
    answer = carrier.post(TELEGRAM, content=b"hello", headers=SIGNED)

    assert (answer.status_code, answer.json()) == (200, {})
    assert [message.channel for message in house.inbox.messages] == ["telegram"]


def test_a_status_reaches_the_outbox_and_no_worker(carrier: httpx.Client, house: House) -> None:
    assert carrier.post(STATUS, content=b"status:SM1", headers=SIGNED).status_code == 200

    assert [note.provider_id for note in house.inbox.notes] == ["SM1"]
    assert house.inbox.messages == []


@pytest.mark.parametrize("path", [MESSAGES, STATUS, TELEGRAM])
@pytest.mark.parametrize("headers", [{}, {"X-Word": "shut"}], ids=["missing", "wrong"])
def test_a_stranger_is_refused_without_a_reason(carrier: httpx.Client, house: House, path: str, headers: dict[str, str]) -> None:
    answer = carrier.post(path, content=b"hello", headers=headers)

    assert (answer.status_code, answer.text) == (403, "Forbidden.\n")
    assert house.inbox.messages == []


def test_what_cannot_be_read_is_malformed_and_no_fault_of_ours(carrier: httpx.Client) -> None:
    assert carrier.post(TELEGRAM, content=b"\xff\xfe", headers=SIGNED).status_code == 400


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_carriers_only_post(carrier: httpx.Client, method: str) -> None:
    answer = carrier.request(method, MESSAGES)

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_an_unknown_webhook_is_not_there(carrier: httpx.Client) -> None:
    assert carrier.post("/webhooks/other", headers=SIGNED).status_code == 404


def test_a_channel_that_is_off_says_so(sqlite_url: str) -> None:
    with open_house(sqlite_url) as house, serving(house.services) as url:
        answer = httpx.post(url + TELEGRAM)

    assert (answer.status_code, answer.text) == (404, "The channels of telegram are not switched on here.\n")


@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "streamed"])
def test_a_body_larger_than_any_message_is_not_read_to_its_end(carrier: httpx.Client, house: House, chunked: bool) -> None:
    size = MOST_BYTES + 1
    content: Any = (b"x" * 4096 for _ in range(size // 4096 + 1)) if chunked else b"x" * size

    assert carrier.post(MESSAGES, content=content, headers=SIGNED).status_code == 413
    assert house.inbox.messages == []


def test_the_largest_message_still_comes_in(carrier: httpx.Client, house: House) -> None:
    assert carrier.post(MESSAGES, content=b"x" * MOST_BYTES, headers=SIGNED).status_code == 200
    assert len(house.inbox.messages) == 1


def test_the_reader_sees_the_address_that_carriers_were_given_and_not_the_one_in_the_request(sqlite_url: str) -> None:
    reader = WordReader()
    with open_house(sqlite_url, readers={"twilio": reader}) as house, serving(house.services) as url:
        httpx.post(f"{url}{MESSAGES}?a=1&b=%C3%A9", content=b"x", headers={**SIGNED, "Host": "evil.example"})

    assert reader.seen[0].url == f"{PUBLIC}{MESSAGES}?a=1&b=%C3%A9"
    assert reader.seen[0].headers["x-word"] == "open"


def test_telegram_is_asked_to_call_again_when_the_store_is_away(carrier: httpx.Client, house: House) -> None:
    house.inbox.failing = StoreAway("away")

    answer = carrier.post(TELEGRAM, content=b"hello", headers=SIGNED)

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_a_fault_of_ours_tells_nothing_of_the_message(carrier: httpx.Client, house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.inbox.failing = KeyError("they locked the gate +447700900123")
    caplog.set_level(logging.DEBUG)

    answer = carrier.post(TELEGRAM, content=b"they locked the gate", headers=SIGNED)

    assert answer.status_code == 503
    assert "KeyError" in caplog.text
    assert "gate" not in answer.text + caplog.text
    assert "447700900123" not in caplog.text


def test_a_carrier_that_hangs_up_halfway_leaves_nothing(carrier: httpx.Client, house: House) -> None:
    address = (carrier.base_url.host, carrier.base_url.port or 0)
    with socket.create_connection(address) as line:
        line.sendall(f"POST {MESSAGES} HTTP/1.1\r\nHost: x\r\nX-Word: open\r\nContent-Length: 9\r\n\r\nhal".encode())

    assert carrier.post(MESSAGES, content=b"whole", headers=SIGNED).status_code == 200
    assert [message.text for message in house.inbox.messages] == ["whole"]


async def post_by_hand(webhooks: Webhooks, path: str, query: bytes, headers: list[tuple[bytes, bytes]], chunks: list[bytes]) -> int:
    """Call the ASGI door by hand, with things that no HTTP library agrees to send."""
    waiting = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})
    said: list[Any] = []

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(event: Any) -> None:
        said.append(event)

    await webhooks({"type": "http", "path": path, "method": "POST", "query_string": query, "headers": headers}, receive, send)
    return int(said[0]["status"])


tokens = st.binary(max_size=30)


@given(
    path=st.sampled_from([MESSAGES, STATUS, TELEGRAM, "/webhooks/", "/webhooks/telegram/"]),
    query=tokens,
    headers=st.lists(st.tuples(tokens, tokens) | st.just((b"x-word", b"open")) | st.tuples(st.just(b"content-length"), tokens), max_size=5),
    chunks=st.lists(st.binary(max_size=400), max_size=4),
)
def test_nothing_a_stranger_or_a_carrier_sends_makes_us_fall(
    fuzzed: Webhooks, path: str, query: bytes, headers: list[tuple[bytes, bytes]], chunks: list[bytes]
) -> None:
    status = asyncio.run(post_by_hand(fuzzed, path, query, headers, chunks))

    assert status in {200, 400, 403, 404, 413}


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Webhooks]:
    inbox = RememberingInbox()
    url = f"sqlite:///{tmp_path_factory.mktemp('fuzz') / 'empty.sqlite3'}"
    with open_house(url, readers={"twilio": WordReader(), "telegram": WordReader("telegram")}) as house:
        yield Webhooks(house.with_(inbox=inbox).services)
