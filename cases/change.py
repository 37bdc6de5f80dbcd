"""What happens to a case, as a value: changed columns, new entries of its timeline, notices to officers. Nothing here writes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Case = Mapping[str, Any]
"""A row of the cases' table, by column name."""


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry to append to a timeline; its `body` will be sealed.

    `author` is worker, bot, clock, carrier or officer:<id>; `at` is in milliseconds.
    """

    kind: str
    author: str
    at: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NewMail:
    """A content-free notice to officers. `key` makes it leave once: a second notice with the same key is dropped."""

    kind: str
    key: str
    officer_ids: tuple[str, ...]
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class CaseChange:
    """Columns that get a new value, entries to append, notices to put; empty when nothing changes."""

    columns: Mapping[str, Any] = field(default_factory=dict[str, Any])
    entries: tuple[NewEntry, ...] = ()
    mails: tuple[NewMail, ...] = ()


NOTHING = CaseChange()


def apply(case: Case, change: CaseChange) -> dict[str, Any]:
    """Give the case as it stands after a change, for the next change to build on."""
    return {**case, **change.columns}


def together(*changes: CaseChange) -> CaseChange:
    """Make one change of several, in their order: later columns win, entries and notices follow one another."""
    columns: dict[str, Any] = {}
    for change in changes:
        columns.update(change.columns)
    entries = tuple(entry for change in changes for entry in change.entries)
    return CaseChange(columns, entries, tuple(mail for change in changes for mail in change.mails))


def touched(case: Case, now: int, **columns: Any) -> dict[str, Any]:
    """Give the columns of a change that an officer must notice: the row's version goes up with it."""
    return {**columns, "updated_at": now, "version": case["version"] + 1}
