"""Whom a new revision touches: how many people stand at nodes that change or vanish, by site and language. Counts, never a person."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from flows.diff import same
from flows.model import Flow
from flows.revisions import Library
from flows.session import Session

Touched = Literal["changed", "vanished", "added"]


@dataclass(frozen=True, slots=True)
class Position:
    """A place where people stand: revision, node, site (id of the programme; empty: not known) and language."""

    revision: str
    node: str
    site: str
    language: str


@dataclass(frozen=True, slots=True)
class People:
    """How many stand somewhere, at one site and in one language."""

    site: str
    language: str
    count: int


@dataclass(frozen=True, slots=True)
class NodeImpact:
    """A node that changes, vanishes or is new, who stands there, and where the map would move them (None: they stay where they are)."""

    node: str
    touched: Touched
    people: tuple[People, ...]
    moves_to: str | None = None

    @property
    def count(self) -> int:
        """How many stand there in all."""
        return sum(each.count for each in self.people)


@dataclass(frozen=True, slots=True)
class Impact:
    """What a publication would touch. `untouched` counts the places where people stand in this flow and nothing changes for them."""

    nodes: tuple[NodeImpact, ...]
    untouched: int

    @property
    def people(self) -> int:
        """How many stand at nodes that change or vanish; who stands at two of them, one behind the other, counts in both."""
        return sum(each.count for each in self.nodes)


def positions(session: Session, flow: str) -> frozenset[Position]:
    """Where a session stands in a flow: where it waits, and what waits behind that."""
    site = session.fields.get("place", "")
    return frozenset(Position(each.revision, each.node, site, session.language) for each in session.frames if each.flow == flow)


def impact(before: Flow | None, after: Flow, standing: Mapping[Position, int], library: Library, moves: Mapping[str, str]) -> Impact:
    """Compare what each person stands in, which may be older than what is in force, with what would come."""
    found: dict[str, Counter[tuple[str, str]]] = {}
    touched: dict[str, Touched] = {node: "added" for node in after.nodes if before is None or node not in before.nodes}
    touched |= {node: _touched(node, after) for node in (before.nodes if before is not None else ()) if _differs(node, before, after)}
    untouched = 0
    for position, count in standing.items():
        old = library.flow(position.revision) or before
        if position.revision == after.revision or not _differs(position.node, old, after):
            untouched += count
            continue
        touched[position.node] = _touched(position.node, after)
        found.setdefault(position.node, Counter())[position.site, position.language] += count
    nodes = (NodeImpact(node, how, _people(found.get(node, {})), moves.get(node)) for node, how in touched.items())
    return Impact(tuple(nodes), untouched)


def _differs(node: str, before: Flow | None, after: Flow) -> bool:
    return before is None or node not in before.nodes or node not in after.nodes or not same(node, before, after)


def _touched(node: str, after: Flow) -> Touched:
    return "vanished" if node not in after.nodes else "changed"


def _people(counted: Mapping[tuple[str, str], int]) -> tuple[People, ...]:
    return tuple(People(site, language, count) for (site, language), count in sorted(counted.items()))
