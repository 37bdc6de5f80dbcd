"""The doctor's look at what is stuck: messages set aside and sends that failed, counted by reason; never whose they were."""

from collections.abc import Iterator

import sqlalchemy as sa

from channels.base import Failure
from store.tables import inbox, mails, outbox, tasks
from weerklank.commands.findings import Finding

_MOST = 12
_MENDS = {
    Failure.OPT_OUT.value: "these workers want no more messages; nothing to do",
    Failure.BLOCKED_BY_USER.value: "these workers blocked the line; nothing to do",
    Failure.WINDOW_CLOSED.value: "the worker must write first; officers see that it did not arrive",
    Failure.RATE_LIMITED.value: "ask the carrier for more messages a second, or spread them",
    Failure.TEMPORARY.value: "the carrier was in trouble for long; look at its status page",
    Failure.UNDELIVERABLE.value: "the addresses take no messages; nothing to do",
    Failure.FILTERED.value: "ask the carrier which words its filter refuses; register the texts where the country asks for that",
    Failure.BAD_CONTENT.value: "the carrier cannot send these texts; report it with the version of this service",
    Failure.CONFIG.value: "an account, a number or a permission is wrong; look at the log for the carrier's code",
}


def look(connection: sa.Connection) -> Iterator[Finding]:
    """What stands aside, failed or is dead, with the reasons."""
    yield from _aside(connection)
    yield from _failed(connection)
    count = connection.execute(sa.select(sa.func.count()).where(mails.c.state == "failed")).scalar_one()
    yield Finding(not count, f"{count} rows failed in mails", "look at their reasons" if count else "")
    yield from _dead(connection)


def _dead(connection: sa.Connection) -> Iterator[Finding]:
    """Work that was tried as often as it may be, by the kind of fault."""
    counted = sa.func.count().label("counted")
    dead = sa.select(tasks.c.task, tasks.c.reason, counted).where(tasks.c.state == "dead").group_by(tasks.c.task, tasks.c.reason)
    rows = connection.execute(dead.order_by(counted.desc(), tasks.c.task)).all()
    if not rows:
        yield Finding(well=True, what="no task rests after its last attempt")
    for task, reason, count in rows[:_MOST]:
        do = "mend the cause, then `weerklank tasks again --all` (`weerklank tasks list` shows each)"
        yield Finding(well=False, what=f"{count} tasks rest, {task}: {reason or 'no reason kept'}", do=do)


def _aside(connection: sa.Connection) -> Iterator[Finding]:
    """Messages that were tried as often as they may be; the reason is the kind of fault, never what it said."""
    counted = sa.func.count().label("counted")
    rows = connection.execute(
        sa.select(inbox.c.channel, inbox.c.reason, counted, sa.func.min(inbox.c.id))
        .where(inbox.c.state == "aside")
        .group_by(inbox.c.channel, inbox.c.reason)
        .order_by(counted.desc(), inbox.c.channel)
    ).all()
    if not rows:
        yield Finding(well=True, what="no message of a worker is set aside")
    for channel, reason, count, first in rows[:_MOST]:
        do = (
            f"row {first} of the inbox is the first; report the reason with the version of this service: a worker's words wait there. "
            "Once the cause is mended, `weerklank aside again --all`"
        )
        yield Finding(well=False, what=f"{count} messages on {channel} are set aside: {reason or 'no reason kept'}", do=do)


def _failed(connection: sa.Connection) -> Iterator[Finding]:
    """Sends that ended badly, by channel and class. What only a worker can change is no fault of the installation."""
    counted = sa.func.count().label("counted")
    rows = connection.execute(
        sa.select(outbox.c.channel, outbox.c.failure, counted)
        .where(outbox.c.state == "failed")
        .group_by(outbox.c.channel, outbox.c.failure)
        .order_by(counted.desc(), outbox.c.channel)
    ).all()
    if not rows:
        yield Finding(well=True, what="no message to a worker failed")
    for channel, failure, count in rows[:_MOST]:
        do = _MENDS.get(failure or "", "look for the carrier's code in its documents")
        yield Finding(well="nothing to do" in do, what=f"{count} messages on {channel} failed: {failure or 'unknown'}", do=do)
