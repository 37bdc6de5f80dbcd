"""Words that came before a model was here: how many of an officer's open cases hold such, and having all of them translated at once.

Nothing here translates: it writes a task for each case, behind everything that anybody waits for. A task's key names the last words of its
case and the models on the way, so nothing is asked for twice, and newer words or a newer model are a new offer.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from cases import audit
from cases.access import AtDesk, visible
from cases.carrying import CASE, unread
from cases.desk_queue import ORDER, reads
from cases.lifecycle import OPEN
from store import tasks
from store.tables import cases, entries
from store.tables import tasks as table

MOST: Final = 500
"""Cases that are taken up at once; whoever has more asks again, and the gravest went first."""

Models = Callable[[str, str], tuple[str, ...]]
"""The models that lead from one language to another, with their versions; none where nothing leads."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """An officer's open cases with words that nobody put into the desk's language, counted.

    `offered` have a model now, `waiting` are being translated, `tried` were, and still some of their words stay as they came; of the rest
    (`without`) no model reads the language. `taken` is how many were taken up just now.
    """

    language: str
    offered: int = 0
    waiting: int = 0
    tried: int = 0
    without: int = 0
    taken: int = 0


def backlog(at: AtDesk, models: Models, taken: int = 0) -> Backlog:
    """Count what waits on an officer's desk."""
    target, key = reads(at), _key(at, models)
    stands = sa.case((key.is_(None), "without"), else_=sa.func.coalesce(table.c.state, "offered"))
    wanted = sa.select(stands.label("stands"), sa.func.count().label("many")).select_from(cases).outerjoin(table, table.c.key == key)
    found = {row.stands: int(row.many) for row in at.connection.execute(wanted.where(*_behind(at)).group_by("stands"))}
    waiting = found.get("due", 0) + found.get("running", 0)
    tried = found.get("done", 0) + found.get("dead", 0)
    return Backlog(target, found.get("offered", 0), waiting, tried, found.get("without", 0), taken)


def take_up(at: AtDesk, models: Models) -> Backlog:
    """Have the words of every case that is offered put into the desk's language; done twice it does nothing more."""
    target, key = reads(at), _key(at, models)
    wanted = sa.select(cases.c.id, cases.c.reference, key.label("key")).select_from(cases).outerjoin(table, table.c.key == key)
    wanted = wanted.where(*_behind(at), key.is_not(None), table.c.id.is_(None)).order_by(*ORDER).limit(MOST)
    found = {row.key: row for row in at.connection.execute(wanted)}
    arguments = {each: {"case_id": row.id, "target": target} for each, row in found.items()}
    added = tasks.enqueue_behind(at.connection, CASE, arguments, at.now)
    audit.record_each(at.connection, at.officer, "translate", [row.reference for each, row in found.items() if each in added], at.now)
    return backlog(at, models, len(added))


def _behind(at: AtDesk) -> tuple[sa.ColumnElement[bool], ...]:
    return visible(at.officer), cases.c.state.in_(OPEN), unread(reads(at))


def _key(at: AtDesk, models: Models) -> sa.ColumnElement[Any]:
    """The key of each case's task, over the cases' table; NULL for a case in a language that no model reads."""
    target = reads(at)
    spoken = at.connection.execute(sa.select(cases.c.language).distinct().where(*_behind(at))).scalars()
    ways = {tag: _stamp(way) for tag in spoken if (way := models(tag, target))}
    if not ways:
        return sa.null()
    last = sa.select(sa.func.max(entries.c.seq)).where(entries.c.case_id == cases.c.id, entries.c.kind == "words").scalar_subquery()
    parts = (sa.cast(cases.c.id, sa.String), sa.literal(" "), sa.cast(last, sa.String), sa.literal(" "))
    key: sa.ColumnElement[Any] = sa.literal(f"{tasks.BEHIND}{CASE} {target} ")
    for part in (*parts, sa.case(ways, value=cases.c.language)):
        key = key + part
    return key


def _stamp(way: tuple[str, ...]) -> str:
    return hashlib.sha256(", ".join(way).encode()).hexdigest()[:12]
