"""What went aside or waits for an operator, counted by reason: no id, no word, nothing that leads to a worker."""

from dataclasses import dataclass

import sqlalchemy as sa

from store.standing import NOT_ENDED, standing
from store.tables import inbox, outbox, tasks, traces


@dataclass(frozen=True, slots=True)
class SetAside:
    """So many rows of a table stand like this: `heard` (the inbox), `to_send`, `waits_to_send`, `work` or `purge`; the reason is ours."""

    what: str
    reason: str
    count: int


def set_aside(connection: sa.Connection) -> list[SetAside]:
    """Count them, the most frequent first."""
    waits = standing(outbox, *NOT_ENDED) & outbox.c.failure.is_not(None)
    looks = (
        ("heard", inbox.c.reason, standing(inbox, "aside")),
        ("to_send", outbox.c.failure, standing(outbox, "failed")),
        ("waits_to_send", outbox.c.failure, waits),
        ("work", tasks.c.reason, standing(tasks, "dead")),
        ("purge", traces.c.why, standing(traces, "impossible")),
    )
    found: list[SetAside] = []
    for what, reason, condition in looks:
        counted = sa.select(sa.func.coalesce(reason, "unknown"), sa.func.count()).where(condition).group_by(reason)
        found += [SetAside(what, row[0], row[1]) for row in connection.execute(counted)]
    return sorted(found, key=lambda each: (-each.count, each.what, each.reason))
