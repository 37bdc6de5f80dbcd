"""The service as a web application: starts and stops with its server."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from api.app import build_app
from api.deps import Phone, ReadyReport, Services
from bot import log
from store import inbox
from store.database import StoreAway
from store.migrate import is_up_to_date
from translations.texts import shipped
from weerklank import measures
from weerklank.settings import Settings
from weerklank.wiring import Service

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def services(service: Service, *, demo: bool = False, phones: tuple[Phone, ...] = ()) -> Services:
    """What the web is given of a service."""
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
        metrics_text=lambda: measures.text(service),
        phones=phones,
    )


def readiness(service: Service) -> ReadyReport:
    """Whether the database answers, has our tables, and the inbox does not pile up."""
    try:
        with service.database.read() as connection:
            tables = is_up_to_date(connection)
            since = inbox.waiting_since(connection)
    except StoreAway:
        return ReadyReport(ready=False, parts={"database": "away"})
    waited = 0 if since is None else (service.clock() - since) // 1000
    parts = {"database": "ok", "tables": "ok" if tables else "of another version", "inbox": f"oldest waits {waited} s"}
    parts["flows"] = "; ".join(map(str, service.houses.broken())) or "ok"
    return ReadyReport(ready=tables, parts=parts)


def with_service(app: App, service: Service, *, background: bool) -> App:
    """Wrap an application so that the service starts and stops with it."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(service, receive, send, background=background)
        else:
            await app(scope, receive, send)

    return wrapped


async def _live(service: Service, receive: Receive, send: Send, *, background: bool) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await service.start(background=background)
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await service.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


def application() -> App:
    """One of several web processes on PostgreSQL; background work is done by `weerklank work`."""
    settings = Settings()
    log.set_up(settings.log_level)
    service = Service(settings)
    service.prepare()
    return with_service(build_app(services(service)), service, background=False)
