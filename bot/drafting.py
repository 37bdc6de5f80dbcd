"""Drafts of flows: written, looked through for everything that is wrong with them, and kept until they are published."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import cast

import sqlalchemy as sa

from bot.clock import Clock
from cases import audit
from cases.model import Officer
from flows.check import refusals
from flows.lexicon import Lexicon
from flows.model import Flow, read
from flows.problems import FlowError, Problem
from flows.relied import left_hanging
from flows.revisions import Library, library_of
from flows.serving import serving_problems
from flows.transcript import parsed, run_text
from store import drafts
from store import flows as kept
from store.database import Database
from store.drafts import Draft, DraftChanged
from store.writer import Writer

Lint = Callable[[Mapping[str, str], Library], Iterable[Problem]]
"""Given the files of a flow and the library it would run in, what a linter finds that forbids publishing it."""


class NoSuchFlow(LookupError):
    """There is no flow, draft or revision by this name."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A draft to save: its files and transcripts (name to text), and the revision it was begun from (None: the one in force).

    Without `transcripts` those go along that the flow has. `expects` is the version that its author saw; another one is refused. None: not
    asked.
    """

    name: str
    source: Mapping[str, str]
    transcripts: Mapping[str, str] | None = None
    based_on: str | None = None
    expects: int | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """A draft that was looked through: the flow, if it can be read, and everything that keeps it from being published."""

    flow: Flow | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Drafting:
    """Writes and checks drafts. `library` gives the flows as they are now."""

    database: Database
    writer: Writer
    library: Callable[[], Library]
    lexicon: Lexicon
    clock: Clock
    lint: Lint = refusals

    def find(self, name: str) -> Draft:
        """The draft of a flow. Raises NoSuchFlow."""
        with self.database.read() as connection:
            found = drafts.find(connection, name)
        if found is None:
            raise NoSuchFlow
        return found

    def save(self, author: Officer, wanted: Wanted) -> tuple[Draft, Checked]:
        """Keep a draft, right or wrong, and say what is wrong with it. Raises DraftChanged, or NoSuchFlow for an unknown `based_on`."""
        wanted = replace(wanted, transcripts=self.transcripts_for(wanted))
        checked = self.check(wanted.name, wanted.source, wanted.transcripts or {})
        return self.writer.call_sync(lambda connection: self._save(connection, author, wanted, checked)), checked

    def transcripts_for(self, wanted: Wanted) -> Mapping[str, str]:
        """The transcripts that go along with a draft: its own, else those of the draft before, else those of what is in force."""
        if wanted.transcripts is not None:
            return wanted.transcripts
        with self.database.read() as connection:
            before, in_force = drafts.find(connection, wanted.name), kept.in_force(connection).get(wanted.name)
        if before is not None and before.state != "published":
            return before.transcripts
        return in_force.transcripts if in_force is not None else {}

    def _save(self, connection: sa.Connection, author: Officer, wanted: Wanted, checked: Checked) -> Draft:
        before = drafts.find(connection, wanted.name)
        version = before.version if before is not None else 0
        if wanted.expects is not None and wanted.expects != version:
            raise DraftChanged
        draft = Draft(
            name=wanted.name,
            version=version + 1,
            state="draft" if checked.problems else "checked",
            source=wanted.source,
            transcripts=wanted.transcripts or {},
            based_on=_base(connection, wanted),
            officer_id=author.id,
            saved_at=self.clock(),
        )
        drafts.save(connection, draft)
        audit.record(connection, author, "flow_draft", wanted.name, draft.saved_at)
        return draft

    def check(self, name: str, source: Mapping[str, str], transcripts: Mapping[str, str]) -> Checked:
        """Read a flow, lint it, and run its transcripts in the library as it would be; every problem of the first step that finds any."""
        problems = [*_wrong_files(name, source)]
        if problems:
            return Checked(None, tuple(problems))
        try:
            flow = read(source)
        except FlowError as error:
            return Checked(None, error.problems)
        if flow.name != name:
            mend = f"Write `flow: {name}`, or save it as the draft of `{flow.name}`."
            return Checked(flow, (Problem(f"{name}.yaml", 1, "flow", f"this flow is called `{flow.name}`", mend),))
        relied = tuple(left_hanging(self.library(), flow))
        library = self.library_with(flow)
        shared = tuple(serving_problems(library.revisions.values()))
        return Checked(flow, (*relied, *shared, *self.lint(source, library), *_went_another_way(name, transcripts, library, self.lexicon)))

    def library_with(self, flow: Flow) -> Library:
        """The flows in force, with this one in its place among them."""
        library = self.library()
        others = (library.revisions[revision] for name, revision in library.current.items() if name != flow.name)
        return library_of((*others, flow))


def _base(connection: sa.Connection, wanted: Wanted) -> str | None:
    """The revision a draft was begun from. Raises NoSuchFlow for one that is not kept under its name."""
    if wanted.based_on is None:
        return kept.current(connection).get(wanted.name)
    if wanted.based_on not in {each.revision for each in kept.revisions(connection, wanted.name)}:
        raise NoSuchFlow
    return wanted.based_on


def _wrong_files(name: str, source: Mapping[str, str]) -> Iterator[Problem]:
    """A flow is `NAME.yaml`, and beside it one `NAME.LANGUAGE.yaml` a language."""
    if f"{name}.yaml" not in source:
        yield Problem(f"{name}.yaml", 1, "", "this file is missing", "Send the flow in its source language under this name.")
    pattern = re.compile(rf"{re.escape(name)}(\.[A-Za-z0-9-]{{2,20}})?\.yaml")
    for file in source:
        if pattern.fullmatch(file) is None:
            yield Problem(file, 1, "", "this is no file of the flow", f"Call it `{name}.yaml`, or `{name}.LANGUAGE.yaml`.")


def _went_another_way(flow: str, transcripts: Mapping[str, str], library: Library, lexicon: Lexicon) -> Iterator[Problem]:
    for file, text in sorted(transcripts.items()):
        try:
            if any(_name_of(given) == flow for given in parsed(text, file).flows):
                yield Problem(
                    file, 1, "flows", "the talks bring a flow of this name of their own", "Take it out: it is the draft they must go with."
                )
                continue
            talks = run_text(text, library, lexicon, name=file)
        except FlowError as error:
            yield from error.problems
            continue
        for talk in talks:
            yield from (Problem(file, 1, talk.name, each, "Mend the flow, or the transcript.") for each in talk.differences)


def _name_of(given: object) -> object:
    return cast("Mapping[str, object]", given).get("flow") if isinstance(given, Mapping) else None
