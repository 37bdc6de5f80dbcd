"""REST: sessions. A browser gets a cookie; a script is better off with an API token."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from api import sessions
from api.guard import House, SignedIn, drop_session, keep_session, refuse_other_sites
from api.shapes import OfficerOut, SessionOut
from api.signin import Proof, sign_in

ROUTER = APIRouter(prefix="/api/v1/sessions", tags=["sessions"])


class SignIn(BaseModel):
    """E-mail, password, and the six digits that the authenticator app shows now."""

    email: Annotated[str, Field(max_length=254)]
    password: Annotated[str, Field(max_length=1000)]
    totp: Annotated[str, Field(max_length=20)]


@ROUTER.post("", status_code=201)
def create(request: Request, response: Response, house: House, given: SignIn) -> SessionOut:
    """Sign in. The session ends after 30 idle minutes, after 12 hours, or at sign-out."""
    refuse_other_sites(request)
    admitted = sign_in(house, Proof(given.email, given.password, given.totp))
    keep_session(response, house, admitted.token)
    return SessionOut(officer=OfficerOut.model_validate(admitted.officer))


@ROUTER.get("/current")
def show(caller: SignedIn) -> SessionOut:
    """Say who is signed in."""
    return SessionOut(officer=OfficerOut.model_validate(caller.officer))


@ROUTER.delete("/current", status_code=204)
def end(response: Response, house: House, caller: SignedIn) -> None:
    """Sign out, at once and for good."""
    session = caller.session
    if session is not None:
        house.writer.call_sync(lambda connection: sessions.end(connection, session))
    drop_session(response, house)
