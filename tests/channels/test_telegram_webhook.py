"""An operator sets the webhook in one command, and is told in words what stands between Telegram and this line."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from channels import telegram_webhook
from channels.registry import ChannelConfig
from channels.telegram_webhook import Standing, WebhookError
from tests.channels.carriers import PUBLIC, config
from tests.doubles.carrier import Fault
from tests.doubles.telegram import TelegramDouble
from tests.doubles.telegram_posts import SECRET, TOKEN, said
from weerklank.__main__ import main

OURS = f"{PUBLIC}/webhooks/telegram"
WANTED = ["message", "edited_message", "callback_query", "my_chat_member"]


@pytest.fixture
def double() -> Iterator[TelegramDouble]:
    with TelegramDouble() as opened:
        yield opened


def at(double: TelegramDouble) -> ChannelConfig:
    return config(telegram_url=double.url)


def standing(present: ChannelConfig) -> list[Standing]:
    return asyncio.run(telegram_webhook.standing(present))


def set_webhook(present: ChannelConfig) -> str:
    return asyncio.run(telegram_webhook.set_webhook(present))


def refused(present: ChannelConfig) -> str:
    with pytest.raises(WebhookError) as caught:
        set_webhook(present)
    return str(caught.value)


def test_the_webhook_is_set_with_its_secret_and_only_the_kinds_that_are_read(double: TelegramDouble) -> None:
    assert set_webhook(at(double)) == OURS
    assert double.called("setWebhook") == [{"url": OURS, "secret_token": SECRET, "allowed_updates": WANTED, "max_connections": 40}]
    assert standing(at(double)) == [(True, f"Telegram posts to {OURS}", "")]


@pytest.mark.parametrize("url", ["https://line.example:8443", "https://line.example:443/", "https://line.example/below/a/path"])
def test_every_address_that_telegram_takes_is_taken(double: TelegramDouble, url: str) -> None:
    assert set_webhook(replace(at(double), public_url=url)) == f"{url.rstrip('/')}/webhooks/telegram"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8000", "http://line.example", "https://line.example:9000", "https://", "https://x:99999", "line.example"]
)
def test_an_address_that_telegram_refuses_is_refused_before_it_is_asked(double: TelegramDouble, url: str) -> None:
    why = refused(replace(at(double), public_url=url))

    assert "WEERKLANK_PUBLIC_URL" in why
    assert "WEERKLANK_TELEGRAM_POLLING" in why
    assert double.calls == []


def test_without_a_secret_nothing_is_set(double: TelegramDouble) -> None:
    assert "WEERKLANK_TELEGRAM_WEBHOOK_SECRET" in refused(replace(at(double), telegram_webhook_secret=None))
    assert double.calls == []


@pytest.mark.parametrize("secret", ["short", "with a space in the middle", "é" * 20])
def test_a_secret_that_this_line_would_not_take_is_not_given_to_telegram(double: TelegramDouble, secret: str) -> None:
    why = refused(replace(at(double), telegram_webhook_secret=secret))

    assert "WEERKLANK_TELEGRAM_WEBHOOK_SECRET is not 16 to 256 letters" in why
    assert (secret in why, double.calls) == (False, [])


def test_a_token_that_is_none_is_not_even_tried(double: TelegramDouble) -> None:
    why = refused(replace(at(double), telegram_bot_token="no/token"))

    assert ("WEERKLANK_TELEGRAM_BOT_TOKEN" in why, double.calls) == (True, [])


def test_a_line_that_asks_sets_no_webhook(double: TelegramDouble) -> None:
    assert "WEERKLANK_TELEGRAM_POLLING" in refused(replace(at(double), telegram_polling=True))


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        (Fault(401, text="Unauthorized"), "WEERKLANK_TELEGRAM_BOT_TOKEN"),
        (Fault(500, text="Internal Server Error"), "cannot be reached"),
        (Fault(drop=True), "cannot be reached"),
        (Fault(429, text="Too Many Requests: retry after 3", retry_after=3), "cannot be reached"),
        (Fault(400, text=f"Bad Request: bad webhook: Failed to resolve host {TOKEN}"), "WEERKLANK_PUBLIC_URL"),
    ],
    ids=["wrong token", "in trouble", "hangs up", "flood", "bad webhook"],
)
def test_what_telegram_says_becomes_something_to_do(double: TelegramDouble, fault: Fault, word: str) -> None:
    double.trouble["setWebhook"].append(fault)
    why = refused(at(double))

    assert word in why
    assert TOKEN not in why


def well(found: list[Standing]) -> bool:
    return all(each for each, _, _ in found)


def test_a_webhook_that_is_not_there_or_elsewhere_or_deaf_is_to_mend(double: TelegramDouble) -> None:
    assert standing(at(double)) == [(False, "Telegram posts nowhere", "run `weerklank telegram webhook set`")]

    set_webhook(at(double))
    double.hook["url"] = "https://former-line.example/webhooks/telegram"
    assert [(found, do) for found, _, do in standing(at(double))] == [(False, "run `weerklank telegram webhook set`")]

    double.hook |= {"url": OURS, "allowed_updates": ["message"]}
    assert not well(standing(at(double)))


def test_posts_that_fail_and_updates_that_wait_are_told_without_the_token(double: TelegramDouble) -> None:
    set_webhook(at(double))
    hook, double.hook = double.hook, {}
    double.bring(*(said(7012345678, "hello") for _ in range(101)))
    double.hook = hook
    double.postman.trouble = {"last_error_date": int(time.time()), "last_error_message": f"Wrong response:\n403 {TOKEN}" + "x" * 500}
    found = standing(at(double))

    assert [each for each, _, _ in found] == [True, False, False]
    assert "101 updates wait" in found[1][1]
    assert "403" in found[2][1]
    assert TOKEN not in str(found)
    assert len(found[2][1]) < 200


def test_a_post_that_failed_yesterday_is_over(double: TelegramDouble) -> None:
    set_webhook(at(double))
    double.postman.trouble = {"last_error_date": int(time.time()) - 86_400, "last_error_message": "Connection refused"}

    assert well(standing(at(double)))


def test_a_line_that_asks_wants_no_webhook(double: TelegramDouble) -> None:
    asking = replace(at(double), telegram_polling=True)
    assert well(standing(asking))

    set_webhook(at(double))
    assert [(each, do) for each, _, do in standing(asking)] == [(False, "run `weerklank telegram webhook delete`")]


def test_a_line_without_a_bot_has_nothing_to_stand(double: TelegramDouble) -> None:
    assert standing(ChannelConfig()) == []


def test_a_local_address_is_something_to_mend_and_no_fault(double: TelegramDouble) -> None:
    (found,) = standing(replace(at(double), public_url="http://127.0.0.1:8000"))

    assert (found[0], "WEERKLANK_PUBLIC_URL" in found[2]) == (False, True)


def test_nobody_at_telegrams_address_is_something_to_mend() -> None:
    (found,) = standing(config(telegram_url="http://127.0.0.1:9"))

    assert (found[0], "cannot be reached" in found[2]) == (False, True)


@pytest.fixture
def installed(double: TelegramDouble, monkeypatch: pytest.MonkeyPatch) -> TelegramDouble:
    """Settings of an installation, by environment as an operator gives them."""
    for name, value in (("BOT_TOKEN", TOKEN), ("WEBHOOK_SECRET", SECRET), ("API_URL", double.url)):
        monkeypatch.setenv(f"WEERKLANK_TELEGRAM_{name}", value)
    monkeypatch.setenv("WEERKLANK_PUBLIC_URL", PUBLIC)
    return double


def test_the_commands_set_show_and_delete(installed: TelegramDouble, capsys: pytest.CaptureFixture[str]) -> None:
    answers = [main(["telegram", "webhook", action]) for action in ("show", "set", "show", "delete", "show")]
    told = capsys.readouterr()

    assert answers == [1, 0, 0, 0, 1]
    assert OURS in told.out
    assert installed.hook == {}
    assert installed.called("deleteWebhook") == [{"drop_pending_updates": False}]
    assert [secret for secret in (TOKEN, SECRET) if secret in told.out + told.err] == []


def test_the_commands_say_what_is_missing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("WEERKLANK_PUBLIC_URL", PUBLIC)
    monkeypatch.setenv("WEERKLANK_TELEGRAM_WEBHOOK_SECRET", SECRET)

    assert [main(["telegram", "webhook", action]) for action in ("set", "show", "delete")] == [1, 1, 1]
    assert capsys.readouterr().err.count("WEERKLANK_TELEGRAM_BOT_TOKEN") == 3
