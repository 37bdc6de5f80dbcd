"""Runs tasks on PostgreSQL, beside other processes: an engine hands each to one of them, and takes it from those who died.

The engine is procrastinate, and this is the one file that knows its library; jobs are given and looked after in store/jobs.py.
"""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.worker import Worker
from psycopg import OperationalError

from bot.clock import SECOND, Clock
from bot.lasting import lasting
from bot.runner import AT_ONCE, Runner, Work, back_off
from store import jobs
from store import tasks as kept
from store.database import Database, StoreAway
from store.wire import AsyncWaiting, WireWatch
from store.writer import Writer

_MEND_AFTER = 5 * SECOND
_CONNECTIONS = 3


class _Again(Exception):
    """The task comes again at this moment (ms)."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at


class _AsTold(BaseRetryStrategy):
    """A job ends when its task has ended, well or as a dead letter. Whatever else breaks a run, the job comes again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        del job
        at = exception.at if isinstance(exception, _Again) else self._clock() + _MEND_AFTER
        return RetryDecision(retry_at=datetime.fromtimestamp(at / SECOND, UTC))


class _Told(JobManager):
    """Tells the engine how jobs ended. If that fails the engine would take a job for running as long as its worker lives, so it ends."""

    worker: Worker

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:  # noqa: FBT001 - the engine's own form
        try:
            await super().finish_job(job, status, delete_job)
        except ConnectorException:
            self.worker.stop()
            raise

    async def retry_job(self, job: Job, *args: Any, **named: Any) -> None:
        try:
            await super().retry_job(job, *args, **named)
        except ConnectorException:
            self.worker.stop()
            raise


class SharedRunner(Runner):
    """The tasks of one process among several on one PostgreSQL."""

    stalled_after = 30.0
    """Seconds after which a process that gives no sign is taken for dead; each gives one as often as it looks."""

    def __init__(self, database: Database, writer: Writer, clock: Clock, work: Mapping[str, Work]) -> None:
        super().__init__(writer, clock, work)
        self._address = database.address
        self._wires = WireWatch(database.address)

    async def run(self, every: float) -> None:
        """Run tasks until cancelled, looking every `every` seconds beside being rung; those under way come to their end first.

        Returns when the engine knows this process no more: run it again. Raises StoreAway.
        """
        app = App(connector=self._connector())
        app.job_manager = manager = _Told(app.connector)
        app.task(name=jobs.RUN, queue=jobs.QUEUE, pass_context=True, retry=_AsTold(self._clock))(self._run_job)
        manager.worker = worker = Worker(
            app,
            queues=[jobs.QUEUE],
            concurrency=AT_ONCE,
            fetch_job_polling_interval=every,
            delete_jobs="always",
            install_signal_handlers=False,
            stalled_worker_timeout=self.stalled_after,
        )
        try:
            await app.open_async()
            await self._work_on(worker, every)
        except (ConnectorException, OperationalError) as error:
            if _is_stopping(asyncio.current_task()):
                raise asyncio.CancelledError from error
            raise StoreAway("the database cannot be reached") from error
        finally:
            await app.close_async()
        if _is_stopping(asyncio.current_task()):
            raise asyncio.CancelledError

    def _connector(self) -> PsycopgConnector:
        watched: dict[str, Any] = {"connection_class": AsyncWaiting, "configure": self._wires.take}
        return PsycopgConnector(conninfo=self._address, min_size=1, max_size=_CONNECTIONS, **watched)

    async def drain(self) -> None:
        """Nothing is left to wait for: a loop that was cancelled ended with its last task."""

    async def _work_on(self, worker: Worker, every: float) -> None:
        # The engine's own heart stops when an orderly stop begins, and for good when the database is away once. This one does not.
        care = partial(self._look_after, worker, every, asyncio.current_task())
        looking = asyncio.create_task(lasting("the care for tasks", care, every))
        try:
            await worker.run()
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    async def _look_after(self, worker: Worker, every: float, working: asyncio.Task[Any] | None) -> None:
        while True:
            # Up to Python 3.11 `asyncio.wait_for`, with which the engine's pool waits, swallows a cancellation that comes with its end.
            if _is_stopping(working):
                worker.stop()
            try:
                known = await self._writer.call(partial(self._look, worker.worker_id))
            except StoreAway:
                # Whatever of the engine listened or waited may have ended unheard: it begins anew.
                worker.stop()
                raise
            if not known:
                worker.stop()
            await asyncio.sleep(every)

    def _look(self, worker_id: int | None, connection: sa.Connection) -> bool:
        known = worker_id is None or jobs.beat(connection, worker_id)
        jobs.look_after(connection, self._clock(), self.stalled_after, self.names)
        return known

    async def _run_job(self, context: JobContext, task_id: int) -> None:
        job = context.job.id or 0
        task = await self._writer.call(lambda connection: kept.begin(connection, task_id, job, self._clock(), self._work))
        if isinstance(task, kept.NotYet):
            raise _Again(task.until)
        if task is not None and not await self._run(task) and task.attempts < kept.MOST_ATTEMPTS:
            raise _Again(self._clock() + back_off(task))


def _is_stopping(working: asyncio.Task[Any] | None) -> bool:
    """Whether the task that runs the engine was cancelled: neither a database that is away just then nor a pool may keep it going."""
    return working is not None and working.cancelling() > 0


def runner_of(database: Database, writer: Writer, clock: Clock, work: Mapping[str, Work]) -> Runner:
    """The runner for a database: SQLite has one process, PostgreSQL as many as there is work for."""
    return Runner(writer, clock, work) if database.kind == "sqlite" else SharedRunner(database, writer, clock, work)
