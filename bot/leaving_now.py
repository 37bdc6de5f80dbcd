"""What leaves now: each channel takes by its own room, so that a long queue or a carrier that hangs holds up no other channel."""

from collections import Counter
from collections.abc import Mapping
from functools import partial

import sqlalchemy as sa

from bot.pace import Pace
from store import feeds
from store import outbox as kept


def claim(connection: sa.Connection, pace: Pace, room: Mapping[str, int], now: int, lease: int) -> list[kept.Row]:
    """Take what is due, at most so many of each channel as `room` says, and hold it for `lease` milliseconds.

    Channels without a pace are asked together first, which is all that a quiet day needs; when more is due than the fullest of them may
    take, each is asked by itself.
    """
    rates = {name: pace.rate(name) for name in room}
    resting = feeds.resting(connection, now) if any(rate.between for rate in rates.values()) else []
    free = [name for name, rate in rates.items() if rate == feeds.UNLIMITED]
    least = min((room[name] for name in free), default=0)
    take = partial(kept.claim, connection, now, now + lease)
    rows = take(kept.Room(free, least))
    if len(rows) == least:
        taken = Counter(row.channel for row in rows)
        rows += [row for name in free for row in take(kept.Room([name], room[name] - taken[name]))]
    return rows + [row for name in rates if name not in free for row in take(kept.Room([name], room[name], resting, rates[name]))]
