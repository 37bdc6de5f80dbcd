"""Telegram over its Bot API: options are buttons, messages cannot be forwarded, and what is younger than two days can be deleted."""

import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from channels.base import Abilities, Attachment, Failure, FetchError, Outbound, Purged, SendError, Sent, Trace
from channels.config import ChannelConfig
from channels.parts import in_parts
from channels.registry import CARDS
from channels.telegram_api import PATIENCE, Refused, TelegramApi
from channels.telegram_reader import TelegramReader

_log = logging.getLogger(__name__)
_DELETES_SECONDS = 48 * 3600
_DELETED_AT_ONCE = 100
_MOST_BUTTONS = 100
_WITHOUT_THE_VOICE = frozenset({Failure.BAD_CONTENT, Failure.FILTERED, Failure.TEMPORARY})
"""With these the text may still arrive when its recording did not: a worker's app can refuse voice, and nothing stands in it alone."""
TOO_OLD = "Telegram deletes only messages of the last 48 hours; the worker can delete the whole chat on the phone"
NOT_OURS = "Telegram does not let the bot into this chat any more; the worker can delete it on the phone"
UNKNOWN = "this was not sent over Telegram"


class TelegramChannel:
    """Sends messages as one bot; `patience` is how many seconds it waits for Telegram's answer, `now` gives seconds since 1970."""

    name = "telegram"
    limits = CARDS["telegram"].limits
    abilities = Abilities(
        initiate="never",
        media=frozenset({"voice", "photo", "video", "document", "place", "sticker"}),
        deletes_seconds=_DELETES_SECONDS,
        purges=True,
        per_second=30.0,
        between_seconds=1.0,
    )

    def __init__(self, token: str, api_url: str, *, patience: float = PATIENCE, now: Callable[[], float] = time.time) -> None:
        self._api = TelegramApi(token, api_url, patience=patience)
        self._now = now

    async def send(self, message: Outbound) -> Sent:
        """Hand a message to Telegram, its recording before it and its buttons under the last words. Raises SendError.

        A failure speaks of the text alone: a recording that left before it may come twice when the message is sent again. The knock comes
        without a sound, so that a phone on a table says nothing of it (CHANNELS.md, section 7).
        """
        to, silent, ids = message.address, message.knock, list[str]()
        choices = message.choices if _fit(message) else ()
        text = message.text if choices else message.numbered
        if message.voice is not None:
            ids += await self._voice(message)

        async def part(words: str) -> Sent:
            ids.append(await self._api.say(to, words, silent=silent))
            return Sent(ids[-1])

        async def last(words: str) -> Sent:
            return Sent(await self._api.say(to, words, choices, silent=silent), beside=tuple(ids))

        return await in_parts(text, self.limits.text_max, part, last)

    async def _voice(self, message: Outbound) -> list[str]:
        if message.voice is None:
            return []
        try:
            return [await self._api.sound(message.address, message.voice, silent=message.knock)]
        except SendError as error:
            if error.failure not in _WITHOUT_THE_VOICE:
                raise
            _log.warning("a recording did not leave; its text goes without it: %s", error)
            return []

    async def fetch(self, attachment: Attachment, most: int) -> bytes:
        """Bring what came with a message, of at most `most` bytes. Raises FetchError."""
        if attachment.kind == "place":
            raise FetchError("a place is its two numbers; there is nothing to fetch")
        return await self._api.file(attachment.ref, most)

    async def purge(self, traces: Sequence[Trace]) -> Sequence[Purged]:
        """Delete messages for both sides, the worker's own too, where they are younger than 48 hours; one outcome for each.

        After a word of flood control nothing more is tried: what is left waits as long as Telegram asked.
        """
        oldest = (self._now() - _DELETES_SECONDS) * 1000
        outcomes = {place: Purged("impossible", why) for place, trace in enumerate(traces) if (why := _hopeless(trace, oldest))}
        left = deque(_in_batches([(trace.address, place) for place, trace in enumerate(traces) if place not in outcomes]))
        while left:
            chat, places = left.popleft()
            try:
                await self._api.delete(chat, sorted({int(traces[place].provider_id) for place in places}))
            except Refused as error:
                if error.failure is Failure.BAD_CONTENT and len(places) > 1:
                    # Telegram refuses a whole call for one message that it does not delete: halves are tried until that one stands alone.
                    middle = len(places) // 2
                    left.extendleft([(chat, places[middle:]), (chat, places[:middle])])
                    continue
                if error.failure is Failure.RATE_LIMITED:
                    places = [place for place in range(len(traces)) if place not in outcomes]
                    left.clear()
                outcomes |= dict.fromkeys(places, _refusal(error))
            else:
                outcomes |= dict.fromkeys(places, Purged("done"))
        return [outcomes[place] for place in range(len(traces))]

    async def close(self) -> None:
        """Let go of connections."""
        await self._api.close()


def _fit(message: Outbound) -> bool:
    """Whether buttons can carry these choices: at most 100, each id of 1 to 64 bytes and with words on it; else they are numbered lines."""
    fit = all(1 <= len(each.id.encode()) <= 64 and each.title.strip() for each in message.choices)
    return fit and len(message.choices) <= _MOST_BUTTONS


def _hopeless(trace: Trace, oldest: float) -> str:
    return UNKNOWN if not trace.provider_id.isdecimal() else TOO_OLD if trace.at <= oldest else ""


def _in_batches(addressed: Sequence[tuple[str, int]]) -> Iterator[tuple[str, list[int]]]:
    for chat, group in groupby(sorted(addressed), key=lambda each: each[0]):
        places = [place for _, place in group]
        for start in range(0, len(places), _DELETED_AT_ONCE):
            yield chat, places[start : start + _DELETED_AT_ONCE]


def _refusal(error: Refused) -> Purged:
    """What a refused deletion means. One that was gone already is done: that is what was wanted."""
    if "not found" in error.said and "message" in error.said:
        return Purged("done")
    match error.failure:
        case Failure.RATE_LIMITED | Failure.TEMPORARY | Failure.CONFIG:
            return Purged("later", "Telegram takes no deletions now", error.retry_after)
        case Failure.BLOCKED_BY_USER | Failure.UNDELIVERABLE | Failure.OPT_OUT:
            return Purged("impossible", NOT_OURS)
        case _:
            return Purged("impossible", TOO_OLD)


def open_channel(config: ChannelConfig) -> TelegramChannel:
    """The channel of an installation."""
    return TelegramChannel(config.telegram_bot_token or "", config.telegram_api_url)


def open_reader(config: ChannelConfig) -> TelegramReader:
    """The reader of an installation's webhook; a bot's number is the first part of its token."""
    return TelegramReader(config.telegram_webhook_secret or "", (config.telegram_bot_token or "").partition(":")[0])
