"""Telegram asked for updates by long polling, where it cannot post: the same reader, and nothing is marked as told before it is kept."""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from channels.base import Failure, Malformed, SendError
from channels.config import ChannelConfig
from channels.source import News, SourceError
from channels.telegram_api import Refused, TelegramApi, open_api
from channels.telegram_reader import WANTED, TelegramReader, tap_of

_log = logging.getLogger(__name__)
_HOLD_SECONDS = 25
"""How long Telegram keeps a question open without news; many networks cut a silent connection after 30 to 60 seconds."""
_WEBHOOK_STANDS = "Telegram posts to a webhook and answers no questions meanwhile; run `weerklank telegram webhook delete`"
_ANOTHER_ASKS = "somebody else asks Telegram with this bot's token; stop the other one, or make this line a bot of its own"
_UNKNOWN_BOT = "Telegram does not know this bot's token; look at WEERKLANK_TELEGRAM_BOT_TOKEN"
_AWAY = "Telegram cannot be reached"


class TelegramSource:
    """One bot's queue at Telegram. `hold` is how many seconds a question waits for news there."""

    def __init__(self, api: TelegramApi, reader: TelegramReader, *, hold: int = _HOLD_SECONDS) -> None:
        self._api = api
        self._reader = reader
        self._hold = hold
        self._next: int | None = None

    async def ask(self) -> Sequence[News]:
        """The oldest updates that were not kept, 100 at most. Raises SourceError.

        Telegram keeps updates for a day and tells those again that lie at or after the number asked for.
        """
        try:
            updates = await self._api.updates(self._next, self._hold, WANTED)
        except Refused as error:
            raise _trouble(error) from None
        return [news for update in updates if (news := self._news(update)) is not None]

    def _news(self, update: Mapping[str, Any]) -> News | None:
        number = update.get("update_id")
        if not isinstance(number, int):
            return None
        # As it would have been posted; half a character, which JSON can spell and no text can hold, becomes a question mark.
        body = json.dumps(update, ensure_ascii=False).encode("utf-8", "replace")
        try:
            return News(number, self._reader.said(body), tap_of(body))
        except Malformed:
            return News(number, ())

    async def kept(self, news: Sequence[News]) -> None:
        """Ask only for what comes after these from now on, and end the turning circles on their buttons."""
        self._next = max([self._next or 0, *(each.number + 1 for each in news)])
        await asyncio.gather(*(self._acknowledge(each.tap) for each in news if each.tap))

    async def _acknowledge(self, tap: str) -> None:
        """One that fails costs a turning circle and nothing else: Telegram takes none after 150 seconds."""
        try:
            await self._api.acknowledge(tap)
        except SendError as error:
            _log.info("a tap was not acknowledged: %s", error)

    async def close(self) -> None:
        """Let go of connections."""
        await self._api.close()


def _trouble(error: Refused) -> SourceError:
    if error.code == "409":
        return SourceError(_WEBHOOK_STANDS if "webhook" in error.said else _ANOTHER_ASKS, wait=30, mend=True)
    if error.failure is Failure.CONFIG:
        return SourceError(_UNKNOWN_BOT, wait=60, mend=True)
    return SourceError(_AWAY, wait=error.retry_after or 5)


def open_source(config: ChannelConfig) -> TelegramSource:
    """Where an installation asks; a bot's number is the first part of its token."""
    return TelegramSource(open_api(config), TelegramReader("", (config.telegram_bot_token or "").partition(":")[0]))
