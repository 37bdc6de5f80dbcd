"""Pages: what an officer asks of the machine that translates. It answers from another process; a page waits a little, then says so."""

import time
from typing import Annotated

from fastapi import APIRouter, Form, Request
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from api.cases import Reference
from api.desk.writing import CaseForm, ReplyForm, act_on, told
from api.guard import CaseWriter, House, at_desk
from api.sessions import Caller
from cases import desk
from cases.carrying import WAITING

ROUTER = APIRouter(prefix="/desk/cases", include_in_schema=False)
PATIENCE = 6.0
"""Seconds that a page waits for a translation: a long answer takes about one on two cores."""
_LOOK_EVERY = 0.1
_Tag = Annotated[str, Field(max_length=20)]


class LanguageForm(CaseForm):
    """A language, and the words that are in it."""

    seq: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    to: _Tag = ""


@ROUTER.post("/{reference}/draft")
def draft(request: Request, house: House, caller: CaseWriter, reference: Reference, form: Annotated[ReplyForm, Form()]) -> Response:
    """Show an answer in the worker's language, and carried back; nothing is sent."""
    wording = "" if form.anew else form.approved.strip()
    answer = act_on(
        request, caller, reference, form, lambda at: told(desk.draft(at, reference, form.text, form.language, wording), "draft")
    )
    if isinstance(answer, RedirectResponse):
        _await_draft(house, caller, reference)
        return RedirectResponse(f"/desk/cases/{reference.upper()}#form-reply", status_code=303)
    return answer


def _await_draft(house: House, caller: Caller, reference: str) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with house.database.read() as connection:
            mine = desk.my_draft(at_desk(house, connection, caller), reference)
        if mine is None or mine.confidence != WAITING or not house.translator.languages_into(mine.wording_language):
            return
        time.sleep(_LOOK_EVERY)


@ROUTER.post("/{reference}/language")
def language(request: Request, caller: CaseWriter, reference: Reference, form: Annotated[LanguageForm, Form()]) -> Response:
    """Say in which language words are."""
    return act_on(request, caller, reference, form, lambda at: told(desk.correct_language(at, reference, form.seq, form.to), "language"))


@ROUTER.post("/{reference}/carry")
def carry(request: Request, caller: CaseWriter, reference: Reference, form: Annotated[LanguageForm, Form()]) -> Response:
    """Have everything in a case put into a language."""
    return act_on(request, caller, reference, form, lambda at: told(desk.ask(at, reference, form.to), "carry"))
