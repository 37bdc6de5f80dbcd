"""What every channel promises, whichever carrier stands behind it: strangers refused, words read whole, nothing else of the person kept."""

import dataclasses
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.base import BadSignature, Inbound, Malformed, Received, Status
from channels.registry import CARDS
from tests.channels.carriers import CARRIERS, PAYLOADS, POSTING, Payload, config, payloads, reader

ALL = [payload for channel in POSTING for payload in payloads(channel)]
EACH = pytest.mark.parametrize("payload", ALL, ids=lambda payload: f"{payload.channel}: {payload.what}")
BY_CARRIER = pytest.mark.parametrize("carrier", sorted(CARRIERS))
PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
JSON = st.recursive(PLAIN, lambda more: st.lists(more) | st.dictionaries(st.text(), more))


def leaves(value: object) -> Iterator[str]:
    """Every text and number in a payload, the texts of JSON within JSON too."""
    if isinstance(value, Mapping):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each)
    elif isinstance(value, str) and value.startswith("{"):
        yield from leaves(json.loads(value))
    elif not isinstance(value, bool):
        yield str(value)


def kept(reads: tuple[Inbound | Status, ...]) -> list[str]:
    return [str(field) for each in reads for field in dataclasses.astuple(each) if field]


def test_every_channel_whose_carrier_posts_has_its_payloads() -> None:
    assert {path.stem for path in PAYLOADS.glob("*.json")} == set(POSTING)
    assert {CARDS[name].carrier for name in POSTING} == set(CARRIERS)
    assert all(len(payloads(name)) >= 10 for name in POSTING)


@EACH
def test_a_post_is_read_as_what_the_worker_did(payload: Payload) -> None:
    assert payload.reader.read(payload.carrier.genuine(payload.post)) == payload.reads


@EACH
def test_a_post_that_comes_twice_has_the_same_keys(payload: Payload) -> None:
    first, second = (payload.reader.read(payload.carrier.genuine(payload.post)) for _ in range(2))

    assert first == second
    assert len({each.key for each in first if isinstance(each, Inbound)}) == len([each for each in first if isinstance(each, Inbound)])


@EACH
def test_nothing_else_of_the_person_is_kept(payload: Payload) -> None:
    """Names, cities, other people's numbers: of all that the carrier told, only what is expected survives reading."""
    wanted = kept(payload.reads)
    survivors = kept(payload.reader.read(payload.carrier.genuine(payload.post)))
    personal = {leaf for leaf in leaves(payload.post) if len(leaf) > 3 and not any(leaf in value or value in leaf for value in wanted)}

    assert [leaf for leaf in personal for value in survivors if leaf in value] == []


@EACH
def test_a_value_never_shows_a_person_when_it_is_printed(payload: Payload) -> None:
    printed = repr(payload.reader.read(payload.carrier.genuine(payload.post)))

    for each in payload.reads:
        if isinstance(each, Inbound):
            assert each.address not in printed
            assert not each.text or each.text not in printed


@EACH
def test_fields_that_a_carrier_adds_without_notice_change_nothing(payload: Payload) -> None:
    more = {**payload.post, "NewField": "something new", "anotherField": ""}

    assert payload.reader.read(payload.carrier.genuine(more)) == payload.reads


@EACH
def test_a_stranger_is_refused(payload: Payload) -> None:
    genuine = payload.carrier.genuine(payload.post)
    for forged in forgeries(genuine, payload.carrier.proof):
        with pytest.raises(BadSignature):
            payload.reader.read(forged)


def forgeries(genuine: Received, proof: str) -> list[Received]:
    headers = dict(genuine.headers)
    signature = headers.pop(proof)
    wrong = [
        "",
        "x",
        signature[:-2],
        signature + "=",
        signature.swapcase(),
        signature[::-1],
        "é" * len(signature),
        "\ud800",
        " " + signature,
    ]
    return [Received(genuine.url, {**headers, **given}, genuine.body) for given in ({}, *({proof: each} for each in wrong))]


@pytest.mark.parametrize("payload", payloads("sms") + payloads("whatsapp"), ids=lambda payload: payload.what)
def test_a_signed_post_that_was_changed_on_its_way_is_refused(payload: Payload) -> None:
    genuine = payload.carrier.genuine(payload.post)
    changed = [
        Received(genuine.url, genuine.headers, genuine.body + b"&Body=more"),
        Received(genuine.url, genuine.headers, genuine.body.replace(b"From=", b"Fram=", 1)),
        Received(genuine.url, genuine.headers, b""),
        Received(genuine.url + "?more=1", genuine.headers, genuine.body),
        Received(genuine.url.replace("messages", "status"), genuine.headers, genuine.body),
        Received(genuine.url, {**genuine.headers, "content-type": "application/json"}, genuine.body),
    ]
    for each in changed:
        with pytest.raises(BadSignature):
            payload.reader.read(each)


@BY_CARRIER
@given(
    body=st.binary(max_size=300), headers=st.dictionaries(st.text(max_size=30), st.text(max_size=60), max_size=4), tail=st.text(max_size=30)
)
def test_whatever_a_stranger_posts_is_refused_and_breaks_nothing(carrier: str, body: bytes, headers: dict[str, str], tail: str) -> None:
    with pytest.raises(BadSignature):
        reader(carrier).read(Received(CARRIERS[carrier].url + tail, headers, body))


@BY_CARRIER
@given(body=st.binary(max_size=300) | (JSON | st.dictionaries(st.text(), JSON)).map(lambda value: json.dumps(value).encode()))
def test_whatever_a_carrier_posts_is_read_or_called_malformed(carrier: str, body: bytes) -> None:
    try:
        found = reader(carrier).read(CARRIERS[carrier].genuine_body(body))
    except Malformed:
        return

    assert all(isinstance(each, Inbound | Status) for each in found)


@given(st.data())
def test_a_real_post_with_anything_in_any_place_is_read_or_called_malformed(data: st.DataObject) -> None:
    payload = data.draw(st.sampled_from(ALL))
    values = st.text(max_size=400) if CARDS[payload.channel].carrier == "twilio" else JSON
    broken = data.draw(st.builds(_with, st.just(payload.post), st.sampled_from(list(_places(payload.post))), st.none() | values))
    try:
        found = payload.reader.read(payload.carrier.genuine(broken))
    except Malformed:
        return

    assert all(isinstance(each, Inbound | Status) for each in found)


def _places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield (*path, name)
        yield from _places(each, (*path, name))


def _with(post: Mapping[str, Any], path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    """A copy of a post with something else in one place, or nothing at all."""
    copy: Any = json.loads(json.dumps(post))
    inner = copy
    for step in path[:-1]:
        inner = inner[step]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return dict(copy)


def test_the_settings_never_show_a_secret_when_they_are_printed() -> None:
    settings = config()
    secrets = (
        *settings.twilio_auth_tokens,
        settings.telegram_bot_token,
        settings.telegram_webhook_secret,
        settings.http_sms_secret,
        settings.http_sms_password,
    )

    assert [secret for secret in secrets if str(secret) in repr(settings)] == []
