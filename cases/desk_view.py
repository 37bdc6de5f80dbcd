"""A case as its officer sees it: both texts of every entry with where they come from, what the worker allowed, the clock, the reasons."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa
from babel import Locale, UnknownLocaleError

from cases import lifecycle, ready, taxonomy
from cases.access import AtDesk, case_for, visible
from cases.carrying import BEHIND, DraftView, draft_of
from cases.change import Case
from cases.desk_entries import EntryView, entry_view, name_of, open_case
from cases.desk_queue import is_late
from cases.timeline import Entry
from store.tables import case_links, cases

_COLUMNS = (
    "reference", "version", "state", "severity", "danger", "place_id", "company_id", "who", "on_behalf_of", "channel", "language", "may_we",
    "officer_id", "opened_at", "answer_by", "answered_at",
)  # fmt: skip


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
    draft: DraftView | None


def view(at: AtDesk, reference: str) -> CaseView:
    """Show a case. Raises NotFound."""
    case = case_for(at.connection, at.officer, reference)
    opened = open_case(at, case)
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
        officer=name_of(at, case["officer_id"]),
        late=is_late(case, at.now),
        clock=at.wording.clock(case["answer_by"], at.now, case["late_at"]),
        hidden=case["worker_id"] is None,
        readable=opened.readable,
        because=_reasons(at, opened.entries),
        entries=tuple(entry_view(at, entry, opened, desk_language) for entry in opened.entries),
        moves=tuple((to, at.wording.moves.get(to, to)) for to in lifecycle.allowed("officer", case["state"])),
        colleagues=tuple((o.id, o.name) for o in at.programme.readers(case["company_id"]) if o.id not in case["excluded"]),
        ready=ready.sentences(case["language"], desk_language, _promised(at, case)),
        who_reads=_who_reads(at, case["language"]),
        linked=_linked(at, case),
        draft=draft_of(at, case, opened.annotations.get(BEHIND, ())),
    )


def read_timeline(at: AtDesk, reference: str) -> tuple[EntryView, ...]:
    """Show the entries of a case only. Raises NotFound."""
    case = case_for(at.connection, at.officer, reference)
    opened, desk_language = open_case(at, case), at.programme.desk_language(case["company_id"])
    return tuple(entry_view(at, entry, opened, desk_language) for entry in opened.entries)


def language_name(tag: str, language: str) -> str:
    """Name a language in the desk's language; the tag itself where nobody named it."""
    try:
        names = cast("Mapping[str, str]", Locale.parse(language).languages)
        return names.get(tag.partition("-")[0], tag)
    except (UnknownLocaleError, ValueError):
        return tag


def _reasons(at: AtDesk, found: Sequence[Entry]) -> tuple[str, ...]:
    """Collect why the case is as grave as it is and lies where it lies, in the order it was decided."""
    lines = [line for entry in found if entry.kind in ("opened", "severity", "routed") for line in entry.body.get("because", ())]
    return tuple(dict.fromkeys(map(at.wording.reason, lines)))


def _promised(at: AtDesk, case: Case) -> str:
    """Give the date that ready sentences promise: a week of work or the promise, whichever is nearer."""
    return ready.day(at.now + at.programme.answer_within(case["company_id"], "normal"), at.programme.timezone_at(case["place_id"]))


def _who_reads(at: AtDesk, language: str) -> tuple[str, ...]:
    name = language_name(language, at.wording.language)
    able = tuple(at.wording.reads_language.format(name=o.name, language=name) for o in at.programme.who_reads(language))
    return able or (at.wording.nobody_reads.format(language=name),)


def _linked(at: AtDesk, case: Case) -> tuple[str, ...]:
    """Name the linked cases that this officer may read too."""
    either = sa.union(
        sa.select(case_links.c.other_id).where(case_links.c.case_id == case["id"]),
        sa.select(case_links.c.case_id).where(case_links.c.other_id == case["id"]),
    )
    wanted = sa.select(cases.c.reference).where(visible(at.officer), cases.c.id.in_(either)).order_by(cases.c.id)
    return tuple(at.connection.execute(wanted).scalars())
