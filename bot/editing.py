"""Flows edited by people who write no YAML: what is being worked on, a text changed in a form, and files that are brought back."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from bot.drafting import Checked, NoSuchFlow, Wanted
from bot.publishing import Publishing
from cases.model import Officer
from flows import yaml_text
from flows.model import Flow
from flows.nodes.set_language import SetLanguage
from flows.problems import FlowError, Problem
from flows.texts.reword import Edit, reworded
from flows.texts.rows import rows
from flows.texts.take import taken_over
from store import drafts
from store.drafts import Draft
from store.flows import Publication

_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,119}")
_AGAIN = re.compile(r" ?\(\d+\)(?=\.\w+$)")  # what a browser writes into the name of a file that was downloaded twice


@dataclass(frozen=True, slots=True)
class Work:
    """What is being worked on: the draft that waits, else what is in force.

    `version` is that of the draft, to be sent back so that nobody's work is written over (0: there never was one). `overtaken`: something
    else came into force since the draft was begun.
    """

    name: str
    source: Mapping[str, str]
    transcripts: Mapping[str, str]
    version: int
    draft: Draft | None
    publication: Publication | None

    @property
    def overtaken(self) -> bool:
        """Whether the draft must be looked at beside something newer."""
        return self.draft is not None and self.draft.based_on != (self.publication.revision if self.publication is not None else None)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A language of a flow: how many of its texts are missing, and how many nobody who speaks it has read."""

    language: str
    missing: int
    drafts: int


@dataclass(frozen=True, slots=True)
class Overview:
    """A flow in a list. `flow` None: it was never in force, or cannot be read. `people` stand in it now."""

    name: str
    flow: Flow | None
    publication: Publication | None
    waits: bool
    people: int
    spoken: tuple[Spoken, ...]


@dataclass(frozen=True, slots=True)
class Rewording:
    """New words for a node. `version` is the draft's that was seen; `fits`: other languages still say the same."""

    node: str
    edits: Sequence[Edit]
    version: int
    fits: bool = False


@dataclass(frozen=True, slots=True)
class Brought:
    """Files that somebody brings back, name to bytes, and the version of the draft that they saw (None: not said)."""

    files: Mapping[str, bytes]
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Editing:
    """Edits flows; everything is kept through the drafts that REST and the commands write too."""

    publishing: Publishing

    def overviews(self, languages: Iterable[str]) -> list[Overview]:
        """Every flow, with its texts in its own languages and in these, which the line speaks."""
        people: Counter[str] = Counter(self.publishing.standing.everywhere())
        library, spoken = self.publishing.drafting.library(), tuple(languages)
        found: list[Overview] = []
        for each in self.publishing.flows():
            flow = library.flow(each.publication.revision) if each.publication is not None else None
            waits = each.draft not in (None, "published") and self.work(each.name).draft is not None
            texts = tuple(_spoken(flow, spoken)) if flow is not None else ()
            found.append(Overview(each.name, flow, each.publication, waits, people[each.name], texts))
        return found

    def work(self, name: str) -> Work:
        """What is being worked on under a name. A draft that says what is in force already is none. Raises NoSuchFlow."""
        publication = self.publishing.in_force(name)
        with self.publishing.drafting.database.read() as connection:
            draft = drafts.find(connection, name)
        if draft is None and publication is None:
            raise NoSuchFlow
        version = draft.version if draft is not None else 0
        files = self.publishing.files(name, publication.revision) if publication is not None else {}
        if draft is not None and draft.state != "published" and dict(draft.source) != files:
            return Work(name, draft.source, draft.transcripts, version, draft, publication)
        return Work(name, files, publication.transcripts if publication is not None else {}, version, None, publication)

    def reword(self, author: Officer, name: str, given: Rewording) -> tuple[Draft, Checked]:
        """Keep a text in other words as a draft. Raises NoSuchFlow, DraftChanged, or FlowError, and then nothing is kept."""
        work = self.work(name)
        source = reworded(work.source, given.node, given.edits, fits=given.fits)
        return self._keep(author, work, source, given.version)

    def take(self, author: Officer, name: str, brought: Brought) -> tuple[Draft, Checked]:
        """Keep files as a draft: a flow's own (`.yaml`), its talks, or its texts from a translator (`.po`, `.xlsx`).

        What was not brought stays as it is. Raises DraftChanged, or FlowError for a file that is none of these, and then nothing is kept.
        """
        try:
            work = self.work(name)
        except NoSuchFlow:
            work = Work(name, {}, {}, 0, None, None)
        source, transcripts = dict(work.source), dict(work.transcripts)
        texts = {file: data for file, data in _named(brought.files).items() if file.endswith((".po", ".xlsx"))}
        for file, text in _decoded({file: data for file, data in _named(brought.files).items() if file not in texts}).items():
            (transcripts if _is_talk(text) else source)[file] = text
        for file, data in texts.items():
            source = dict(taken_over(source, data, file).sources)
        return self._keep(author, work, source, brought.version, transcripts)

    def again(self, author: Officer, name: str, version: int, *, anew: bool) -> tuple[Draft, Checked]:
        """Set a draft on what is in force now: as it is, or (`anew`) with the words in force in the place of its own."""
        work = self.work(name)
        if not anew or work.publication is None:
            wanted = Wanted(name, work.source, work.transcripts, None, version)
        else:
            wanted = Wanted(name, self.publishing.files(name, work.publication.revision), work.publication.transcripts, None, version)
        return self.publishing.drafting.save(author, wanted)

    def _keep(
        self, author: Officer, work: Work, source: Mapping[str, str], version: int | None, transcripts: Mapping[str, str] | None = None
    ) -> tuple[Draft, Checked]:
        based_on = work.draft.based_on if work.draft is not None else None
        talks = work.transcripts if transcripts is None else transcripts
        return self.publishing.drafting.save(author, Wanted(work.name, source, talks, based_on, version))


def _spoken(flow: Flow, languages: tuple[str, ...]) -> Iterator[Spoken]:
    """What is missing in each language; a flow in which people choose their language names it in its own words, and lacks none of them."""
    each_by_its_name = {node.language for node in flow.nodes.values() if isinstance(node, SetLanguage)} - set(flow.overlays)
    for language in dict.fromkeys((*flow.languages, *languages)):
        own = () if language == flow.language or language in each_by_its_name else rows(flow, language)
        yield Spoken(language, sum(row.needed and not row.text for row in own), sum(row.draft for row in own))


def _named(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Files by their own names. Raises FlowError for one that is called as no file of a flow is."""
    named = {_AGAIN.sub("", file.replace("\\", "/").rpartition("/")[2]): data for file, data in files.items()}
    mend = "Call it as the flow is called: `NAME.yaml`, `NAME.LANGUAGE.yaml`, `NAME.LANGUAGE.po` or `NAME.xlsx`."
    wrong = [file for file in named if not _FILE.fullmatch(file) or not file.lower().endswith((".yaml", ".yml", ".po", ".xlsx"))]
    if wrong or not named:
        raise FlowError([Problem(file[:80], 1, "", "this is no file of a flow", mend) for file in wrong or ["(no file)"]])
    return {re.sub(r"\.yml$", ".yaml", file): data for file, data in named.items()}


def _decoded(files: Mapping[str, bytes]) -> dict[str, str]:
    found: dict[str, str] = {}
    for file, data in files.items():
        try:
            found[file] = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise FlowError([Problem(file, 1, "", "this is no text in UTF-8", "Save it as UTF-8 in your editor.")]) from None
    return found


def _is_talk(text: str) -> bool:
    data: object = yaml_text.read(text).data
    return isinstance(data, Mapping) and "talks" in cast("Mapping[str, Any]", data)
