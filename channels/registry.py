"""Every channel's card, and the one function that opens those whose settings are there."""

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol, cast

from channels.base import Channel, Reader
from channels.config import ChannelConfig
from channels.quiet import hush
from channels.source import Source
from words.limits import Limits

__all__ = ["CARDS", "Card", "ChannelConfig", "Channels", "open_channels"]
_SHAPES = {
    "public_url": (
        re.compile(r"https?://(\[[0-9a-fA-F:.]+\](:[0-9]+)?|[^/\s?#\[\]]+)(/[^\s?#]*)?"),
        "an address such as https://line.example",
    ),
    "telegram_bot_token": (re.compile(r"[0-9]+:[A-Za-z0-9_-]+"), "a token as BotFather gives it"),
    "telegram_webhook_secret": (re.compile(r"[A-Za-z0-9_-]{16,256}"), "16 to 256 letters, digits, - or _"),
    "http_sms_secret": (re.compile(r"[A-Za-z0-9_-]{16,256}"), "16 to 256 letters, digits, - or _"),
}


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a channel without opening it.

    `module` is its adapter, imported only when it opens, so that an unused library costs no start-up time; None while there is none.
    `carrier` is the reader that serves it. `needs` are the settings without which it is off; of two with a `|` between them one is
    enough. A channel with an adapter and no needs is opened by the house itself, around a screen or a terminal.
    """

    limits: Limits
    summary: str
    module: str | None = None
    carrier: str | None = None
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Channels:
    """What is on: channels to send on by name, readers and sources by carrier; and what is off, with the sentence that says why."""

    senders: Mapping[str, Channel]
    readers: Mapping[str, Reader]
    off: Mapping[str, str]
    sources: Mapping[str, Source] = field(default_factory=dict[str, Source])


_TWILIO = ("public_url", "twilio_account_sid", "twilio_auth_tokens")
CARDS: Mapping[str, Card] = MappingProxyType(
    {
        "sms": Card(
            Limits("sms", text_max=1600, segments_max=2),
            "SMS over Twilio",
            "channels.sms",
            "twilio",
            (*_TWILIO, "twilio_sms_from|twilio_messaging_service_sid"),
        ),
        "whatsapp": Card(
            Limits("whatsapp", text_max=1600, voice=True),
            "WhatsApp over Twilio",
            "channels.whatsapp",
            "twilio",
            (*_TWILIO, "twilio_whatsapp_from"),
        ),
        "telegram": Card(
            # A title of 24 letters stands whole on the narrowest phones; an option's id may have 64 bytes (Bot API, `callback_data`).
            Limits("telegram", text_max=4096, buttons_max=12, button_title_max=24, option_bytes_max=64, voice=True),
            "Telegram bot",
            "channels.telegram",
            "telegram",
            ("telegram_bot_token", "telegram_webhook_secret|telegram_polling"),
        ),
        "http_sms": Card(
            Limits("http_sms", text_max=1600, segments_max=2),
            "SMS over a local gateway",
            "channels.http_sms",
            "http_sms",
            ("http_sms_file", "http_sms_secret"),
        ),
        "web": Card(
            Limits("web", text_max=4096, buttons_max=12, button_title_max=40, option_bytes_max=64), "Phone on a web page", "channels.web"
        ),
        "terminal": Card(Limits("terminal", text_max=4096), "Phone in a terminal", "channels.terminal"),
    }
)


class _Adapter(Protocol):
    """What a channel's module offers."""

    def open_channel(self, config: ChannelConfig, /) -> Channel:
        """The channel of an installation."""
        ...


class _Carrier(Protocol):
    """What the module of a carrier that posts to us offers."""

    def open_reader(self, config: ChannelConfig, /) -> Reader:
        """The reader of an installation's webhooks."""
        ...


class _Asked(Protocol):
    """What the module of a carrier that is asked for news offers."""

    def open_source(self, config: ChannelConfig, /) -> Source:
        """Where an installation asks."""
        ...


_ASKED = {"telegram": ("telegram_polling", "channels.telegram_polling")}
_CARRIERS = {"twilio": "channels.twilio_reader", "telegram": "channels.telegram", "http_sms": "channels.http_sms"}


def open_channels(config: ChannelConfig) -> Channels:
    """Open every channel whose settings are there. Nothing is called and nothing is sent yet."""
    hush()
    off = {name: why for name, card in CARDS.items() if (why := _why_off(card, config))}
    on = {name: card for name, card in CARDS.items() if card.needs and name not in off}
    carriers = {card.carrier for card in on.values() if card.carrier}
    return Channels(
        {name: cast(_Adapter, importlib.import_module(card.module)).open_channel(config) for name, card in on.items() if card.module},
        {name: cast(_Carrier, importlib.import_module(_CARRIERS[name])).open_reader(config) for name in sorted(carriers)},
        off,
        {
            name: cast(_Asked, importlib.import_module(module)).open_source(config)
            for name, (setting, module) in _ASKED.items()
            if name in carriers and getattr(config, setting)
        },
    )


def why_off(name: str, config: ChannelConfig) -> str:
    """The sentence that says why a channel is off, empty for one that is on."""
    return _why_off(CARDS[name], config)


def _why_off(card: Card, config: ChannelConfig) -> str:
    if card.module is None:
        return "this version has no adapter for it"
    missing = [need for need in card.needs if not any(getattr(config, name) for name in need.split("|"))]
    if missing:
        return "set " + " and ".join(" or ".join(f"WEERKLANK_{name.upper()}" for name in need.split("|")) for need in missing)
    given = [name for need in card.needs for name in need.split("|") if name in _SHAPES and getattr(config, name)]
    wrong = [name for name in given if not _SHAPES[name][0].fullmatch(getattr(config, name))]
    return f"WEERKLANK_{wrong[0].upper()} is not {_SHAPES[wrong[0]][1]}" if wrong else ""
