"""How each carrier that posts to us proves who it is, and the payloads that the contract suite reads."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from channels.base import Attachment, Failure, Inbound, Reader, Received, Status
from channels.registry import CARDS, ChannelConfig, open_channels
from tests.doubles import http_sms_posts, telegram_posts, twilio_posts
from tests.doubles.carrier import Webhook

PUBLIC = "https://line.example"
PAYLOADS = Path(__file__).parent / "payloads"
POSTING = sorted(name for name, card in CARDS.items() if card.carrier)


def config(
    *,
    twilio_url: str = "https://api.twilio.com",
    telegram_url: str = "https://api.telegram.org",
    gateway_url: str = "https://gateway.example",
) -> ChannelConfig:
    """An installation with every channel on."""
    return ChannelConfig(
        public_url=PUBLIC,
        twilio_account_sid=twilio_posts.ACCOUNT,
        twilio_auth_tokens=(twilio_posts.TOKEN,),
        twilio_api_url=twilio_url,
        twilio_sms_from=twilio_posts.OUR_NUMBER,
        twilio_whatsapp_from=twilio_posts.OUR_WHATSAPP,
        telegram_bot_token=telegram_posts.TOKEN,
        telegram_webhook_secret=telegram_posts.SECRET,
        telegram_api_url=telegram_url,
        http_sms_file="android",
        http_sms_url=gateway_url + http_sms_posts.PATH,
        http_sms_account=http_sms_posts.ACCOUNT,
        http_sms_password=http_sms_posts.PASSWORD,
        http_sms_secret=http_sms_posts.SECRET,
    )


@dataclass(frozen=True)
class Carrier:
    """One carrier at the door: how it signs a payload, how it signs any body at all, and the header that proves it."""

    url: str
    proof: str
    signs: Callable[[str, Mapping[str, Any]], Webhook]
    signs_body: Callable[[str, bytes], Webhook]

    def genuine(self, payload: Mapping[str, Any]) -> Received:
        """A payload as the carrier posts it."""
        return received(self.signs(self.url, payload))

    def genuine_body(self, body: bytes) -> Received:
        """Any body, with the carrier's own proof."""
        return received(self.signs_body(self.url, body))


def received(hook: Webhook) -> Received:
    """A webhook as our web server hands it on."""
    return Received(hook.url, hook.headers, hook.body)


CARRIERS: Mapping[str, Carrier] = {
    "twilio": Carrier(f"{PUBLIC}/webhooks/twilio/messages", "x-twilio-signature", twilio_posts.webhook, twilio_posts.raw_webhook),
    "telegram": Carrier(
        f"{PUBLIC}/webhooks/telegram", "x-telegram-bot-api-secret-token", telegram_posts.webhook, telegram_posts.raw_webhook
    ),
    "http_sms": Carrier(f"{PUBLIC}/webhooks/http-sms", "x-signature", http_sms_posts.webhook, http_sms_posts.raw_webhook),
}


@dataclass(frozen=True)
class Payload:
    """One post as a carrier makes it, and what is read from it."""

    channel: str
    what: str
    post: Mapping[str, Any]
    reads: tuple[Inbound | Status, ...]

    @property
    def carrier(self) -> Carrier:
        """Whose post it is."""
        return CARRIERS[CARDS[self.channel].carrier or ""]

    @property
    def reader(self) -> Reader:
        """Who reads it."""
        return reader(CARDS[self.channel].carrier or "")


@cache
def reader(carrier: str) -> Reader:
    """The reader as an installation opens it."""
    return open_channels(config()).readers[carrier]


def payloads(channel: str) -> list[Payload]:
    """The payloads of one channel."""
    rows = json.loads((PAYLOADS / f"{channel}.json").read_text(encoding="utf-8"))
    return [Payload(channel, row["what"], row["post"], tuple(_read(each) for each in row["reads"])) for row in rows]


def _read(fields: dict[str, Any]) -> Inbound | Status:
    if "kind" in fields:
        media = tuple(Attachment(**each) for each in fields.pop("attachments", ()))
        return Inbound(**fields, attachments=media)
    failure = fields.pop("failure", None)
    return Status(**fields, failure=Failure(failure) if failure else None)
