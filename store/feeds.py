"""How fast each channel is fed by all processes together: what its carrier takes in a second, and a rest between two messages to a worker.

The figures lie in the database, beside the rows that are claimed with them: two processes that each kept to a whole limit would send twice
what the carrier allows (docs/decisions/0055-one-pace-for-all-processes.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from store.database import insert_new
from store.tables import feeds, rests

_SECOND = 1000


@dataclass(frozen=True, slots=True)
class Rate:
    """What a channel's carrier takes: messages in a second (None: not limited), and the least milliseconds between two to one worker."""

    per_second: float | None = None
    between: int = 0

    @property
    def burst(self) -> float:
        """What may go at once after a pause: a second's worth, at least one."""
        return max(1.0, self.per_second or 1.0)


UNLIMITED = Rate()


def take(connection: sa.Connection, channel: str, rate: Rate, wanted: int, now: int) -> int:
    """Take leave to send up to `wanted` messages on a channel; returns how many may go now. Others wait for this transaction's end."""
    if rate.per_second is None or wanted == 0:
        return wanted
    theirs = feeds.c.channel == channel
    held = sa.select(feeds.c.left, feeds.c.filled_at).where(theirs).with_for_update()
    feed = connection.execute(held).first()
    if feed is None:
        insert_new(connection, feeds, [{"channel": channel, "left": rate.burst, "filled_at": now}], ["channel"], feeds.c.channel)
        feed = connection.execute(held).one()
    left = min(rate.burst, feed.left + rate.per_second * max(0, now - feed.filled_at) / _SECOND)
    may = min(wanted, int(left))
    connection.execute(sa.update(feeds).where(theirs).values(left=left - may, filled_at=max(now, feed.filled_at)))
    return may


def resting(connection: sa.Connection, now: int) -> list[str]:
    """Workers who were written to a moment ago, by whichever process."""
    return list(connection.execute(sa.select(rests.c.worker_id).where(rests.c.until > now)).scalars())


def let_rest(connection: sa.Connection, worker_ids: Sequence[str], until: int, now: int) -> None:
    """Remember that these workers are written to now; rests that are over are swept away."""
    connection.execute(sa.delete(rests).where(sa.or_(rests.c.until <= now, rests.c.worker_id.in_(list(worker_ids)))))
    connection.execute(sa.insert(rests), [{"worker_id": worker_id, "until": until} for worker_id in worker_ids])
