"""What others rely on in a flow: a node that another flow begins it at, or that the house says by name, must not vanish."""

from collections.abc import Iterator

from flows.model import Flow
from flows.model_check import NOTICES
from flows.nodes import Node
from flows.problems import Problem
from flows.revisions import Library


def left_hanging(library: Library, flow: Flow) -> Iterator[Problem]:
    """Every place that relies on a node which this revision of the flow does not have."""
    file = f"{flow.name}.yaml"
    now = library.now(flow.name)
    if flow.name == NOTICES and now is not None:
        what = "the house says this by name, and here it is missing"
        for gone in sorted(now.nodes.keys() - flow.nodes.keys()):
            yield Problem(file, 1, f"nodes.{gone}", what, "Write it again; only its words may change.")
    others = (other for other in map(library.now, library.current) if other is not None and other.serves != flow.serves)
    for other in others:
        for caller, node in other.nodes.items():
            begins = _begins(node, flow.serves)
            if begins is not None and begins not in flow.nodes:
                what = f"`{caller}` of the flow `{other.name}` begins this one at `{begins}`, and here it is missing"
                yield Problem(file, 1, f"nodes.{begins}", what, "Write it again, or change that flow first.")


def _begins(node: Node, flow: str) -> str | None:
    """The node of another flow that this one begins it at by name; None for its first."""
    at: str | None = getattr(node, "at", None)
    return at if getattr(node, "flow", None) == flow else None
