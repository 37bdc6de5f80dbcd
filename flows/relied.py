"""What others rely on in a flow: a node that another flow begins it at, or that the house says by name, must not vanish."""

from collections.abc import Iterator
from functools import cache

from flows.model import Flow, load
from flows.model_check import NOTICES
from flows.nodes import Node
from flows.problems import Problem
from flows.revisions import SHIPPED, Library
from flows.wording import CHANNELS


def left_hanging(library: Library, flow: Flow) -> Iterator[Problem]:
    """Every place that relies on a node which this revision of the flow does not have, or which says nothing any more."""
    file = f"{flow.name}.yaml"
    if flow.name == NOTICES:
        yield from (Problem(file, 1, f"nodes.{node}", what, "Write it again; only its words may change.") for node, what in _unsaid(flow))
    others = (other for other in map(library.now, library.current) if other is not None and other.serves != flow.serves)
    for other in others:
        for caller, node in other.nodes.items():
            begins = _begins(node, flow.serves)
            if begins is not None and begins not in flow.nodes:
                what = f"`{caller}` of the flow `{other.name}` begins this one at `{begins}`, and here it is missing"
                yield Problem(file, 1, f"nodes.{begins}", what, "Write it again, or change that flow first.")


@cache
def _said_by_name() -> Flow:
    """The notices as they came with this version, which says each of them."""
    return load(SHIPPED / f"{NOTICES}.yaml")


def _unsaid(flow: Flow) -> Iterator[tuple[str, str]]:
    """Each notice that the house could not say, and why not."""
    for name, shipped in sorted(_said_by_name().nodes.items()):
        node = flow.nodes.get(name)
        if node is None:
            yield name, "the house says this by name, and here it is missing"
        elif type(node) is not type(shipped):
            yield name, "the house says this by name, and here it is of another kind"
        elif silent := _silent(flow, name):
            yield name, f"the house says this by name, and here it has no words: {silent}"


def _silent(flow: Flow, node: str) -> str | None:
    """The first language and channel in which a node says nothing."""
    places = ((language, channel) for language in flow.languages for channel in CHANNELS)
    return next((f"in `{language}` on {channel}" for language, channel in places if not _words(flow, node, language, channel)), None)


def _words(flow: Flow, node: str, language: str, channel: str) -> str:
    """What is said: the nearest text that is written, be it only of spaces."""
    texts = (each.text for wordings in flow.wordings(node, language, channel) for each in wordings)
    return next((text for text in texts if text), "").strip()


def _begins(node: Node, flow: str) -> str | None:
    """The node of another flow that this one begins it at by name; None for its first."""
    at: str | None = getattr(node, "at", None)
    return at if getattr(node, "flow", None) == flow else None
