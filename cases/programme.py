"""The programme in the database: kept as revisions, with the officers who may sign in; applying the same file twice changes nothing."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, cast

import sqlalchemy as sa

from cases.model import Officer, Programme
from cases.programme_file import read_kept, read_programme, read_sample, without_sample
from cases.programme_form import Problem, ProgrammeError
from store.tables import officers, programmes

__all__ = [
    "Change",
    "Problem",
    "ProgrammeError",
    "apply",
    "changes",
    "current",
    "officer_of",
    "read_programme",
    "read_sample",
    "without_sample",
]

_PARTS = ("companies", "suppliers", "places", "promises", "officers", "countries")
_SINGLE = ("name", "operator", "languages", "fallback_desk")


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that applying a programme changed: `added`, `changed` or `removed`, what it was, and how."""

    kind: Literal["added", "changed", "removed"]
    what: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.what}" + (f": {self.detail}" if self.detail else "")


def apply(connection: sa.Connection, programme: Programme, source_text: str, now: int) -> tuple[Change, ...]:
    """Make a programme the current one; returns what changed, nothing when it already was.

    Sign-in secrets are never touched. People who left the file lose their access; accounts that were never in a file stay. Raises
    ProgrammeError when a mail address belongs to another account.
    """
    _refuse_taken_addresses(connection, programme)
    source = without_sample(source_text)
    digest = hashlib.sha256(source.encode()).hexdigest()
    latest = _latest(connection)
    before = _readable(latest.source) if latest is not None else None
    if latest is None or latest.digest != digest:
        connection.execute(sa.insert(programmes), {"digest": digest, "source": source, "applied_at": now})
    _sync_officers(connection, programme, before)
    return tuple(changes(before, programme))


def current(connection: sa.Connection) -> Programme | None:
    """Read the programme in force, with the accounts that were added beside its file; None before the first one."""
    latest = _latest(connection)
    if latest is None:
        return None
    programme = read_kept(latest.source)
    beside = {row["id"]: officer_of(row) for row in connection.execute(sa.select(officers).where(officers.c.active)).mappings()}
    missing = {key: officer for key, officer in beside.items() if key not in programme.officers}
    return replace(programme, officers={**programme.officers, **missing}) if missing else programme


def officer_of(row: Mapping[Any, Any]) -> Officer:
    """Make an officer of a row of the officers' table."""
    return Officer(row["id"], row["name"], row["email"], row["company_id"], row["role"], tuple(row["languages"]), bool(row["active"]))


def changes(before: Programme | None, after: Programme) -> Iterable[Change]:
    """Compare two programmes part by part."""
    for part in _SINGLE:
        old, new = getattr(before, part, None), getattr(after, part)
        if old != new:
            yield Change("added" if before is None else "changed", part, _difference(old, new))
    for part in _PARTS:
        yield from _compare(part, getattr(before, part, {}), getattr(after, part))
    yield from _compare("rules", {rule.id: rule for rule in before.rules} if before else {}, {rule.id: rule for rule in after.rules})
    if before and [rule.id for rule in before.rules] != [rule.id for rule in after.rules]:
        yield Change("changed", "rules", "their order is now " + ", ".join(rule.id for rule in after.rules))


def _compare(part: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterable[Change]:
    for key in new:
        if key not in old:
            yield Change("added", f"{part} {key}")
        elif old[key] != new[key]:
            yield Change("changed", f"{part} {key}", _difference(old[key], new[key]))
    for key in old:
        if key not in new:
            yield Change("removed", f"{part} {key}")


def _difference(old: Any, new: Any) -> str:
    if old is None or type(old) is not type(new) or not hasattr(new, "__dataclass_fields__"):
        return f"{_short(old)} -> {_short(new)}"
    named = [f.name for f in fields(new) if getattr(old, f.name) != getattr(new, f.name)]
    return "; ".join(f"{name} {_short(getattr(old, name))} -> {_short(getattr(new, name))}" for name in named)


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_short(each)}" for key, each in cast("Mapping[str, Any]", value).items())
    if isinstance(value, tuple):
        return ", ".join(map(_short, cast("Sequence[Any]", value)))
    return "none" if value is None else str(getattr(value, "name", value))


def _latest(connection: sa.Connection) -> Any:
    return connection.execute(sa.select(programmes).order_by(programmes.c.id.desc()).limit(1)).first()


def _readable(source: str) -> Programme | None:
    """Read an older revision; one that today's rules refuse counts as none, so that everything is told as new."""
    try:
        return read_kept(source)
    except ProgrammeError:
        return None


def _refuse_taken_addresses(connection: sa.Connection, programme: Programme) -> None:
    mine = {officer.email: officer.id for officer in programme.officers.values()}
    found = connection.execute(sa.select(officers.c.id, officers.c.email).where(officers.c.email.in_(list(mine)))).all()
    problems = tuple(
        Problem(0, f"people[{mine[row.email]}]", f"`{row.email}` is the address of the account `{row.id}`", f"Keep the id `{row.id}`")
        for row in found
        if mine[row.email] != row.id
    )
    if problems:
        raise ProgrammeError(problems)


def _sync_officers(connection: sa.Connection, programme: Programme, before: Programme | None) -> None:
    there = {row["id"]: officer_of(row) for row in connection.execute(sa.select(officers)).mappings()}
    for officer in programme.officers.values():
        if officer.id not in there:
            connection.execute(sa.insert(officers), {"id": officer.id, "active": True, **_columns(officer)})
        elif there[officer.id] != officer:
            connection.execute(sa.update(officers).where(officers.c.id == officer.id).values(active=True, **_columns(officer)))
    left = [key for key in (before.officers if before else ()) if key not in programme.officers and key in there]
    if left:
        connection.execute(sa.update(officers).where(officers.c.id.in_(left)).values(active=False))


def _columns(officer: Officer) -> dict[str, Any]:
    return {
        "name": officer.name,
        "email": officer.email,
        "company_id": officer.company_id,
        "role": officer.role,
        "languages": list(officer.languages),
    }
