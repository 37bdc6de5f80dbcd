"""Telegram over its Bot API, with python-telegram-bot as the client: options are buttons, and messages cannot be forwarded."""

import os
from collections.abc import Sequence
from datetime import timedelta

import httpx
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from channels.base import Choice, Failure, Outbound, SendError, Sent
from channels.failures import of_telegram
from channels.parts import in_parts
from channels.plain import WordsOnly
from channels.quiet import hush
from channels.registry import CARDS, ChannelConfig
from channels.telegram_reader import TelegramReader

PATIENCE = 15.0
# Nothing of the request had left when these happened, so that sending again cannot say anything twice.
_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# The library's own switch to times as timedelta; without it every flood answer warns.
os.environ.setdefault("PTB_TIMEDELTA", "true")


class TelegramChannel(WordsOnly):
    """Sends messages as one bot; `patience` is how many seconds it waits for Telegram's answer."""

    name = "telegram"
    limits = CARDS["telegram"].limits

    def __init__(self, token: str, api_url: str, *, patience: float = PATIENCE) -> None:
        hush()
        self._request = HTTPXRequest(
            connection_pool_size=64,
            connect_timeout=min(patience, 5.0),
            read_timeout=patience,
            write_timeout=patience,
            pool_timeout=patience,
        )
        self._bot = Bot(token, base_url=f"{api_url.rstrip('/')}/bot", request=self._request, get_updates_request=self._request)

    async def send(self, message: Outbound) -> Sent:
        """Hand a message to Telegram; its buttons stand under the last words. Raises SendError."""
        to, choices = message.address, message.choices
        return await in_parts(
            message.text, self.limits.text_max, lambda text: self._send(to, text), lambda text: self._send(to, text, choices)
        )

    async def _send(self, address: str, text: str, choices: Sequence[Choice] = ()) -> Sent:
        try:
            sent = await self._bot.send_message(
                chat_id=address,
                text=text,
                reply_markup=_buttons(choices),
                protect_content=True,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except TelegramError as error:
            raise _failed(error) from None
        # The library reads whatever came with a 200; an answer without the message it promises leaves us in doubt.
        except (AttributeError, KeyError, TypeError, ValueError):
            raise SendError(Failure.TEMPORARY, ambiguous=True) from None
        return Sent(str(sent.message_id))

    async def close(self) -> None:
        """Let go of connections."""
        await self._request.shutdown()


def _buttons(choices: Sequence[Choice]) -> InlineKeyboardMarkup | None:
    return InlineKeyboardMarkup([[InlineKeyboardButton(each.title, callback_data=each.id)] for each in choices]) if choices else None


def _failed(error: TelegramError) -> SendError:
    match error:
        case RetryAfter():
            return SendError(Failure.RATE_LIMITED, retry_after=_seconds(error.retry_after), code="429")
        case InvalidToken():
            return SendError(Failure.CONFIG, code="401")
        case ChatMigrated():
            return SendError(Failure.UNDELIVERABLE, code="400")
        case Forbidden():
            return SendError(of_telegram(error.message) or Failure.BLOCKED_BY_USER, code="403")
        case BadRequest():
            return SendError(of_telegram(error.message) or Failure.BAD_CONTENT, code="400")
        case NetworkError() if isinstance(error.__cause__, _BEFORE_SENDING):
            return SendError(Failure.TEMPORARY)
        case _:
            return SendError(Failure.TEMPORARY, ambiguous=True)


def _seconds(wait: int | timedelta) -> float:
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def open_channel(config: ChannelConfig) -> TelegramChannel:
    """The channel of an installation."""
    return TelegramChannel(config.telegram_bot_token or "", config.telegram_api_url)


def open_reader(config: ChannelConfig) -> TelegramReader:
    """The reader of an installation's webhook; a bot's number is the first part of its token."""
    return TelegramReader(config.telegram_webhook_secret or "", (config.telegram_bot_token or "").partition(":")[0])
