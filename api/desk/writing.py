"""Pages: what an officer writes on a case's sheet. Whatever cannot be kept comes back with its words still in the form."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import orjson
from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from api import once
from api.cases import LONGEST_TEXT, Reference, keep_reply
from api.desk.case import Unsaved, context_of
from api.desk.pages import at_page, desk_context, render
from api.errors import problem_of
from api.guard import CaseWriter, House, at_desk, check_form_token, expected_version, services_of
from api.sessions import Caller
from cases import desk
from cases.access import AtDesk
from cases.desk import ReplyDraft
from cases.errors import Refused, Stale, Unclear

ROUTER = APIRouter(prefix="/desk/cases", include_in_schema=False)
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
Short = Annotated[str, Field(max_length=500)]


class CaseForm(BaseModel):
    """Every form of a case's sheet: the session's token, and the version of the case that the officer saw."""

    csrf: Annotated[str, Field(max_length=100)] = ""
    version: Annotated[str, Field(max_length=12)] = ""


class ReplyForm(CaseForm):
    """An answer to the worker; `once` makes a second click harmless."""

    text: Text = ""
    language: Annotated[str, Field(max_length=20)] = ""
    approved: Text = ""
    as_is: Annotated[str, Field(max_length=5)] = ""
    proposes: Annotated[str, Field(max_length=5)] = ""
    news_by: Annotated[str, Field(max_length=10)] = ""
    ready: Annotated[str, Field(max_length=40)] = ""
    once: Annotated[str, Field(max_length=40)] = ""
    anew: Annotated[str, Field(max_length=5)] = ""


class TextForm(CaseForm):
    """A note, or a wording."""

    text: Text = ""
    seq: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class MoveForm(CaseForm):
    """Where to, whose, or who not; and why."""

    to: Annotated[str, Field(max_length=80)] = ""
    reason: Short = ""


class SpeakerForm(MoveForm):
    """Who speaks, for how many people, and how one knows."""

    people: Annotated[str, Field(max_length=7)] = ""


def _people(given: str) -> int | None:
    """Read a number of people; None when left empty. Raises Unclear."""
    if not given.strip():
        return None
    if not given.strip().isdecimal():
        raise Unclear("Give the number of people in digits, or leave it empty.")
    return int(given)


def _end_of_day(day: str, zone: str) -> int | None:
    """Read a promised day: the end of it, where the desk is. Raises Unclear."""
    if not day:
        return None
    try:
        start = datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise Unclear("Give the day as year-month-day.") from None
    return int((start + timedelta(hours=23, minutes=59)).timestamp() * 1000)


def act_on(request: Request, caller: Caller, reference: str, form: CaseForm, deed: Callable[[AtDesk], str]) -> Response:
    """Do one thing with a case and lead back to its sheet, told by a word of `DONE`; what is refused comes back with the words in it."""
    check_form_token(caller, form.csrf)
    house = services_of(request)
    expects = expected_version(form.version or None)
    try:
        done = house.writer.call_sync(lambda connection: deed(at_desk(house, connection, caller, expects)))
    except (Refused, Stale, Unclear) as error:
        fields = {key: str(value) for key, value in form.model_dump(exclude={"csrf", "version"}).items()}
        problem = problem_of(error)
        unsaved = Unsaved(request.url.path.rpartition("/")[2], problem.sentence, fields)
        return _sheet_again(request, caller, reference, unsaved, problem.status)
    return RedirectResponse(f"/desk/cases/{reference.upper()}?done={done}#said", status_code=303)


def _sheet_again(request: Request, caller: Caller, reference: str, unsaved: Unsaved, status: int) -> Response:
    house = services_of(request)
    with house.database.read() as connection:
        at = at_page(request, connection, caller)
        context = desk_context(caller, at.programme, "case") | context_of(at, reference, unsaved, house)
        return render(request, "case.html", context | {"done": ""}, status=status)


def _draft(at: AtDesk, reference: str, form: ReplyForm) -> ReplyDraft:
    ready = next((each for each in desk.view(at, reference).ready if each.id == form.ready), None) if form.ready else None
    text, tag = (ready.text, ready.language) if ready is not None and not form.text.strip() else (form.text, form.language)
    company = at.programme.companies.get(at.officer.company_id)
    news_by = _end_of_day(form.news_by, company.timezone if company else at.programme.operator.timezone)
    proposes = bool(form.proposes) or (ready is not None and ready.proposes and text == ready.text)
    return ReplyDraft(text, tag, form.approved.strip() or None, bool(form.as_is), proposes, news_by)


@ROUTER.post("/{reference}/reply")
def reply(request: Request, house: House, caller: CaseWriter, reference: Reference, form: Annotated[ReplyForm, Form()]) -> Response:
    """Answer the worker."""
    digest = hashlib.sha256(orjson.dumps([reference, form.model_dump(exclude={"csrf", "version"})])).digest()
    asked = once.Request(caller.officer.id, form.once or None, digest)

    def act(at: AtDesk) -> str:
        kept = once.run(at.connection, asked, at.now, lambda: keep_reply(at, reference, _draft(at, reference, form)))
        return {"translation": "held", "hidden": "hidden"}.get(kept["hold"], "reply")

    answer = act_on(request, caller, reference, form, act)
    house.doorbell()
    return answer


@ROUTER.post("/{reference}/approve")
def approve(request: Request, house: House, caller: CaseWriter, reference: Reference, form: Annotated[TextForm, Form()]) -> Response:
    """Give a waiting answer the wording that leaves."""
    answer = act_on(request, caller, reference, form, lambda at: told(desk.approve(at, reference, form.seq, form.text), "approve"))
    house.doorbell()
    return answer


def told(_: object, word: str) -> str:
    """Give the word of `DONE` for what was done."""
    return word


@ROUTER.post("/{reference}/translate")
def translate(request: Request, caller: CaseWriter, reference: Reference, form: Annotated[TextForm, Form()]) -> Response:
    """Put a person's translation beside a worker's words."""
    return act_on(request, caller, reference, form, lambda at: told(desk.translate(at, reference, form.seq, form.text), "translate"))


@ROUTER.post("/{reference}/note")
def note(request: Request, caller: CaseWriter, reference: Reference, form: Annotated[TextForm, Form()]) -> Response:
    """Keep a note that only colleagues see."""
    return act_on(request, caller, reference, form, lambda at: told(desk.note(at, reference, form.text), "note"))


@ROUTER.post("/{reference}/move")
def move(request: Request, caller: CaseWriter, reference: Reference, form: Annotated[MoveForm, Form()]) -> Response:
    """Move the case."""
    return act_on(request, caller, reference, form, lambda at: told(desk.move(at, reference, form.to, form.reason), "move"))


@ROUTER.post("/{reference}/assign")
def assign(request: Request, caller: CaseWriter, reference: Reference, form: Annotated[MoveForm, Form()]) -> Response:
    """Put the case in somebody's hands, or in nobody's."""
    return act_on(request, caller, reference, form, lambda at: told(desk.assign(at, reference, form.to or None, form.reason), "assign"))


@ROUTER.post("/{reference}/exclude")
def exclude(request: Request, caller: CaseWriter, reference: Reference, form: Annotated[MoveForm, Form()]) -> Response:
    """Shut out a colleague whom the case is about."""
    return act_on(request, caller, reference, form, lambda at: told(desk.exclude(at, reference, form.to, form.reason), "exclude"))


@ROUTER.post("/{reference}/speaker")
def speaker(request: Request, caller: CaseWriter, reference: Reference, form: Annotated[SpeakerForm, Form()]) -> Response:
    """Record who speaks."""

    def act(at: AtDesk) -> str:
        said = desk.Speaker(form.to, _people(form.people), form.reason)
        return told(desk.record_speaker(at, reference, said), "speaker")

    return act_on(request, caller, reference, form, act)
