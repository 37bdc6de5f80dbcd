"""Worker's words and desk's words, side by side: a translation is an annotation, written later, and never delays keeping them.

Words for which no model is here stay as they came; the desk says so, and a person can put a translation beside them. An officer's answer
is never translated and sent by a machine alone: a person reads the wording, and what it is carried back, before it leaves.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from bot.clock import HOUR, Clock
from bot.speech import House
from cases import carrying, timeline
from cases.change import Case
from cases.model import same_language
from cases.timeline import Annotation, Entry, Sentence
from store.batch import Batch, CaseTask, ChangedCase, NewCase
from store.casekeys import load_data_key
from store.database import Database
from store.sealing import Keyring, Unopenable
from store.tables import cases
from store.writer import Writer
from translations import mixed
from translations.base import Care, Translation, Translator, Urgency
from translations.mixed import Stretch
from words.letters import has_letters

Hear = Callable[[str, str, tuple[str, ...]], tuple[Stretch, ...]]
"""Hears in which languages words are: the words, the language of the talk, and those of the site; one stretch where they are in one."""
Check = Callable[[str, str], tuple[str, ...]]
"""Compares a text with the one it came back as from the other language: what a person should look at before it is sent."""


_LONGEST_AUTHOR = 120
"""Letters that an annotation's author may have; where the models of many languages need more, each sentence still names its own."""


@dataclass(frozen=True, slots=True)
class Means:
    """What an interpreter works with."""

    translator: Translator
    hear: Hear
    check: Check
    keyring: Keyring
    house: Callable[[], House]
    clock: Clock


@dataclass(frozen=True, slots=True)
class _Opened:
    """A case that was opened to be translated."""

    case: Case
    entries: tuple[Entry, ...]
    beside: tuple[Annotation, ...]


class Interpreter:
    """Puts workers' words into the language of the desk they lie on, and officers' drafts into a worker's."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._translator = means.translator
        self.work: Mapping[str, Callable[[Database, Writer, Mapping[str, Any]], None]] = {
            carrying.WORDS: self.words,
            carrying.CASE: self.case,
            carrying.DRAFT: self.draft,
        }

    def wanted(self, batch: Batch) -> list[CaseTask]:
        """The translations that a batch calls for, danger first; none while there is no model into the desk's language."""
        touched: list[NewCase | ChangedCase] = [*batch.new_cases, *batch.changed_cases]
        reads = {each: bool(self._translator.languages_into(each)) for each in {self._desk_language(case.row) for case in touched}}
        return [
            CaseTask(carrying.WORDS, case.row["reference"], entry["seq"], case.row["updated_at"] - (HOUR if case.row["danger"] else 0))
            for case in touched
            for entry in case.entries
            if entry["kind"] == "words" and reads[self._desk_language(case.row)]
        ]

    def _desk_language(self, case: Mapping[str, Any]) -> str:
        return self._means.house().programme.desk_language(case["company_id"])

    def words(self, database: Database, writer: Writer, arguments: Mapping[str, Any]) -> None:
        """Translate one entry of a worker; words of a forgotten case are left alone."""
        with contextlib.suppress(Unopenable):
            opened = self._open(database, arguments["case_id"])
            entry = next(each for each in opened.entries if each.seq == arguments["seq"])
            self._carry(writer, opened, entry, self._desk_language(opened.case))

    def case(self, database: Database, writer: Writer, arguments: Mapping[str, Any]) -> None:
        """Put everything that was said in a case into a language, where nobody did so yet."""
        with contextlib.suppress(Unopenable):
            opened = self._open(database, arguments["case_id"])
            for entry in opened.entries:
                if entry.kind in ("words", "reply") and not _is_carried(opened, entry, arguments["target"]):
                    self._carry(writer, opened, entry, arguments["target"], "backlog")

    def draft(self, database: Database, writer: Writer, arguments: Mapping[str, Any]) -> None:
        """Put an officer's draft into the worker's language, or carry back the wording that they gave it."""
        place = (carrying.BEHIND, arguments["language"], arguments["engine"])
        with contextlib.suppress(Unopenable):
            opened = self._open(database, arguments["case_id"])
            for found in opened.beside:
                if (found.seq, found.language, found.engine) == place and found.confidence == carrying.WAITING:
                    self._keep_draft(writer, opened, found, self._drafted(opened, found))

    def _drafted(self, opened: _Opened, found: Annotation) -> Annotation:
        if found.text:
            made = self._translator.translate(found.text, found.language, found.source, self._care(opened.case))
            author, confidence, wording, returned = found.author, made.confidence, found.text, made.text
        else:
            made = self._translator.translate(found.original, found.source, found.language, self._care(opened.case))
            author, confidence, wording, returned = made.by or made.engine, made.confidence, made.text, made.back
        marks = self._means.check(found.original, returned) if returned else ()
        sentences = () if found.text else _sentences(made)
        now = self._means.clock()
        return replace(found, author=author, confidence=confidence, at=now, text=wording, sentences=sentences, back=returned, marks=marks)

    def _keep_draft(self, writer: Writer, opened: _Opened, found: Annotation, made: Annotation) -> None:
        """Keep what became of a draft, unless the officer has written another meanwhile."""

        def keep(connection: sa.Connection) -> None:
            data_key = load_data_key(connection, self._means.keyring, opened.case["id"])
            if found in timeline.read_annotations(connection, opened.case, data_key):
                timeline.annotate(connection, opened.case, data_key, made)

        writer.call_sync(keep)

    def _carry(self, writer: Writer, opened: _Opened, entry: Entry, target: str, urgency: Urgency | None = None) -> None:
        """Translate an entry and keep the translation beside it, with the languages that were heard; honest when there is none."""
        if not has_letters(str(entry.body["text"])):
            return
        heard = self._heard(opened, entry)
        if all(same_language(part.language, target) for part in heard):
            return
        made = mixed.translate(self._translator, heard, target, self._care(opened.case, urgency))
        author = made.by if made.by and len(made.by) <= _LONGEST_AUTHOR else made.engine
        place = (entry.seq, target, made.engine, author, made.confidence, self._means.clock(), made.text)
        note = Annotation(*place, source=made.source, sentences=_sentences(made), back=made.back)

        def keep(connection: sa.Connection) -> None:
            data_key = load_data_key(connection, self._means.keyring, opened.case["id"])
            if made.engine != "none":
                timeline.take_annotation_away(connection, opened.case, (entry.seq, target, "none"))
            timeline.annotate(connection, opened.case, data_key, note)

        writer.call_sync(keep)

    def _heard(self, opened: _Opened, entry: Entry) -> tuple[Stretch, ...]:
        """In which languages an entry is: as an officer said of the whole of it, else as it is heard, else that of the talk."""
        text = str(entry.body["text"])
        said = [made.language for made in opened.beside if (made.seq, made.engine) == (entry.seq, carrying.HEARD)]
        talk = str(entry.body["language"])
        if said or entry.kind != "words":
            return (Stretch(text, said[-1] if said else talk),)
        place = self._means.house().programme.place_of(opened.case["place_id"])
        return self._means.hear(text, talk, place.languages if place else ())

    def _care(self, case: Case, urgency: Urgency | None = None) -> Care:
        programme = self._means.house().programme
        return Care(tuple(programme.proper_names()), programme.glossary, urgency or ("danger" if case["danger"] else "dialogue"))

    def _open(self, database: Database, case_id: int) -> _Opened:
        with database.read() as connection:
            case = dict(connection.execute(sa.select(cases).where(cases.c.id == case_id)).mappings().one())
            data_key = load_data_key(connection, self._means.keyring, case_id)
            return _Opened(case, timeline.read(connection, case, data_key), timeline.read_annotations(connection, case, data_key))


def _is_carried(opened: _Opened, entry: Entry, target: str) -> bool:
    there = (made for made in opened.beside if made.seq == entry.seq and same_language(made.language, target))
    return any(made.engine != carrying.HEARD and made.confidence not in carrying.NOT_WHOLLY for made in there)


def _sentences(made: Translation) -> tuple[Sentence, ...]:
    def each() -> Iterator[Sentence]:
        for one in made.sentences:
            yield Sentence(one.source, one.text, one.confidence, one.marks, one.language, one.by)

    return tuple(each())
