"""Forgetting a worker: at once for the words, and for the address as soon as the last text has left."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bot.clock import MINUTE, SECOND
from cases import intake
from cases.save import save
from store import attachments, casekeys, sessions, tasks, timers, traces, waiting
from store.casekeys import KeyCache
from store.sealing import Keyring
from store.tables import cases

TASK = "forget_worker"
_PATIENCE = 2 * MINUTE


class NotYet(Exception):
    """The farewell has not left yet; the task comes again."""


def forget_cases(connection: sa.Connection, keyring: Keyring, keys: KeyCache, worker_id: str, now: int) -> None:
    """Destroy the keys of every case whose answers come to this worker, and plan the destruction of the worker's own."""
    found = sa.select(cases).where(cases.c.worker_id == worker_id, cases.c.data_key_sealed.is_not(None)).with_for_update()
    for row in connection.execute(found).mappings().all():
        forget_case(connection, keyring, keys, dict(row), now)
    traces.wipe(connection, worker_id, now)
    tasks.enqueue(connection, TASK, {"worker_id": worker_id, "since": now}, now + 2 * SECOND, f"forget:{worker_id}")


def hide_cases(connection: sa.Connection, keyring: Keyring, worker_id: str, now: int) -> None:
    """Let no case's answers come to this worker's phone any more, until a code does."""
    found = sa.select(cases).where(cases.c.worker_id == worker_id, cases.c.data_key_sealed.is_not(None)).with_for_update()
    for row in connection.execute(found).mappings().all():
        save(connection, keyring, dict(row), intake.hide(dict(row), now))


def wipe_first(connection: sa.Connection, worker_id: str, wiped: Sequence[str], now: int) -> bool:
    """Plan to delete what lies on the worker's phone on channels of `wiped`, and then the worker; False where nothing lies there."""
    traces.wipe(connection, worker_id, now)
    if not traces.is_wiping(connection, worker_id, wiped):
        return False
    tasks.enqueue(connection, TASK, {"worker_id": worker_id, "since": now}, now, f"forget:{worker_id}")
    return True


def forget_case(connection: sa.Connection, keyring: Keyring, keys: KeyCache, case: dict[str, Any], now: int) -> None:
    """Destroy the keys of one case; give the row locked."""
    save(connection, keyring, case, intake.forget(case, now))
    casekeys.destroy(connection, case["id"])
    attachments.destroy_of_case(connection, case["id"], now)
    keys.forget(case["data_key_sealed"])
    waiting.drop_cases(connection, [case["id"]])


def last_rows(connection: sa.Connection, worker_id: str, *, patient: bool, wiped: Sequence[str] = ()) -> None:
    """Drop what is left of a worker before the key goes.

    Raises NotYet while there is patience left and a last text is on its way, or something is still to be deleted on a channel of `wiped`.
    """
    if patient and (waiting.on_its_way(connection, worker_id) or traces.is_wiping(connection, worker_id, wiped)):
        raise NotYet
    waiting.drop_worker(connection, worker_id)
    attachments.forget_worker(connection, worker_id)
    sessions.forget(connection, worker_id)
    timers.drop(connection, worker_id)


def is_patient(since: int, now: int) -> bool:
    """Whether a farewell may still be waited for."""
    return now - since < _PATIENCE
