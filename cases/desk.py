"""What an officer does with a case: see, answer, note, move, hand over. Every write appends an entry and leaves a trace in the audit."""

from cases import audit, entries, lifecycle, routing, speaker
from cases.access import AtDesk, may_read
from cases.backlog import MOST as MOST_AT_ONCE
from cases.backlog import Backlog, backlog, take_up
from cases.carrying import DraftView, ask, correct_language, draft, my_draft, reply
from cases.change import Case, CaseChange, NewEntry, touched
from cases.desk_entries import EntryView, TranslationView
from cases.desk_queue import QueueFilters, QueueLine, QueuePage, queue
from cases.desk_reply import ReplyDraft, ReplyKept, approve, locked, translate, wording_of
from cases.desk_view import CaseView, read_timeline, view
from cases.errors import Refused
from cases.routing import RoutingFacts
from cases.save import Saved, save
from cases.speaker import Speaker
from words.marked import marked

__all__ = [
    "MOST_AT_ONCE",
    "AtDesk",
    "Backlog",
    "CaseView",
    "DraftView",
    "EntryView",
    "QueueFilters",
    "QueueLine",
    "QueuePage",
    "ReplyDraft",
    "ReplyKept",
    "Speaker",
    "TranslationView",
    "approve",
    "ask",
    "assign",
    "backlog",
    "correct_language",
    "draft",
    "exclude",
    "move",
    "my_draft",
    "note",
    "queue",
    "read_timeline",
    "record_speaker",
    "reply",
    "take_up",
    "translate",
    "view",
    "wording_of",
]

LONGEST_REASON = 500
LONGEST_NOTE = 10_000


def note(at: AtDesk, reference: str, text: str) -> Saved:
    """Keep a note that no worker ever sees. Raises NotFound, Stale or Refused."""
    case = locked(at, reference)
    if not text.strip() or len(text) > LONGEST_NOTE:
        raise Refused(marked("A note has 1 to {most} letters.", most=LONGEST_NOTE))
    return _save(at, case, "note", entries.note(at.now, entries.by_officer(at.officer.id), text))


def move(at: AtDesk, reference: str, to: str, reason: str) -> Saved:
    """Move a case by the table of lifecycle.py, with a reason. Raises NotFound, Stale or Refused: an officer never closes a case."""
    case = locked(at, reference)
    _check_reason(reason)
    if not lifecycle.may("officer", case["state"], to):
        known = ", ".join(lifecycle.allowed("officer", case["state"])) or marked("nothing: only the worker can open it again")
        raise Refused(marked("This case cannot be moved to {to}. It can go to: {known}.", to=to or marked("nowhere"), known=known))
    if to == "proposed" and case["answered_at"] is None:
        raise Refused("Nobody has answered the worker yet. Ask first whether it is solved.")
    entry = entries.moved(at.now, entries.by_officer(at.officer.id), (case["state"], to), reason)
    return _save(at, case, "move", entry, state=to)


def assign(at: AtDesk, reference: str, officer_id: str | None, reason: str) -> Saved:
    """Put a case in somebody's hands, or in nobody's. Raises NotFound, Stale, or Refused for somebody who may not read it."""
    case = locked(at, reference)
    _check_reason(reason)
    if officer_id is not None:
        officer = at.programme.officers.get(officer_id)
        if officer is None or not may_read(case, officer):
            raise Refused("That person cannot read this case.")
    entry = entries.assigned(at.now, entries.by_officer(at.officer.id), officer_id, reason)
    return _save(at, case, "assign", entry, officer_id=officer_id)


def exclude(at: AtDesk, reference: str, officer_id: str, reason: str) -> Saved:
    """Shut somebody out whom the case is about; with nobody left at the desk it goes to those who run the line, or another reader.

    Raises NotFound, Stale, or Refused for an unknown person.
    """
    case = locked(at, reference)
    _check_reason(reason)
    if officer_id not in at.programme.officers:
        raise Refused("There is no such person.")
    out = tuple(dict.fromkeys((*case["excluded"], officer_id)))
    first = entries.excluded(at.now, entries.by_officer(at.officer.id), officer_id, reason)
    columns = {"excluded": list(out), "officer_id": None if case["officer_id"] == officer_id else case["officer_id"]}
    if routing.readers(at.programme, case["company_id"], out):
        return _save(at, case, "exclude", first, **columns)
    facts = RoutingFacts(at.programme.place_of(case["place_id"]), case["language"], case["who"], case["danger"], out)
    desk = routing.desk_for(facts, at.programme)
    columns |= {"company_id": desk.company, "officer_id": desk.officer}
    return _save(at, case, "exclude", (first, entries.routed(at.now, desk)), **columns)


def record_speaker(at: AtDesk, reference: str, said: Speaker) -> Saved:
    """Record who speaks, and for how many people (cases/speaker.py). Raises NotFound, Stale or Refused."""
    case = locked(at, reference)
    _check_reason(said.reason)
    saved = save(at.connection, at.keyring, case, speaker.record(case, said, entries.by_officer(at.officer.id), at.programme, at.now))
    audit.record(at.connection, at.officer, "speaker", case["reference"], at.now)
    return saved


def _save(at: AtDesk, case: Case, action: str, written: NewEntry | tuple[NewEntry, ...], **columns: object) -> Saved:
    new = written if isinstance(written, tuple) else (written,)
    saved = save(at.connection, at.keyring, case, CaseChange(touched(case, at.now, **columns), new))
    audit.record(at.connection, at.officer, action, case["reference"], at.now)
    return saved


def _check_reason(reason: str) -> None:
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Refused(marked("Give a reason, at most {most} letters.", most=LONGEST_REASON))
