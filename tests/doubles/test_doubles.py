"""The doubles are worth trusting: they take what the carrier takes, refuse what it refuses, and remember every send."""

import json
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from twilio.request_validator import RequestValidator

from tests.doubles import http_sms_posts
from tests.doubles.carrier import CarrierDouble
from tests.doubles.http_sms import GatewayDouble
from tests.doubles.telegram import TelegramDouble
from tests.doubles.telegram_posts import TOKEN as BOT
from tests.doubles.twilio import TwilioDouble
from tests.doubles.twilio_posts import ACCOUNT, OUR_NUMBER, TOKEN

BUTTONS = [{"text": "a", "callback_data": "b"}]
MESSAGE = {"To": "+447700900123", "From": OUR_NUMBER, "Body": "Saved."}
_SMS: Any = {"textMessage": {"text": "Saved."}, "phoneNumbers": ["+447700900123"]}
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


def post(double: CarrierDouble, form: dict[str, str], token: str = TOKEN) -> httpx.Response:
    return httpx.post(double.url + PATH, data=form, auth=(ACCOUNT, token))


def test_a_send_is_remembered_with_its_time_and_written_down_before_the_answer(tmp_path: Path) -> None:
    record = tmp_path / "sends.jsonl"
    with TwilioDouble(record=record) as double:
        answer = post(double, MESSAGE)
        line = json.loads(record.read_text(encoding="utf-8"))

    assert answer.status_code == 201
    assert (line["to"], line["body"], line["id"], line["taken"], line["told"]) == (
        "+447700900123",
        "Saved.",
        answer.json()["sid"],
        True,
        True,
    )
    assert line["time"] > 1_700_000_000


@pytest.mark.parametrize(
    ("form", "code"),
    [({}, 21604), ({"To": "+44"}, 21603), (MESSAGE | {"Body": ""}, 21602), (MESSAGE | {"Body": "x" * 1601}, 21617)],
)
def test_twilio_refuses_what_twilio_refuses(form: dict[str, str], code: int) -> None:
    with TwilioDouble() as double:
        answer = post(double, form)

    assert (answer.status_code, answer.json()["code"], double.sends) == (400, code, [])


def test_twilio_refuses_a_wrong_token() -> None:
    with TwilioDouble() as double:
        assert post(double, MESSAGE, token="wrong").status_code == 401


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"chat_id": "7", "text": ""}, "text is empty"),
        ({"chat_id": "7", "text": "x" * 4097}, "too long"),
        ({"chat_id": "@who", "text": "x"}, "chat not found"),
        (
            {"chat_id": "7", "text": "x", "reply_markup": json.dumps({"inline_keyboard": [[{"text": "a", "callback_data": "ক" * 22}]]})},
            "DATA",
        ),
    ],
)
def test_telegram_refuses_what_telegram_refuses(fields: dict[str, str], words: str) -> None:
    with TelegramDouble() as double:
        answer = httpx.post(f"{double.url}/bot{BOT}/sendMessage", data=fields)

    assert answer.status_code == 400
    assert words in answer.json()["description"]


def _asked(double: TelegramDouble, method: str, fields: dict[str, Any]) -> dict[str, Any]:
    return dict(httpx.post(f"{double.url}/bot{BOT}/{method}", json=fields).json())


@pytest.mark.parametrize(
    ("method", "fields", "words"),
    [
        ("sendMessage", {"chat_id": 7, "text": "x", "reply_markup": {"inline_keyboard": [BUTTONS[:1]] * 101}}, "reply markup is too long"),
        ("sendMessage", {"chat_id": 7, "text": "x", "reply_markup": {"inline_keyboard": [BUTTONS * 9]}}, "reply markup is too long"),
        ("sendVoice", {"chat_id": 7, "voice": "no file"}, "wrong file identifier"),
        ("deleteMessages", {"chat_id": 7, "message_ids": []}, "not specified"),
        ("deleteMessages", {"chat_id": 7, "message_ids": list(range(1, 102))}, "too many"),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "TOO_LONG"),
        ("answerCallbackQuery", {"callback_query_id": "never given"}, "query is too old"),
        ("getFile", {"file_id": "never given"}, "wrong file_id"),
        ("setWebhook", {"url": "http://line.example"}, "HTTPS"),
        ("setWebhook", {"url": "https://line.example:9000"}, "ports 80, 88, 443 or 8443"),
        ("setWebhook", {"url": "https://line.example", "secret_token": "with space"}, "unallowed characters"),
        ("setWebhook", {"url": "https://line.example", "max_connections": 101}, "max_connections"),
    ],
)
def test_telegram_refuses_every_call_beyond_its_limits(method: str, fields: dict[str, Any], words: str) -> None:
    with TelegramDouble() as double:
        answer = _asked(double, method, fields)

    assert (answer["ok"], answer["error_code"], words in answer["description"]) == (False, 400, True)


def test_telegram_deletes_what_is_young_and_refuses_a_call_with_one_message_of_two_days_ago() -> None:
    with TelegramDouble() as double:
        numbers = [_asked(double, "sendMessage", {"chat_id": 7, "text": "x"})["result"]["message_id"] for _ in range(3)]
        double.messages["7", numbers[0]] -= 48 * 3600
        both = _asked(double, "deleteMessages", {"chat_id": 7, "message_ids": numbers[:2]})
        young = _asked(double, "deleteMessages", {"chat_id": 7, "message_ids": [*numbers[1:], 99_999]})

        assert (both["ok"], young["ok"], list(double.messages)) == (False, True, [("7", numbers[0])])


def test_telegram_tells_updates_until_a_higher_number_is_asked_for_and_none_while_a_webhook_stands() -> None:
    with TelegramDouble() as double:
        double.bring({"update_id": 5, "poll": {}}, {"update_id": 6, "poll": {}})
        told = [[each["update_id"] for each in _asked(double, "getUpdates", fields)["result"]] for fields in ({}, {}, {"offset": 6})]
        _asked(double, "setWebhook", {"url": "https://line.example"})
        conflict = _asked(double, "getUpdates", {})
        _asked(double, "deleteWebhook", {})

        assert told == [[5, 6], [5, 6], [6]]
        assert (conflict["error_code"], "webhook is active" in conflict["description"]) == (409, True)
        assert _asked(double, "getUpdates", {"offset": 7})["result"] == []


def test_a_call_that_no_description_has_fails_the_test_that_made_it() -> None:
    with pytest.raises(AssertionError, match="disable_notifications"), TelegramDouble() as double:
        _asked(double, "sendMessage", {"chat_id": 7, "text": "x", "disable_notifications": True})


@pytest.mark.parametrize(
    ("password", "path", "fields", "status"),
    [
        (http_sms_posts.PASSWORD, http_sms_posts.PATH, _SMS, 202),
        ("wrong", http_sms_posts.PATH, _SMS, 401),
        (http_sms_posts.PASSWORD, "/messages", _SMS, 404),
        (http_sms_posts.PASSWORD, http_sms_posts.PATH, _SMS | {"phoneNumbers": "+447700900123", "textMessage": {}}, 400),
        (http_sms_posts.PASSWORD, http_sms_posts.PATH, _SMS | {"phoneNumbers": []}, 400),
        (http_sms_posts.PASSWORD, http_sms_posts.PATH, _SMS | {"textMessage": {"text": " "}}, 400),
    ],
)
def test_a_gateway_refuses_what_is_not_of_its_interface(password: str, path: str, fields: Any, status: int) -> None:
    with GatewayDouble() as double:
        answer = httpx.post(double.url + path, json=fields, auth=(http_sms_posts.ACCOUNT, password))

    assert (answer.status_code, len(double.sends)) == (status, int(status == 202))


def test_a_double_fails_as_often_as_it_is_told_and_remembers_what_it_refused() -> None:
    with TwilioDouble() as double:
        double.fail(2, status=500)
        statuses = [post(double, MESSAGE).status_code for _ in range(3)]

    assert statuses == [500, 500, 201]
    assert [sent.taken for sent in double.sends] == [False, False, True]
    assert double.texts_to("+447700900123") == ["Saved."]


@pytest.mark.parametrize("taken", [True, False])
def test_a_double_hangs_up_with_or_without_the_message(*, taken: bool) -> None:
    with TwilioDouble() as double:
        double.drop(taken=taken)
        with pytest.raises(httpx.TransportError):
            post(double, MESSAGE)

    assert [(sent.taken, sent.told) for sent in double.sends] == [(taken, False)]


def test_a_double_keeps_up_with_a_burst() -> None:
    with TwilioDouble() as double, httpx.Client(auth=(ACCOUNT, TOKEN)) as client:
        for _ in range(300):
            client.post(double.url + PATH, data=MESSAGE)

        assert len(double.wait_for(300)) == 300


def test_twilio_tells_how_a_message_fared_signed_and_in_any_order() -> None:
    with TelegramDouble() as ear, TwilioDouble(callbacks=ear.url) as double:
        post(double, MESSAGE | {"StatusCallback": "https://line.example/webhooks/twilio/status"})
        until = time.monotonic() + 10
        while len(ear.unknown) < 3 and time.monotonic() < until:
            time.sleep(0.02)
        posts = [(request.path, dict(parse_qsl(request.body.decode())), request.headers) for request in ear.unknown]

    assert {fields["MessageStatus"] for _, fields, _ in posts} == {"queued", "sent", "delivered"}
    assert {path for path, _, _ in posts} == {"/webhooks/twilio/status"}
    for _, fields, headers in posts:
        assert RequestValidator(TOKEN).validate("https://line.example/webhooks/twilio/status", fields, headers["x-twilio-signature"])


def test_who_waits_in_vain_is_told_how_many_came() -> None:
    with TwilioDouble() as double, pytest.raises(AssertionError, match="0 of 1"):
        double.wait_for(1, seconds=0.01)


def _call(url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(url, data, timeout=5) as answer:
        return json.load(answer)


@pytest.mark.parametrize("carrier", ["twilio", "telegram", "http_sms"])
def test_a_double_stands_as_a_process_of_its_own(carrier: str, tmp_path: Path) -> None:
    record = tmp_path / "sends.jsonl"
    command = [sys.executable, "-m", f"tests.doubles.{carrier}", "--record", str(record)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().split()[1]
            _call(f"{url}/double/faults", {"fault": {"status": 503}, "times": 2})
            send = {
                "twilio": (PATH, MESSAGE, (ACCOUNT, TOKEN)),
                "telegram": (f"/bot{BOT}/sendMessage", {"chat_id": "7", "text": "Saved."}, None),
                "http_sms": (http_sms_posts.PATH, _SMS, (http_sms_posts.ACCOUNT, http_sms_posts.PASSWORD)),
            }
            path, fields, auth = send[carrier]
            body: dict[str, Any] = {"json": fields} if carrier == "http_sms" else {"data": fields}
            statuses = [httpx.post(url + path, auth=auth, **body).status_code for _ in range(3)]
            told = _call(f"{url}/double/sends")
        finally:
            process.kill()

    assert statuses[:2] == [503, 503]
    assert statuses[2] in {200, 201, 202}
    assert [json.loads(line)["taken"] for line in record.read_text(encoding="utf-8").splitlines()] == [False, False, True]
    assert [sent["taken"] for sent in told["sends"]] == [False, False, True]
