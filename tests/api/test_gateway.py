"""A local gateway at the real door: it hears what its file says, strangers hear nothing, and nobody may GET."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from channels.http_sms_file import read_gateway
from channels.http_sms_reader import EVENTS, PATH, HttpSmsReader
from store.database import StoreAway
from tests.api.house import PUBLIC, House, open_house, serving
from tests.doubles import http_sms_posts
from tests.doubles.carrier import Webhook

WORKER = "+447700900123"
HOOK = PUBLIC + PATH


def door(url: str, name: str) -> Any:
    """The services with one gateway of those that come along."""
    return open_house(url, readers={"http_sms": HttpSmsReader(read_gateway(name), http_sms_posts.SECRET)})  # type: ignore[dict-item]


@pytest.fixture
def house(sqlite_url: str) -> Iterator[House]:
    with door(sqlite_url, "android") as opened:
        yield opened


@pytest.fixture
def phone(house: House) -> Iterator[httpx.Client]:
    with serving(house.services) as url, httpx.Client(base_url=url) as client:
        yield client


@pytest.fixture
def aggregator(sqlite_url: str) -> Iterator[tuple[httpx.Client, House]]:
    with door(sqlite_url, "aggregator") as house, serving(house.services) as url, httpx.Client(base_url=url) as client:
        yield client, house


def posted(client: httpx.Client, hook: Webhook) -> httpx.Response:
    return client.post(hook.url.removeprefix(PUBLIC), content=hook.body, headers=dict(hook.headers))


def test_words_from_a_telephone_are_kept_and_it_hears_what_it_expects(phone: httpx.Client, house: House) -> None:
    answer = posted(phone, http_sms_posts.webhook(HOOK, http_sms_posts.received(WORKER, "They did not pay", "e-1")))

    assert (answer.status_code, answer.text, answer.headers["content-type"]) == (200, "{}", "application/json")
    assert [(each.channel, each.key, each.address, each.text) for each in house.inbox.messages] == [
        ("http_sms", "e-1", WORKER, "They did not pay")
    ]


def test_an_aggregator_tells_by_the_path_what_it_posts(aggregator: tuple[httpx.Client, House]) -> None:
    client, house = aggregator
    said = {"from": WORKER, "text": "They did not pay", "date": "2026-11-20T15:46:11Z"}
    answers = [
        posted(client, http_sms_posts.form(f"{HOOK}/receive", said)),
        posted(client, http_sms_posts.form(f"{HOOK}/sent", {"id": "p-1"})),
        posted(client, http_sms_posts.form(f"{HOOK}/delivered", {"id": "p-1"})),
        posted(client, http_sms_posts.form(f"{HOOK}/failed", {"id": "p-2"})),
        posted(client, http_sms_posts.form(f"{HOOK}/stopped", {"from": WORKER})),
    ]

    assert [(each.status_code, each.text) for each in answers] == [(200, "ok")] * 5
    assert [each.kind for each in house.inbox.messages] == ["message", "opt_out"]
    assert [(each.provider_id, each.status) for each in house.inbox.notes] == [
        ("p-1", "sent"),
        ("p-1", "delivered"),
        ("p-2", "undelivered"),
    ]


@pytest.mark.parametrize("end", ["", *(f"/{event}" for event in EVENTS)])
def test_a_stranger_is_refused_at_every_path(phone: httpx.Client, house: House, end: str) -> None:
    genuine = http_sms_posts.webhook(HOOK, http_sms_posts.received(WORKER, "forged", "e-1"))
    unsigned = {name: value for name, value in genuine.headers.items() if name != "x-signature"}
    answers = [
        phone.post(PATH + end, content=genuine.body + b" ", headers=dict(genuine.headers)),
        phone.post(PATH + end, content=genuine.body, headers=unsigned),
        phone.post(PATH + end, content=genuine.body, headers={**genuine.headers, "x-timestamp": "1795435201"}),
        phone.post(PATH + end),
    ]

    assert [(each.status_code, each.text) for each in answers] == [(403, "Forbidden.\n")] * 4
    assert house.inbox.messages == []


def test_words_in_an_address_are_not_taken_even_with_the_secret(phone: httpx.Client, house: House) -> None:
    answer = phone.get(PATH, params={"from": WORKER, "text": "They did not pay", "key": http_sms_posts.SECRET})

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert house.inbox.messages == []


def test_what_is_genuine_and_says_nothing_is_malformed(phone: httpx.Client) -> None:
    assert posted(phone, http_sms_posts.raw_webhook(HOOK, b"hello")).status_code == 400


def test_an_end_of_the_path_that_nobody_knows_is_not_there(phone: httpx.Client) -> None:
    assert posted(phone, http_sms_posts.raw_webhook(f"{HOOK}/other", b"{}")).status_code == 404


def test_a_gateway_is_asked_to_call_again_when_nothing_can_be_kept(phone: httpx.Client, house: House) -> None:
    house.inbox.failing = StoreAway("away")

    assert posted(phone, http_sms_posts.webhook(HOOK, http_sms_posts.received(WORKER, "hello", "e-1"))).status_code == 503


def test_a_gateway_that_is_off_says_so(sqlite_url: str) -> None:
    with open_house(sqlite_url) as house, serving(house.services) as url:
        answer = httpx.post(url + PATH)

    assert (answer.status_code, answer.text) == (404, "The channels of http_sms are not switched on here.\n")
