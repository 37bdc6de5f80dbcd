"""A case as its officer sees it: both texts of every entry with where they come from, what the worker allowed, the clock, the reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import sqlalchemy as sa
from babel import Locale, UnknownLocaleError

from cases import attachments, lifecycle, ready, taxonomy, timeline
from cases.access import AtDesk, case_for, visible
from cases.attachments import AttachmentView
from cases.change import Case
from cases.desk_queue import is_late
from cases.model import same_language
from cases.timeline import Annotation, Entry
from store.casekeys import load_data_key
from store.sealing import Unopenable
from store.tables import case_links, cases, entries, outbox, workers

_SPOKEN = ("words", "reply", "note")
_COLUMNS = (
    "reference", "version", "state", "severity", "danger", "place_id", "company_id", "who", "on_behalf_of", "channel", "language", "may_we",
    "officer_id", "opened_at", "answer_by", "answered_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class TranslationView:
    """A text in another language: by whom or what, and how sure."""

    text: str
    language: str
    engine: str
    author: str
    confidence: str


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry. `text` holds somebody's own words; `words` says what happened where there are none.

    `translated` False: the desk cannot read this in its language yet, and the page must say so. `private` marks what no worker ever sees.
    """

    seq: int
    kind: str
    at: int
    author: str
    author_name: str
    text: str
    language: str | None
    translations: tuple[TranslationView, ...]
    translated: bool
    private: bool
    words: str
    delivery: str | None
    waits_for_wording: bool
    body: Mapping[str, Any]
    attachment: AttachmentView | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """Everything an officer needs to answer; times in milliseconds. `version` is the ETag. `readable` False: the worker was forgotten."""

    reference: str
    version: int
    state: str
    state_words: str
    severity: int
    danger: str | None
    groups: tuple[tuple[str, str], ...]
    place_id: str | None
    place: str
    town: str
    country: str | None
    supplier: str | None
    company_id: str
    company: str
    who: str
    who_words: str
    on_behalf_of: int | None
    channel: str
    language: str
    language_name: str
    desk_language: str
    may_we: str
    allowed: str
    officer_id: str | None
    officer: str | None
    opened_at: int
    answer_by: int | None
    answered_at: int | None
    late: bool
    clock: str
    hidden: bool
    readable: bool
    because: tuple[str, ...]
    entries: tuple[EntryView, ...]
    moves: tuple[tuple[str, str], ...]
    colleagues: tuple[tuple[str, str], ...]
    ready: tuple[ready.Ready, ...]
    who_reads: tuple[str, ...]
    linked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sealed:
    """What was opened of a case: its entries, its translations, and how far each answer came."""

    entries: tuple[Entry, ...]
    annotations: Mapping[int, tuple[Annotation, ...]]
    deliveries: Mapping[int, tuple[str, str | None]]
    files: Mapping[int, AttachmentView]
    readable: bool


def view(at: AtDesk, reference: str) -> CaseView:
    """Show a case. Raises NotFound."""
    case = case_for(at.connection, at.officer, reference)
    opened = _open(at, case)
    place = at.programme.place_of(case["place_id"])
    supplier = at.programme.suppliers.get(case["supplier_id"] or "")
    desk_language = at.programme.desk_language(case["company_id"])
    return CaseView(
        **{name: case[name] for name in _COLUMNS},
        state_words=at.wording.states.get(case["state"], case["state"]),
        groups=tuple((code, taxonomy.label(code)) for code in case["groups"]),
        place=place.name if place else case["place_id"] or at.wording.unknown_place,
        town=place.town if place else "",
        country=place.country if place else None,
        supplier=supplier.name if supplier else None,
        company=at.programme.company_name(case["company_id"]),
        who_words=at.wording.speaker(case["who"], case["on_behalf_of"]),
        language_name=language_name(case["language"], at.wording.language),
        desk_language=desk_language,
        allowed=at.wording.allowed[case["may_we"]],
        officer=_name(at, case["officer_id"]),
        late=is_late(case, at.now),
        clock=at.wording.clock(case["answer_by"], at.now, case["late_at"]),
        hidden=case["worker_id"] is None,
        readable=opened.readable,
        because=_reasons(opened.entries),
        entries=tuple(_entry(at, entry, opened, desk_language) for entry in opened.entries),
        moves=tuple((to, at.wording.moves.get(to, to)) for to in lifecycle.allowed("officer", case["state"])),
        colleagues=tuple((o.id, o.name) for o in at.programme.readers(case["company_id"]) if o.id not in case["excluded"]),
        ready=ready.sentences(case["language"], desk_language, _promised(at, case)),
        who_reads=_who_reads(at, case["language"]),
        linked=_linked(at, case),
    )


def read_timeline(at: AtDesk, reference: str) -> tuple[EntryView, ...]:
    """Show the entries of a case only. Raises NotFound."""
    case = case_for(at.connection, at.officer, reference)
    opened, desk_language = _open(at, case), at.programme.desk_language(case["company_id"])
    return tuple(_entry(at, entry, opened, desk_language) for entry in opened.entries)


def language_name(tag: str, language: str) -> str:
    """Name a language in the desk's language; the tag itself where nobody named it."""
    try:
        names = cast("Mapping[str, str]", Locale.parse(language).languages)
        return names.get(tag.partition("-")[0], tag)
    except (UnknownLocaleError, ValueError):
        return tag


def _open(at: AtDesk, case: Case) -> _Sealed:
    try:
        data_key = load_data_key(at.connection, at.keyring, case["id"])
    except Unopenable:
        return _Sealed(_headers(at, case), {}, {}, attachments.of_case(at, case), readable=False)
    beside: dict[int, tuple[Annotation, ...]] = {}
    for made in timeline.read_annotations(at.connection, case, data_key):
        beside[made.seq] = (*beside.get(made.seq, ()), made)
    told = timeline.read(at.connection, case, data_key)
    return _Sealed(told, beside, _deliveries(at, case), attachments.of_case(at, case), readable=True)


def _headers(at: AtDesk, case: Case) -> tuple[Entry, ...]:
    """Give what lies open of a forgotten case: that something was said, by whom and when, never what."""
    found = at.connection.execute(sa.select(entries).where(entries.c.case_id == case["id"]).order_by(entries.c.seq))
    return tuple(Entry(row.seq, row.kind, row.author, row.at, {}) for row in found)


def _deliveries(at: AtDesk, case: Case) -> dict[int, tuple[str, str | None]]:
    """Say of each answer where it is, by the entry it carries: the words, and what holds it back."""
    found = at.connection.execute(
        sa.select(outbox.c.seq, outbox.c.state, outbox.c.hold, outbox.c.status, outbox.c.failure, workers.c.knocked_at, workers.c.closed_to)
        .join(workers, workers.c.id == outbox.c.worker_id, isouter=True)
        .where(outbox.c.case_id == case["id"], outbox.c.seq.is_not(None))
        .order_by(outbox.c.id)
    )
    return {row.seq: (_delivery(at, row), row.hold if row.state == "held" else None) for row in found}


def _delivery(at: AtDesk, row: Any) -> str:
    why = str(row.closed_to or (row.failure if row.knocked_at is None else None))
    if row.state == "held" and row.hold == "knock" and why in at.wording.closed:
        return at.wording.closed[why]
    if row.state == "held" and row.hold == "knock" and row.knocked_at is not None:
        return at.wording.knocked.format(span=at.wording.span(max(0, at.now - int(row.knocked_at))))
    return at.wording.delivery(str(row.state), row.hold, row.status)


def _entry(at: AtDesk, entry: Entry, opened: _Sealed, desk_language: str) -> EntryView:
    spoken = entry.kind in _SPOKEN
    language = entry.body.get("language") if spoken else None
    beside = opened.annotations.get(entry.seq, ())
    delivery, hold = opened.deliveries.get(entry.seq, (None, None))
    return EntryView(
        seq=entry.seq,
        kind=entry.kind,
        at=entry.at,
        author=entry.author,
        author_name=_author(at, entry.author),
        text=str(entry.body.get("text" if spoken else "wording", "")),
        language=language,
        translations=_translations(at, entry, beside),
        translated=_is_read(entry, language, desk_language) or desk_language in _by(beside),
        private=entry.kind == "note",
        words=_words(at, entry, opened, spoken=spoken),
        delivery=delivery,
        waits_for_wording=hold == "translation",
        body={key: value for key, value in entry.body.items() if key not in ("text", "wording")},
        attachment=opened.files.get(entry.seq),
    )


def _is_read(entry: Entry, language: str | None, desk_language: str) -> bool:
    """Tell whether the desk can read an entry as it is: its own language, or a bare digit, which needs none."""
    text = str(entry.body.get("text", ""))
    return language is None or same_language(language, desk_language) or not any(map(str.isalpha, text))


def _by(beside: Sequence[Annotation]) -> set[str]:
    return {made.language for made in beside if made.confidence != "not_translated"}


def _translations(at: AtDesk, entry: Entry, beside: Sequence[Annotation]) -> tuple[TranslationView, ...]:
    found = [TranslationView(each.text, each.language, each.engine, _author(at, each.author), each.confidence) for each in beside]
    approved = entry.body.get("approved")
    if approved:
        found.append(TranslationView(approved, entry.body.get("approved_language", ""), "person", _author(at, entry.author), "good"))
    return tuple(found)


def _words(at: AtDesk, entry: Entry, opened: _Sealed, *, spoken: bool) -> str:
    if not opened.readable:
        return at.wording.forgotten
    if spoken:
        return at.wording.corrected if entry.body.get("correction") else ""
    body = dict(entry.body)
    if body.get("officer"):
        body["officer"] = _name(at, body["officer"])
    if body.get("company"):
        body["company"] = at.programme.company_name(body["company"])
    if body.get("group"):
        body["group"] = taxonomy.label(body["group"])
    if body.get("who"):
        body["who"] = at.wording.speaker(body["who"], body.get("on_behalf_of"))
    return at.wording.entry(entry.kind, body)


def _author(at: AtDesk, author: str) -> str:
    _, _, officer_id = author.partition("officer:")
    return _name(at, officer_id) or "" if officer_id else at.wording.authors.get(author, author)


def _name(at: AtDesk, officer_id: str | None) -> str | None:
    officer = at.programme.officers.get(officer_id or "")
    return officer.name if officer else officer_id


def _reasons(found: Sequence[Entry]) -> tuple[str, ...]:
    """Collect why the case is as grave as it is and lies where it lies, in the order it was decided."""
    lines = [line for entry in found if entry.kind in ("opened", "severity", "routed") for line in entry.body.get("because", ())]
    return tuple(dict.fromkeys(lines))


def _promised(at: AtDesk, case: Case) -> str:
    """Give the date that ready sentences promise: a week of work or the promise, whichever is nearer."""
    return ready.day(at.now + at.programme.answer_within(case["company_id"], "normal"), at.programme.timezone_at(case["place_id"]))


def _who_reads(at: AtDesk, language: str) -> tuple[str, ...]:
    name = language_name(language, at.wording.language)
    able = tuple(at.wording.reads_language.format(name=o.name, language=name) for o in at.programme.who_reads(language))
    return able or (at.wording.nobody_reads.format(language=name),)


def _linked(at: AtDesk, case: Case) -> tuple[str, ...]:
    """Name the linked cases that this officer may read too."""
    either = sa.or_(
        cases.c.id.in_(sa.select(case_links.c.other_id).where(case_links.c.case_id == case["id"])),
        cases.c.id.in_(sa.select(case_links.c.case_id).where(case_links.c.other_id == case["id"])),
    )
    return tuple(at.connection.execute(sa.select(cases.c.reference).where(visible(at.officer), either).order_by(cases.c.id)).scalars())
