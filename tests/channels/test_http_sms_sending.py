"""A message leaves as a gateway's file says, and what the gateway answers gets one of nine names, or leaves us in doubt."""

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from channels.base import Failure, Outbound, SendError, Sent
from channels.http_sms import HttpSmsChannel, encoded
from channels.http_sms_file import Gateway, GatewayFileError, read_gateway
from channels.http_sms_line import line_of
from channels.registry import ChannelConfig
from tests.channels.gateways import gateway
from tests.doubles.carrier import Fault
from tests.doubles.http_sms import AGGREGATOR, ANDROID, FORGETFUL, GatewayDouble, Interface
from tests.doubles.http_sms_posts import ACCOUNT, PASSWORD, SECRET

WORKER = "+447700900123"
WORDS = "We heard you. Sanne"
INTERFACES = {
    "form": Interface(
        "/send", kind="form", to=("to",), text=("text",), header=("x-api-key", PASSWORD), status=200,
        answer={"status": "ok", "message": [{"id": "{id}"}]}, longest=300,
    ),
    "deep": Interface(
        "/messages", "PUT", to=("message", "to", 0), text=("message", "parts", 0, "value"), id=("ref",),
        answer={},
    ),
    "old": Interface(
        "/cgi-bin/sendsms", "GET", "query", to=("to",), text=("text",), id=None, header=("accept", "*/*"), longest=160,
        answer={"said": "0: Accepted for delivery"},
    ),
    "aggregator": AGGREGATOR,
    "android": FORGETFUL,
}  # fmt: skip
URLS = {"aggregator": "/send", "android": "/3rdparty/v1/messages"}


@dataclass(frozen=True)
class Far:
    """One gateway and its double."""

    name: str
    double: GatewayDouble

    @property
    def described(self) -> Gateway:
        return read_gateway(self.name) if self.name in URLS else gateway(self.name)

    @property
    def config(self) -> ChannelConfig:
        return ChannelConfig(
            public_url="https://line.example",
            http_sms_file=self.name,
            http_sms_url=self.double.url + URLS.get(self.name, ""),
            http_sms_account=ACCOUNT,
            http_sms_password=PASSWORD,
            http_sms_secret=SECRET,
            http_sms_from="+447700900000",
        )

    def send(self, *messages: Outbound) -> list[Sent]:
        return asyncio.run(self._send(messages or (Outbound("41", WORKER, WORDS),)))

    async def _send(self, messages: tuple[Outbound, ...]) -> list[Sent]:
        channel = HttpSmsChannel(self.described, line_of(self.described, self.config), patience=1.0)
        try:
            return [await channel.send(message) for message in messages]
        finally:
            await channel.close()

    def refused(self, message: Outbound | None = None) -> SendError:
        with pytest.raises(SendError) as caught:
            self.send(*([message] if message else []))
        return caught.value

    def answers(self, status: int, body: object) -> SendError:
        self.double.babble(json.dumps(body), status=status)
        return self.refused()


@pytest.fixture(params=sorted(INTERFACES))
def far(request: pytest.FixtureRequest) -> Iterator[Far]:
    with GatewayDouble(INTERFACES[request.param]) as double:
        yield Far(request.param, double)


@pytest.fixture
def form() -> Iterator[Far]:
    with GatewayDouble(INTERFACES["form"]) as double:
        yield Far("form", double)


@pytest.fixture
def deep() -> Iterator[Far]:
    with GatewayDouble(INTERFACES["deep"]) as double:
        yield Far("deep", double)


@pytest.fixture
def old() -> Iterator[Far]:
    with GatewayDouble(INTERFACES["old"]) as double:
        yield Far("old", double)


def test_words_leave_for_the_worker(far: Far) -> None:
    (sent,) = far.send()
    (arrived,) = far.double.taken

    assert arrived.body == WORDS
    assert arrived.to in {WORKER, "447700900123", "07700900123"}
    assert sent.status == "queued"
    assert "7700900123" not in sent.provider_id


@pytest.mark.parametrize("text", ["50% & more = ?", 'say "yes" {text} {secret}', "a\nb", "\\n", "+ +", "é ñ ü", "{to}", "<b>&amp;"])
def test_signs_of_every_kind_leave_letter_for_letter(far: Far, text: str) -> None:
    far.send(Outbound("41", WORKER, text))

    assert [arrived.body for arrived in far.double.taken] == [text]


def test_our_id_stays_when_a_message_is_sent_again_and_differs_for_another(far: Far) -> None:
    message = Outbound("41", WORKER, WORDS)
    first, again, other, elsewhere = far.send(
        message, replace(message, again=True), replace(message, key="42"), replace(message, address="+447700900124")
    )
    ids = [first.provider_id, again.provider_id, other.provider_id, elsewhere.provider_id]

    if far.name == "form":
        assert all(far.double.bodies[0]["id"] == body["id"] for body in far.double.bodies[:2])
        assert len({body["id"] for body in far.double.bodies}) == 3
    else:
        assert ids[0] == ids[1]
        assert len(set(ids)) == 3


def test_a_long_answer_leaves_in_parts_with_ids_of_their_own(far: Far) -> None:
    (sent,) = far.send(Outbound("41", WORKER, "a short sentence. " * 120))
    arrived = far.double.taken

    assert len(arrived) > 1
    assert all(len(each.body) <= far.described.max_length for each in arrived)
    if INTERFACES[far.name].id is not None:
        assert len({each.id for each in arrived}) == len(arrived)
        assert arrived[-1].id.endswith(sent.provider_id) or sent.provider_id.endswith(arrived[-1].id)


def test_everything_that_a_form_asks_for_is_filled_in(form: Far) -> None:
    form.send(Outbound("41", WORKER, "We heard you – বেতন", valid_seconds=3600), Outbound("42", WORKER, "We heard you – yes"))
    first, second = form.double.bodies

    assert first == {
        "to": "447700900123", "text": "We heard you – বেতন", "from": "+447700900000", "id": first["id"], "valid": "3600", "coding": "8",
        "dlr": "https://line.example/webhooks/http-sms/status",
    }  # fmt: skip
    assert (second["text"], second["coding"]) == ("We heard you - yes", "0")
    assert "valid" not in second


def test_a_json_body_keeps_its_numbers_and_truth_values_and_leaves_out_what_we_lack(deep: Far) -> None:
    deep.send(Outbound("41", WORKER, WORDS, valid_seconds=600), Outbound("42", WORKER, WORDS))
    first, second = deep.double.bodies

    assert first["message"] == {"to": [WORKER], "parts": [{"type": "text", "value": WORDS}], "flash": False, "priority": 3, "ttl": 600}
    assert "ttl" not in second["message"]
    assert first["ref"].startswith("wk-")


def test_a_gateway_that_gives_no_id_is_known_by_ours(deep: Far) -> None:
    (sent,) = deep.send()

    assert deep.double.bodies[0]["ref"] == f"wk-{sent.provider_id}"


def test_a_message_that_had_arrived_after_all_is_not_said_twice() -> None:
    message = Outbound("41", WORKER, WORDS)
    with GatewayDouble(ANDROID) as double:
        far = Far("android", double)
        double.drop()
        first = far.refused(message)
        (sent,) = far.send(replace(message, again=True))

    assert (first.ambiguous, [each.body for each in double.taken]) == (True, [WORDS])
    assert sent.provider_id == double.taken[0].id


def test_a_conflict_that_the_file_does_not_know_is_for_the_operator(form: Far) -> None:
    assert form.answers(409, {}).failure == Failure.CONFIG


def test_a_number_is_written_as_the_country_writes_it(old: Far) -> None:
    old.send(Outbound("41", WORKER, WORDS), Outbound("42", "+15550100123", WORDS))

    assert [arrived.to for arrived in old.double.taken] == ["07700900123", "+15550100123"]


def test_a_telephone_gets_its_validity_as_a_number() -> None:
    with GatewayDouble(ANDROID) as double:
        Far("android", double).send(Outbound("41", WORKER, WORDS, valid_seconds=900))

    assert double.bodies[0] == {
        "id": double.taken[0].id, "textMessage": {"text": WORDS}, "phoneNumbers": [WORKER], "ttl": 900, "withDeliveryReport": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "encoding", "leaves"),
    [
        ("“No” – wait…", "unicode", "“No” – wait…"),
        ("“No” – wait…", "smart", '"No" - wait...'),
        ("“No” বেতন", "smart", "“No” বেতন"),
        ("Así está", "smart", "Así está"),
        ("Así está", "gsm7", "Asi esta"),
        ("“No”", "gsm7", '"No"'),
        ("é ñ", "gsm7", "é ñ"),
    ],
)
def test_a_text_is_written_in_the_gateways_alphabet(text: str, encoding: str, leaves: str) -> None:
    assert encoded(text, encoding) == leaves


def test_a_gateway_without_the_letters_sends_nothing(old: Far) -> None:
    error = old.refused(Outbound("41", WORKER, "বেতন"))

    assert (error.failure, error.ambiguous, old.double.sends) == (Failure.BAD_CONTENT, False, [])


# What the gateway of the forms answers, and what that means: the failure, whether it may have left, and when to try again.
ANSWERS: list[tuple[int, Any, Failure, bool]] = [
    (200, {"status": "blacklisted"}, Failure.OPT_OUT, False),
    (200, {"status": "invalid_number"}, Failure.UNDELIVERABLE, False),
    (200, {"status": "no_credit"}, Failure.CONFIG, False),
    (200, {"status": "throttled"}, Failure.RATE_LIMITED, False),
    (200, {"status": "spam"}, Failure.FILTERED, False),
    (200, {"status": "too_long"}, Failure.BAD_CONTENT, False),
    (200, {"status": "blocked"}, Failure.BLOCKED_BY_USER, False),
    (200, {"status": "busy"}, Failure.TEMPORARY, False),
    (200, {"status": "session_over"}, Failure.WINDOW_CLOSED, False),
    (200, {"status": "who_knows"}, Failure.TEMPORARY, True),
    (200, {"status": "something new"}, Failure.TEMPORARY, True),
    (200, {"status": "ok"}, Failure.TEMPORARY, True),
    (200, {"status": "ok", "message": []}, Failure.TEMPORARY, True),
    (200, {"status": "ok", "message": [{"id": ""}]}, Failure.TEMPORARY, True),
    (200, {"status": "ok", "message": [{"id": "x" * 81}]}, Failure.TEMPORARY, True),
    (200, {"status": ["ok"]}, Failure.TEMPORARY, True),
    (200, [], Failure.TEMPORARY, True),
    (200, "ok", Failure.TEMPORARY, True),
    (201, {"status": "ok", "message": [{"id": "x"}]}, Failure.TEMPORARY, True),
    (202, {"code": 7}, Failure.UNDELIVERABLE, False),
    (400, {"code": 7}, Failure.UNDELIVERABLE, False),
    (500, {"code": 7}, Failure.UNDELIVERABLE, True),
    (400, {"code": 8}, Failure.BAD_CONTENT, False),
    (301, {}, Failure.CONFIG, False),
    (401, {}, Failure.CONFIG, False),
    (402, {}, Failure.CONFIG, False),
    (403, {}, Failure.CONFIG, False),
    (404, {}, Failure.CONFIG, False),
    (408, {}, Failure.TEMPORARY, True),
    (413, {}, Failure.BAD_CONTENT, False),
    (422, {}, Failure.BAD_CONTENT, False),
    (429, {}, Failure.RATE_LIMITED, False),
    (500, {}, Failure.TEMPORARY, True),
    (502, {}, Failure.TEMPORARY, True),
    (503, {}, Failure.TEMPORARY, False),
    (504, {}, Failure.TEMPORARY, True),
]


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: f"{row[0]} {json.dumps(row[1])[:40]}")
def test_an_answer_gets_its_name(form: Far, row: tuple[int, Any, Failure, bool]) -> None:
    status, body, failure, ambiguous = row
    error = form.answers(status, body)

    assert (error.failure, error.ambiguous, error.code) == (failure, ambiguous, str(status))


def test_every_failure_has_an_answer_that_means_it() -> None:
    assert {row[2] for row in ANSWERS} == set(Failure)


def test_a_gateway_that_says_when_to_come_back_is_heeded(form: Far) -> None:
    form.double.fail(status=429, retry_after=9)

    assert form.refused().retry_after == 9


@pytest.mark.parametrize("answer", [{"status": "queued", "message": [{"id": 99}]}, {"status": "ok", "message": [{"id": "abc"}], "more": 1}])
def test_an_answer_that_means_taken_gives_the_gateways_id(form: Far, answer: dict[str, Any]) -> None:
    form.double.babble(json.dumps(answer))

    assert form.send()[0].provider_id == str(answer["message"][0]["id"])


def test_a_part_that_fails_after_another_left_leaves_us_in_doubt(far: Far) -> None:
    far.double.faults.extend([Fault(), Fault(429)])
    error = far.refused(Outbound("41", WORKER, "a short sentence. " * 120))

    assert (error.failure, error.ambiguous) == (Failure.RATE_LIMITED, True)


def test_a_gateway_that_is_slow_or_hangs_up_leaves_us_in_doubt(far: Far) -> None:
    far.double.hang(3)
    slow = far.refused()
    far.double.drop()
    gone = far.refused()

    assert [(each.failure, each.ambiguous) for each in (slow, gone)] == [(Failure.TEMPORARY, True)] * 2


def test_a_wrong_password_is_for_the_operator(form: Far) -> None:
    wrong = Far("form", form.double)
    config = replace(wrong.config, http_sms_password="another")

    async def attempt() -> None:
        channel = HttpSmsChannel(wrong.described, line_of(wrong.described, config))
        try:
            await channel.send(Outbound("41", WORKER, WORDS))
        finally:
            await channel.close()

    with pytest.raises(SendError) as caught:
        asyncio.run(attempt())

    assert (caught.value.failure, caught.value.code) == (Failure.CONFIG, "401")


def test_nothing_of_a_message_is_logged_whatever_happens(far: Far, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    far.send()
    far.double.babble(f"{WORDS} {WORKER}", status=400)
    far.double.drop()
    told = caplog.text + "".join(f"{error} {error!r} {error.__cause__}" for error in (far.refused(), far.refused()))

    assert [secret for secret in (WORDS, "7700900123", PASSWORD, SECRET) if secret in told] == []


def test_a_gateway_says_how_fast_it_may_be_called() -> None:
    config = ChannelConfig(
        http_sms_file="x", http_sms_url="https://gateway.example", http_sms_password=PASSWORD, http_sms_secret=SECRET, http_sms_from="line"
    )
    abilities = HttpSmsChannel(gateway("form"), line_of(gateway("form"), config)).abilities

    assert (abilities.per_second, abilities.between_seconds, abilities.initiate, abilities.purges) == (5, 2, "yes", False)


@pytest.mark.parametrize("name", ["url", "password", "from"])
def test_a_setting_that_the_file_asks_for_is_named(name: str) -> None:
    config = ChannelConfig(
        http_sms_file="form.yaml", http_sms_url="https://x.example", http_sms_password="p", http_sms_secret=SECRET, http_sms_from="line"
    )
    lacking: Any = {f"http_sms_{name}": None}
    with pytest.raises(GatewayFileError, match=f"form.yaml: .*WEERKLANK_HTTP_SMS_{name.upper()}"):
        line_of(gateway("form"), replace(config, **lacking))


@pytest.mark.parametrize("url", ["gateway.example", "ftp://gateway.example", "https://", "/send"])
def test_an_address_that_is_none_is_named(url: str) -> None:
    config = ChannelConfig(http_sms_file="form.yaml", http_sms_url=url, http_sms_password="p", http_sms_secret=SECRET, http_sms_from="line")
    with pytest.raises(GatewayFileError, match=r"outbound\.url"):
        line_of(gateway("form"), config)
