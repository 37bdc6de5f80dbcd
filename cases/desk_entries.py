"""The entries of a case as its officer sees them: opened, with every text in two languages and where each comes from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from cases import attachments, taxonomy, timeline
from cases.access import AtDesk
from cases.attachments import AttachmentView
from cases.carrying import HEARD, NOT_WHOLLY, WORDLESS
from cases.change import Case
from cases.model import same_language
from cases.timeline import Annotation, Entry, Sentence
from store.casekeys import load_data_key
from store.sealing import Unopenable
from store.tables import entries, outbox, workers
from words.letters import has_letters

_SPOKEN = ("words", "reply", "note")
_NO_MACHINE = ("person", HEARD, WORDLESS)
_HELD_BACK = ("window_closed", "opt_out", "blocked_by_user", "undeliverable")


@dataclass(frozen=True, slots=True)
class TranslationView:
    """A text in another language: by whom or what, and how sure.

    `source` is the language it was made from, `sentences` say it piece by piece where a machine made it, `back` is it carried back. `sent`:
    this is the wording of an answer that an officer let leave.
    """

    text: str
    language: str
    engine: str
    author: str
    confidence: str
    source: str
    sentences: tuple[Sentence, ...]
    back: str
    sent: bool = False


@dataclass(frozen=True, slots=True)
class EntryView:
    """One entry. `text` holds somebody's own words; `words` says what happened where there are none.

    `translated` False: the desk cannot read all of this in its language yet, and the page must say so. `private` marks what no worker sees.
    `language` is the one an officer or the machine heard in it; `heard_by` says who: officer, machine, or empty for the talk's own.
    `languages` are all of them where it is mixed, in their order, and `language` the one that most of it is in.
    """

    seq: int
    kind: str
    at: int
    author: str
    author_name: str
    text: str
    language: str | None
    heard_by: str
    languages: tuple[str, ...]
    translations: tuple[TranslationView, ...]
    translated: bool
    private: bool
    words: str
    delivery: str | None
    waits: bool
    waits_for_wording: bool
    body: Mapping[str, Any]
    attachment: AttachmentView | None


@dataclass(frozen=True, slots=True)
class Opened:
    """What was opened of a case: its entries, its translations, and how far each answer came."""

    entries: tuple[Entry, ...]
    annotations: Mapping[int, tuple[Annotation, ...]]
    deliveries: Mapping[int, tuple[str, str | None]]
    files: Mapping[int, AttachmentView]
    readable: bool


def open_case(at: AtDesk, case: Case) -> Opened:
    """Open everything that is sealed of a case; of a forgotten one there is nothing but its headers."""
    try:
        data_key = load_data_key(at.connection, at.keyring, case["id"])
    except Unopenable:
        return Opened(_headers(at, case), {}, {}, attachments.of_case(at, case), readable=False)
    beside: dict[int, tuple[Annotation, ...]] = {}
    for made in timeline.read_annotations(at.connection, case, data_key):
        beside[made.seq] = (*beside.get(made.seq, ()), made)
    told = timeline.read(at.connection, case, data_key)
    return Opened(told, beside, _deliveries(at, case), attachments.of_case(at, case), readable=True)


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


def entry_view(at: AtDesk, entry: Entry, opened: Opened, desk_language: str) -> EntryView:
    """Show an entry."""
    spoken = entry.kind in _SPOKEN
    beside = opened.annotations.get(entry.seq, ())
    language, heard_by = _heard(entry, beside) if spoken else (None, "")
    delivery, hold = opened.deliveries.get(entry.seq, (None, None))
    return EntryView(
        seq=entry.seq,
        kind=entry.kind,
        at=entry.at,
        author=entry.author,
        author_name=_author(at, entry.author),
        text=str(entry.body.get("text" if spoken else "wording", "")),
        language=language,
        heard_by=heard_by,
        languages=_languages(language, heard_by, beside),
        translations=_translations(at, entry, beside),
        translated=_is_read(entry, beside, desk_language) or desk_language in _by(beside),
        private=entry.kind == "note",
        words=_words(at, entry, opened, spoken=spoken),
        delivery=delivery,
        waits=hold is not None or delivery in {at.wording.deliveries[each] for each in _HELD_BACK},
        waits_for_wording=hold == "translation",
        body={key: value for key, value in entry.body.items() if key not in ("text", "wording")},
        attachment=opened.files.get(entry.seq),
    )


def _is_read(entry: Entry, beside: Sequence[Annotation], desk_language: str) -> bool:
    """Tell whether the desk can read an entry as it is: its own language, or a bare digit, which needs none."""
    language, heard_by = _heard(entry, beside) if entry.kind in _SPOKEN else (None, "")
    text = str(entry.body.get("text", ""))
    mixed = len(_languages(language, heard_by, beside)) > 1
    return language is None or (same_language(language, desk_language) and not mixed) or not has_letters(text)


def _heard(entry: Entry, beside: Sequence[Annotation]) -> tuple[str | None, str]:
    """In which language an entry is: as an officer says, else as the machine heard it, else that of the talk."""
    said = [made.language for made in beside if made.engine == HEARD]
    guessed = [made.source for made in beside if made.source and made.engine not in _NO_MACHINE]
    if said:
        return said[-1], "officer"
    talk = entry.body.get("language")
    return (guessed[-1], "machine") if guessed and guessed[-1] != talk else (talk, "")


def _languages(language: str | None, heard_by: str, beside: Sequence[Annotation]) -> tuple[str, ...]:
    """All languages of an entry in their order; what an officer says is said of the whole of it."""
    heard = (each.language for made in beside if made.engine not in _NO_MACHINE for each in made.sentences if each.language)
    mixed = tuple(dict.fromkeys(heard)) if heard_by != "officer" else ()
    return mixed or ((language,) if language else ())


def _by(beside: Sequence[Annotation]) -> set[str]:
    return {made.language for made in beside if made.confidence not in NOT_WHOLLY and made.engine != HEARD}


def _translations(at: AtDesk, entry: Entry, beside: Sequence[Annotation]) -> tuple[TranslationView, ...]:
    """Every translation of an entry; a person's stands before a machine's in the same language."""
    made = sorted(
        (each for each in beside if each.engine not in (HEARD, WORDLESS)), key=lambda each: (each.language, each.engine != "person")
    )
    found = [
        TranslationView(
            each.text, each.language, each.engine, _author(at, each.author), each.confidence, each.source, each.sentences, each.back
        )
        for each in made
    ]
    if approved := entry.body.get("approved"):
        by, back = str(entry.body.get("wording_by") or "person"), str(entry.body.get("back") or "")
        language, source, author = entry.body.get("approved_language", ""), entry.body["language"], _author(at, entry.author)
        found.append(TranslationView(approved, language, by, author, "good", source, (), back, sent=True))
    return tuple(found)


def _words(at: AtDesk, entry: Entry, opened: Opened, *, spoken: bool) -> str:
    if not opened.readable:
        return at.wording.forgotten
    if spoken:
        return at.wording.corrected if entry.body.get("correction") else ""
    body = dict(entry.body)
    if body.get("officer"):
        body["officer"] = name_of(at, body["officer"])
    if body.get("company"):
        body["company"] = at.programme.company_name(body["company"])
    if body.get("group"):
        body["group"] = at.wording.groups.get(taxonomy.known(body["group"]), taxonomy.label(body["group"]))
    if body.get("who"):
        body["who"] = at.wording.speaker(body["who"], body.get("on_behalf_of"))
    return at.wording.entry(entry.kind, body)


def _author(at: AtDesk, author: str) -> str:
    _, _, officer_id = author.partition("officer:")
    return name_of(at, officer_id) or "" if officer_id else at.wording.authors.get(author, author)


def name_of(at: AtDesk, officer_id: str | None) -> str | None:
    """Name an officer; the id itself for one who left the programme."""
    officer = at.programme.officers.get(officer_id or "")
    return officer.name if officer else officer_id
