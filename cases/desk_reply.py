"""An officer's answer: kept with the case at once, and never sent in a language its reader does not read unless a person said so."""

from dataclasses import dataclass

import sqlalchemy as sa

from cases import audit, entries, lifecycle, timeline
from cases.access import AtDesk, case_for
from cases.change import Case, CaseChange, touched
from cases.errors import Refused, Stale
from cases.model import same_language
from cases.save import Saved, save
from cases.timeline import Annotation
from store import doorbell
from store import outbox as kept
from store.casekeys import load_data_key
from store.sealing import Keyring, Unopenable
from store.tables import cases, outbox
from words.marked import marked

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class ReplyDraft:
    """What an officer wrote. `approved` is the wording to send, in the worker's language, where the text is in another.

    `as_is` sends the text although it is in another language. `proposes`: it asks whether the matter is solved. `news_by` is the date
    (milliseconds) by which it promises to write again. `made` says which models made the approved wording, and what it is carried back,
    when a person let a machine's wording stand as it was.
    """

    text: str
    language: str
    approved: str | None = None
    as_is: bool = False
    proposes: bool = False
    news_by: int | None = None
    made: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class ReplyKept:
    """A reply as it was kept: its entry, the case's version, and what holds it: knock, translation or hidden."""

    seq: int
    version: int
    hold: str


def reply(at: AtDesk, reference: str, draft: ReplyDraft) -> ReplyKept:
    """Keep an answer and put it in the outbox, behind a knock; behind its translation when there is no wording the worker can read.

    The first answer keeps the promise that was told. Raises NotFound, Stale, or Refused for an empty or overlong text or a closed case.
    """
    case = locked(at, reference)
    _refuse(case, draft, at.now)
    author = entries.by_officer(at.officer.id)
    state = "proposed" if draft.proposes else "waiting_worker"
    facts = {
        "for_language": case["language"],
        "approved": draft.approved,
        "as_is": draft.as_is,
        "proposes": draft.proposes,
        "news_by": draft.news_by,
        **({"wording_by": draft.made[0], "back": draft.made[1]} if draft.made and draft.approved else {}),
    }
    written = [
        entries.reply(at.now, author, draft.text, draft.language, approved_language=case["language"] if draft.approved else None, **facts)
    ]
    if case["state"] != state:
        written.append(entries.moved(at.now, author, (case["state"], state), "answered"))
    columns = touched(
        case,
        at.now,
        state=state,
        answered_at=case["answered_at"] or at.now,
        answer_by=draft.news_by,
        late_at=None,
        officer_id=case["officer_id"] or at.officer.id,
    )
    saved = save(at.connection, at.keyring, case, CaseChange(columns, tuple(written)))
    seq = case["last_seq"] + 1
    hold = _hold(case, draft)
    _put(at, case, seq, hold)
    audit.record(at.connection, at.officer, "reply", case["reference"], at.now)
    return ReplyKept(seq, saved.version, hold)


def approve(at: AtDesk, reference: str, seq: int, wording: str) -> Saved:
    """Give a waiting answer the wording that leaves, in the worker's language, from a person. Raises NotFound, Stale or Refused."""
    case = locked(at, reference)
    check_text(wording)
    waiting = (outbox.c.case_id == case["id"]) & (outbox.c.seq == seq) & (outbox.c.state == "held") & (outbox.c.hold == "translation")
    hold = "hidden" if case["worker_id"] is None else "knock"
    released = sa.update(outbox).where(waiting).values(hold=hold, due_at=at.now).returning(outbox.c.id)
    if at.connection.execute(released).first() is None:
        raise Refused("No answer of this case waits for a wording there.")
    _annotate(at, case, seq, case["language"], wording)
    saved = save(at.connection, at.keyring, case, CaseChange(touched(case, at.now)))
    doorbell.ring(at.connection, doorbell.ANSWERS)
    audit.record(at.connection, at.officer, "approve", case["reference"], at.now)
    return saved


def translate(at: AtDesk, reference: str, seq: int, wording: str) -> Saved:
    """Put a person's translation, in the desk's language, beside a worker's words. Raises NotFound, Stale or Refused."""
    case = locked(at, reference)
    check_text(wording)
    if not any(entry.seq == seq and entry.kind == "words" for entry in _read(at, case)):
        raise Refused("There are no words of the worker there.")
    _annotate(at, case, seq, at.programme.desk_language(case["company_id"]), wording)
    saved = save(at.connection, at.keyring, case, CaseChange(touched(case, at.now)))
    audit.record(at.connection, at.officer, "translate", case["reference"], at.now)
    return saved


def wording_of(connection: sa.Connection, keyring: Keyring, case_id: int, seq: int) -> str:
    """Give the wording of an answer that may leave: a person's in the worker's language, else the text where that is meant to go.

    Raises Unopenable when the case was forgotten, or when there is no wording that may leave: nothing is sent then.
    """
    found = connection.execute(sa.select(cases).where(cases.c.id == case_id)).mappings().one()
    case = dict(found)
    data_key = load_data_key(connection, keyring, case_id)
    body = next((entry.body for entry in timeline.read(connection, case, data_key) if (entry.seq, entry.kind) == (seq, "reply")), None)
    if body is None:
        raise Unopenable("there is no such answer")
    hers = str(body.get("for_language") or case["language"])
    approved = [
        made.text
        for made in timeline.read_annotations(connection, case, data_key)
        if _leaves(made, seq, hers) or _leaves(made, seq, case["language"])
    ]
    if approved or body["approved"]:
        return approved[-1] if approved else str(body["approved"])
    if body["as_is"] or same_language(body["language"], hers):
        return str(body["text"])
    raise Unopenable("this answer has no wording in the worker's language yet")


def locked(at: AtDesk, reference: str) -> Case:
    """Read a case to write to it. Raises NotFound; Stale when the officer saw another version."""
    case = case_for(at.connection, at.officer, reference, lock=True)
    if at.expects is not None and at.expects != case["version"]:
        raise Stale
    if case["state"] == "forgotten":
        raise Refused("The worker asked to be forgotten: nothing can be added.")
    return case


def _refuse(case: Case, draft: ReplyDraft, now: int) -> None:
    check_text(draft.text)
    if draft.approved is not None:
        check_text(draft.approved)
    if case["state"] not in lifecycle.OPEN:
        raise Refused("The case is closed. A word of the worker opens it again.")
    if draft.news_by is not None and draft.news_by <= now:
        raise Refused("The date you promise has passed. Choose a later one.")


def check_text(text: str) -> None:
    """Raise Refused for a text that is empty or longer than LONGEST."""
    if not text.strip():
        raise Refused("The text is empty.")
    if len(text) > LONGEST:
        raise Refused(marked("The text is longer than {most} letters. Write less: it is read on a small phone.", most=LONGEST))


def _hold(case: Case, draft: ReplyDraft) -> str:
    if draft.approved is None and not draft.as_is and not same_language(draft.language, case["language"]):
        return "translation"
    return "hidden" if case["worker_id"] is None else "knock"


def _put(at: AtDesk, case: Case, seq: int, hold: str) -> None:
    kept.put(at.connection, [{**kept.with_case(case, seq, "reply", at.now), "hold": hold}])
    if hold == "knock":
        doorbell.ring(at.connection, doorbell.ANSWERS)


def _annotate(at: AtDesk, case: Case, seq: int, language: str, wording: str) -> None:
    made = Annotation(seq, language, "person", entries.by_officer(at.officer.id), "good", at.now, wording)
    timeline.annotate(at.connection, case, load_data_key(at.connection, at.keyring, case["id"]), made)


def _read(at: AtDesk, case: Case) -> tuple[timeline.Entry, ...]:
    return timeline.read(at.connection, case, load_data_key(at.connection, at.keyring, case["id"]))


def _leaves(made: Annotation, seq: int, language: str) -> bool:
    return made.seq == seq and made.engine == "person" and same_language(made.language, language)
