"""What a check is given and what it finds: a flow with its lines, what else is known, and a finding with its reason and mend."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from flows.model import Flow, Opened
from flows.nodes.base import Spoken
from flows.revisions import Library
from flows.wording import CHANNELS
from flows.yaml_text import Path
from words.limits import Limits

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Scope:
    """What a flow is checked for.

    `languages` are those switched on; empty means those the flow has. `country` (ISO 3166) is where it will be used, or empty. `walked` are
    the flows that some transcript runs through, or None when nobody looked.
    """

    languages: tuple[str, ...] = ()
    channels: tuple[str, ...] = CHANNELS
    country: str = ""
    walked: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One place where a check does not hold: the path in the flow's file of a language, and what is there."""

    path: Path
    what: str
    language: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding as people and machines read it. `accepted` is the author's reason to let it stand; it is a note then."""

    file: str
    line: int
    node: str
    where: str
    code: str
    severity: Severity
    what: str
    reason: str
    mend: str
    language: str = ""
    channel: str = ""
    accepted: str = ""

    def __str__(self) -> str:
        place = f" {self.where}:" if self.where else ""
        stands = f" Let stand: {self.accepted}" if self.accepted else ""
        return f"{self.file}:{self.line}:{place} {self.severity}: {self.what}. {self.reason} {self.mend}{stands} [{self.code}]"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A flow laid out for the checks: its files, the flows around it, the channels' measures, and what it is checked for."""

    opened: Opened
    library: Library
    limits: Mapping[str, Limits]
    scope: Scope = field(default_factory=Scope)

    @property
    def flow(self) -> Flow:
        """The flow that is checked."""
        return self.opened.flow

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it is checked in."""
        return self.scope.languages or self.flow.languages

    @property
    def measures(self) -> tuple[Limits, ...]:
        """The channels it is checked on."""
        return tuple(self.limits[channel] for channel in self.scope.channels)

    def spoken(self) -> Iterator[tuple[str, Spoken]]:
        """Every node that says something, in the order of the file."""
        yield from ((name, node) for name, node in self.flow.nodes.items() if isinstance(node, Spoken) and says(node))

    def place(self, found: Found) -> tuple[str, int]:
        """The file and line of a finding: in its language's own file where that has the place, else in the source."""
        file, document = self.opened.files.get(found.language, self.opened.files[self.flow.language])
        if found.path[:2] not in document.lines:
            file, document = self.opened.files[self.flow.language]
        return file, document.line(found.path)


def says(node: Spoken) -> bool:
    """Tell whether a node has words of its own, on any channel."""
    return any(wording.text for channel in CHANNELS for wording in node.on(channel))


Find = Callable[[Sheet], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its code, how grave its findings are, why they matter, what to do, and the function that finds them."""

    code: str
    severity: Severity
    reason: str
    mend: str
    find: Find

    @property
    def about(self) -> str:
        """What it looks for, in its function's own words."""
        return " ".join((self.find.__doc__ or "").split())

    def findings(self, sheet: Sheet) -> Iterator[Finding]:
        """Everything it finds in a flow; the same thing in the same place once."""
        for found in dict.fromkeys(self.find(sheet)):
            file, line = sheet.place(found)
            node = found.path[1] if len(found.path) > 1 and found.path[0] == "nodes" else ""
            where = ".".join(found.path)
            place = (file, line, node, where)
            yield Finding(*place, self.code, self.severity, found.what, self.reason, self.mend, found.language, found.channel)


CHECKS: list[Check] = []


def check(code: str, severity: Severity, *, reason: str, mend: str) -> Callable[[Find], Find]:
    """Make a function a check of the linter."""

    def add(find: Find) -> Find:
        CHECKS.append(Check(code, severity, reason, mend, find))
        return find

    return add
