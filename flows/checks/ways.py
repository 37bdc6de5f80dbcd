"""Ways through a flow: what can be reached, what never ends, and what never waits."""

from collections.abc import Iterable, Iterator, Mapping

from flows.model import Flow
from flows.model_check import NOTICES
from flows.nodes import Waiting
from flows.nodes.choose import Choice
from flows.revisions import Library

Place = tuple[str, str]


def reached(ways: Mapping[str, Iterable[str]], starts: Iterable[str]) -> set[str]:
    """Everything that can be come to from these starts."""
    found: set[str] = set()
    ahead = [start for start in starts if start in ways]
    while ahead:
        here = ahead.pop()
        if here not in found:
            found.add(here)
            ahead += [there for there in ways[here] if there in ways]
    return found


def ways(flow: Flow) -> dict[str, list[str]]:
    """Where each node can lead to inside the flow."""
    return {name: [target for _, target in node.targets()] for name, node in flow.nodes.items()}


def entrances(flow: Flow, library: Library) -> set[str]:
    """Where a talk can come into a flow: its first node, those that other flows begin it at, and those the house says by name."""
    if flow.name == NOTICES:
        return set(flow.nodes)
    runs = (run for other in _current(library) for node in other.nodes.values() if (run := node.runs()) is not None)
    return {flow.first, *(at for name, at in runs if name == flow.name and at is not None)}


def live(flow: Flow, library: Library) -> set[str]:
    """Every node that a talk can come to."""
    return reached(ways(flow), entrances(flow, library))


def lets_out(flow: Flow, also: Iterable[str] = ()) -> set[str]:
    """Every node from which the talk can come to an end, to one of `also`, or where words are handed back to the flow behind."""
    ends = [*also]
    ends += [name for name, node in flow.nodes.items() if not node.targets() or (isinstance(node, Choice) and node.otherwise == "return")]
    backwards: dict[str, list[str]] = {name: [] for name in flow.nodes}
    for name, targets in ways(flow).items():
        for target in targets:
            backwards.setdefault(target, []).append(name)
    return reached(backwards, ends)


def callers(flow: Flow, library: Library) -> set[str]:
    """The names of the flows that run this one."""
    return {
        other.name
        for other in _current(library)
        for node in other.nodes.values()
        if (node.runs() or ("",))[0] == flow.name and other.name != flow.name
    }


def called(flow: Flow, library: Library) -> tuple[Flow, ...]:
    """The flow, and every flow that it runs, and that those run."""
    found = {flow.name: flow}
    ahead = [flow]
    while ahead:
        calls = [run[0] for node in ahead.pop().nodes.values() if (run := node.runs()) is not None]
        new = {name: other for name in calls if name not in found and (other := library.now(name)) is not None}
        found |= new
        ahead += new.values()
    return tuple(found.values())


def silent_ways(flow: Flow, library: Library) -> dict[Place, list[Place]]:
    """Where the talk goes on by itself, from node to node and into the flows that are called; a node that waits leads nowhere."""
    found: dict[Place, list[Place]] = {}
    ahead = [(flow.name, name) for name in flow.nodes]
    while ahead:
        here = ahead.pop()
        if here not in found:
            found[here] = list(_onward(here, flow, library))
            ahead += found[here]
    return found


def _onward(here: Place, flow: Flow, library: Library) -> Iterator[Place]:
    at = flow if here[0] == flow.name else library.now(here[0])
    node = at.nodes.get(here[1]) if at is not None else None
    if at is None or node is None or isinstance(node, Waiting):
        return
    run = node.runs()
    called = library.now(run[0]) if run is not None else None
    if run is not None and called is not None:
        first = run[1] or called.first
        yield called.name, first
        if not _passes(called, first):
            return
    yield from ((at.name, target) for _, target in node.targets())


def _passes(flow: Flow, start: str) -> bool:
    """Tell whether the talk can run through a flow without waiting."""
    silent = {name: [] if isinstance(node, Waiting) else [to for _, to in node.targets()] for name, node in flow.nodes.items()}
    return any(not flow.nodes[name].targets() and not isinstance(flow.nodes[name], Waiting) for name in reached(silent, [start]))


def _current(library: Library) -> Iterator[Flow]:
    yield from (library.revisions[revision] for revision in library.current.values())
