"""The whole web: the carriers' door in front, everything for people behind it."""

import logging
import traceback
from collections.abc import MutableMapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Match

from api import attachments, backlog, cases, flow_drafts, flows, health, login, recordings, reports, rules, sites, tasks, translations
from api.deps import Services
from api.desk import backlog as backlog_pages
from api.desk import case as case_pages
from api.desk import entrance, flow_draft, flow_try, flow_words, queue, tongue, translating, voices, writing
from api.desk import flows as flow_pages
from api.desk.pages import ASSETS, error_page, is_page
from api.errors import TABLE, NotSignedIn, details_of, problem_of
from api.guard import find_caller
from api.headers import guarded
from api.openapi import document
from api.talk import phones
from api.webhooks import PREFIX, Receive, Scope, Send, Webhooks
from store.events import event

VERSION = "1"
OPENAPI = "/api/v1/openapi.json"
MOST_BYTES = 256 * 1024
# FastAPI carries OpenTelemetry hooks that switch on by themselves when a provider is at hand; they would carry paths and bodies away.
TELEMETRY_OFF: Any = {"tracing": False, "metrics": False, "logs": False, "operation_spans": False, "auto_configure": False}
_ROUTERS = tuple(
    module.ROUTER
    for module in (
        *(health, login, cases, backlog, translations, attachments, sites, recordings, flows, flow_drafts, rules, reports, tasks),
        *(entrance, tongue, queue, backlog_pages, case_pages, writing, translating, voices, flow_pages, flow_words, flow_draft, flow_try),
    )
)
_log = logging.getLogger(__name__)


class Web:
    """The ASGI application: a carrier's request never meets the framework that serves people."""

    def __init__(self, services: Services, people: FastAPI) -> None:
        self.people = people
        self._secure = services.secure
        self._webhooks = Webhooks(services)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await self._webhooks(scope, receive, send)
        elif scope["type"] == "http":
            with event("request"):
                await self._for_people(scope, receive, guarded(send, secure=self._secure))
        else:
            await self.people(scope, receive, send)

    async def _for_people(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.people(scope, receive, _in_our_words({**scope, "app": self.people}, receive, send))
        except Exception as error:  # noqa: BLE001 - the answer was given inside; an exception's own text may hold somebody's words, so only its name and place are told
            _log.error("%s at %s", type(error).__name__, _places(error))


def _in_our_words(scope: Scope, receive: Receive, send: Send) -> Send:
    """Wrap `send` so that a body larger than its address takes is refused in our words, not in the two of the framework."""
    refused = False

    async def send_readable(event: MutableMapping[str, Any]) -> None:
        nonlocal refused
        if event["type"] == "http.response.start" and event["status"] == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            refused = True
            answer = answer_error(Request(scope), HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE))
            await answer(scope, receive, send)
        elif not refused:
            await send(event)

    return send_readable


def _places(error: BaseException) -> str:
    """Say where an error came from, by file and line, with nothing of what it was about."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))


def build_app(services: Services) -> Web:
    """Build the application that a web server runs."""
    people = FastAPI(
        title="Weerklank",
        version=VERSION,
        summary="A worker's words reach the right desk, and the answer comes back.",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry=TELEMETRY_OFF,
        max_body_size=MOST_BYTES,
        exception_handlers=_handlers(),
    )
    people.state.services = services
    for router in (*_ROUTERS, *([phones.ROUTER] if services.demo or services.talk else [])):
        people.router.routes.extend(router.routes)
    people.router.routes.append(ASSETS)
    people.add_route(OPENAPI, describe, include_in_schema=False)
    people.add_route("/", lead_on, include_in_schema=False)
    return Web(services, people)


def lead_on(_: Request) -> Response:
    """Lead from the bare address to the desk; where phones are shown, they come first."""
    return RedirectResponse("/desk/queue", status_code=303)


def describe(request: Request) -> Response:
    """Give the OpenAPI document to whoever is signed in; to everybody in a demo (ASVS 13.4.5). Raises NotSignedIn."""
    services: Services = request.app.state.services
    if not services.demo and find_caller(request) is None:
        raise NotSignedIn
    return JSONResponse(document(request.app))


def answer_error(request: Request, error: Exception) -> Response:
    """Answer an error: a page to a person, `application/problem+json` to a program."""
    problem = problem_of(error)
    headers = {"Retry-After": str(problem.retry_after)} if problem.retry_after else {}
    if problem.status == 405:
        headers["Allow"] = ", ".join(_methods(request))
    if is_page(request):
        return error_page(request, problem, headers)
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    body = {
        "type": f"urn:weerklank:problem:{problem.name}",
        "title": problem.status.phrase,
        "status": problem.status,
        "detail": problem.sentence,
    }
    details = details_of(error)
    content = {**body, "errors": details} if details else body
    return JSONResponse(content, problem.status, headers, media_type="application/problem+json")


def _methods(request: Request) -> list[str]:
    """List every method of an address: several routes may share one. Our own files are only read."""
    found: set[str] = set()
    routes: list[BaseRoute] = request.app.routes
    for route in routes:
        if route.matches(request.scope)[0] is not Match.NONE:
            found |= set(getattr(route, "methods", None) or {"GET", "HEAD"})
    return sorted(found or {"GET", "HEAD"})


def _handlers() -> Any:
    """Give every error to one function. Starlette's types ask for a coroutine; it runs a plain function in a thread all the same."""
    kinds: tuple[type[Exception], ...] = (*TABLE, HTTPException, Exception)
    return {kind: answer_error for kind in kinds}  # noqa: C420 - the framework adds handlers of other types to this very mapping
