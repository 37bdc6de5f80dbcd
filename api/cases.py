"""REST: cases. What may be done is decided in `cases.desk`; here it is only read, written and worded."""

import hashlib
from collections.abc import Callable
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Header, Path, Query
from pydantic import BaseModel, Field, WithJsonSchema

from api import cursors, once
from api.seat import Reading, Seat, Writing
from api.shapes import CaseOut, EntryOut, LineOut, QueueOut, ReplyOut, TimelineOut, WrittenOut
from api.times import due_by, read_moment
from cases import desk
from cases.access import AtDesk
from cases.desk import QueueFilters, QueuePage, ReplyDraft
from cases.lifecycle import STATES
from cases.save import Saved

ROUTER = APIRouter(prefix="/api/v1/cases", tags=["cases"])
LONGEST_TEXT = 10_000

Reference = Annotated[str, Path(max_length=16)]
Seq = Annotated[int, Path(ge=1, le=1_000_000)]
Text = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
OnceKey = Annotated[
    str | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=120, description="The same key and request are done once, and answer alike."),
]


_TIME = {"type": "string", "format": "date-time"}
_STATUSES = {"type": "string", "enum": ["open", "closed", "all", *STATES], "description": "A state; open is the default."}
_DUE = {
    "anyOf": [{"type": "string", "pattern": "^(|late|[0-9]{1,4}[hd])$"}, _TIME],
    "description": "late, a span such as 24h or 7d, or a time.",
}
_NEWS_BY = {"anyOf": [_TIME, {"type": "null"}], "description": "The time by which this answer promises to write again."}


class Filters(BaseModel):
    """What to list."""

    status: Annotated[str | None, Field(max_length=24), WithJsonSchema(_STATUSES)] = None
    site: Annotated[str | None, Field(max_length=40, description="A site's id, or unknown.")] = None
    severity: Annotated[int | None, Field(ge=1, le=5, description="The least severity.")] = None
    due: Annotated[str | None, Field(max_length=40), WithJsonSchema(_DUE)] = None
    q: Annotated[str | None, Field(max_length=80, description="Part of a reference or of a site's name.")] = None
    needs: Annotated[Literal["", "translation"], Field(description="Only cases with words nobody has put into the desk's language.")] = ""
    cursor: Annotated[str | None, Field(max_length=200)] = None
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class Reply(BaseModel):
    """An answer to the worker. `approved` is the wording that leaves, in the worker's language, where `text` is in another."""

    text: Text
    language: Annotated[str, Field(min_length=2, max_length=20, description="The language of the draft, as a BCP 47 tag.")]
    approved: Annotated[str | None, Field(max_length=LONGEST_TEXT)] = None
    as_is: Annotated[bool, Field(description="Send the text although it is in another language than the worker's.")] = False
    proposes: Annotated[bool, Field(description="The answer asks whether the matter is solved.")] = False
    news_by: Annotated[str | None, Field(max_length=40), WithJsonSchema(_NEWS_BY)] = None


class Wording(BaseModel):
    """A person's wording of an entry in another language."""

    wording: Text


class Note(BaseModel):
    """What only colleagues see."""

    text: Text


class Move(BaseModel):
    """Where the case should go, and why."""

    to: Annotated[str, Field(max_length=24)]
    reason: Reason


class Assignment(BaseModel):
    """Whose hands the case should be in (null: nobody's), and why."""

    officer: Annotated[str | None, Field(max_length=80)] = None
    reason: Reason


class Exclusion(BaseModel):
    """Who is named in the case and may no longer read it, and why."""

    officer: Annotated[str, Field(max_length=80)]
    reason: Reason


class Speaker(BaseModel):
    """Who speaks, for how many people (null: nobody said), and how you know."""

    who: Annotated[Literal["affected", "neighbour", "representative", "union"], Field(description="The one it happened to, or for others.")]
    on_behalf_of: Annotated[int | None, Field(ge=1, le=1_000_000)] = None
    reason: Reason


def queue_page(at: AtDesk, given: Filters) -> QueuePage:
    """List the cases that filters ask for. Raises Unclear for one that cannot be read, Absent for a page that is not there."""
    cursor = cursors.taken_back(at.keyring, given.cursor)
    by, unread = due_by(given.due, at.now), given.needs == "translation"
    page = desk.queue(at, QueueFilters(given.status, given.site, given.severity, by, given.q, cursor, given.limit, unread))
    return QueuePage(page.lines, cursors.given_out(at.keyring, page.next_cursor))


def draft_of(given: Reply) -> ReplyDraft:
    """Read a reply as the desk takes it; an empty approved wording is none. Raises Unclear."""
    news_by = read_moment(given.news_by, "Write `news_by` as in 2026-12-01T09:00:00Z.") if given.news_by is not None else None
    return ReplyDraft(given.text, given.language, given.approved or None, given.as_is, given.proposes, news_by)


def keep_reply(at: AtDesk, reference: str, draft: ReplyDraft) -> dict[str, Any]:
    """Keep a reply and say where it waits, in the words a desk shows."""
    kept = desk.reply(at, reference, draft)
    delivery = at.wording.delivery("held", kept.hold, None)
    return {"reference": reference.upper(), "seq": kept.seq, "version": kept.version, "hold": kept.hold, "delivery": delivery}


def _written(seat: Seat, reference: str, act: Callable[[AtDesk], Saved]) -> WrittenOut:
    saved = seat.write(act)
    seat.tag(saved.version)
    return WrittenOut(reference=reference.upper(), version=saved.version)


@ROUTER.get("")
def queue(seat: Reading, filters: Annotated[Filters, Query()]) -> QueueOut:
    """List your cases: danger first, then the gravest, then the nearest date."""
    page = seat.read(lambda at: queue_page(at, filters))
    return QueueOut(cases=tuple(LineOut.model_validate(line) for line in page.lines), next_cursor=page.next_cursor)


@ROUTER.get("/{reference}")
def show(seat: Reading, reference: Reference) -> CaseOut:
    """Show a case; its ETag is its version."""
    found = seat.read(lambda at: desk.view(at, reference))
    seat.tag(found.version)
    return CaseOut.model_validate(found)


@ROUTER.get("/{reference}/timeline")
def timeline(seat: Reading, reference: Reference) -> TimelineOut:
    """Show everything that happened, oldest first: words as they came, with translations beside them."""
    found = seat.read(lambda at: desk.read_timeline(at, reference))
    return TimelineOut(reference=reference.upper(), entries=tuple(EntryOut.model_validate(entry) for entry in found))


def _digest(reference: str, given: BaseModel) -> bytes:
    return hashlib.sha256(orjson.dumps([reference.upper(), given.model_dump()])).digest()


@ROUTER.post("/{reference}/replies", status_code=201)
def reply(seat: Writing, reference: Reference, given: Reply, key: OnceKey = None) -> ReplyOut:
    """Answer the worker. It waits behind a content-free knock; without a wording in the worker's language it waits for one."""
    request = once.Request(seat.caller.officer.id, key, _digest(reference, given))
    draft = draft_of(given)
    kept = seat.write(lambda at: once.run(at.connection, request, at.now, lambda: keep_reply(at, reference, draft)))
    seat.house.doorbell()
    seat.tag(kept["version"])
    return ReplyOut.model_validate(kept)


@ROUTER.post("/{reference}/replies/{seq}/approval")
def approve(seat: Writing, reference: Reference, seq: Seq, given: Wording) -> WrittenOut:
    """Give a waiting answer the wording that leaves, from a person, in the worker's language."""
    written = _written(seat, reference, lambda at: desk.approve(at, reference, seq, given.wording))
    seat.house.doorbell()
    return written


@ROUTER.post("/{reference}/timeline/{seq}/translations", status_code=201)
def translate(seat: Writing, reference: Reference, seq: Seq, given: Wording) -> WrittenOut:
    """Put a person's translation, in the desk's language, beside a worker's words."""
    return _written(seat, reference, lambda at: desk.translate(at, reference, seq, given.wording))


@ROUTER.post("/{reference}/notes", status_code=201)
def note(seat: Writing, reference: Reference, given: Note) -> WrittenOut:
    """Keep a note that no worker ever sees."""
    return _written(seat, reference, lambda at: desk.note(at, reference, given.text))


@ROUTER.post("/{reference}/moves", status_code=201)
def move(seat: Writing, reference: Reference, given: Move) -> WrittenOut:
    """Move a case. Moves end at `proposed`: only the worker's own answer closes it."""
    return _written(seat, reference, lambda at: desk.move(at, reference, given.to, given.reason))


@ROUTER.post("/{reference}/assignment", status_code=201)
def assign(seat: Writing, reference: Reference, given: Assignment) -> WrittenOut:
    """Put a case in a colleague's hands, or in nobody's."""
    return _written(seat, reference, lambda at: desk.assign(at, reference, given.officer, given.reason))


@ROUTER.post("/{reference}/exclusions", status_code=201)
def exclude(seat: Writing, reference: Reference, given: Exclusion) -> WrittenOut:
    """Shut out a colleague whom the case is about; they find nothing from this moment on."""
    return _written(seat, reference, lambda at: desk.exclude(at, reference, given.officer, given.reason))


@ROUTER.post("/{reference}/speaker", status_code=201)
def speaker(seat: Writing, reference: Reference, given: Speaker) -> WrittenOut:
    """Record who speaks: the one it happened to, a neighbour, a representative or a union, and for how many people."""
    said = desk.Speaker(given.who, given.on_behalf_of, given.reason)
    return _written(seat, reference, lambda at: desk.record_speaker(at, reference, said))
