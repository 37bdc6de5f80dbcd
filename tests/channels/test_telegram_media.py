"""Whatever stands in an update of Telegram, what is read from it has one of the forms that the rest of the house relies on."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.base import Malformed
from channels.telegram_media import attachments_of
from channels.telegram_reader import TelegramReader, tap_of
from tests.doubles.telegram_posts import BOT_ID, chat, person

ODD: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats() | st.text(max_size=8) | st.just([]) | st.just({})
)
FILE = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("file_id", "mime_type", "file_size", "width", "height", "is_animated", "is_video"), ODD)
)
POINT = st.fixed_dictionaries(
    {}, optional={"latitude": st.floats(-100, 100) | ODD, "longitude": st.floats(-200, 200) | ODD, "live_period": ODD}
)
FILES = ("voice", "audio", "video", "video_note", "animation", "document", "sticker", "live_photo")
MESSAGE = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(FILES, FILE | ODD),
        "photo": st.lists(FILE | ODD, max_size=3) | ODD,
        "location": POINT | ODD,
        "venue": st.fixed_dictionaries({"location": POINT | ODD}) | ODD,
        **{name: st.text(max_size=8) | ODD for name in ("text", "caption")},
        **dict.fromkeys(("contact", "poll", "message_id", "dice", "pinned_message"), ODD),
    },
)
PLACE = re.compile(r"-?\d{1,2}\.\d{6},-?\d{1,3}\.\d{6}")


@given(MESSAGE)
def test_what_came_with_a_message_is_one_thing_that_can_be_fetched_or_nothing(message: dict[str, Any]) -> None:
    found = attachments_of(message)

    assert len(found) <= 1
    for each in found:
        assert each.ref
        assert isinstance(each.media_type, str)
        assert each.size is None or each.size >= 0
        assert (PLACE.fullmatch(each.ref) is not None) if each.kind == "place" else True


@given(st.sampled_from(["message", "edited_message"]), MESSAGE)
def test_a_message_of_a_worker_says_one_thing_and_one_more_at_most(kind: str, parts: dict[str, Any]) -> None:
    message = {"message_id": 7, "from": person(77), "chat": chat(77), "date": 1} | parts
    body = json.dumps({"update_id": 5, kind: message}).encode()
    try:
        found = TelegramReader("", BOT_ID).said(body)
    except Malformed:
        # Only what is no JSON to begin with: a number that is none, or one that no computer holds.
        assert re.search(rb"NaN|Infinity|\d{19,}", body)
        return

    assert len(found) <= 2
    assert len({each.key for each in found}) == len(found)
    assert {each.address for each in found} <= {"77"}
    assert {each.kind for each in found} <= ({"edit"} if kind == "edited_message" else {"message", "start", "contact", "unsupported"})
    assert all(each.kind in {"contact", "unsupported"} or each.text or each.attachments or each.kind == "start" for each in found)
    assert all(each.trace is None or each.trace.lstrip("-").isdecimal() for each in found)


@given(st.binary(max_size=80) | ODD.map(lambda value: json.dumps({"callback_query": value, "update_id": 1}).encode()))
def test_a_tap_has_its_number_or_none_whatever_is_posted(body: bytes) -> None:
    assert tap_of(body) == ""


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"update_id": "5"}', b'{"update_id": true}', b"{}", b"\xff", b'{"update_id": 5']
)
def test_only_a_body_without_a_number_is_asked_for_again(body: bytes) -> None:
    with pytest.raises(Malformed):
        TelegramReader("", BOT_ID).said(body)
