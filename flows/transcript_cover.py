"""What the transcripts of a library leave untouched: every node and every answer of every flow should stand in an asserted turn."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flows.model_check import NOTICES
from flows.nodes import Waiting
from flows.revisions import Library
from flows.run import Visit
from flows.transcript import Talk


@dataclass(frozen=True, slots=True)
class Cover:
    """How far the transcripts in one language cover a library: how much there is, and what no asserted turn came to."""

    language: str
    wanted: int
    missing: tuple[str, ...]

    def __str__(self) -> str:
        lacking = f"; not touched: {', '.join(self.missing)}" if self.missing else ""
        return f"{self.language}: {self.wanted - len(self.missing)} of {self.wanted} nodes and answers{lacking}"


def wanted(library: Library) -> frozenset[Visit]:
    """Every node and every answer of the current flows. What the house says by itself (`notices`) is led to by no flow."""
    flows = (library.revisions[revision] for name, revision in library.current.items() if name != NOTICES)
    return frozenset(visit for flow in flows for name, node in flow.nodes.items() for visit in _visits(flow.name, name, node))


def cover(library: Library, talks: Iterable[Talk]) -> tuple[Cover, ...]:
    """Say for each language, in the order of the alphabet, what the talks in it leave untouched."""
    touched: dict[str, set[Visit]] = {}
    for talk in talks:
        touched.setdefault(talk.language, set()).update(talk.touched)
    every = wanted(library)
    return tuple(Cover(language, len(every), _named(every - found)) for language, found in sorted(touched.items()))


def _visits(flow: str, name: str, node: object) -> Iterator[Visit]:
    yield flow, name, ""
    if isinstance(node, Waiting):
        yield from ((flow, name, option) for option in node.choices())


def _named(visits: Iterable[Visit]) -> tuple[str, ...]:
    return tuple(sorted(".".join(part for part in visit if part) for visit in visits))
