"""A channel is on when its settings are there, off with a reason when they are not, and costs nothing until it is opened."""

import importlib
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from bot.pace import AT_ONCE, Pace
from channels.base import BadSignature, Channel, Received
from channels.registry import CARDS, ChannelConfig, open_channels
from tests.channels.carriers import PUBLIC, config
from tests.doubles import telegram_posts


def test_with_everything_set_every_channel_with_an_adapter_is_on() -> None:
    channels = open_channels(config())

    assert set(channels.senders) == {name for name, card in CARDS.items() if card.needs}
    assert set(channels.readers) == {"http_sms", "telegram", "twilio"}
    assert channels.off == {}


def test_without_settings_every_channel_is_off_and_says_what_to_set() -> None:
    channels = open_channels(ChannelConfig())

    assert (dict(channels.senders), dict(channels.readers)) == ({}, {})
    assert set(channels.off) == {"sms", "whatsapp", "telegram", "http_sms"}
    assert "WEERKLANK_TWILIO_SMS_FROM or WEERKLANK_TWILIO_MESSAGING_SERVICE_SID" in channels.off["sms"]
    needed = "WEERKLANK_TELEGRAM_BOT_TOKEN and WEERKLANK_TELEGRAM_WEBHOOK_SECRET or WEERKLANK_TELEGRAM_POLLING"
    assert channels.off["telegram"] == f"set {needed}"


def test_telegram_that_is_asked_needs_no_secret_and_lets_nobody_in_by_its_webhook() -> None:
    channels = open_channels(replace(config(), telegram_webhook_secret=None, telegram_polling=True))

    assert ("telegram" in channels.senders, list(channels.sources)) == (True, ["telegram"])
    for secret in ("", "None", telegram_posts.SECRET):
        with pytest.raises(BadSignature):
            channels.readers["telegram"].read(Received(PUBLIC, {"x-telegram-bot-api-secret-token": secret}, b'{"update_id": 1}'))


def test_telegram_that_posts_is_not_asked() -> None:
    assert dict(open_channels(config()).sources) == {}


@pytest.mark.parametrize("name", ["sms", "whatsapp", "telegram", "http_sms"])
def test_each_setting_that_a_channel_needs_turns_it_off_alone(name: str) -> None:
    for need in CARDS[name].needs:
        missing: dict[str, Any] = {each: getattr(ChannelConfig(), each) for each in need.split("|")}
        channels = open_channels(replace(config(), **missing))

        assert name not in channels.senders
        assert f"WEERKLANK_{need.split('|')[0].upper()}" in channels.off[name]


@pytest.mark.parametrize(("channel", "other"), [("sms", "whatsapp"), ("whatsapp", "sms")])
def test_each_of_twilios_senders_has_a_pace_of_its_own_and_none_unless_it_is_set(channel: str, other: str) -> None:
    slow: dict[str, Any] = {f"twilio_{channel}_per_second": 2.0}
    senders = open_channels(replace(config(), **slow)).senders
    pace = Pace(senders)

    assert [pace.rate(name).per_second for name in (channel, other)] == [2.0, None]
    assert [pace.room({}, 1_000_000)[name] for name in (channel, other)] == [2, AT_ONCE]
    assert open_channels(config()).senders[channel].abilities.per_second is None


def test_a_messaging_service_serves_in_place_of_a_number() -> None:
    channels = open_channels(replace(config(), twilio_sms_from=None, twilio_messaging_service_sid="MG00000000000000000000000000000001"))

    assert "sms" in channels.senders


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("telegram_webhook_secret", "short"),
        ("telegram_webhook_secret", "with a space in the middle"),
        ("telegram_bot_token", "no-token"),
        ("public_url", "our-line"),
        ("http_sms_secret", "short"),
    ],
)
def test_a_setting_of_a_wrong_shape_turns_its_channel_off_and_is_not_repeated(setting: str, value: str) -> None:
    wrong: dict[str, Any] = {setting: value}
    off = open_channels(replace(config(), **wrong)).off
    why = [reason for reason in off.values() if f"WEERKLANK_{setting.upper()} is not" in reason]

    assert why
    assert not any(value in reason for reason in why)


@pytest.mark.parametrize("name", sorted(CARDS))
def test_a_card_names_its_channel_and_an_adapter_that_is_there(name: str) -> None:
    card = CARDS[name]

    assert card.limits.channel == name
    assert card.summary
    assert card.module is None or importlib.import_module(card.module).__name__ == card.module


def test_an_sms_costs_two_segments_at_most_and_telegram_has_buttons() -> None:
    assert (CARDS["sms"].limits.segments_max, CARDS["http_sms"].limits.segments_max) == (2, 2)
    assert CARDS["telegram"].limits.option_bytes_max == 64
    assert CARDS["whatsapp"].limits.buttons_max == 0


def test_a_channel_that_is_off_loads_no_library() -> None:
    code = (
        "import sys; from channels.registry import ChannelConfig, open_channels; open_channels(ChannelConfig()); "
        "print([name for name in ('telegram', 'httpx', 'twilio', 'pydantic') if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout

    assert told.strip() == "[]"


def test_what_is_opened_is_a_channel() -> None:
    senders: list[Channel] = list(open_channels(config()).senders.values())

    assert {each.name: each.limits for each in senders} == {each.name: CARDS[each.name].limits for each in senders}
