"""What a talk asks of its questions: whether they ask at all, whether they let go of words, and which one a late tap belongs to."""

from collections.abc import Iterable, Sequence

from flows.model import Flow
from flows.nodes import Node, Waiting
from flows.nodes.choose import Choice
from flows.revisions import Library
from flows.session import Frame


def asks(node: Node) -> bool:
    """Tell whether a node waits for an answer, and does not only listen."""
    return isinstance(node, Waiting) and not node.listens()


def gives_back(node: Node) -> bool:
    """Tell whether words that are no answer belong to the question behind."""
    return isinstance(node, Choice) and node.otherwise == "return"


def where(frames: Sequence[Frame]) -> str:
    """The end of a sentence for the operator: the node a talk stands at."""
    return f", at {frames[-1].node} of {frames[-1].flow}" if frames else ""


def asked_before(library: Library, frames: Iterable[Frame], tapped: tuple[str, str]) -> Flow | None:
    """The flow with this node and option: of those under way the last, else of those that begin now."""
    node, option = tapped
    revisions = (*(frame.revision for frame in frames), *library.current.values())
    known = (library.revisions[revision] for revision in revisions)
    return next((flow for flow in known if _has(flow, node, option)), None)


def _has(flow: Flow, node: str, option: str) -> bool:
    asked = flow.nodes.get(node)
    return isinstance(asked, Choice) and option in asked.choices()
