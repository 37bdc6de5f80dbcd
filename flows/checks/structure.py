"""Checks of the shape of a flow: every node is reached, every talk can end, and nothing runs in circles."""

from collections.abc import Iterator

from flows.checks.base import Found, Sheet, check
from flows.checks.ways import Place, lets_out, live, reached, silent_ways, ways


@check(
    "unreachable-node",
    "warning",
    reason="No worker ever comes here, so its words are never said.",
    mend="Lead to it from a node or an option, or take it out.",
)
def unreachable(sheet: Sheet) -> Iterator[Found]:
    """A node that nothing leads to: not the flow's first, no target of another, and not where another flow begins this one."""
    found = live(sheet.flow, sheet.library)
    yield from (Found(("nodes", name), f"nothing leads to `{name}`") for name in sheet.flow.nodes if name not in found)


@check(
    "dead-end",
    "error",
    reason="The talk goes round and never ends: a worker gets the same question until they give up.",
    mend="Give one of its answers a way to an `end`, or to a node without `go`.",
)
def dead_end(sheet: Sheet) -> Iterator[Found]:
    """A node from which no answer and no way on leads to the end of the flow."""
    out = lets_out(sheet.flow, _in_a_circle(sheet))
    alive = live(sheet.flow, sheet.library)
    stuck = (name for name in sheet.flow.nodes if name in alive and name not in out)
    yield from (Found(("nodes", name), f"from `{name}` no way leads to an end") for name in stuck)


@check(
    "loop-without-wait",
    "error",
    reason="Nothing stops to hear the worker, so the engine breaks the talk off after a hundred steps.",
    mend="Put a question into the circle, or lead out of it.",
)
def loop(sheet: Sheet) -> Iterator[Found]:
    """A circle of nodes in which none waits for the worker; flows that call one another are looked through."""
    yield from (Found(("nodes", name), f"`{name}` comes back to itself without waiting") for name in _in_a_circle(sheet))


@check(
    "unknown-flow",
    "error",
    reason="A call of a flow that is not there is skipped, and the worker is not asked what it would have asked.",
    mend="Name a flow of the library and a node it has, or write it.",
)
def unknown_flow(sheet: Sheet) -> Iterator[Found]:
    """A `call` of a flow, or of a node of a flow, that does not exist, or a `jump` to one."""
    for name, node in sheet.flow.nodes.items():
        run = node.runs()
        if run is None:
            continue
        called, (flow, at) = sheet.library.now(run[0]), run
        if called is None:
            yield Found(("nodes", name, "flow"), f"no flow is called `{flow}`")
        elif at is not None and at not in called.nodes:
            yield Found(("nodes", name, "at"), f"the flow `{flow}` has no node `{at}`")


@check(
    "no-transcript",
    "warning",
    reason="Nobody has written down how this talk should go, so nobody sees when a change breaks it.",
    mend="Write one, or talk it through with `weerklank talk FLOW --save FILE`.",
)
def no_transcript(sheet: Sheet) -> Iterator[Found]:
    """A flow that no transcript runs through."""
    if sheet.scope.walked is not None and sheet.flow.name not in sheet.scope.walked:
        yield Found(("flow",), f"no transcript runs through `{sheet.flow.name}`")


def _in_a_circle(sheet: Sheet) -> Iterator[str]:
    """The nodes that lead back to themselves without a wait, in the order of the file."""
    onward = silent_ways(sheet.flow, sheet.library)
    named = {_name(place): [_name(to) for to in targets] for place, targets in onward.items()}
    for name in ways(sheet.flow):
        here = _name((sheet.flow.name, name))
        if here in reached(named, named.get(here, [])):
            yield name


def _name(place: Place) -> str:
    return ".".join(place)
