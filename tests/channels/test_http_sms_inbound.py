"""Whatever a local gateway is like, its posts are read as its file says, and a stranger's are refused."""

import base64
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.base import BadSignature, Failure, Inbound, Malformed, Received, Status
from channels.http_sms_file import gateway_of
from channels.http_sms_reader import HttpSmsReader
from tests.channels.carriers import PUBLIC
from tests.channels.gateways import TEXTS, gateway, reader
from tests.doubles.http_sms_posts import SECRET

HOOK = f"{PUBLIC}/webhooks/http-sms"
WORKER = "+447700900123"
BASIC = "Basic " + base64.b64encode(f"gateway:{SECRET}".encode()).decode()
NAMES = ["form", "deep", "old", "signed"]


def post(name: str, end: str, body: bytes) -> Received:
    """A body as one of the gateways posts it."""
    match name:
        case "form":
            return Received(HOOK + end, {"x-gateway-secret": SECRET}, body)
        case "deep":
            return Received(HOOK + end, {"authorization": BASIC}, body)
        case "old":
            return Received(f"{HOOK}{end}?key={SECRET}", {}, body)
        case _:
            digest = base64.b64encode(hmac.new(SECRET.encode(), body, hashlib.sha512).digest()).decode()
            return Received(HOOK + end, {"x-sign": f"v1={digest}"}, body)


def read(name: str, end: str, fields: dict[str, Any]) -> tuple[Inbound | Status, ...]:
    body = json.dumps(fields).encode() if name == "deep" else urlencode(fields).encode()
    return reader(name).read(post(name, end, body))


def said(sender: str = WORKER, text: str = "hello", key: str = "m-1", **more: str) -> dict[str, str]:
    return {"from": sender, "text": text, "id": key, "date": "2026-11-20T15:46:11Z", **more}


def deep(kind: str, number: Any = WORKER, **more: Any) -> dict[str, Any]:
    return {"data": {"kind": kind, "parties": [{"number": number}], "body": "hello", "at": "2026-11-20", **more}}


def words(address: str = WORKER, text: str = "hello", key: str = "m-1") -> tuple[Inbound, ...]:
    return (Inbound("http_sms", key, address, "message", text),)


def stop(address: str = WORKER, key: str = "m-1") -> tuple[Inbound, ...]:
    return (Inbound("http_sms", key, address, "opt_out"),)


def fared(provider_id: str, status: Any, error: str | None = None, failure: Failure | None = None) -> tuple[Status, ...]:
    return (Status("http_sms", provider_id, status, error, failure),)


# A gateway, the end of the path, the fields, and what is read.
ROWS: list[tuple[str, str, str, dict[str, Any], tuple[Inbound | Status, ...]]] = [
    ("words on the bare path", "form", "", said(), words()),
    ("words on the path for words", "form", "/receive", said(), words()),
    ("a slash at the end", "form", "/receive/", said(), words()),
    ("Bengali", "form", "", said(text="বেতন দেয়নি"), words(text="বেতন দেয়নি")),
    ("an emoji", "form", "", said(text="🔥🔥"), words(text="🔥🔥")),
    ("lines and spaces are kept", "form", "", said(text=" a\r\nb "), words(text=" a\r\nb ")),
    ("one digit", "form", "", said(text="1"), words(text="1")),
    ("no words at all", "form", "", said(text=""), words(text="")),
    ("no field for words", "form", "", {"from": WORKER, "id": "m-1"}, words(text="")),
    ("a word that SMS carriers keep", "form", "", said(text="STOP"), words(text="STOP")),
    ("a long message", "form", "", said(text="long " * 300), words(text="long " * 300)),
    ("signs that a form escapes", "form", "", said(text="50% & more + =?"), words(text="50% & more + =?")),
    ("fields that nobody asked for", "form", "", said(name="Rahima", city="Dhaka", to="8080"), words()),
    ("the number with two zeros", "form", "", said("00447700900123"), words()),
    ("the number without a plus", "form", "", said("447700900123"), words()),
    ("the number of the country itself", "form", "", said("07700900123"), words()),
    ("the number without even its first zero", "form", "", said("7700900123"), words()),
    ("the number with spaces and dashes", "form", "", said("+44 (7700) 900-123"), words()),
    ("a plus that was not escaped", "form", "", said(" 447700900123"), words()),
    ("a number of another country", "form", "", said("+15550100123"), words("+15550100123")),
    ("a number of another country, bare", "form", "", said("880170000012345"), words("880170000012345")),
    ("an address that is no number is nobody's to answer", "form", "", said("GrameenPh"), ()),
    ("a short number is a service", "form", "", said("8080"), ()),
    ("a name with a number in it is a service", "form", "", said("INFO 123456789"), ()),
    ("a stop", "form", "/stopped", said(), stop()),
    ("a stop of a service", "form", "/stopped", said("8080"), ()),
    ("queued", "form", "/status", {"id": "p-1", "status": "ACCEPTD"}, fared("p-1", "queued")),
    ("on its way", "form", "/status", {"id": "p-1", "status": "ENROUTE"}, fared("p-1", "sent")),
    ("delivered", "form", "/status", {"id": "p-1", "status": "DELIVRD"}, fared("p-1", "delivered")),
    ("undelivered", "form", "/status", {"id": "p-1", "status": "UNDELIV"}, fared("p-1", "undelivered", None, Failure.UNDELIVERABLE)),
    (
        "undelivered for a reason with a name",
        "form",
        "/status",
        {"id": "p-1", "status": "REJECTD", "reason": "blacklisted"},
        fared("p-1", "failed", "blacklisted", Failure.OPT_OUT),
    ),
    (
        "undelivered for a reason with a number",
        "form",
        "/status",
        {"id": "p-1", "status": "EXPIRED", "reason": "27"},
        fared("p-1", "undelivered", "27", Failure.UNDELIVERABLE),
    ),
    (
        "refused by a filter",
        "form",
        "/status",
        {"id": "p-1", "status": "REJECTD", "reason": "spam"},
        fared("p-1", "failed", "spam", Failure.FILTERED),
    ),
    (
        "a reason that is not listed",
        "form",
        "/status",
        {"id": "p-1", "status": "REJECTD", "reason": "moon"},
        fared("p-1", "failed", "moon", Failure.UNDELIVERABLE),
    ),
    ("a reason beside a success is none", "form", "/status", {"id": "p", "status": "DELIVRD", "reason": "0"}, fared("p", "delivered")),
    ("a word for a status that nobody knows", "form", "/status", {"id": "p-1", "status": "BUFFERED"}, ()),
    ("a status without a word", "form", "/status", {"id": "p-1"}, ()),
    ("an end that this gateway does not use", "form", "/sent", {"id": "p-1"}, ()),
    ("deep words", "deep", "", deep("mo"), ()),
    ("deep words with a number that is a number", "deep", "", deep("mo", 447700900123), ()),
    ("a deep stop", "deep", "", deep("optout"), ()),
    ("a deep picture", "deep", "", deep("mms"), ()),
    ("a deep status", "deep", "", {"data": {"kind": "dlr", "ref": "wk-1", "state": 1}}, fared("wk-1", "delivered")),
    ("a deep status as text", "deep", "", {"data": {"kind": "dlr", "ref": "wk-1", "state": "0"}}, fared("wk-1", "sent")),
    (
        "a deep failure",
        "deep",
        "",
        {"data": {"kind": "dlr", "ref": 77, "state": 2}},
        fared("77", "failed", None, Failure.UNDELIVERABLE),
    ),
    ("a deep status that is not known", "deep", "", {"data": {"kind": "dlr", "ref": "wk-1", "state": 9}}, ()),
    ("a deep event that is not known", "deep", "", deep("heartbeat"), ()),
    ("an event that is no text", "deep", "", {"data": {"kind": ["mo"]}}, ()),
    ("no event", "deep", "", {"data": {}}, ()),
    ("nothing", "deep", "", {}, ()),
    ("the path means nothing beside an event", "deep", "/stopped", {"data": {"kind": "dlr", "ref": "a", "state": 0}}, fared("a", "sent")),
    ("signed words", "signed", "", {"from": WORKER, "text": "hello", "id": "m-1"}, words()),
    ("signed words, a number without a plus", "signed", "", {"from": "447700900123", "text": "hello", "id": "m-1"}, words("447700900123")),
    ("a stop of a gateway that tells none", "signed", "/stopped", {"from": WORKER}, ()),
    ("a status of a gateway that tells none", "signed", "/delivered", {"id": "p-1"}, ()),
    ("a letter outside the alphabet in the id", "form", "", said(key="এক"), words(key="এক")),
    ("Urdu, from right to left", "form", "", said(text="تنخواہ نہیں ملی"), words(text="تنخواہ نہیں ملی")),
    ("a digit of another script", "form", "", said(text="১"), words(text="১")),
    ("words that begin like a stop", "form", "", said(text="STOP them, they hit us"), words(text="STOP them, they hit us")),
    ("an id with signs that a form escapes", "form", "", said(key="a+b/c="), words(key="a+b/c=")),
    ("a stop with words beside it", "form", "/stopped", said(text="please"), stop()),
    ("a status with more than was asked for", "form", "/status", {"id": "p", "status": "DELIVRD", "to": WORKER}, fared("p", "delivered")),
    ("signed Bengali", "signed", "", {"from": WORKER, "text": "বেতন দেয়নি", "id": "m-1"}, words(text="বেতন দেয়নি")),
]  # fmt: skip
KEYLESS = {"deep words", "deep words with a number that is a number", "a deep stop", "a deep picture"}
KINDS = {
    "deep words": "message",
    "deep words with a number that is a number": "message",
    "a deep stop": "opt_out",
    "a deep picture": "unsupported",
}


@pytest.mark.parametrize("row", [row for row in ROWS if row[0] not in KEYLESS], ids=lambda row: row[0])
def test_a_post_is_read_as_its_file_says(row: tuple[str, str, str, dict[str, Any], tuple[Inbound | Status, ...]]) -> None:
    _, name, end, fields, expected = row

    assert read(name, end, fields) == expected


@pytest.mark.parametrize("what", sorted(KEYLESS))
def test_a_post_without_an_id_has_a_key_that_tells_nothing_and_is_the_same_each_time(what: str) -> None:
    fields = next(row[3] for row in ROWS if row[0] == what)
    (first,), (second,) = read("deep", "", fields), read("deep", "", fields)

    assert isinstance(first, Inbound)
    assert (first.kind, first.address.removeprefix("+")) == (KINDS[what], WORKER.removeprefix("+"))
    assert first == second
    assert len(first.key) == 64
    assert first.key != hashlib.sha256(f"\n{first.address}\n{first.text}\n2026-11-20".encode()).hexdigest()


@pytest.mark.parametrize(
    "change", [{"text": "else"}, {"date": "2026-11-20T15:46:12Z"}, {"from": "+447700900124"}], ids=["words", "moment", "worker"]
)
def test_who_what_and_when_make_another_message(change: dict[str, str]) -> None:
    fields = {"msisdn": WORKER, "message": "1", "ts": "2026-11-20T15:46:11Z"}
    names = {"text": "message", "date": "ts", "from": "msisdn"}
    changed = {**fields, **{names[name]: value for name, value in change.items()}}

    assert read("old", "", fields)[0].key != read("old", "", changed)[0].key  # type: ignore[union-attr]


def test_a_message_without_id_and_moment_is_never_taken_for_an_old_one() -> None:
    fields = {"msisdn": WORKER, "message": "1"}

    assert read("old", "", fields)[0].key != read("old", "", fields)[0].key  # type: ignore[union-attr]


@pytest.mark.parametrize("key", ["x" * 101, "a\nb", "\x00"])
def test_an_id_that_is_no_id_still_tells_a_message_from_another(key: str) -> None:
    (first,), (second,) = read("form", "", said(key=key)), read("form", "", said(key=key + "y"))

    assert isinstance(first, Inbound)
    assert isinstance(second, Inbound)
    assert len({first.key, second.key}) == 2
    assert len(first.key) == 64


MALFORMED = [
    ("no sender", "form", "", urlencode({"text": "hello", "id": "m-1"}).encode()),
    ("an empty sender", "form", "", urlencode(said(" ")).encode()),
    ("a sender without end", "form", "", urlencode(said("4" * 101)).encode()),
    ("bytes that are no text", "form", "", b"from=%2B447700900123&text=\xff\xfe"),
    ("fields without end", "form", "", b"&".join(b"a%d=1" % number for number in range(200))),
    ("a stop of nobody", "form", "/stopped", b""),
    ("a status of no message", "form", "/status", b"status=DELIVRD"),
    ("a status of an id without end", "form", "/status", b"status=DELIVRD&id=" + b"x" * 81),
    ("no JSON", "deep", "", b"hello"),
    ("a list", "deep", "", b"[1]"),
    ("nothing at all", "deep", "", b""),
    ("JSON that is no text", "deep", "", b"\xff"),
    ("JSON as deep as a well", "deep", "", b"[" * 5000),
    ("a sender that is a list", "deep", "", json.dumps(deep("mo", ["+447700900123"])).encode()),
    ("no parties", "deep", "", b'{"data": {"kind": "mo", "parties": []}}'),
    ("parties that are none", "deep", "", b'{"data": {"kind": "mo", "parties": "nobody"}}'),
    ("a status of nothing", "deep", "", b'{"data": {"kind": "dlr", "state": 1}}'),
]


@pytest.mark.parametrize("row", MALFORMED, ids=lambda row: row[0])
def test_a_genuine_post_that_says_nothing_is_malformed_and_no_fault_of_ours(row: tuple[str, str, str, bytes]) -> None:
    _, name, end, body = row
    with pytest.raises(Malformed):
        reader(name).read(post(name, end, body))


WRONG = ["", "x", SECRET[:-1], SECRET + "x", SECRET.upper(), " " + SECRET, "é", "\ud800"]


@pytest.mark.parametrize("given", WRONG)
def test_a_wrong_secret_is_refused_wherever_it_stands(given: str) -> None:
    body = urlencode(said()).encode()
    basic = "Basic " + base64.b64encode(f"gateway:{given}".encode(errors="replace")).decode()
    forged = {
        "form": Received(HOOK, {"x-gateway-secret": given}, body),
        "deep": Received(HOOK, {"authorization": basic}, b"{}"),
        "old": Received(f"{HOOK}?key={given}", {}, body),
        "signed": Received(HOOK, {"x-sign": f"v1={given}"}, body),
    }
    for name, received in forged.items():
        with pytest.raises(BadSignature):
            reader(name).read(received)


@pytest.mark.parametrize("name", NAMES)
def test_a_post_without_any_proof_is_refused(name: str) -> None:
    with pytest.raises(BadSignature):
        reader(name).read(Received(HOOK, {}, b"from=%2B447700900123"))


@pytest.mark.parametrize("name", NAMES)
def test_without_a_secret_nobody_comes_in(name: str) -> None:
    open_to_all = HttpSmsReader(gateway(name), "")
    for headers in ({}, {"x-gateway-secret": ""}, {"authorization": "Basic Z2F0ZXdheTo="}, {"x-sign": "v1="}):
        with pytest.raises(BadSignature):
            open_to_all.read(Received(f"{HOOK}?key=", headers, b"{}"))


def test_the_word_basic_may_be_written_in_small_letters() -> None:
    assert reader("deep").read(Received(HOOK, {"authorization": BASIC.replace("Basic", "basic")}, b"{}")) == ()


def test_an_hmac_may_be_written_in_capitals_where_the_file_says_so() -> None:
    text = TEXTS["signed"].replace("digits: base64", "digits: HEX")
    digest = hmac.new(SECRET.encode(), b"from=%2B447700900123&id=m-1", hashlib.sha512).hexdigest()
    read_by = HttpSmsReader(gateway_of(text, "signed.yaml"), SECRET)

    assert read_by.read(Received(HOOK, {"x-sign": f"v1={digest.upper()}"}, b"from=%2B447700900123&id=m-1")) == words(text="")
    with pytest.raises(BadSignature):
        read_by.read(Received(HOOK, {"x-sign": f"v1={digest}"}, b"from=%2B447700900123&id=m-1"))


@pytest.mark.parametrize("number", [447700900123, 447700900123.0])
def test_a_number_that_came_as_a_number_is_one_address(number: float) -> None:
    (news,) = read("deep", "", deep("mo", number))

    assert isinstance(news, Inbound)
    assert news.address == "447700900123"


def test_a_secret_that_stands_in_the_query_twice_is_refused() -> None:
    with pytest.raises(BadSignature):
        reader("old").read(Received(f"{HOOK}?key=wrong&key={SECRET}", {}, b"msisdn=%2B447700900123"))


def test_a_signed_post_whose_body_was_changed_is_refused() -> None:
    genuine = post("signed", "", b"from=%2B447700900123&text=yes&id=1")
    with pytest.raises(BadSignature):
        reader("signed").read(Received(genuine.url, genuine.headers, genuine.body.replace(b"yes", b"no")))


def test_a_field_that_comes_twice_counts_as_it_came_first() -> None:
    body = b"from=%2B447700900123&text=first&text=second&id=m-1&date=x"

    assert reader("form").read(post("form", "", body)) == words(text="first")


@pytest.mark.parametrize(
    ("name", "answer"), [("form", (b"ACK", "text/plain; charset=utf-8")), ("deep", (b'{"ok":true}', "application/json"))]
)
def test_a_gateway_hears_what_it_wants_to_hear(name: str, answer: tuple[bytes, str]) -> None:
    thanks = reader(name).thanks

    assert (thanks.body, thanks.media_type) == answer


@given(name=st.sampled_from(NAMES), end=st.sampled_from(["", "/stopped", "/status", "/x"]), body=st.binary(max_size=300))
def test_whatever_a_genuine_gateway_posts_is_read_or_malformed(name: str, end: str, body: bytes) -> None:
    try:
        news = reader(name).read(post(name, end, body))
    except Malformed:
        return

    assert all(isinstance(each, Inbound | Status) for each in news)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda more: st.lists(more, max_size=4) | st.dictionaries(st.sampled_from(["kind", "parties", "number", "body", "ref", "state"]), more),
)


@given(data=JSON, kind=st.sampled_from(["mo", "mms", "optout", "dlr", "x"]))
def test_whatever_stands_at_a_place_of_the_file_is_read_or_malformed(data: Any, kind: str) -> None:
    whole = {"data": {"parties": data, **(data if isinstance(data, dict) else {"ref": data, "state": data, "body": data}), "kind": kind}}
    try:
        news = reader("deep").read(post("deep", "", json.dumps(whole).encode()))
    except Malformed:
        return

    for each in news:
        assert isinstance(each, Status) or (each.address and len(each.key) <= 160)


@given(sender=st.text(min_size=1, max_size=30), text=st.text(max_size=200))
def test_words_of_any_kind_come_through_letter_for_letter(sender: str, text: str) -> None:
    body = urlencode({"from": sender, "text": text, "id": "m-1"}, errors="surrogatepass").encode()
    try:
        news = reader("signed").read(post("signed", "", body))
    except Malformed:
        assert not sender.strip()
        return

    assert all(isinstance(each, Inbound) and each.text == text for each in news)
