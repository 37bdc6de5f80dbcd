"""Our check of Twilio's signature says what Twilio's own says, over every shape of URL and form, and stands where that one falls."""

import hashlib
from urllib.parse import parse_qs, parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator, get_signature_algorithm

from channels.base import Received
from channels.twilio_signature import SETTINGS, SIGNATURE, Signatures
from tests.doubles.twilio_posts import TOKEN, signature

PUBLIC = "https://line.example"
MESSAGES = "/webhooks/twilio/messages"
ORIGINS = [
    "https://line.example", "https://line.example:443", "https://line.example:8443", "http://line.example", "http://line.example:80",
    "http://127.0.0.1:8000", "https://LINE.example",
]  # fmt: skip
TAILS = [
    "",
    MESSAGES,
    MESSAGES + "?a=b",
    MESSAGES + "?a=b&c=%20d&e=",
    MESSAGES + "?name=%C3%A9&x=1+2",
    "/a/b;c=d?x=y;z",
    MESSAGES + "?q=a%27b",
]
WORDS = st.text(max_size=12)
PAIRS = st.lists(st.tuples(WORDS, WORDS | st.just("")) | st.sampled_from([("Body", "a"), ("Body", "b"), ("Body", ""), ("From", "+44")]))


class Repeated(dict[str, list[str]]):
    """A form whose fields may come several times, in the shape that Twilio's check understands."""

    def getlist(self, name: str) -> list[str]:
        return self[name]


def theirs(url: str, body: bytes, given_signature: str, algorithm: str | None = None) -> bool:
    form = Repeated(parse_qs(body.decode(), keep_blank_values=True))
    return bool(RequestValidator(TOKEN).validate(url, form, given_signature, algorithm))


def ours(origin: str, url: str, body: bytes, headers: dict[str, str]) -> bool:
    pairs = parse_qsl(body.decode(), keep_blank_values=True)
    return Signatures(origin, ["another-token", TOKEN]).of_form(Received(url, headers, body), pairs)


def with_port(url: str) -> str:
    return url.replace("line.example/", "line.example:443/")


@given(st.sampled_from(ORIGINS), st.sampled_from(TAILS), PAIRS, st.sampled_from(["as it is", "with its port", "without its port", "wrong"]))
def test_we_say_what_twilios_own_check_says(origin: str, tail: str, pairs: list[tuple[str, str]], signed: str) -> None:
    url, body = origin + tail, urlencode(pairs).encode()
    received = parse_qsl(body.decode(), keep_blank_values=True)
    spelt = {"with its port": with_port(url), "without its port": url.replace(":443", "").replace(":8443", ""), "wrong": url + "x"}
    proof = signature(spelt.get(signed, url), received)

    assert ours(origin, url, body, {SIGNATURE: proof}) == theirs(url, body, proof)


@given(PAIRS, st.sampled_from(["HMAC_SHA1", "HMAC_SHA256", "hmac_sha256", "HMAC_MD5", ""]), st.sampled_from(["sha1", "sha256"]))
def test_we_agree_on_shared_keys_too(pairs: list[tuple[str, str]], named: str, used: str) -> None:
    url, body = PUBLIC + MESSAGES, urlencode(pairs).encode()
    proof = signature(url, parse_qsl(body.decode(), keep_blank_values=True), algorithm=used)
    settings = f"key=webhooks_sharedkey_01,algorithm={named}" if named else ""

    assert ours(PUBLIC, url, body, {SIGNATURE: proof, SETTINGS: settings}) == theirs(url, body, proof, get_signature_algorithm(settings))


@pytest.mark.parametrize(
    "settings",
    [
        "key=a,algorithm=HMAC_SHA256",
        "algorithm=HMAC_SHA256,key=a",
        "key=a, algorithm = HMAC_SHA256 ",
        "key=a",
        "",
        "algorithm=",
        ",,=,",
        "HMAC_SHA256",
    ],
)
def test_we_read_the_name_of_the_algorithm_as_twilio_does(settings: str) -> None:
    url = PUBLIC + MESSAGES
    used = {"HMAC_SHA256": "sha256", "HMAC_SHA1": "sha1"}[get_signature_algorithm(settings)]

    assert ours(PUBLIC, url, b"", {SIGNATURE: signature(url, [], algorithm=used), SETTINGS: settings})


@pytest.mark.parametrize("body", [b"{}", b'{"Body":"\xc3\xa9"}', b"", b"not json"])
def test_a_body_that_is_no_form_is_vouched_for_by_its_hash_in_the_url(body: bytes) -> None:
    url = f"{PUBLIC}{MESSAGES}?bodySHA256={hashlib.sha256(body).hexdigest()}"
    genuine = Received(url, {SIGNATURE: signature(url, [])}, body)
    check = Signatures(PUBLIC, [TOKEN])

    assert check.of_body(genuine)
    assert RequestValidator(TOKEN).validate(url, body.decode(), signature(url, []))
    assert not check.of_body(Received(url, genuine.headers, body + b" "))


def test_a_body_that_nothing_vouches_for_is_refused() -> None:
    """Twilio's own check falls over these with a TypeError; a service then answers 500 in place of 403."""
    url = PUBLIC + MESSAGES
    check = Signatures(PUBLIC, [TOKEN])

    assert not check.of_body(Received(url, {SIGNATURE: signature(url, [])}, b"{}"))
    assert not check.of_form(Received(url, {}, b""), [])


@pytest.mark.parametrize(("called", "signed"), [("?q=a'b", "?q=a%27b"), ("?q=a%27b", "?q=a'b"), ("?q=a'b", "?q=a'b")])
def test_an_apostrophe_in_the_query_may_be_signed_either_way(called: str, signed: str) -> None:
    proof = signature(PUBLIC + MESSAGES + signed, [])

    assert ours(PUBLIC, PUBLIC + MESSAGES + called, b"", {SIGNATURE: proof})


def test_only_the_configured_address_counts_and_never_one_that_a_stranger_wrote() -> None:
    elsewhere = "https://stranger.example" + MESSAGES

    assert not ours(
        PUBLIC, elsewhere, b"", {SIGNATURE: signature(elsewhere, []), "host": "stranger.example", "x-forwarded-host": "stranger.example"}
    )
    assert ours(PUBLIC, elsewhere, b"", {SIGNATURE: signature(PUBLIC + MESSAGES, [])})


def test_a_line_below_a_path_of_its_host_is_signed_with_that_path() -> None:
    url = "https://host.example/line" + MESSAGES

    assert ours("https://host.example/line", url, b"", {SIGNATURE: signature(url, [])})


@pytest.mark.parametrize("tokens", [[], [""], ["another"]])
def test_without_the_right_token_nobody_comes_in(tokens: list[str]) -> None:
    url = PUBLIC + MESSAGES
    empty = signature(url, [], token="")

    assert not Signatures(PUBLIC, tokens).of_form(Received(url, {SIGNATURE: empty}, b""), [])
    assert not Signatures(PUBLIC, tokens).of_form(Received(url, {SIGNATURE: signature(url, [])}, b""), [])
