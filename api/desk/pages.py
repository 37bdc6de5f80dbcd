"""How a page is drawn: one set of templates, escaped by default, with our own files and nobody else's."""

from collections.abc import Mapping
from dataclasses import replace
from os import PathLike, stat_result
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.deps import Services
from api.desk.drawing import STATIC, templates, wording_in
from api.desk.tongue import choices, way_back
from api.errors import Problem
from api.guard import at_desk
from api.sessions import Caller
from api.tongue import texts_for
from cases.access import AtDesk
from cases.model import Programme
from words.marked import marked


class _Assets(StaticFiles):
    """Our own files. A file asked for by its hash never changes; any other is asked for again each time."""

    def file_response(self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        by_hash = scope["query_string"].startswith(b"v=")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if by_hash else "no-cache"
        return response


ASSETS = Mount("/desk/static", _Assets(directory=STATIC), name="assets")


def render(request: Request, template: str, context: Mapping[str, Any], *, status: int = 200) -> HTMLResponse:
    """Draw a page in its reader's language. Every template finds `caller` (or None), `csrf`, `texts` and `demo`."""
    services: Services = request.app.state.services
    base: dict[str, Any] = {
        "caller": None,
        "csrf": "",
        "company": "",
        "runs_line": False,
        "demo": services.demo,
        "here": "",
        "page_languages": choices(services.texts),
        "way_back": way_back(request),
    }
    return HTMLResponse(templates(texts_for(request)).get_template(template).render(base | dict(context)), status)


def desk_context(caller: Caller, programme: Programme, here: str) -> dict[str, Any]:
    """Give what every page of a signed-in officer shows around itself. `zone` is the desk's own clock."""
    company_id = caller.officer.company_id
    company = programme.companies.get(company_id)
    return {
        "caller": caller,
        "csrf": caller.csrf or "",
        "company": programme.company_name(company_id),
        "zone": company.timezone if company else programme.operator.timezone,
        "here": here,
        "runs_line": "flows:write" in caller.scopes and company_id == programme.operator.id,
    }


def at_page(request: Request, connection: sa.Connection, caller: Caller) -> AtDesk:
    """Seat a caller at their desk, where every sentence is in the language of the page."""
    return replace(at_desk(request.app.state.services, connection, caller), wording=wording_in(texts_for(request)))


def is_page(request: Request) -> bool:
    """Whether a person reads the answer, rather than a program."""
    return request.url.path.startswith(("/desk", "/talk")) or request.url.path == "/"


def error_page(request: Request, problem: Problem, headers: Mapping[str, str]) -> Response:
    """Show a person what went wrong and what to do; a stranger at the desk is shown the way in."""
    if problem.name == "not-signed-in" and request.url.path.startswith("/desk"):
        return _way_in(request)
    back = "/talk" if request.url.path.startswith("/talk") else "/desk/queue"  # an address that may not be said back stays unsaid
    context = {"problem": problem, "title": _TITLES.get(problem.name, problem.status.phrase), "way_back": back}
    response = render(request, "error.html", context, status=problem.status)
    response.headers.update(headers)
    return response


_TITLES = {
    "not-found": marked("Nothing here"),
    "not-allowed": marked("Not for your role"),
    "cross-site": marked("Please try that again"),
    "stale": marked("The case changed"),
    "flow": marked("The flow cannot be read"),
    "draft-changed": marked("The draft changed"),
    "overtaken": marked("Somebody else published"),
    "refused": marked("That cannot be done"),
    "request-entity-too-large": marked("Too large"),
    "content-too-large": marked("Too large"),
    "busy": marked("One moment"),
    "store-away": marked("One moment"),
    "no-programme": marked("Not set up yet"),
    "broken": marked("Something broke"),
}


def _way_in(request: Request) -> Response:
    """Send a stranger to the sign-in page.

    Our cookie does not come along from another site (a link in a mail program's web page, say), so such a visit is first made one of our
    own; only then is it known whether somebody is signed in.
    """
    path = request.url.path
    if request.method == "GET" and request.headers.get("sec-fetch-site") == "cross-site":
        return render(request, "onward.html", {"path": path})
    after = "" if request.method != "GET" or path in {"/desk", "/desk/"} else f"?next={quote(path)}"
    return RedirectResponse(f"/desk/sign-in{after}", status_code=303)
