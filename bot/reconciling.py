"""Takes up what a carrier tells when it is asked: words that never came here, and how messages fared of which no word came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.inbox import Inbox
from channels.base import Status
from channels.twilio_listed import Listed
from channels.twilio_reader import WHATSAPP
from channels.twilio_reconcile import Reconciling, fared
from store import inbox, statuses
from store.database import Database

_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class TakenUp:
    """How many messages were looked at, how many of workers never came here, and of how many of ours it was not known how they fared."""

    looked_at: int
    words: int
    fates: int


async def reconcile(twilio: Reconciling, since: datetime, door: Inbox, database: Database) -> TakenUp:
    """Ask Twilio and take up what is missing. Done twice it does nothing more. Raises SendError, TooMany or StoreAway."""
    listed = await twilio.listed(since)
    words, fates = 0, 0
    for start in range(0, len(listed), _AT_ONCE):
        lot = listed[start : start + _AT_ONCE]
        missing = _missing(database, [each for each in lot if each.inbound])
        await door.accept(await twilio.said(missing, listed))
        news = _news(database, [status for each in lot if not each.inbound for status in fared(each)])
        await door.statuses(news)
        words, fates = words + len(missing), fates + len(news)
    return TakenUp(len(listed), words, fates)


def _missing(database: Database, lot: Sequence[Listed]) -> list[Listed]:
    with database.read() as connection:
        known = inbox.known(connection, [(_channel(each), each.sid) for each in lot])
    return [each for each in lot if (_channel(each), each.sid) not in known]


def _channel(each: Listed) -> str:
    return "whatsapp" if each.sender.startswith(WHATSAPP) else "sms"


def _news(database: Database, told: Sequence[Status]) -> list[Status]:
    with database.read() as connection:
        unheard = statuses.unheard(connection, [statuses.Word(each.provider_id, each.status) for each in told])
    return [each for each in told if each.provider_id in unheard]
