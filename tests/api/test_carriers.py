"""Real carriers at the real door: what Twilio and Telegram post comes in, what they never post does not make us fall."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.webhooks import Webhooks
from channels.telegram_reader import TelegramReader
from channels.twilio_reader import TwilioReader
from store.database import StoreAway
from tests.api.house import PUBLIC, House, open_house, serving
from tests.api.test_webhooks import MESSAGES, STATUS, TELEGRAM, post_by_hand
from tests.doubles import telegram_posts, twilio_posts
from tests.doubles.carrier import Webhook

WORKER = "+447700900123"


def readers() -> dict[str, Any]:
    return {
        "twilio": TwilioReader(PUBLIC, (twilio_posts.TOKEN,)),
        "telegram": TelegramReader(telegram_posts.SECRET, telegram_posts.BOT_ID),
    }


@pytest.fixture
def house(sqlite_url: str) -> Iterator[House]:
    with open_house(sqlite_url, readers=readers()) as opened:
        yield opened


@pytest.fixture
def carrier(house: House) -> Iterator[httpx.Client]:
    with serving(house.services) as url, httpx.Client(base_url=url) as client:
        yield client


def posted(client: httpx.Client, webhook: Webhook) -> httpx.Response:
    """Bring a carrier's post to where we really listen: it signed the public address."""
    return client.post(webhook.url.removeprefix(PUBLIC), content=webhook.body, headers=dict(webhook.headers))


def heard(house: House) -> list[tuple[str, str, str]]:
    return [(message.channel, message.address, message.text) for message in house.inbox.messages]


def test_an_sms_of_twilio_comes_in_without_a_name_or_a_place(carrier: httpx.Client, house: House) -> None:
    answer = posted(carrier, twilio_posts.webhook(PUBLIC + MESSAGES, twilio_posts.sms(WORKER, "They did not pay")))

    assert answer.status_code == 200
    assert heard(house) == [("sms", WORKER, "They did not pay")]
    assert "DEN HAAG" not in str(house.inbox.messages)


def test_a_whatsapp_message_comes_in_without_its_profile_name(carrier: httpx.Client, house: House) -> None:
    assert posted(carrier, twilio_posts.webhook(PUBLIC + MESSAGES, twilio_posts.whatsapp(WORKER, "বেতন পাইনি"))).status_code == 200

    assert heard(house)[0][2] == "বেতন পাইনি"
    assert "Rahima" not in str(house.inbox.messages)


def test_json_of_twilio_is_checked_by_the_hash_of_its_body(carrier: httpx.Client, house: House) -> None:
    right = twilio_posts.json_webhook(PUBLIC + MESSAGES, twilio_posts.sms(WORKER, "hello"))
    changed = Webhook(right.url, right.headers, right.body.replace(b"hello", b"h3llo"))

    assert [posted(carrier, post).status_code for post in (changed, right)] == [403, 200]
    assert len(house.inbox.messages) == 1


def test_a_status_of_twilio_reaches_the_outbox(carrier: httpx.Client, house: House) -> None:
    assert posted(carrier, twilio_posts.webhook(PUBLIC + STATUS, twilio_posts.status("SM1", "delivered", to=WORKER))).status_code == 200

    assert [(note.provider_id, note.status) for note in house.inbox.notes] == [("SM1", "delivered")]


@pytest.mark.parametrize("change", ["token", "host", "field", "missing"])
def test_what_twilio_did_not_sign_is_refused(carrier: httpx.Client, house: House, change: str) -> None:
    fields = twilio_posts.sms(WORKER, "hello")
    right = twilio_posts.webhook(PUBLIC + MESSAGES, fields, token="another" if change == "token" else twilio_posts.TOKEN)
    if change == "host":
        right = twilio_posts.webhook("https://evil.example" + MESSAGES, fields)
    body = right.body + b"&More=1" if change == "field" else right.body
    headers = {} if change == "missing" else dict(right.headers)

    answer = carrier.post(MESSAGES, content=body, headers=headers | {"Host": "evil.example"})

    assert (answer.status_code, house.inbox.messages) == (403, [])


def test_a_message_of_telegram_comes_in(carrier: httpx.Client, house: House) -> None:
    update = {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": {"id": 77, "type": "private"}, "text": "hello"}}

    assert posted(carrier, telegram_posts.webhook(PUBLIC + TELEGRAM, update)).status_code == 200
    assert heard(house) == [("telegram", "77", "hello")]


def test_a_tap_is_acknowledged_in_the_answer_to_its_post_and_only_once_it_is_kept(carrier: httpx.Client, house: House) -> None:
    tap = telegram_posts.tapped(77, "danger.yes")
    house.inbox.failing = StoreAway("away")
    refused = posted(carrier, telegram_posts.webhook(PUBLIC + TELEGRAM, tap))
    house.inbox.failing = None
    taken = posted(carrier, telegram_posts.webhook(PUBLIC + TELEGRAM, tap))
    forged = posted(carrier, telegram_posts.webhook(PUBLIC + TELEGRAM, tap, "not-our-secret"))

    assert [answer.status_code for answer in (refused, taken, forged)] == [503, 200, 403]
    assert taken.json() == {"method": "answerCallbackQuery", "callback_query_id": tap["callback_query"]["id"]}  # type: ignore[index]
    assert "method" not in refused.text + forged.text


def test_words_that_look_like_a_tap_are_thanked_for_as_ever(carrier: httpx.Client, house: House) -> None:
    assert posted(carrier, telegram_posts.webhook(PUBLIC + TELEGRAM, telegram_posts.said(77, '"callback_query": {"id": "1"}'))).json() == {}


def test_kinds_of_updates_that_we_ignore_are_thanked_for(carrier: httpx.Client, house: House) -> None:
    for update in ({"update_id": 1, "poll": {}}, {"update_id": 2, "edited_message": {"text": "x"}}, {"update_id": 3}):
        assert posted(carrier, telegram_posts.webhook(PUBLIC + TELEGRAM, update)).status_code == 200
    assert house.inbox.messages == []


def test_a_status_that_cannot_be_kept_is_asked_for_again(carrier: httpx.Client, house: House) -> None:
    house.inbox.failing = StoreAway("away")
    answer = posted(carrier, twilio_posts.webhook(PUBLIC + STATUS, twilio_posts.status("SM1", "sent", to=WORKER)))

    assert answer.status_code == 503


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Webhooks]:
    url = f"sqlite:///{tmp_path_factory.mktemp('fuzz') / 'empty.sqlite3'}"
    with open_house(url, readers=readers()) as opened:
        yield Webhooks(opened.services)


names = st.sampled_from(
    ["From", "To", "Body", "MessageSid", "SmsSid", "MessageStatus", "ButtonPayload", "ListId", "NumMedia", "ErrorCode", "x"]
)
values = st.text(max_size=30) | st.sampled_from(["whatsapp:", "whatsapp:+", "received", "delivered", "-1", "\x00", "+"])


@given(path=st.sampled_from([MESSAGES, STATUS]), fields=st.dictionaries(names, values, max_size=8))
def test_any_form_that_twilio_signs_is_taken_or_called_malformed(door: Webhooks, path: str, fields: dict[str, str]) -> None:
    post = twilio_posts.webhook(PUBLIC + path, fields)

    assert asyncio.run(post_by_hand(door, path, b"", headers_of(post), [post.body])) in {200, 400}


keys = st.sampled_from(["update_id", "message", "callback_query", "chat", "id", "type", "text", "data", "from", "contact", "photo", "date"])
tree = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=10) | st.floats(allow_nan=False) | st.just("private"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=20,
)


@given(update=st.dictionaries(keys, tree, max_size=6) | tree)
def test_anything_under_telegrams_secret_is_taken_or_called_malformed(door: Webhooks, update: Any) -> None:
    post = telegram_posts.raw_webhook(PUBLIC + TELEGRAM, _bytes(update))

    assert asyncio.run(post_by_hand(door, TELEGRAM, b"", headers_of(post), [post.body])) in {200, 400}


def _bytes(update: Any) -> bytes:
    try:
        return orjson.dumps(update)
    except TypeError:  # an integer wider than 64 bits: JSON has no bounds
        return repr(update).encode()


def headers_of(post: Webhook) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), value.encode()) for name, value in post.headers.items()]
