"""What a worker does to a case: opens it, adds words, chooses, allows, warns of danger. Pure values in, pure values out."""

from dataclasses import dataclass
from typing import Any

from cases import entries, lifecycle, reasons, routing, severity, taxonomy
from cases.change import NOTHING, Case, CaseChange, NewEntry, NewMail, touched
from cases.model import Place, Programme, Who
from cases.routing import Desk, RoutingFacts
from words.digits import ascii_digits

ANSWER_MAIL_EVERY = 600_000
"""Many words in a row bring one notice: at most one in each ten minutes of the clock, in milliseconds."""

DANGER_MAIL_EVERY = 3_600_000
"""Danger that is said again an hour later is news again, in milliseconds."""

SCOPES = ("hide_me", "ask_first", "never")
_YES = "1"


@dataclass(frozen=True, slots=True)
class Danger:
    """Danger as it was said or answered.

    `because` names the kind of words or the option, never the words. `happening` None: not asked yet.
    """

    kind: str
    because: str
    happening: bool | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """The first free words of a worker, with what is known around them. `floor` names what grave words speak of (`child`, `papers`)."""

    reference: str
    words: str
    language: str
    channel: str
    place_id: str | None = None
    who: Who = "affected"
    on_behalf_of: int | None = None
    danger: Danger | None = None
    floor: tuple[str, ...] = ()
    accused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenedCase:
    """A new case: its row without keys, code and worker; the first entries; the notices."""

    case: dict[str, Any]
    entries: tuple[NewEntry, ...]
    mails: tuple[NewMail, ...]


def open_case(opening: Opening, programme: Programme, now: int) -> OpenedCase:
    """Open a case with a worker's first words: judged, routed with its reasons, and promised an answer."""
    place = programme.place_of(opening.place_id)
    who: Who = "neighbour" if place is not None and place.kind == "area" and opening.who == "affected" else opening.who
    kind = opening.danger.kind if opening.danger else None
    grave = severity.of((), people=opening.on_behalf_of, floor=opening.floor, danger=kind)
    desk = routing.desk_for(RoutingFacts(place, opening.language, who, kind, opening.accused), programme)
    level = severity.clock(grave.level, kind)
    case: dict[str, Any] = {
        "reference": opening.reference,
        "channel": opening.channel,
        "language": opening.language,
        "place_id": place.id if place else None,
        "supplier_id": place.supplier_id if place else None,
        "company_id": desk.company,
        "officer_id": desk.officer,
        "excluded": list(desk.excluded),
        "who": who,
        "on_behalf_of": opening.on_behalf_of,
        "state": "new",
        "severity": grave.level,
        "danger": kind,
        "groups": [],
        "may_we": "ask_first",
        "opened_at": now,
        "answer_by": programme.answer_by(desk.company, level, place.id if place else None, now),
        "late_at": None,
        "answered_at": None,
        "updated_at": now,
        "version": 1,
    }
    return OpenedCase(case, _first_entries(opening, case, grave, desk), _first_mails(opening, case, programme))


def _first_entries(opening: Opening, case: Case, grave: severity.Severity, desk: Desk) -> tuple[NewEntry, ...]:
    now = case["opened_at"]
    facts = {"channel": opening.channel, "place": case["place_id"], "who": case["who"], "on_behalf_of": opening.on_behalf_of}
    spoken = _spoken(opening.words, opening.language, opening.channel, now)
    first = (entries.opened(now, grave, **facts), *spoken, entries.routed(now, desk))
    if opening.danger is None:
        return first
    return (*first, entries.danger(now, opening.danger.kind, opening.danger.because, opening.danger.happening))


def _first_mails(opening: Opening, case: Case, programme: Programme) -> tuple[NewMail, ...]:
    mails = [NewMail("new_case", f"new:{opening.reference}", _routed(case, programme))]
    if opening.danger is not None:
        mails.append(_danger_mail(case, opening.danger, programme, case["opened_at"]))
    return tuple(mails)


def add_words(case: Case, words: str, programme: Programme, now: int) -> CaseChange:
    """Keep later words as they came. They put an answered case back on the desk, with a new date; a bare 1 to a proposal closes it.

    So does a voice note or a photo that came without words (its own entry is kept by whoever knows of it).
    """
    spoken = _spoken(words, case["language"], case["channel"], now)
    if case["state"] == "proposed" and ascii_digits(words).strip(" .!") == _YES:
        return _agreed(case, spoken, programme, now)
    return _on_the_desk(case, spoken, programme, now)


def _spoken(words: str, language: str, channel: str, now: int) -> tuple[NewEntry, ...]:
    """Give the entry that keeps words; none where somebody only spoke into the phone or sent a picture."""
    return (entries.words(now, words, language, channel),) if words.strip() else ()


def correct_words(case: Case, words: str, programme: Programme, now: int) -> CaseChange:
    """Keep words that the worker changed beside the first ones; they answer nothing, and are news for the desk like any others."""
    return _on_the_desk(case, (entries.corrected(now, words, case["language"], case["channel"]),), programme, now)


def judge(case: Case, answer: str, programme: Programme, now: int) -> CaseChange:
    """Keep what the worker thinks of our answer. `solved` closes what was proposed as solved; anything else puts it back on the desk."""
    entry = entries.feedback(now, answer)
    if answer == "solved" and case["state"] == "proposed":
        return _agreed(case, (entry,), programme, now)
    return _on_the_desk(case, (entry,), programme, now)


def _on_the_desk(case: Case, said: tuple[NewEntry, ...], programme: Programme, now: int) -> CaseChange:
    state = lifecycle.after_words(case["state"])
    columns = touched(case, now, state=state)
    if state == "answer_needed":
        columns |= _owed(case, programme, now)
    moved = () if state == case["state"] else (entries.moved(now, entries.WORKER, (case["state"], state), reasons.kept("wrote")),)
    mails = () if case["state"] == "new" else (_answer_mail(case, programme, now),)
    return CaseChange(columns, (*said, *moved), mails)


def _agreed(case: Case, said: tuple[NewEntry, ...], programme: Programme, now: int) -> CaseChange:
    moved = entries.moved(now, entries.WORKER, ("proposed", "closed_agreed"), reasons.kept("solved"))
    columns = touched(case, now, state="closed_agreed", answer_by=None, late_at=None)
    return CaseChange(columns, (*said, moved), (_answer_mail(case, programme, now),))


def choose_group(case: Case, code: str, programme: Programme, now: int) -> CaseChange:
    """Keep what the worker says it is about; a graver group raises the case and brings its date nearer, never the other way."""
    chosen = taxonomy.known(code)
    groups = [*case["groups"], *([chosen] if chosen not in case["groups"] else [])]
    change = graver(case, severity.of((chosen,)), programme, now)
    return CaseChange({**touched(case, now, groups=groups), **change.columns}, (entries.group(now, chosen), *change.entries))


def raise_floor(case: Case, because: str, programme: Programme, now: int) -> CaseChange:
    """Raise a case for what its words speak of (`child`, `papers`): before any translation, and never down again."""
    return graver(case, severity.of((), floor=(because,)), programme, now)


def raise_to_danger(case: Case, danger: Danger, programme: Programme, now: int) -> CaseChange:
    """Put a case on top: the danger promise holds from now, and everybody who may read it is told at once."""
    grave = max(case["severity"], severity.GRAVEST)
    owed = _sooner(case["answer_by"], programme.answer_by(case["company_id"], "danger", case["place_id"], now))
    state = lifecycle.after_words(case["state"])
    columns = touched(case, now, severity=grave, danger=danger.kind, state=state, answer_by=owed)
    entry = entries.danger(now, danger.kind, danger.because, danger.happening)
    mails = () if danger.happening is False else (_danger_mail(case, danger, programme, now),)
    return CaseChange(columns, (entry,), mails)


def give_consent(case: Case, scope: str, now: int) -> CaseChange:
    """Keep what the worker allows; no answer stays `ask_first`. Raises ValueError for a scope that does not exist."""
    if scope not in SCOPES:
        raise ValueError("a scope is hide_me, ask_first or never")
    return CaseChange(touched(case, now, may_we=scope), (entries.consent(now, scope),))


def choose_language(case: Case, language: str, now: int) -> CaseChange:
    """Keep the language the worker chose; answers are owed in it from now on."""
    if language == case["language"]:
        return NOTHING
    return CaseChange(touched(case, now, language=language), (entries.language(now, language),))


def give_place(case: Case, place: Place, programme: Programme, now: int, *, who: Who | None = None) -> CaseChange:
    """Route a case again once its site is known; `who` is who speaks, where the card with the site's digits said so.

    A case that has its site stays where it is: no desk loses or wins one by a later word.
    """
    if case["place_id"] is not None:
        return NOTHING
    said: Who = who or case["who"]
    speaks: Who = "neighbour" if place.kind == "area" and said == "affected" else said
    desk = routing.desk_for(RoutingFacts(place, case["language"], speaks, case["danger"], tuple(case["excluded"])), programme)
    owed = programme.answer_by(desk.company, severity.clock(case["severity"], case["danger"]), place.id, now)
    columns = touched(
        case,
        now,
        place_id=place.id,
        supplier_id=place.supplier_id,
        company_id=desk.company,
        officer_id=desk.officer,
        who=speaks,
        excluded=list(dict.fromkeys((*case["excluded"], *desk.excluded))),
        answer_by=None if case["answer_by"] is None else _sooner(case["answer_by"], owed),
    )
    moved = desk.company != case["company_id"]
    there = {**case, **columns}
    mails: tuple[NewMail, ...] = ()
    if moved:
        mails = (NewMail("new_case", f"new:{case['reference']}:{desk.company}", _routed(there, programme)),)
    if moved and case["danger"]:
        mails += (_danger_mail(there, Danger(case["danger"], reasons.kept("before_site")), programme, now),)
    return CaseChange(columns, (entries.routed(now, desk),), mails)


def ask_for_person(case: Case, now: int) -> CaseChange:
    """Note that the worker wants a person."""
    return CaseChange(touched(case, now), (entries.person(now),))


def use_code(case: Case, worker_id: str, channel: str, now: int) -> CaseChange:
    """Let answers go to the phone the code came from, from now on."""
    return CaseChange(touched(case, now, worker_id=worker_id, channel=channel), (entries.code_used(now, channel),))


def hide(case: Case, now: int) -> CaseChange:
    """Send nothing to that phone until the code comes; the case goes on."""
    return CaseChange(touched(case, now, worker_id=None), (entries.hidden(now),))


def forget(case: Case, now: int) -> CaseChange:
    """End a case because its worker asked to be forgotten; the caller destroys its keys in the same transaction."""
    ended = {"state": "forgotten", "worker_id": None, "code_hash": None, "answer_by": None, "forgotten_at": now}
    return CaseChange(touched(case, now, **ended), (entries.forgotten(now),))


def graver(case: Case, found: severity.Severity, programme: Programme, now: int) -> CaseChange:
    """Raise a case that turned out graver, with a nearer date; nothing when it did not."""
    if found.level <= case["severity"]:
        return NOTHING
    columns = touched(case, now, severity=found.level)
    if case["answer_by"] is not None:
        level = severity.clock(found.level, case["danger"])
        columns["answer_by"] = _sooner(case["answer_by"], programme.answer_by(case["company_id"], level, case["place_id"], now))
    return CaseChange(columns, (entries.severity(now, found),))


def _owed(case: Case, programme: Programme, now: int) -> dict[str, Any]:
    """Owe an answer: by the company's promise from now, or by the date that was told already."""
    if case["answer_by"] is not None:
        return {}
    level = severity.clock(case["severity"], case["danger"])
    return {"answer_by": programme.answer_by(case["company_id"], level, case["place_id"], now), "late_at": None}


def _sooner(told: int | None, reckoned: int) -> int:
    return reckoned if told is None else min(told, reckoned)


def _routed(case: Case, programme: Programme) -> tuple[str, ...]:
    """Name whom a notice goes to: the officer who has the case in hand, else everybody who may read it."""
    able = routing.readers(programme, case["company_id"], case["excluded"])
    return (case["officer_id"],) if case["officer_id"] in able else able


def _answer_mail(case: Case, programme: Programme, now: int) -> NewMail:
    return NewMail("answer", f"answer:{case['reference']}:{now // ANSWER_MAIL_EVERY}", _routed(case, programme))


def _danger_mail(case: Case, danger: Danger, programme: Programme, now: int) -> NewMail:
    """Warn everybody who may read: once an hour for each kind, each desk, and once more when it is happening now."""
    what = f"{danger.kind}:now" if danger.happening else danger.kind
    key = f"danger:{case['reference']}:{case['company_id']}:{what}:{now // DANGER_MAIL_EVERY}"
    return NewMail("danger", key, routing.readers(programme, case["company_id"], case["excluded"]))
