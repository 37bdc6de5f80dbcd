"""The service as a web application: starts and stops with its server."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from api.app import build_app
from api.deps import Phone, ReadyReport, Services
from bot import log
from store import inbox
from store.database import StoreAway
from store.migrate import is_newer, is_up_to_date
from translations.texts import shipped
from weerklank.door import Door
from weerklank.leaving import SECONDS, Leaving, say_so
from weerklank.measures import Measures
from weerklank.newer import OUTDATED
from weerklank.settings import Settings
from weerklank.wiring import Service

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def services(service: Service, *, demo: bool = False, phones: tuple[Phone, ...] = ()) -> Services:
    """What the web is given of a service, which is watched from here on."""
    measures = Measures(service)
    return Services(
        database=service.database,
        writer=service.writer,
        keyring=service.keyring,
        clock=service.clock,
        public_url=service.settings.public_url.rstrip("/"),
        inbox=service.inbox,
        files=service.settings.files,
        publishing=service.publishing,
        translator=service.translator,
        texts=shipped(show_missing=service.settings.show_missing_texts),
        readers=service.channels.readers,
        demo=demo,
        talk=demo or service.settings.web_phone,
        doorbell=service.answers_came,
        programme_changed=service.houses.refresh,
        readiness=lambda: readiness(service),
        metrics_text=measures.text,
        webhook_answered=measures.webhook,
        phones=phones,
    )


def readiness(service: Service) -> ReadyReport:
    """Whether the database answers, has our tables, and the inbox does not pile up."""
    try:
        with service.database.read() as connection:
            tables, newer = is_up_to_date(connection), is_newer(connection)
            since = inbox.waiting_since(connection)
    except StoreAway:
        return ReadyReport(ready=False, parts={"database": "away"})
    waited = 0 if since is None else (service.clock() - since) // 1000
    of_another = OUTDATED if newer else "of another version"
    parts = {"database": "ok", "tables": "ok" if tables else of_another, "inbox": f"oldest waits {waited} s"}
    parts["flows"] = "; ".join(map(str, service.houses.broken())) or "ok"
    return ReadyReport(ready=tables, parts=parts)


def door_of(service: Service, given: Services) -> Door:
    """The small door of a process, which shows the same figures as the web does, with its port taken. Raises SettingsError."""
    door = Door(service.settings, given.metrics_text, given.readiness)
    door.take()
    return door


def with_service(app: App, service: Service, *, background: bool, door: Door | None = None, leaving: Leaving | None = None) -> App:
    """Wrap an application so that the service, and its small door, start and stop with it, after a while of `leaving`."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(_Life(service, door, leaving, background=background), receive, send)
        elif leaving is None:
            await app(scope, receive, send)
        elif leaving.refuses(scope["path"]):
            await say_so(leaving.hanging_up(send))
        else:
            await app(scope, receive, leaving.hanging_up(send))

    return wrapped


class _Life:
    """What starts and stops with a process."""

    def __init__(self, service: Service, door: Door | None, leaving: Leaving | None, *, background: bool) -> None:
        self._service = service
        self._door = door
        self._leaving = leaving
        self._background = background

    async def begin(self) -> None:
        await self._service.start(background=self._background)
        if self._door is not None:
            self._door.open()
        if self._leaving is not None:
            self._leaving.watch()

    async def end(self) -> None:
        if self._door is not None:
            await self._door.shut()
        await self._service.stop()


async def _live(life: _Life, receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await life.begin()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await life.end()
            await send({"type": "lifespan.shutdown.complete"})
            return


def application() -> App:
    """One of several web processes on PostgreSQL; background work is done by `weerklank work`."""
    settings = Settings()
    log.set_up(settings.log_level)
    service = Service(settings)
    service.prepare()
    given = services(service)
    return with_service(build_app(given), service, background=False, door=door_of(service, given), leaving=Leaving(SECONDS))
