"""What waits for a worker: behind a knock, while she hides, or with her case; and what happens to it when she comes, moves or goes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from store.standing import NOT_ENDED, TO_LEAVE, standing
from store.tables import outbox, workers

_WITH_THE_CASE = ("reply", "late")
_KNOCK_AGAIN_AFTER = 3_600_000
"""Milliseconds until a worker is knocked for again whom a knock did not reach ..."""
_KNOCK_A_DAY_LATER = 86_400_000
"""... and where the carrier lets no knock through at all: an operator has to do something first."""
_DOUBTED = "doubted"
"""What stands at a message whose knock may have reached nobody."""
_LOOK_AGAIN_AFTER = 6 * 3_600_000
"""Milliseconds for which what waits behind a knock that was given is not looked at: most knocks stay unanswered for long, and rows of
years would be read each time somebody writes. Whatever opens the door earlier puts its rows back (`look_again`)."""

_BEHIND_A_KNOCK = standing(outbox, "held") & (outbox.c.hold == sa.literal_column("'knock'", sa.String))
"""The condition of ix_outbox_behind."""

SILENCE = _KNOCK_AGAIN_AFTER
"""Milliseconds without a word after which something may wait that a lost knock put off: it is put off for no less."""


def _theirs(worker_id: str) -> sa.ColumnElement[bool]:
    """What waits behind a knock for this worker."""
    return (outbox.c.worker_id == worker_id) & standing(outbox, *NOT_ENDED) & _BEHIND_A_KNOCK


def release(connection: sa.Connection, worker_ids: Sequence[str], now: int) -> None:
    """Let go everything that waits behind a knock for these workers; a knock still on its way has done its work, or is needed no more."""
    theirs = outbox.c.worker_id.in_(list(worker_ids)) & standing(outbox, *NOT_ENDED)
    knocks = theirs & (outbox.c.kind == "knock") & standing(outbox, "due", "sending")
    doubt = outbox.c.maybe | standing(outbox, "sending")
    ended = sa.case((doubt, "maybe_sent"), else_="dropped")
    connection.execute(sa.update(outbox).where(knocks).values(state=ended, maybe=doubt, settled_at=now, lease_until=None, sealed=None))
    held = theirs & _BEHIND_A_KNOCK
    connection.execute(sa.update(outbox).where(held).values(state="due", hold=None, due_at=now, failure=None))


@dataclass(frozen=True, slots=True)
class NotKnocked:
    """A worker for whom something waits, and on which channel. `quiet` holds the hours (minutes after midnight, where she is) she chose.

    `heard_at` is the moment (ms) of her last word.
    """

    worker_id: str
    channel: str
    live_until: int
    heard_at: int
    quiet: tuple[int, int] | None


_UNSEEN = (
    sa.select(
        outbox.c.worker_id,
        outbox.c.channel,
        workers.c.live_until,
        workers.c.heard_at,
        workers.c.quiet_from,
        workers.c.quiet_until,
        sa.and_(
            workers.c.closed_to.is_(None),
            sa.or_(
                workers.c.knocked_at.is_(None),
                (outbox.c.failure == _DOUBTED) & (workers.c.knocked_at <= sa.bindparam("now") - _KNOCK_AGAIN_AFTER),
            ),
            outbox.c.channel.in_(sa.bindparam("channels", expanding=True)),
        ).label("owed"),
    )
    .join(workers, workers.c.id == outbox.c.worker_id)
    .where(
        _BEHIND_A_KNOCK,
        outbox.c.due_at <= sa.bindparam("now"),
    )
    .order_by(outbox.c.due_at)
    .limit(sa.bindparam("most", type_=sa.Integer, literal_execute=True))
)
_UNSEEN_LOCKED = _UNSEEN.with_for_update(of=outbox, skip_locked=True)


def not_knocked(connection: sa.Connection, channels: Sequence[str], now: int, most: int) -> list[NotKnocked]:
    """Workers for whom something waits on these channels and to whom no knock went out yet, or one that may have reached nobody.

    At most so many messages are looked at; those behind a knock that was given, or for whom nothing may be sent now (her word, or a channel
    that is off), are put aside.
    """
    statement = _UNSEEN_LOCKED if connection.dialect.name == "postgresql" else _UNSEEN
    owed: dict[str, NotKnocked] = {}
    aside = set[str]()
    for row in connection.execute(statement, {"channels": list(channels), "now": now, "most": most}):
        if row.owed:
            quiet = None if row.quiet_from is None or row.quiet_until is None else (row.quiet_from, row.quiet_until)
            owed[row.worker_id] = NotKnocked(row.worker_id, row.channel, row.live_until, row.heard_at, quiet)
        else:
            aside.add(row.worker_id)
    _put_aside(connection, aside - owed.keys(), now)
    return list(owed.values())


def _put_aside(connection: sa.Connection, worker_ids: Collection[str], now: int) -> None:
    if worker_ids:
        behind = outbox.c.worker_id.in_(worker_ids) & standing(outbox, *NOT_ENDED) & _BEHIND_A_KNOCK & (outbox.c.due_at <= now)
        connection.execute(sa.update(outbox).where(behind).values(due_at=now + _LOOK_AGAIN_AFTER))


def look_again(connection: sa.Connection, worker_id: str, now: int) -> None:
    """A knock that was given is needed anew, or a door is open again: what waits behind it is knocked for now."""
    connection.execute(sa.update(outbox).where(_theirs(worker_id), outbox.c.due_at > now).values(due_at=now))


def put_off(connection: sa.Connection, until: Mapping[str, int]) -> None:
    """It is quiet where these workers are: what waits behind a knock waits until that moment (ms), and is not looked at before."""
    for worker_id, moment in until.items():
        connection.execute(sa.update(outbox).where(_theirs(worker_id), outbox.c.due_at < moment).values(due_at=moment))


def keep_quiet(connection: sa.Connection, worker_id: str, hours: tuple[int, int], now: int) -> None:
    """Remember the hours a worker chose; what waited for the end of others is looked at anew."""
    chosen = {"quiet_from": hours[0], "quiet_until": hours[1]}
    connection.execute(sa.update(workers).where(workers.c.id == worker_id).values(chosen))
    connection.execute(sa.update(outbox).where(_theirs(worker_id), outbox.c.due_at > now).values(due_at=now))


def look_anew(connection: sa.Connection, worker_id: str, now: int) -> None:
    """She wrote: what a lost knock had put off is knocked for now; what quiet hours put off goes on waiting for their end."""
    lost = _theirs(worker_id) & outbox.c.failure.is_not(None) & (outbox.c.due_at > now)
    connection.execute(sa.update(outbox).where(lost).values(due_at=now))


def knocked(connection: sa.Connection, worker_ids: Sequence[str], now: int) -> set[str]:
    """Remember that a knock goes out to these workers; returns those to whom no other process knocks in the same moment."""
    anew = sa.or_(workers.c.knocked_at.is_(None), workers.c.knocked_at <= now - _KNOCK_AGAIN_AFTER)
    free = workers.c.id.in_(list(worker_ids)) & anew
    found = set(connection.execute(sa.update(workers).where(free).values(knocked_at=now).returning(workers.c.id)).scalars())
    if not found:
        return found
    behind = outbox.c.worker_id.in_(found) & standing(outbox, *NOT_ENDED) & standing(outbox, "held") & (outbox.c.failure == _DOUBTED)
    connection.execute(sa.update(outbox).where(behind).values(failure=None))
    _put_aside(connection, found, now)
    return found


def knock_failed(connection: sa.Connection, worker_id: str, failure: str, now: int) -> None:
    """A knock did not arrive: what waits behind it says why, and is knocked for again later."""
    wait = _KNOCK_A_DAY_LATER if failure == "window_closed" else _KNOCK_AGAIN_AFTER
    connection.execute(sa.update(outbox).where(_theirs(worker_id)).values(due_at=now + wait, failure=failure or None))
    connection.execute(sa.update(workers).where(workers.c.id == worker_id).values(knocked_at=None))


def knock_doubted(connection: sa.Connection, worker_id: str, now: int) -> None:
    """A knock was cut off twice and may have reached nobody: it counts as given, and is given once more where it stays unanswered."""
    connection.execute(sa.update(outbox).where(_theirs(worker_id)).values(due_at=now + _KNOCK_AGAIN_AFTER, failure=_DOUBTED))


def shut(connection: sa.Connection, worker_id: str, why: str) -> None:
    """Nothing may be sent to this worker any more, until they write again; what waits is knocked for anew then."""
    connection.execute(sa.update(workers).where(workers.c.id == worker_id).values(closed_to=why, knocked_at=None, live_until=0))


def window_shut(connection: sa.Connection, worker_id: str) -> None:
    """The carrier says that the worker's last word is too long ago, whatever we reckoned: only a knock may go to them."""
    connection.execute(sa.update(workers).where(workers.c.id == worker_id).values(heard_at=0, live_until=0))


def hide(connection: sa.Connection, worker_id: str) -> None:
    """The worker hid the talk: what is on its way rests with its case; a knock is called back, with a question that waited behind it."""
    waiting = (outbox.c.worker_id == worker_id) & standing(outbox, *NOT_ENDED) & standing(outbox, "due", "held")
    unheard = (outbox.c.kind == "knock") | ((outbox.c.kind == "flow") & (outbox.c.hold == "knock"))
    connection.execute(sa.update(outbox).where(waiting & unheard).values(state="dropped", sealed=None))
    resting = waiting & outbox.c.kind.in_(_WITH_THE_CASE)
    connection.execute(sa.update(outbox).where(resting, outbox.c.hold.is_distinct_from("translation")).values(state="held", hold="hidden"))


def follow_case(connection: sa.Connection, case_id: int, worker_id: str, channel: str) -> None:
    """The code was used on another phone: what waits with the case goes there, behind a knock."""
    resting = (outbox.c.case_id == case_id) & outbox.c.kind.in_(_WITH_THE_CASE) & standing(outbox, "due", "held")
    connection.execute(sa.update(outbox).where(resting).values(worker_id=worker_id, channel=channel))
    opened = sa.or_(outbox.c.hold.is_(None), outbox.c.hold == "hidden")
    connection.execute(sa.update(outbox).where(resting & opened).values(state="held", hold="knock"))


def hurry(connection: sa.Connection, worker_id: str, now: int) -> None:
    """Let what was put off go now: help in danger does not wait behind an older text's back-off."""
    late = (outbox.c.worker_id == worker_id) & standing(outbox, *NOT_ENDED) & standing(outbox, "due") & (outbox.c.due_at > now)
    connection.execute(sa.update(outbox).where(late).values(due_at=now))


def drop_unread_late(connection: sa.Connection, case_id: int) -> None:
    """A newer date makes an unread late notice untrue."""
    unread = (outbox.c.case_id == case_id) & (outbox.c.kind == "late") & standing(outbox, "held")
    connection.execute(sa.update(outbox).where(unread).values(state="dropped"))


def drop_cases(connection: sa.Connection, case_ids: Sequence[int]) -> None:
    """Nothing that belongs to these cases is sent any more."""
    theirs = outbox.c.case_id.in_(list(case_ids)) & standing(outbox, "due", "held")
    connection.execute(sa.update(outbox).where(theirs).values(state="dropped", sealed=None, sealed_else=None))


def drop_worker(connection: sa.Connection, worker_id: str) -> None:
    """Nothing is sent to this worker any more, and nothing sealed for them is kept."""
    theirs = outbox.c.worker_id == worker_id
    waiting = standing(outbox, *NOT_ENDED)
    connection.execute(sa.update(outbox).where(theirs & waiting).values(state="dropped", lease_until=None))
    worded = outbox.c.sealed.is_not(None) | outbox.c.sealed_else.is_not(None)
    connection.execute(sa.update(outbox).where(theirs, worded).values(sealed=None, sealed_else=None))


def on_its_way(connection: sa.Connection, worker_id: str) -> bool:
    """Whether a message of a flow is still to leave for this worker."""
    waiting = (outbox.c.worker_id == worker_id) & standing(outbox, *NOT_ENDED) & standing(outbox, *TO_LEAVE)
    return connection.execute(sa.select(sa.exists().where(waiting))).scalar_one()


def question_waits(connection: sa.Connection, worker_id: str) -> bool:
    """Whether a text of a flow waits behind a knock for this worker: time had passed, and nobody was waiting for it."""
    behind = (outbox.c.worker_id == worker_id) & standing(outbox, *NOT_ENDED) & standing(outbox, "held") & (outbox.c.kind == "flow")
    return connection.execute(sa.select(sa.exists().where(behind, outbox.c.hold == "knock"))).scalar_one()


def waiting_with_case(connection: sa.Connection, case_id: int) -> int:
    """How many answers of a case nobody has read yet."""
    waiting = (outbox.c.case_id == case_id) & outbox.c.kind.in_(_WITH_THE_CASE) & standing(outbox, "due", "held")
    unread = waiting & outbox.c.hold.is_distinct_from("translation")
    return connection.execute(sa.select(sa.func.count()).select_from(outbox).where(unread)).scalar_one()


_HELD_FOR_A_NOTICE = standing(outbox, "held") & (outbox.c.hold == "notice") & outbox.c.mail_id.is_not(None)
_SAID = {True: outbox.c.sealed, False: sa.func.coalesce(outbox.c.sealed_else, outbox.c.sealed)}
_LET_GO = {
    left: sa.update(outbox)
    .where(_HELD_FOR_A_NOTICE, outbox.c.mail_id.in_(sa.bindparam("mail_ids", expanding=True)))
    .values(state="due", hold=None, sealed=said, sealed_else=None, due_at=sa.bindparam("now"))
    for left, said in _SAID.items()
}
_OVERDUE = (
    sa.update(outbox)
    .where(_HELD_FOR_A_NOTICE, outbox.c.due_at <= sa.bindparam("now"))
    .values(state="due", hold=None, sealed=_SAID[False], sealed_else=None, due_at=sa.bindparam("now"))
)


def mails_ended(connection: sa.Connection, mail_ids: Sequence[int], *, left: bool, now: int) -> None:
    """Notices to officers left, or will not: the messages that speak of them may go, in the wording that is true."""
    if mail_ids:
        connection.execute(_LET_GO[left], {"mail_ids": list(mail_ids), "now": now})


def notices_overdue(connection: sa.Connection, now: int) -> None:
    """A worker does not wait for our mail server: past its date a message goes in the wording that promises no notice."""
    connection.execute(_OVERDUE, {"now": now})
