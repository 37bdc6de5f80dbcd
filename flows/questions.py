"""What a talk asks of its questions: whether they let go of words, and which one a late tap belongs to."""

from collections.abc import Iterable, Mapping
from typing import Final

from flows.model import Flow
from flows.nodes import Node
from flows.nodes.choose import Choice
from flows.revisions import Library
from flows.session import Frame

# Where words go that no flow waits for: to the open case, or into a first talk.
OPEN: Final = "dialogue"
FIRST: Final = "raise-concern"
FIRST_OF_NEIGHBOURS: Final = "raise-concern-neighbours"


def home(fields: Mapping[str, str]) -> str:
    """The flow that hears whatever comes, where none waits."""
    first = FIRST_OF_NEIGHBOURS if fields.get("who") == "neighbour" else FIRST
    return OPEN if fields.get("case") == "open" else first


def gives_back(node: Node) -> bool:
    """Tell whether words that are no answer belong to the question behind."""
    return isinstance(node, Choice) and node.otherwise == "return"


def asked_before(library: Library, frames: Iterable[Frame], tapped: tuple[str, str]) -> Flow | None:
    """The flow with this node and option: of those under way the last, else of those that begin now."""
    node, option = tapped
    revisions = (*(frame.revision for frame in frames), *library.current.values())
    known = (library.revisions[revision] for revision in revisions)
    return next((flow for flow in known if _has(flow, node, option)), None)


def _has(flow: Flow, node: str, option: str) -> bool:
    asked = flow.nodes.get(node)
    return isinstance(asked, Choice) and option in asked.choices()
