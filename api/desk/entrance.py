"""Pages: signing in and out, and the one-time links by which an officer comes in for the first time."""

import base64
import binascii
from typing import Annotated
from urllib.parse import unquote

import sqlalchemy as sa
from fastapi import APIRouter, Form, Query, Request
from markupsafe import Markup
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from api import accounts, passwords, sessions, signin, totp
from api.accounts import Credentials
from api.deps import Services
from api.desk.pages import render
from api.errors import NotRight, Problem, problem_of
from api.guard import House, SignedIn, check_form_token, drop_session, keep_session, refuse_other_sites, services_of
from api.passwords import TooBusy
from api.signin import Admitted, Proof
from cases.model import Officer
from store.sealing import Unopenable
from words.marked import marked

ROUTER = APIRouter(prefix="/desk", include_in_schema=False)
_ENROL = "enrol.secret"
_DEAD_LINK = marked("This link does not work: it was used, it is older than 24 hours, or a newer one was made. Ask for a new one.")
Token = Annotated[str, Field(max_length=200)]


class SignInForm(BaseModel):
    """What the sign-in page posts."""

    email: Annotated[str, Field(max_length=254)] = ""
    password: Annotated[str, Field(max_length=1000)] = ""
    totp: Annotated[str, Field(max_length=20)] = ""
    next: Annotated[str, Field(max_length=200)] = ""


class EnrolForm(BaseModel):
    """What the page for a new officer posts; `sealed` is the secret that was shown, so that nothing is kept until it is proved."""

    token: Token
    sealed: Annotated[str, Field(max_length=1000)]
    password: Annotated[str, Field(max_length=1000)] = ""
    code: Annotated[str, Field(max_length=20)] = ""


class CsrfForm(BaseModel):
    """A form that only says: do it."""

    csrf: Annotated[str, Field(max_length=100)] = ""


@ROUTER.get("")
@ROUTER.get("/")
def home() -> Response:
    """Lead to the queue."""
    return RedirectResponse("/desk/queue", status_code=303)


def _inside(path: str) -> str:
    """Give a path of the desk to go to after signing in; anything else leads to the queue, never to another site."""
    plain = unquote(path)
    return plain if plain.startswith("/desk/") and "\\" not in plain and "//" not in plain and plain.isprintable() else "/desk/queue"


@ROUTER.get("/sign-in")
def sign_in_page(request: Request, after: Annotated[str, Query(alias="next", max_length=200)] = "", ended: bool = False) -> Response:  # noqa: FBT001, FBT002 - a query's fields come by name
    """Show the sign-in page."""
    return render(request, "sign_in.html", {"next": after, "email": "", "error": "", "ended": ended})


@ROUTER.post("/sign-in")
def sign_in(request: Request, house: House, given: Annotated[SignInForm, Form()]) -> Response:
    """Sign in with e-mail, password and code."""
    refuse_other_sites(request)
    try:
        admitted = signin.sign_in(house, Proof(given.email, given.password, given.totp))
    except (NotRight, TooBusy) as error:
        return _ask_again(request, given, problem_of(error))
    return _let_in(house, admitted, _inside(given.next))


def _ask_again(request: Request, given: SignInForm, problem: Problem) -> Response:
    context = {"next": given.next, "email": given.email, "error": problem.sentence, "ended": False}
    response = render(request, "sign_in.html", context, status=problem.status)
    if problem.retry_after:
        response.headers["Retry-After"] = str(problem.retry_after)
    return response


def _let_in(house: Services, admitted: Admitted, path: str) -> Response:
    response = RedirectResponse(path, status_code=303)
    keep_session(response, house, admitted.token)
    return response


@ROUTER.post("/sign-out")
def sign_out(house: House, caller: SignedIn, given: Annotated[CsrfForm, Form()]) -> Response:
    """Sign out, at once and for good."""
    check_form_token(caller, given.csrf)
    session = caller.session
    if session is not None:
        house.writer.call_sync(lambda connection: sessions.end(connection, session))
    response = RedirectResponse("/desk/sign-in?ended=true", status_code=303)
    drop_session(response, house)
    return response


@ROUTER.get("/enter")
def enter_page(request: Request) -> Response:
    """Show where a one-time link is used; the link's own token is in the fragment, which only the page's script sees."""
    return render(request, "enter.html", {"error": ""})


@ROUTER.post("/enter")
def enter(request: Request, house: House, token: Annotated[str, Form(max_length=200)]) -> Response:
    """Use a link: a demo's lets in at once, any other leads to choosing a password and a second factor."""
    refuse_other_sites(request)
    plain = token.strip().rpartition("#")[2]
    with house.database.read() as connection:
        found = accounts.look_at_link(connection, house.keyring, plain, house.clock())
    if found is not None and found[1] == "enrol":
        return _enrol_page(request, found[0], plain, totp.new_secret())
    if found is not None and house.demo:
        admitted = house.writer.call_sync(lambda connection: _use_demo_link(connection, house, found[0], plain))
        if admitted is not None:
            return _let_in(house, admitted, "/desk/queue")
    return render(request, "enter.html", {"error": _DEAD_LINK}, status=401)


def _use_demo_link(connection: sa.Connection, house: Services, officer: Officer, token: str) -> Admitted | None:
    if not accounts.use_link(connection, house.keyring, token, house.clock()):
        return None
    return signin.begin(connection, house, officer)


def _enrol_page(request: Request, officer: Officer, token: str, secret: str, error: str = "") -> Response:
    sealed = services_of(request).keyring.seal(_ENROL, secret.encode(), _bound(officer, token))
    context = {
        "officer": officer,
        "token": token,
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "sealed": base64.urlsafe_b64encode(sealed).decode(),
        "picture": Markup(totp.picture(secret, officer.email)),  # noqa: S704 - drawn by us from the secret: squares, and not a letter of anybody's
        "shortest": passwords.SHORTEST,
        "error": error,
    }
    return render(request, "enrol.html", context, status=422 if error else 200)


def _bound(officer: Officer, token: str) -> bytes:
    return f"{officer.id}\n{token}".encode()


def _opened(house: Services, officer: Officer, given: EnrolForm) -> str | None:
    try:
        return house.keyring.open(_ENROL, base64.urlsafe_b64decode(given.sealed), _bound(officer, given.token)).decode()
    except (Unopenable, binascii.Error, ValueError):
        return None


@ROUTER.post("/enrol")
def enrol(request: Request, house: House, given: Annotated[EnrolForm, Form()]) -> Response:
    """Take a new password and a code that proves the second factor; the link is used up with them, and the officer is in."""
    refuse_other_sites(request)
    with house.database.read() as connection:
        found = accounts.look_at_link(connection, house.keyring, given.token, house.clock())
    secret = _opened(house, found[0], given) if found is not None and found[1] == "enrol" else None
    if found is None or secret is None:
        return render(request, "enter.html", {"error": _DEAD_LINK}, status=401)
    officer = found[0]
    step = totp.step_of(secret, given.code.replace(" ", ""), house.clock())
    error = passwords.complaint(given.password, officer.name, officer.email)
    if error is None and step is None:
        error = marked("That is not the code the app shows now. Scan the picture again if need be, and type the newest code.")
    if error is not None or step is None:
        return _enrol_page(request, officer, given.token, secret, error or "")
    new = Credentials(passwords.hashed(given.password), secret, step)
    admitted = house.writer.call_sync(lambda connection: _enrolled(connection, house, officer, given.token, new))
    return _let_in(house, admitted, "/desk/queue") if admitted else render(request, "enter.html", {"error": _DEAD_LINK}, status=401)


def _enrolled(connection: sa.Connection, house: Services, officer: Officer, token: str, new: Credentials) -> Admitted | None:
    if not accounts.use_link(connection, house.keyring, token, house.clock()):
        return None
    accounts.enrol(connection, house.keyring, officer.id, new)
    return signin.begin(connection, house, officer)
