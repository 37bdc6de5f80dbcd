"""Who asks, and may they: the one mechanism every endpoint goes through. Which case they find is for `cases.access` alone."""

import hmac
from collections.abc import Callable
from typing import Annotated
from urllib.parse import urlsplit

import sqlalchemy as sa
from fastapi import Depends, Request
from starlette.responses import Response

from api import sessions
from api.deps import Services
from api.errors import BadMatch, CrossSite, NoProgramme, NotAllowed, NotSignedIn
from api.sessions import Caller, Scope
from api.tongue import seat
from cases import programme
from cases.access import AtDesk
from cases.model import Programme

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def services_of(request: Request) -> Services:
    """Give an endpoint the services it works with."""
    services: Services = request.app.state.services
    return services


House = Annotated[Services, Depends(services_of)]


def cookie_name(services: Services) -> str:
    """Name the session's cookie. Only over TLS may it carry the prefix that binds it to this one host."""
    return "__Host-weerklank" if services.secure else "weerklank"


def keep_session(response: Response, services: Services, token: str) -> None:
    """Hand a session to the browser: for this host alone, out of reach of scripts and of other sites' pages."""
    response.set_cookie(cookie_name(services), token, path="/", secure=services.secure, httponly=True, samesite="strict")


def drop_session(response: Response, services: Services) -> None:
    """Take a session from the browser, with whatever else it kept of us."""
    response.delete_cookie(cookie_name(services), path="/", secure=services.secure, httponly=True, samesite="strict")
    response.headers["Clear-Site-Data"] = '"cache", "storage"'


def refuse_other_sites(request: Request) -> None:
    """Refuse a request that another site's page made a browser send. Programs send neither header. Raises CrossSite."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in {"same-origin", "none"}:
            raise CrossSite
        return
    origin = request.headers.get("origin")
    if origin is not None and origin not in _own_origins(request):
        raise CrossSite


def _own_origins(request: Request) -> set[str]:
    public = urlsplit(services_of(request).public_url)
    host = request.headers.get("host", "")
    return {f"{public.scheme}://{public.netloc}", f"http://{host}", f"https://{host}"}


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.casefold() == "bearer" else None


def find_caller(request: Request, *, active: bool = True) -> Caller | None:
    """Find who asks: by API token if one is sent, else by the session's cookie. None when nobody does, or no longer may.

    `active` False: a page asks by itself, which keeps no session alive.
    """
    services = services_of(request)
    token, now = _bearer(request), services.clock()
    if token is not None:
        with services.database.read() as connection:
            return sessions.caller_of_token(connection, services.keyring, token, now)
    session = request.cookies.get(cookie_name(services), "")
    return _caller_of_session(services, session, now, active=active) if session else None


def _caller_of_session(services: Services, session: str, now: int, *, active: bool) -> Caller | None:
    with services.database.read() as connection:
        found = sessions.find(connection, services.keyring, session, now)
    if found is None:
        return None
    hashed = found.caller.session
    if active and found.stale and hashed is not None:
        services.writer.call_sync(lambda connection: sessions.seen(connection, hashed, now))
    return found.caller


def signed_in(request: Request) -> Caller:
    """Give the caller. Raises NotSignedIn, or CrossSite when a session was made to write by another site's page."""
    caller = find_caller(request)
    if caller is None:
        raise NotSignedIn
    seat(request, caller.officer)
    if caller.session is not None and request.method not in _SAFE:
        refuse_other_sites(request)
    return caller


SignedIn = Annotated[Caller, Depends(signed_in)]


def may(*scopes: Scope) -> Callable[[Caller], Caller]:
    """Make the dependency of an endpoint that needs one of these scopes. It raises NotAllowed."""

    def allowed(caller: SignedIn) -> Caller:
        if caller.scopes.isdisjoint(scopes):
            raise NotAllowed
        return caller

    return allowed


def programme_in_force(connection: sa.Connection) -> Programme:
    """Read the programme. Raises NoProgramme."""
    found = programme.current(connection)
    if found is None:
        raise NoProgramme
    return found


CaseReader = Annotated[Caller, Depends(may("cases:read"))]
CaseWriter = Annotated[Caller, Depends(may("cases:write"))]
Admin = Annotated[Caller, Depends(may("admin"))]
FlowReader = Annotated[Caller, Depends(may("flows:read", "cases:read"))]


def _runs_the_line(house: House, caller: Annotated[Caller, Depends(may("flows:write"))]) -> Caller:
    """Give an admin of the operator: one flow speaks for every company on the line. Raises NotAllowed."""
    with house.database.read() as connection:
        if caller.officer.company_id != programme_in_force(connection).operator.id:
            raise NotAllowed
    return caller


FlowWriter = Annotated[Caller, Depends(_runs_the_line)]


def check_form_token(caller: Caller, token: str) -> None:
    """Check the hidden token of a page's form against the session it was made for. Raises CrossSite."""
    if caller.csrf is None or not hmac.compare_digest(caller.csrf.encode(), token.encode()):
        raise CrossSite


def at_desk(services: Services, connection: sa.Connection, caller: Caller, expects: int | None = None) -> AtDesk:
    """Seat a caller at their desk, in this transaction. `expects` is the case's version they saw."""
    return AtDesk(connection, services.keyring, programme_in_force(connection), caller.officer, services.clock(), expects)


def etag(version: int) -> str:
    """Write a case's version as an ETag."""
    return f'"{version}"'


def expected_version(if_match: str | None) -> int | None:
    """Read an If-Match header: a version, or None when absent or `*`. Raises BadMatch."""
    if if_match is None or if_match.strip() == "*":
        return None
    digits = if_match.strip().removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 10):
        raise BadMatch
    return int(digits)
