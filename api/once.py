"""A request sent twice is done once: the answer is kept beside its key, in the transaction that did the work."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from api.errors import KeyReused
from store.database import insert_new
from store.tables import idempotency


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks, under which key (None: no key was sent, so every request counts), and a digest of what is asked."""

    officer_id: str
    key: str | None
    digest: bytes


def run(connection: sa.Connection, request: Request, now: int, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do `work` unless this request was done before; give its answer. Raises KeyReused when the key stands for another request."""
    if request.key is None:
        return work()
    row: dict[str, Any] = {"officer_id": request.officer_id, "key": request.key, "digest": request.digest, "answer": {}, "at": now}
    mine = (idempotency.c.officer_id == request.officer_id) & (idempotency.c.key == request.key)
    if not insert_new(connection, idempotency, [row], ["officer_id", "key"], idempotency.c.key):
        return _earlier(connection, mine, request.digest)
    answer = work()
    connection.execute(sa.update(idempotency).where(mine).values(answer=answer))
    return answer


def earlier(connection: sa.Connection, request: Request) -> dict[str, Any] | None:
    """The answer of a request that was done before; None for one that was not. Raises KeyReused when the key stands for another."""
    mine = (idempotency.c.officer_id == request.officer_id) & (idempotency.c.key == request.key)
    if request.key is None or connection.execute(sa.select(idempotency.c.key).where(mine)).first() is None:
        return None
    return _earlier(connection, mine, request.digest)


def _earlier(connection: sa.Connection, mine: sa.ColumnElement[bool], digest: bytes) -> dict[str, Any]:
    found = connection.execute(sa.select(idempotency.c.digest, idempotency.c.answer).where(mine)).one()
    if bytes(found.digest) != digest:
        raise KeyReused
    answer: dict[str, Any] = found.answer
    return answer
