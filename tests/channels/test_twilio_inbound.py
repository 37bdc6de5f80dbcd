"""Everything that Twilio is known to post for a worker, one line each: what is read of it, and what is not."""

from base64 import b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.base import Attachment, Inbound, Malformed, Status
from tests.channels.carriers import CARRIERS, PUBLIC, reader, received
from tests.doubles import twilio_posts

KEY = "SM00000000000000000000000000000001"
SMS, NUMBER, OWN_ID = "+447700900123", "+447700900124", "BD.1349120865530274"
MEDIA = "https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000001/Messages/MM1/Media/ME"
LONG = "they lock the gate at night and nobody may go home before the count is reached, each night"


def _file(number: int, media_type: str) -> dict[str, str]:
    return {f"MediaUrl{number}": f"{MEDIA}{number}", f"MediaContentType{number}": media_type}


def _read(kind: str, text: str = "", **more: Any) -> tuple[str, str, dict[str, Any]]:
    return kind, text, more


def _with(kind: str, media_type: str, text: str = "") -> tuple[str, str, dict[str, Any]]:
    return _read("message", text, attachments=(Attachment(kind, f"{MEDIA}0", media_type),))  # type: ignore[arg-type]


def _place(ref: str, text: str = "") -> tuple[str, str, dict[str, Any]]:
    return _read("message", text, attachments=(Attachment("place", ref),))


UNREAD = _read("unsupported", key=f"{KEY}/media")
ON_SMS: list[tuple[str, dict[str, str], list[tuple[str, str, dict[str, Any]]]]] = [
    ("hello", {}, [_read("message", "hello")]),
    ("বেতন পাইনি", {}, [_read("message", "বেতন পাইনি")]),
    ("  spaces stay  ", {}, [_read("message", "  spaces stay  ")]),
    ("two\nlines", {}, [_read("message", "two\nlines")]),
    ("", {}, [_read("message", "")]),
    *(
        (word, {}, [_read("opt_out")])
        for word in ("STOP", "stop", " Stop ", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL")
    ),
    *((word, {}, [_read("opt_in")]) for word in ("START", "start", "UNSTOP")),
    *((word, {}, [_read("message", word)]) for word in ("YES", "HELP", "INFO", "stop it", "they stop our pay", "the end")),
    ("stop", {"OptOutType": "STOP"}, [_read("opt_out")]),
    ("arrêt", {"OptOutType": "STOP"}, [_read("opt_out")]),
    ("begin", {"OptOutType": "START"}, [_read("opt_in")]),
    ("help", {"OptOutType": "HELP"}, []),
    ("something", {"OptOutType": "NEW"}, []),
    ("look", {"NumMedia": "1", **_file(0, "image/jpeg")}, [_with("photo", "image/jpeg", "look")]),
    ("", {"NumMedia": "1", **_file(0, "audio/amr")}, [_with("voice", "audio/amr")]),
    ("", {"NumMedia": "1", **_file(0, "image/webp")}, [_with("photo", "image/webp")]),
    ("", {"NumMedia": "1", **_file(0, "text/vcard")}, [_read("contact")]),
    ("", {"NumMedia": "1", **_file(0, "text/x-vCard")}, [_read("contact")]),
    ("see", {"NumMedia": "1"}, [_read("message", "see"), UNREAD]),
    ("", {"NumMedia": "1"}, [_read("unsupported")]),
    ("hi", {"NumMedia": "several"}, [_read("message", "hi"), UNREAD]),
    ("hi", {"ErrorCode": "11200", "ErrorUrl": "https://line.example/webhooks/twilio/messages"}, [_read("message", "hi")]),
    (b64encode(LONG.encode()).decode(), {}, [_read("message", LONG)]),
    ("A" * 84, {}, [_read("message", "A" * 84)]),
    ("QUFB", {}, [_read("message", "QUFB")]),
]
ON_WHATSAPP: list[tuple[str, dict[str, str], list[tuple[str, str, dict[str, Any]]]]] = [
    ("hello", {}, [_read("message", "hello")]),
    ("STOP", {}, [_read("message", "STOP")]),
    ("stop", {"OptOutType": "STOP"}, [_read("opt_out")]),
    ("start", {"OptOutType": "START"}, [_read("opt_in")]),
    ("Yes", {"MessageType": "button", "ButtonPayload": "danger.yes", "ButtonText": "Yes"}, [_read("button", "Yes", option="danger.yes")]),
    ("Yes", {"MessageType": "button", "ButtonPayload": "danger.yes"}, [_read("button", "Yes", option="danger.yes")]),
    ("Yes", {"MessageType": "button", "ButtonText": "Yes"}, [_read("message", "Yes")]),
    ("Pay", {"MessageType": "interactive", "ListId": "about.pay", "ListTitle": "Pay"}, [_read("button", "Pay", option="about.pay")]),
    ("", {"MessageType": "interactive", "ListId": "about.pay", "ListTitle": "Pay"}, [_read("button", "Pay", option="about.pay")]),
    ("", {"MessageType": "audio", "NumMedia": "1", **_file(0, "audio/ogg")}, [_with("voice", "audio/ogg")]),
    ("", {"MessageType": "image", "NumMedia": "1", **_file(0, "image/png")}, [_with("photo", "image/png")]),
    ("x", {"MessageType": "video", "NumMedia": "1", **_file(0, "video/mp4")}, [_with("video", "video/mp4", "x")]),
    ("x.pdf", {"MessageType": "document", "NumMedia": "1", **_file(0, "application/pdf")}, [_with("document", "application/pdf", "x.pdf")]),
    ("", {"MessageType": "document", "NumMedia": "1", **_file(0, "image/jpeg")}, [_with("document", "image/jpeg")]),
    ("", {"MessageType": "sticker", "NumMedia": "1", **_file(0, "image/webp")}, [_with("sticker", "image/webp")]),
    ("", {"MessageType": "image", "NumMedia": "1", **_file(0, "image/webp")}, [_with("sticker", "image/webp")]),
    ("", {"MessageType": "image", "NumMedia": "1", **_file(0, "")}, [_with("document", "")]),
    ("", {"MessageType": "location", "Latitude": "23.8103", "Longitude": "90.4125"}, [_place("23.810300,90.412500")]),
    ("", {"MessageType": "location", "Latitude": "-6.2", "Longitude": "106.816666666"}, [_place("-6.200000,106.816667")]),
    ("Gate 3", {"MessageType": "location", "Latitude": "1", "Longitude": "2", "Label": "Gate 3"}, [_place("1.000000,2.000000")]),
    ("here", {"MessageType": "location", "Latitude": "1", "Longitude": "2"}, [_place("1.000000,2.000000", "here")]),
    ("", {"MessageType": "location", "Latitude": "91", "Longitude": "2"}, [_read("unsupported")]),
    ("", {"MessageType": "location", "Latitude": "nan", "Longitude": "inf"}, [_read("unsupported")]),
    ("Karim", {"MessageType": "contacts"}, [_read("contact")]),
    ("❤", {"MessageType": "reaction"}, []),
    ("", {"MessageType": "order"}, [_read("unsupported")]),
    ("two shirts", {"MessageType": "order"}, [_read("message", "two shirts"), UNREAD]),
    ("", {"MessageType": "something new"}, [_read("unsupported")]),
    ("hi", {"Forwarded": "true", "ReferralBody": "We hire"}, [_read("message", "hi")]),
    ("", {"MessageType": "system"}, []),
]  # fmt: skip


def _post(fields: dict[str, str], path: str = "messages") -> tuple[Inbound | Status, ...]:
    return reader("twilio").read(received(twilio_posts.webhook(f"{PUBLIC}/webhooks/twilio/{path}", fields)))


def _expected(channel: str, address: str, reads: list[tuple[str, str, dict[str, Any]]]) -> tuple[Inbound, ...]:
    found: list[Inbound] = []
    for kind, text, more in reads:
        rest = dict(more)
        found.append(Inbound(channel, rest.pop("key", KEY), address, kind, text, **rest))  # type: ignore[arg-type]
    return tuple(found)


@pytest.mark.parametrize(("text", "more", "reads"), ON_SMS, ids=range(len(ON_SMS)))
def test_an_sms_is_read_as_what_the_worker_did(text: str, more: dict[str, str], reads: list[tuple[str, str, dict[str, Any]]]) -> None:
    assert _post(twilio_posts.sms(SMS, text, MessageSid=KEY, **more)) == _expected("sms", SMS, reads)


@pytest.mark.parametrize(("text", "more", "reads"), ON_WHATSAPP, ids=range(len(ON_WHATSAPP)))
def test_a_whatsapp_message_is_read_as_what_the_worker_did(
    text: str, more: dict[str, str], reads: list[tuple[str, str, dict[str, Any]]]
) -> None:
    assert _post(twilio_posts.whatsapp(NUMBER, text, MessageSid=KEY, **more)) == _expected("whatsapp", NUMBER, reads)


@pytest.mark.parametrize(
    ("sender", "more", "address"),
    [
        ("+5215512345678", {}, "+5215512345678"),
        ("+551187654321", {}, "+551187654321"),
        (OWN_ID, {"WaId": ""}, OWN_ID),
        (NUMBER, {"ExternalUserId": f"whatsapp:{OWN_ID}"}, OWN_ID),
        (NUMBER, {"ExternalUserIdentifier": "whatsapp:BD.ENT.77"}, "BD.ENT.77"),
        (NUMBER, {"ExternalUserId": ""}, NUMBER),
    ],
)
def test_an_address_is_never_looked_into(sender: str, more: dict[str, str], address: str) -> None:
    (said,) = _post(twilio_posts.whatsapp(sender, "hi", **more))

    assert isinstance(said, Inbound)
    assert said.address == address


@pytest.mark.parametrize("name", ["PreviousExternalUserId", "PreviousExternalUserIdentifier", "PreviousFrom"])
def test_a_worker_with_a_new_number_is_the_same_worker(name: str) -> None:
    fields = twilio_posts.whatsapp(
        NUMBER, "", MessageSid=KEY, MessageType="system", ExternalUserId=f"whatsapp:{OWN_ID}", **{name: "whatsapp:BD.1"}
    )

    assert _post(fields) == (Inbound("whatsapp", KEY, OWN_ID, "identity_change", previous="BD.1"),)


@pytest.mark.parametrize("sender", ["messenger:123", "rcs:+447700900123", "sip:somebody@line.example"])
def test_what_comes_from_elsewhere_is_no_channel_of_ours(sender: str) -> None:
    assert _post({**twilio_posts.sms(SMS, "hi"), "From": sender}) == ()


def test_ten_files_come_with_their_order() -> None:
    files = {name: value for number in range(10) for name, value in _file(number, "image/jpeg").items()}
    (said,) = _post(twilio_posts.whatsapp(NUMBER, "", MessageType="image", NumMedia="10", **files))

    assert isinstance(said, Inbound)
    assert [each.ref for each in said.attachments] == [f"{MEDIA}{number}" for number in range(10)]


def test_a_message_posted_to_the_address_for_statuses_is_read_all_the_same() -> None:
    assert _post(twilio_posts.sms(SMS, "hello", MessageSid=KEY), "status") == (Inbound("sms", KEY, SMS, "message", "hello"),)


@given(st.dictionaries(st.sampled_from([
    "From", "To", "Body", "MessageSid", "NumMedia", "MediaUrl0", "MediaContentType0", "Latitude", "Longitude", "MessageType", "OptOutType",
    "ButtonPayload", "ListId", "ExternalUserId", "PreviousExternalUserId", "MessageStatus", "SmsStatus", "ErrorCode",
]), st.text(max_size=60)))  # fmt: skip
def test_whatever_stands_in_the_fields_is_read_or_called_malformed(fields: dict[str, str]) -> None:
    try:
        found = reader("twilio").read(CARRIERS["twilio"].genuine({"From": f"whatsapp:{NUMBER}", "MessageSid": KEY, **fields}))
    except Malformed:
        return

    assert all(isinstance(each, Inbound | Status) for each in found)
    assert all(len(each.attachments) <= 2 for each in found if isinstance(each, Inbound))
