"""How a page is drawn: one set of templates, escaped by default, with our own files and nobody else's."""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from difflib import SequenceMatcher
from functools import lru_cache
from os import PathLike, stat_result
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.errors import Problem
from api.sessions import Caller
from cases.model import Programme
from translations.quality import MARKS

_HERE = Path(__file__).parent
_STATIC = _HERE / "static"
_TALK = _HERE.parent / "talk"
_RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})
_CHANNELS = {
    "sms": "SMS",
    "http_sms": "SMS, local line",
    "whatsapp": "WhatsApp",
    "telegram": "Telegram",
    "web": "web phone",
    "terminal": "terminal",
}
_ROLES = {"officer": "officer", "lead_officer": "lead officer", "programme_admin": "runs the line", "translator": "translator"}
_DAY = 86_400_000


class _Assets(StaticFiles):
    """Our own files. A file asked for by its hash never changes; any other is asked for again each time."""

    def file_response(self, full_path: str | PathLike[str], stat_result: stat_result, scope: Scope, status_code: int = 200) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        by_hash = scope["query_string"].startswith(b"v=")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if by_hash else "no-cache"
        return response


ASSETS = Mount("/desk/static", _Assets(directory=_STATIC), name="assets")


@lru_cache(maxsize=64)
def asset(name: str) -> str:
    """Give the address of one of our files, with the hash of its content."""
    digest = hashlib.blake2b((_STATIC / name).read_bytes(), digest_size=8).hexdigest()
    return f"/desk/static/{name}?v={digest}"


@lru_cache(maxsize=512)
def _english(kind: str, tag: str) -> str:
    try:
        names: Mapping[str, str] = getattr(Locale.parse("en"), kind)
        return names.get(tag.partition("-")[0], tag)
    except (UnknownLocaleError, ValueError):
        return tag


def language(tag: str | None) -> str:
    """Name a language for the desk, with its script where that is unusual."""
    if not tag:
        return "unknown language"
    return f"{_english('languages', tag)}, in Latin letters" if tag.endswith("-Latn") else _english("languages", tag)


def country(tag: str | None) -> str:
    """Name a country for the desk."""
    return _english("territories", tag) if tag else ""


def channel(name: str) -> str:
    """Name a channel as people do."""
    return _CHANNELS.get(name, name)


def role(name: str) -> str:
    """Name an officer's role as people do."""
    return _ROLES.get(name, name)


def capfirst(sentence: str) -> str:
    """Begin a sentence with a capital, and leave every other letter as it is."""
    return sentence[:1].upper() + sentence[1:]


def apart(before: str, after: str) -> dict[str, list[tuple[bool, str]]]:
    """Lay two texts side by side: each as pieces, with whether the piece stands in both."""
    old, new = (re.findall(r"\s*\S+\s*$|\s*\S+", text) for text in (before, after))
    sides: dict[str, list[tuple[bool, str]]] = {"before": [], "after": []}
    for tag, start, end, there, until in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        sides["before"].append((tag == "equal", "".join(old[start:end])))
        sides["after"].append((tag == "equal", "".join(new[there:until])))
    return {side: [piece for piece in pieces if piece[1]] for side, pieces in sides.items()}


def direction(tag: str | None) -> str:
    """Say in which direction a language is written; `auto` where it is not known."""
    if not tag:
        return "auto"
    return "rtl" if tag.partition("-")[0] in _RIGHT_TO_LEFT and "-Latn" not in tag else "ltr"


def local(moment: int, zone: str, form: str = "%a %-d %b, %H:%M") -> str:
    """Write a moment (ms) as it is on a clock in a place."""
    return datetime.fromtimestamp(moment / 1000, UTC).astimezone(ZoneInfo(zone)).strftime(form)


def iso(moment: int) -> str:
    """Write a moment (ms) for the `datetime` attribute."""
    return datetime.fromtimestamp(moment / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def urgency(answer_by: int | None, now: int) -> str:
    """Sort a promise by how near it is: late, soon (within a day), calm, or none. The page shows it in words and in colour."""
    if answer_by is None:
        return "none"
    if answer_by <= now:
        return "late"
    return "soon" if answer_by - now <= _DAY else "calm"


def said_of(mark: str) -> str:
    """Say in a sentence what a mark of a translation means."""
    return f"{capfirst(MARKS.get(mark, mark))}."


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader([_HERE / "templates", _TALK / "templates"]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    untyped: Any = environment  # Jinja's tables of filters and globals carry no types
    untyped.filters.update(
        local=local,
        iso=iso,
        language=language,
        country=country,
        direction=direction,
        channel=channel,
        role=role,
        capfirst=capfirst,
        mark=said_of,
    )
    untyped.globals.update(asset=asset, urgency=urgency, apart=apart)
    return environment


_TEMPLATES = _environment()


def render(request: Request, template: str, context: Mapping[str, Any], *, status: int = 200) -> HTMLResponse:
    """Draw a page. Every template finds `caller` (or None), `csrf`, `programme_name` and `demo`."""
    base: dict[str, Any] = {
        "caller": None,
        "csrf": "",
        "company": "",
        "runs_line": False,
        "demo": request.app.state.services.demo,
        "here": "",
    }
    return HTMLResponse(_TEMPLATES.get_template(template).render(base | dict(context)), status)


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


def is_page(request: Request) -> bool:
    """Whether a person reads the answer, rather than a program."""
    return request.url.path.startswith(("/desk", "/talk")) or request.url.path == "/"


def error_page(request: Request, problem: Problem, headers: Mapping[str, str]) -> Response:
    """Show a person what went wrong and what to do; a stranger at the desk is shown the way in."""
    if problem.name == "not-signed-in" and request.url.path.startswith("/desk"):
        return _way_in(request)
    response = render(
        request, "error.html", {"problem": problem, "title": _TITLES.get(problem.name, problem.status.phrase)}, status=problem.status
    )
    response.headers.update(headers)
    return response


_TITLES = {
    "not-found": "Nothing here",
    "not-allowed": "Not for your role",
    "cross-site": "Please try that again",
    "stale": "The case changed",
    "flow": "The flow cannot be read",
    "draft-changed": "The draft changed",
    "overtaken": "Somebody else published",
    "refused": "That cannot be done",
    "request-entity-too-large": "Too large",
    "content-too-large": "Too large",
    "busy": "One moment",
    "store-away": "One moment",
    "no-programme": "Not set up yet",
    "broken": "Something broke",
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
