"""Where a row stands (`due`, `held`, `new` ...), said so that the planner sees it.

The indexes of what is still to be done are partial: they hold a handful of rows beside millions that are done. A planner uses one only if
it can prove its condition from the statement, and of a bound value it knows nothing: SQLite then reads the whole table, and PostgreSQL may
do so as soon as it settles on a generic plan. So states stand in statements as constants, and a statement names the index's own condition
where its own is narrower.
"""

from typing import Final

import sqlalchemy as sa

TO_LEAVE: Final = ("due", "sending")
"""The condition of ix_outbox_due, ix_outbox_leaving and ix_mails_due."""
NOT_ENDED: Final = ("held", "due", "sending")
"""The condition of ix_outbox_open."""
TO_PURGE: Final = ("due", "kept")
"""The condition of ix_traces_due."""
TO_RUN: Final = ("due", "running")
"""The condition of ix_tasks_due."""

BADLY: Final = ("failed", "maybe_sent")
"""The condition of ix_outbox_badly and ix_mails_badly."""


def standing(table: sa.FromClause, *states: str) -> sa.ColumnElement[bool]:
    """The row's `state` is one of these names, which are ours and never come from outside."""
    constants = [sa.literal_column(f"'{state}'", sa.String) for state in states]
    column: sa.ColumnElement[str] = table.c.state
    return column == constants[0] if len(constants) == 1 else column.in_(constants)
