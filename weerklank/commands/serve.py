"""`weerklank serve` and `weerklank work`: the service as processes."""

import argparse
import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import Coroutine
from functools import partial
from pathlib import Path
from typing import Any

import uvicorn

from api.app import build_app
from bot import log
from bot.lasting import lasting
from weerklank import web
from weerklank.commands.common import Commands, database_of, lay_mark, see_own_sessions, settings
from weerklank.commands.errors import CommandError
from weerklank.leaving import SECONDS, Leaving, ending_well
from weerklank.newer import OUTDATED
from weerklank.pulse import EVERY, beat
from weerklank.settings import Settings
from weerklank.wiring import Service


def add_parser(commands: Commands) -> None:
    """Add `serve` and `work`."""
    serve = commands.add_parser("serve", help="the web: carriers' webhooks, API, desk; on SQLite the background work too")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--workers", type=int, default=1, help="processes; more than one needs PostgreSQL")
    serve.set_defaults(run=_serve)
    work = commands.add_parser("work", help="background work only (PostgreSQL): conversations, deliveries, timers")
    work.add_argument("--pulse", type=Path, metavar="FILE", help="a file to touch every second while the work goes on, for a health check")
    work.set_defaults(run=_work)


_TURN_SECONDS = 0.0005


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a service to its end on the quick event loop, where this machine has it; `asyncio.run` alone takes the slow one.

    Threads take turns ten times as often as usual: the writer gives way at every statement and would wait 5 ms to come back
    (docs/explanation/performance.md).
    """
    sys.setswitchinterval(_TURN_SECONDS)
    with asyncio.Runner(loop_factory=uvicorn.Config("", loop="auto", log_config=None).get_loop_factory()) as runner:
        runner.run(main)


def _settle_memory() -> None:
    """What was built at the start stays: the collector need not walk it again and again under load."""
    gc.collect()
    gc.freeze()


def _ready(present: Settings) -> None:
    present.keyring()
    with database_of(present) as database:
        see_own_sessions(database)
        lay_mark(database, present)


def _serve(arguments: argparse.Namespace) -> int:
    present = settings()
    _ready(present)
    embedded = present.database.startswith("sqlite")
    if arguments.workers > 1 and embedded:
        raise CommandError("SQLite has one writer: --workers above 1 needs PostgreSQL (WEERKLANK_DATABASE_URL)")
    ports = present.metrics_range
    if ports is not None and len(ports) < arguments.workers:
        raise CommandError(f"WEERKLANK_METRICS_PORTS has {len(ports)} ports for {arguments.workers} processes; each takes one")
    log.set_up(present.log_level)
    if arguments.workers > 1:
        return _serve_many(arguments)
    service = Service(present)
    run(serve_until_stopped(service, arguments.host, arguments.port, background=embedded))
    return 0


_STARTING_SECONDS = 60
"""So long may a process be silent before the one that watches it ends it and starts another. On a busy machine a start takes longer than
the five seconds it is given otherwise, and none would ever come up."""


def _serve_many(arguments: argparse.Namespace) -> int:
    """Several web processes on one port, each with a service of its own."""
    uvicorn.run(
        "weerklank.web:application",
        factory=True,
        host=arguments.host,
        port=arguments.port,
        workers=arguments.workers,
        timeout_worker_healthcheck=_STARTING_SECONDS,
        **UVICORN,
    )
    return 0


KEEP_ALIVE_SECONDS = 75
"""A connection that says nothing is kept longer than a proxy keeps it: who closes first must be the one who makes the calls."""

UVICORN: dict[str, Any] = {
    "loop": "uvloop",
    "http": "httptools",
    "access_log": False,
    "log_config": None,
    "server_header": False,
    "date_header": True,
    "proxy_headers": False,
    "timeout_graceful_shutdown": 10,
    "timeout_keep_alive": KEEP_ALIVE_SECONDS,
    "lifespan": "on",
}


async def serve_until_stopped(service: Service, host: str, port: int, *, background: bool) -> None:
    """Serve until a signal; words taken in are durable, so stopping at any moment loses none."""
    given = web.services(service)
    door = web.door_of(service, given)
    service.prepare()
    _settle_memory()
    # Where the background work is done here too, this is the only process: nobody else could be asked meanwhile.
    leaving = Leaving(0.0 if background else SECONDS)
    app = web.with_service(build_app(given), service, background=background, door=door, leaving=leaving)
    config = uvicorn.Config(app, host=host, port=port, **UVICORN)
    with ending_well():
        await uvicorn.Server(config).serve()


def _work(arguments: argparse.Namespace) -> int:
    present = settings()
    pulse: Path | None = arguments.pulse
    if pulse is not None:
        _see_that_it_beats(pulse)
    _ready(present)
    if present.database.startswith("sqlite"):
        raise CommandError("on SQLite `weerklank serve` does the background work itself; `work` needs PostgreSQL")
    log.set_up(present.log_level)
    run(work_until_stopped(Service(present), pulse))
    return 0


def _see_that_it_beats(pulse: Path) -> None:
    try:
        pulse.touch()
    except OSError as error:
        raise CommandError(f"--pulse: {pulse} cannot be written") from error


async def work_until_stopped(service: Service, pulse: Path | None = None) -> None:
    """Do the background work until a signal, or until the tables are a newer version's; what was begun is finished. Raises CommandError."""
    door = web.door_of(service, web.services(service))
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    # What a newer version writes, this one may not know: words wait in the inbox, where a process of that version finds them.
    service.newer.on_seen = lambda: loop.call_soon_threadsafe(stopped.set)
    service.prepare()
    _settle_memory()
    for name in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(name, stopped.set)
    await service.start(background=True)
    beating = [] if pulse is None else [asyncio.create_task(lasting("the pulse", partial(beat, pulse), EVERY))]
    door.open()
    await stopped.wait()
    await door.shut()
    await service.stop()
    for each in beating:
        each.cancel()
    if service.newer.seen:
        raise CommandError(OUTDATED)
