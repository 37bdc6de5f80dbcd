"""The calls of Telegram's Bot API that we make, with python-telegram-bot as the client: the one file that imports it.

Source of every limit: https://core.telegram.org/bots/api, Bot API 10, read in November 2026. The library is a transport here: it has a
token in every address and in its own words, so nothing it raises or logs leaves this file (`channels/quiet.py`).
"""

import asyncio
import os
import re
from collections.abc import Awaitable, Sequence
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from channels.base import Choice, Failure, FetchError, Recording, SendError
from channels.config import ChannelConfig
from channels.failures import of_telegram
from channels.quiet import hush
from channels.shapes import as_dict, as_list, as_text
from channels.tls import authorities

T = TypeVar("T")
PATIENCE = 15.0
_DOWNLOAD_SECONDS = 60.0
_AT_ONCE = 64
# Nothing of the request had left when these happened, so that sending again cannot say anything twice.
_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# Telegram takes a sound for what the name of its file says.
_SOUND_NAMES = {"audio/mpeg": "voice.mp3", "audio/mp4": "voice.m4a"}
# A path as Telegram gives it (`voice/file_12.oga`): below its own host, and nowhere above.
_FILE_PATH = re.compile(r"(?!.*\.\.)[\w-][\w./ -]*")
# The library's own switch to times as timedelta; without it every flood answer warns.
os.environ.setdefault("PTB_TIMEDELTA", "true")


class Refused(SendError):
    """A call that Telegram refused or that failed; `said` is its own description, which may quote a number and is never shown."""

    def __init__(self, failure: Failure, said: str = "", **more: Any) -> None:
        super().__init__(failure, **more)
        self.said = said.casefold()


class TelegramApi:
    """One bot's calls; `patience` is how many seconds it waits for an answer. Every call raises Refused."""

    def __init__(self, token: str, api_url: str, *, patience: float = PATIENCE) -> None:
        hush()
        base = api_url.rstrip("/")
        self._patience = patience
        self._file_url = f"{base}/file/bot{token}"
        limits = httpx.Timeout(patience, connect=min(patience, 5.0))
        ways = {"timeout": limits, "verify": authorities()}
        self._request = HTTPXRequest(connection_pool_size=_AT_ONCE, media_write_timeout=patience, httpx_kwargs=ways)
        self._files = httpx.AsyncClient(verify=authorities(), timeout=limits, follow_redirects=False)
        self._bot = Bot(token, base_url=f"{base}/bot", request=self._request, get_updates_request=self._request)

    async def say(self, chat: str, text: str, choices: Sequence[Choice] = (), *, silent: bool = False) -> str:
        """Send a text that can be neither forwarded nor saved, with buttons below it; returns its message's number.

        `silent` lets it come without a sound.
        """
        sent = await _called(
            self._bot.send_message(
                chat_id=chat,
                text=text,
                reply_markup=_buttons(choices),
                protect_content=True,
                disable_notification=silent or None,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        )
        return str(sent.message_id)

    async def sound(self, chat: str, voice: Recording, *, silent: bool = False) -> str:
        """Send a recording (OGG with Opus, MP3 or M4A, up to 50 MB); returns its message's number."""
        name = _SOUND_NAMES.get(voice.media_type, "voice.ogg")
        sending = self._bot.send_voice(
            chat_id=chat, voice=voice.sound, filename=name, protect_content=True, disable_notification=silent or None
        )
        return str((await _called(sending)).message_id)

    async def delete(self, chat: str, numbers: Sequence[int]) -> None:
        """Delete 1 to 100 messages younger than 48 hours for both sides. Those that are gone already are passed over by Telegram."""
        await _called(self._bot.delete_messages(chat_id=chat, message_ids=numbers))

    async def acknowledge(self, tap: str) -> None:
        """End the turning circle on a tapped button."""
        await _called(self._bot.answer_callback_query(tap))

    async def updates(self, offset: int | None, seconds: int, wanted: Sequence[str]) -> list[dict[str, Any]]:
        """Updates from `offset` on, as they are, once there are any or after `seconds`. What lies before `offset` is gone then.

        The library would read them all or none, so that one it cannot read would hold up every worker; a method's name may be written in
        any case, and in this one the library does not.
        """
        fields = {"timeout": seconds, "allowed_updates": list(wanted)} | ({} if offset is None else {"offset": offset})
        found = await _called(self._bot.do_api_request("getupdates", api_kwargs=fields, read_timeout=self._patience + seconds))
        return [as_dict(each) for each in as_list(found)]

    async def webhook(self) -> dict[str, Any]:
        """What Telegram knows of the webhook that is set (`WebhookInfo`)."""
        return as_dict(await _called(self._bot.do_api_request("getwebhookinfo")))

    async def set_webhook(self, url: str, secret: str, wanted: Sequence[str], at_once: int) -> None:
        """Let Telegram post to an address from now on, with at most `at_once` (1 to 100) posts under way."""
        await _called(self._bot.set_webhook(url, secret_token=secret, allowed_updates=list(wanted), max_connections=at_once))

    async def delete_webhook(self) -> None:
        """Let Telegram post nowhere; what waits there goes on waiting."""
        await _called(self._bot.delete_webhook(drop_pending_updates=False))

    async def file(self, ref: str, most: int) -> bytes:
        """A file that came in, of at most `most` bytes. Raises FetchError.

        Telegram gives files of up to 20 MB to bots, by an address that holds the token; so that address never leaves this object.
        """
        try:
            told = as_dict(await _called(self._bot.do_api_request("getfile", api_kwargs={"file_id": ref})))
        except Refused as error:
            raise _no_file(error) from None
        path, size = as_text(told.get("file_path")), told.get("file_size")
        if not _FILE_PATH.fullmatch(path):
            raise FetchError("Telegram named no place where the file lies", temporary=True)
        if isinstance(size, int) and size > most:
            raise FetchError("the file is larger than is taken here")
        try:
            async with asyncio.timeout(_DOWNLOAD_SECONDS):
                return await self._downloaded(f"{self._file_url}/{quote(path)}", most)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            raise FetchError("the file did not come through", temporary=True) from None

    async def _downloaded(self, url: str, most: int) -> bytes:
        taken = bytearray()
        async with self._files.stream("GET", url) as answer:
            if not answer.is_success:
                raise FetchError("Telegram did not give the file", temporary=True)
            async for piece in answer.aiter_bytes():
                taken += piece
                if len(taken) > most:
                    raise FetchError("the file is larger than is taken here")
        return bytes(taken)

    async def close(self) -> None:
        """Let go of connections."""
        await self._files.aclose()
        await self._request.shutdown()


def open_api(config: ChannelConfig) -> TelegramApi:
    """The calls of an installation's bot."""
    return TelegramApi(config.telegram_bot_token or "", config.telegram_api_url)


async def _called(work: Awaitable[T]) -> T:
    """What a call brings. The library reads whatever came with a 200; an answer without what it promises leaves us in doubt."""
    try:
        return await work
    except TelegramError as error:
        raise _refused(error) from None
    except (AttributeError, KeyError, TypeError, ValueError):
        raise Refused(Failure.TEMPORARY, ambiguous=True) from None


def _buttons(choices: Sequence[Choice]) -> InlineKeyboardMarkup | None:
    return InlineKeyboardMarkup([[InlineKeyboardButton(each.title, callback_data=each.id)] for each in choices]) if choices else None


def _refused(error: TelegramError) -> Refused:
    said = error.message
    match error:
        case RetryAfter():
            return Refused(Failure.RATE_LIMITED, said, retry_after=_seconds(error.retry_after), code="429")
        case InvalidToken() | Conflict():
            return Refused(Failure.CONFIG, said, code="409" if isinstance(error, Conflict) else "401")
        case ChatMigrated():
            return Refused(Failure.UNDELIVERABLE, said, code="400")
        case Forbidden():
            return Refused(of_telegram(said) or Failure.BLOCKED_BY_USER, said, code="403")
        case BadRequest():
            return Refused(of_telegram(said) or Failure.BAD_CONTENT, said, code="400")
        case NetworkError() if isinstance(error.__cause__, _BEFORE_SENDING):
            return Refused(Failure.TEMPORARY)
        case NetworkError() if said.startswith("Too Many Requests"):
            return Refused(Failure.RATE_LIMITED, said, code="429")
        case _:
            return Refused(Failure.TEMPORARY, ambiguous=True)


def _seconds(wait: int | timedelta) -> float:
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def _no_file(error: Refused) -> FetchError:
    if "file is too big" in error.said:
        return FetchError("the file is larger than the 20 MB that Telegram gives to bots")
    if error.failure in (Failure.RATE_LIMITED, Failure.TEMPORARY) or "temporarily unavailable" in error.said:
        return FetchError("Telegram cannot give the file now", temporary=True)
    return FetchError("Telegram does not give this file")
