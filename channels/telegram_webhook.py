"""Where Telegram posts for this installation: set, looked at, taken away. Telegram's library is loaded only when one of these is asked."""

import importlib
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from channels.base import ChannelError, Failure, SendError
from channels.config import ChannelConfig
from channels.registry import why_off
from channels.shapes import as_list, as_text
from channels.telegram_reader import WANTED

if TYPE_CHECKING:
    from channels.telegram_api import TelegramApi

Standing = tuple[bool, str, str]
_PORTS = frozenset({443, 80, 88, 8443})
_POSTS_AT_ONCE = 40
"""Telegram's own default, 1 to 100: each post is one short transaction here."""
_MANY_WAIT = 100
_LATELY = 3600
_SET = "run `weerklank telegram webhook set`"


class WebhookError(ChannelError):
    """The webhook cannot be set, looked at or taken away; the message says what to do."""


def address(config: ChannelConfig) -> str:
    """Where Telegram is to post. Raises WebhookError for an address that it would refuse (Bot API, `setWebhook`)."""
    if not _takes(config.public_url):
        raise WebhookError(
            "Telegram posts only to https, on port 443, 80, 88 or 8443: set WEERKLANK_PUBLIC_URL, or WEERKLANK_TELEGRAM_POLLING=true"
        )
    return f"{config.public_url.rstrip('/')}/webhooks/telegram"


def _takes(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and (parts.port or 443) in _PORTS
    except ValueError:
        return False


async def set_webhook(config: ChannelConfig) -> str:
    """Let Telegram post here, with the secret; returns the address. Raises WebhookError."""
    if off := why_off("telegram", config):
        raise WebhookError(off)
    if config.telegram_polling or not config.telegram_webhook_secret:
        raise WebhookError("WEERKLANK_TELEGRAM_POLLING is on: Telegram is asked for messages, and would answer no more questions")
    url = address(config)
    async with _opened(config) as api:
        await api.set_webhook(url, config.telegram_webhook_secret, WANTED, _POSTS_AT_ONCE)
    return url


async def delete_webhook(config: ChannelConfig) -> None:
    """Let Telegram post nowhere. What waits there goes on waiting, a day at most. Raises WebhookError."""
    async with _opened(config) as api:
        await api.delete_webhook()


async def standing(config: ChannelConfig) -> list[Standing]:
    """How Telegram stands towards this installation: for each thing whether it is well, what it is, and what to do."""
    if not config.telegram_bot_token:
        return []
    try:
        async with _opened(config) as api:
            told = await api.webhook()
        return [*_where(config, told), *_how(told, config.telegram_bot_token)]
    except WebhookError as error:
        return [(False, "Telegram", str(error))]


@asynccontextmanager
async def _opened(config: ChannelConfig) -> "AsyncGenerator[TelegramApi]":
    if not config.telegram_bot_token:
        raise WebhookError("set WEERKLANK_TELEGRAM_BOT_TOKEN first, as BotFather gave it")
    api: TelegramApi = importlib.import_module("channels.telegram_api").open_api(config)
    try:
        yield api
    except SendError as error:
        raise WebhookError(_why(error)) from None
    finally:
        await api.close()


def _why(error: SendError) -> str:
    match error.failure:
        case Failure.CONFIG:
            return "it does not know this bot's token; look at WEERKLANK_TELEGRAM_BOT_TOKEN"
        case Failure.TEMPORARY | Failure.RATE_LIMITED:
            return "it cannot be reached now; look at the network, and whether this country blocks it"
        case _:
            return (
                "it refuses this; look whether WEERKLANK_PUBLIC_URL can be reached from everywhere, with a certificate that browsers accept"
            )


def _where(config: ChannelConfig, told: Mapping[str, Any]) -> list[Standing]:
    url = as_text(told.get("url"))
    if config.telegram_polling:
        delete = "Telegram posts to a webhook, and is asked in vain", "run `weerklank telegram webhook delete`"
        return [(False, *delete) if url else (True, "Telegram is asked for messages, and posts nowhere", "")]
    ours = address(config)
    if not url:
        return [(False, "Telegram posts nowhere", _SET)]
    if url != ours:
        return [(False, f"Telegram posts to another place than {ours}", _SET)]
    wanted = as_list(told.get("allowed_updates"))
    if not set(WANTED) <= set(map(str, wanted)):
        return [(False, "Telegram does not post every kind of update that is read here", _SET)]
    return [(True, f"Telegram posts to {ours}", "")]


def _how(told: Mapping[str, Any], token: str) -> list[Standing]:
    found: list[Standing] = []
    waiting, last = told.get("pending_update_count"), told.get("last_error_date")
    if isinstance(waiting, int) and waiting > _MANY_WAIT:
        found.append((False, f"{waiting} updates wait at Telegram", "look whether the service runs; Telegram drops them after a day"))
    if isinstance(last, int) and time.time() - last < _LATELY:
        said = as_text(told.get("last_error_message")).replace(token, "…")
        said = "".join(letter for letter in said if letter.isprintable())[:120]
        found.append((False, f"Telegram's last post failed: {said}", "look whether the address can be reached from outside"))
    return found
