"""A flow as authors write it: read from YAML with every problem found at once, and named by a hash of what it says."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Annotated, TypeVar

import orjson
from pydantic import BaseModel, Field, ValidationError

from flows import yaml_text
from flows.ceilings import NODES_MAX
from flows.model_check import overlay_problems, place_problems, source_problems
from flows.nodes import AnyNode, Node
from flows.nodes.base import Spoken
from flows.problems import FlowError, Problem, said
from flows.wording import Channel, Id, PerChannel, Wording, Words, Written, digest
from flows.yaml_text import Document

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"
Language = Annotated[str, Field(pattern=LANGUAGE)]
_File = TypeVar("_File", bound=BaseModel)


class Accepted(Written):
    """A warning of the linter that the author has looked at and lets stand: its code, where, and why.

    Without `node` it holds for the whole flow. An error is never let stand.
    """

    check: Annotated[str, Field(pattern=r"^[a-z]+(-[a-z]+)*$")]
    node: Id | None = None
    because: Annotated[str, Field(min_length=10, max_length=400)]


class FlowFile(Written):
    """A flow in its source language: its nodes, the first of which is where it begins.

    `about` says what it is for. `fold_letters` names languages whose letters may lose their accents on SMS where that makes a message
    cheaper; without it a language's letters are never changed. `accepted` are warnings that may stand, each with its reason.

    With `instead_of: raise-concern` and `channels: [sms]` it is begun and called in the place of that flow, on these channels only.
    """

    flow: Name
    language: Language
    instead_of: Name | None = None
    channels: tuple[Channel, ...] = ()
    about: Annotated[str, Field(max_length=400)] = ""
    fold_letters: tuple[Language, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    nodes: Annotated[Mapping[Id, AnyNode], Field(min_length=1, max_length=NODES_MAX)]


class Overlay(Written):
    """The words of a flow in one more language, by node and option."""

    flow: Name
    language: Language
    nodes: Mapping[Id, Words]


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """One revision of a flow, ready to run: its nodes, and its words in every language it has.

    Two of them are the same only if they are the same object; `revision` says whether they say the same.
    """

    name: str
    revision: str
    language: str
    nodes: Mapping[str, Node]
    first: str
    overlays: Mapping[str, Mapping[str, Words]] = field(default_factory=dict[str, Mapping[str, Words]])
    fold_letters: tuple[str, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    instead_of: str | None = None
    channels: tuple[str, ...] = ()
    about: str = ""

    @property
    def serves(self) -> str:
        """The name it is begun and called by: its own, or that of the flow in whose place it stands."""
        return self.instead_of or self.name

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it has words in, its own first."""
        return (self.language, *self.overlays)

    def spoken(self, node: str, language: str) -> tuple[tuple[str, PerChannel], ...]:
        """The words of a node that hold in a language, each with the language it is in; the nearest first.

        A language without words of its own takes those of the language it is a form of (`es-PE`, `bn-Latn`), then the source language.
        A draft comes after every text that was read, and before the source language only where that is a strange one (decision 21).
        """
        near = dict.fromkeys((language, language.partition("-")[0]))
        words = [(each, self.overlays[each][node]) for each in near if node in self.overlays.get(each, {})]
        read = [each for each in words if not each[1].draft]
        drafts = [each for each in words if each[1].draft]
        own = self.nodes[node]
        source = [(self.language, own)] if isinstance(own, Spoken) else []
        return (*read, *source, *drafts) if self.language in near else (*read, *drafts, *source)

    def wordings(self, node: str, language: str, channel: str) -> tuple[tuple[Wording, ...], ...]:
        """The wordings of a node that hold in a language on a channel: the nearest language first, and in it the channel's own."""
        return tuple(words.on(channel) for _, words in self.spoken(node, language))


@dataclass(frozen=True, slots=True)
class Opened:
    """A flow with the files it was read from, by language: the name of each and its lines."""

    flow: Flow
    files: Mapping[str, tuple[str, Document]]


def load(path: Path) -> Flow:
    """Read a flow and the languages that lie beside it (`NAME.yaml`, `NAME.nl.yaml`). Raises FlowError with every problem."""
    return read(sources_of(path))


def sources_of(path: Path) -> dict[str, str]:
    """Give the files a flow is made of, name to text: what is stored, and what `read` takes. Raises FlowError for one that is no text."""
    files = [path, *sorted(path.parent.glob(f"{path.stem}.*.yaml"))]
    return {each.name: _text(each) for each in files}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise FlowError([Problem(path.name, line, "", "this is not written in UTF-8", "Save the file as UTF-8.", "not-yaml")]) from None


def read(sources: Mapping[str, str]) -> Flow:
    """Read a flow from its files, name to text: `NAME.yaml` and `NAME.LANGUAGE.yaml`. Raises FlowError with every problem in every file.

    The same files give the same Flow: nothing in it ever changes, and pages and checks ask for the flows in force again and again.
    """
    return _read(tuple(sorted(sources.items())))


@lru_cache(maxsize=64)
def _read(sources: tuple[tuple[str, str], ...]) -> Flow:
    return opened(dict(sources)).flow


def opened(sources: Mapping[str, str]) -> Opened:
    """Read a flow, and keep where in its files everything stands. Raises FlowError with every problem in every file."""
    documents = {name: yaml_text.read(sources[name]) for name in _in_order(sources)}
    faults = [Problem(name, line, "", what, "Mend the line.", "not-yaml") for name, each in documents.items() for line, what in each.faults]
    if faults:
        raise FlowError(faults)
    main, *others = documents
    source, problems = _checked(main, documents[main], FlowFile)
    overlays = [_checked(name, documents[name], Overlay) for name in others]
    problems += [problem for _, found in overlays for problem in found]
    if source is None or problems:
        raise FlowError(problems)
    words = {name: overlay for name, (overlay, _) in zip(others, overlays, strict=True) if overlay is not None}
    _check(source, (main, words), documents)
    texts = {
        overlay.language: {name: _aged(each, source.nodes[name]) for name, each in overlay.nodes.items()} for overlay in words.values()
    }
    flow = Flow(
        name=source.flow,
        revision=_digest(documents),
        language=source.language,
        nodes=source.nodes,
        first=next(iter(source.nodes)),
        overlays=texts,
        fold_letters=source.fold_letters,
        accepted=source.accepted,
        instead_of=source.instead_of,
        channels=source.channels,
        about=source.about,
    )
    files = {source.language: main} | {overlay.language: name for name, overlay in words.items()}
    return Opened(flow, {language: (name, documents[name]) for language, name in files.items()})


def _aged(words: Words, node: Node) -> Words:
    """The words, as a draft if they were made from other words than the node says now."""
    old = words.source and isinstance(node, Spoken) and words.source != digest(node)
    return words.model_copy(update={"draft": True}) if old else words


def _in_order(sources: Mapping[str, str]) -> list[str]:
    return sorted(sources, key=lambda name: (name.count("."), name))


def _digest(documents: Mapping[str, Document]) -> str:
    return hashlib.sha256(orjson.dumps([document.data for document in documents.values()])).hexdigest()


def _checked(file: str, document: Document, model: type[_File]) -> tuple[_File | None, list[Problem]]:
    try:
        return model.model_validate(document.data), []
    except ValidationError as error:
        return None, [said(file, document, each) for each in error.errors(include_url=False, include_input=False)]


def _check(source: FlowFile, files: tuple[str, Mapping[str, Overlay]], documents: Mapping[str, Document]) -> None:
    main, overlays = files
    problems = [*place_problems(main, documents[main], source.instead_of, source.channels)]
    problems += source_problems(main, documents[main], source.nodes)
    said = {source.language: main}
    for name, overlay in overlays.items():
        problems += overlay_problems(name, documents[name], overlay.nodes, source.nodes)
        if overlay.flow != source.flow:
            line = documents[name].line(("flow",))
            problems.append(Problem(name, line, "flow", f"this is a language of `{source.flow}`", "Name that flow.", "other-flow"))
        first = said.setdefault(overlay.language, name)
        if first != name:
            line = documents[name].line(("language",))
            problems.append(Problem(name, line, "language", f"`{overlay.language}` stands in {first} too", "Keep one.", "same-language"))
    if problems:
        raise FlowError(problems)
