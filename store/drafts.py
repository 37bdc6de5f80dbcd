"""Drafts of flows: at most one a name, which turns from draft to checked to published."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import sqlalchemy as sa

from store.database import insert_new
from store.tables import flow_drafts

State = Literal["draft", "checked", "published"]


class DraftChanged(Exception):
    """The draft is no longer the version that was seen; nothing was written."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A flow that is being written: its files and transcripts (name to text), and the revision it was begun from.

    `version` counts its savings. `officer_id` None: a new version of ours offers it. `checked`: nothing was wrong when it was saved.
    """

    name: str
    version: int
    state: State
    source: Mapping[str, str]
    transcripts: Mapping[str, str] = field(default_factory=dict[str, str])
    based_on: str | None = None
    officer_id: str | None = None
    saved_at: int = 0


_FIELDS = tuple(flow_drafts.c[name] for name in Draft.__dataclass_fields__)


def find(connection: sa.Connection, name: str) -> Draft | None:
    """The draft of a flow, whatever its state."""
    row = connection.execute(sa.select(*_FIELDS).where(flow_drafts.c.name == name)).one_or_none()
    return None if row is None else Draft(*row)


def states(connection: sa.Connection) -> dict[str, State]:
    """In which state the draft of each flow is, by name; a flow without a draft is missing."""
    return {row.name: row.state for row in connection.execute(sa.select(flow_drafts.c.name, flow_drafts.c.state))}


def save(connection: sa.Connection, draft: Draft) -> None:
    """Write a draft in the place of the version before it; version 1 is a new one. Raises DraftChanged when that is not what is there."""
    row: dict[str, Any] = {
        **{name: getattr(draft, name) for name in Draft.__dataclass_fields__},
        "source": dict(draft.source),
        "transcripts": dict(draft.transcripts),
    }
    if draft.version == 1:
        written = bool(insert_new(connection, flow_drafts, [row], ["name"], flow_drafts.c.name))
    else:
        before = (flow_drafts.c.name == draft.name) & (flow_drafts.c.version == draft.version - 1)
        written = connection.execute(sa.update(flow_drafts).where(before).values(row).returning(flow_drafts.c.name)).first() is not None
    if not written:
        raise DraftChanged


def published(connection: sa.Connection, name: str, version: int) -> None:
    """Mark a version of a draft published. Raises DraftChanged when it is another version by now, or was published."""
    mine = (flow_drafts.c.name == name) & (flow_drafts.c.version == version) & (flow_drafts.c.state != "published")
    if connection.execute(sa.update(flow_drafts).where(mine).values(state="published").returning(flow_drafts.c.name)).first() is None:
        raise DraftChanged
