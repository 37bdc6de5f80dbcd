"""The queue: an officer's cases, danger first, then the gravest, then the nearest date; in pages that stay stable while cases come in."""

import base64
import binascii
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
import sqlalchemy as sa
from pydantic import Field, TypeAdapter

from cases import taxonomy
from cases.access import AtDesk, visible
from cases.carrying import unread
from cases.change import Case
from cases.errors import Unclear
from cases.lifecycle import OPEN, STATES
from store.tables import QUEUE_ORDER, REFERENCE_HALVES, cases
from words.marked import marked

MOST = 100
ORDER = QUEUE_ORDER
_HALF = 4
_Place = Annotated[int, Field(ge=-(2**53), le=2**53)]
_CURSOR = TypeAdapter(tuple[_Place, _Place, _Place, _Place])


@dataclass(frozen=True, slots=True)
class QueueFilters:
    """What to list. `status` is a state, `open` (the default), `closed` or `all`; `severity` the least level; `due` a moment in
    milliseconds by which an answer is owed; `q` a reference or how one of its halves begins, or part of a site's id, name or town;
    `limit` at most 100; `unread` only cases with words that nobody has put into the desk's language.
    """

    status: str | None = None
    site: str | None = None
    severity: int | None = None
    due: int | None = None
    q: str | None = None
    cursor: str | None = None
    limit: int = 50
    unread: bool = False


@dataclass(frozen=True, slots=True)
class QueueLine:
    """One case in the queue; times in milliseconds, the rest in the desk's words beside the codes."""

    reference: str
    state: str
    state_words: str
    severity: int
    danger: str | None
    groups: tuple[str, ...]
    place_id: str | None
    place: str
    country: str | None
    who: str
    channel: str
    language: str
    may_we: str
    allowed: str
    officer_id: str | None
    officer: str | None
    opened_at: int
    answer_by: int | None
    late: bool
    clock: str
    unread: bool


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Some lines, and the cursor for the next ones; None at the end."""

    lines: tuple[QueueLine, ...]
    next_cursor: str | None


def queue(at: AtDesk, filters: QueueFilters) -> QueuePage:
    """List an officer's cases. Raises Unclear for a filter or cursor that cannot be read."""
    limit = max(1, min(filters.limit, MOST))
    first = [_first_of(state, at, filters, limit + 1) for state in _states(filters.status)]
    ids = sa.union_all(*first).subquery("first")
    wanted = sa.select(cases, unread(reads(at)).label("unread"), *(column.label(f"o{number}") for number, column in enumerate(ORDER)))
    wanted = wanted.join(ids, ids.c.id == cases.c.id).order_by(*ORDER).limit(limit + 1)
    rows = [dict(row) for row in at.connection.execute(wanted).mappings()]
    more = len(rows) > limit
    cursor = _closed([rows[limit - 1][f"o{number}"] for number in range(len(ORDER))]) if more else None
    return QueuePage(tuple(line(at, row) for row in rows[:limit]), cursor)


def _first_of(state: str, at: AtDesk, filters: QueueFilters, most: int) -> sa.Select[Any]:
    """The ids of the first cases in one state: an index holds them in this order, and a desk of a million cases is not read through."""
    wanted = sa.select(cases.c.id).where(visible(at.officer), cases.c.state == state, *_conditions(at, filters))
    if filters.cursor:
        wanted = wanted.where(sa.tuple_(*ORDER) > sa.tuple_(*_opened(filters.cursor)))
    return sa.select(wanted.order_by(*ORDER).limit(most).subquery().c.id)


def line(at: AtDesk, case: Case) -> QueueLine:
    """Give a case as one line."""
    place = at.programme.place_of(case["place_id"])
    officer = at.programme.officers.get(case["officer_id"] or "")
    return QueueLine(
        reference=case["reference"],
        state=case["state"],
        state_words=at.wording.states.get(case["state"], case["state"]),
        severity=case["severity"],
        danger=case["danger"],
        groups=tuple(taxonomy.label(code) for code in case["groups"]),
        place_id=case["place_id"],
        place=place.name if place else case["place_id"] or at.wording.unknown_place,
        country=place.country if place else None,
        who=at.wording.speaker(case["who"], case["on_behalf_of"]),
        channel=case["channel"],
        language=case["language"],
        may_we=case["may_we"],
        allowed=at.wording.allowed[case["may_we"]],
        officer_id=case["officer_id"],
        officer=officer.name if officer else case["officer_id"],
        opened_at=case["opened_at"],
        answer_by=case["answer_by"],
        late=is_late(case, at.now),
        clock=at.wording.clock(case["answer_by"], at.now, case["late_at"]),
        unread=bool(case["unread"]),
    )


def is_late(case: Case, now: int) -> bool:
    """Say whether a promise to this worker is missed and not made good by a person's answer yet."""
    return case["late_at"] is not None or (case["answer_by"] is not None and case["answer_by"] <= now)


def reads(at: AtDesk) -> str:
    """The language of the officer's desk: all the cases they see lie on it."""
    return at.programme.desk_language(at.officer.company_id)


def _conditions(at: AtDesk, filters: QueueFilters) -> list[sa.ColumnElement[bool]]:
    found = list[sa.ColumnElement[bool]]()
    if filters.site:
        found.append(cases.c.place_id.is_(None) if filters.site == "unknown" else cases.c.place_id == filters.site)
    if filters.severity is not None:
        found.append(cases.c.severity >= filters.severity)
    if filters.due is not None:
        found.append(cases.c.answer_by <= filters.due)
    if filters.unread:
        found.append(unread(reads(at)))
    if filters.q and filters.q.strip():
        found.append(_search(at, filters.q.strip()))
    return found


def _states(status: str | None) -> tuple[str, ...]:
    """The states that are meant. Raises Unclear for one that is not known."""
    if status in (None, "", "open"):
        return OPEN
    if status == "all":
        return STATES
    if status == "closed":
        return tuple(state for state in STATES if state not in OPEN)
    if status not in STATES:
        raise Unclear(marked("There is no such status. Known are: open, closed, all, {known}.", known=", ".join(STATES)))
    return (status,)


def _search(at: AtDesk, q: str) -> sa.ColumnElement[bool]:
    """Search references and sites only: words are sealed, and a search in them is for another day."""
    low = q.casefold()
    places = [place.id for place in at.programme.places.values() if low in f"{place.id} {place.name} {place.town}".casefold()]
    return sa.or_(_refers(q.upper()), cases.c.place_id.in_(places))


def _refers(typed: str) -> sa.ColumnElement[bool]:
    """The reference is this one, as far as it was typed, or one of its halves begins so. What is typed may begin with WK, or not."""
    letters = typed.replace("-", "").replace(" ", "")
    return sa.or_(sa.false(), *(_holds(each) for each in {letters, letters.removeprefix("WK")} if _may_be_of_one(each)))


def _may_be_of_one(letters: str) -> bool:
    return letters.isascii() and letters.isalnum() and len(letters) <= 2 * _HALF


def _holds(letters: str) -> sa.ColumnElement[bool]:
    first, second = REFERENCE_HALVES
    if len(letters) > _HALF:
        return sa.and_(first == letters[:_HALF], _begins(second, letters[_HALF:]))
    return sa.or_(_begins(first, letters), _begins(second, letters))


def _begins(half: sa.ColumnElement[str], letters: str) -> sa.ColumnElement[bool]:
    """It begins so. Said as a range of whole halves, which means the same in every collation: digits come before letters in all."""
    return half.between(letters.ljust(_HALF, "0"), letters.ljust(_HALF, "Z"))


def _closed(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def _opened(cursor: str) -> tuple[int, ...]:
    try:
        return _CURSOR.validate_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), strict=True)
    except (ValueError, binascii.Error):
        raise Unclear("This cursor is not one of ours. Begin at the first page.") from None
