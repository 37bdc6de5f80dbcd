"""Moving people who stand in a talk to a newer revision: only where the answers they were shown keep their meaning.

A worker who was asked `1 Yes 2 No` yesterday answers `1` today. Were she moved to a question where 1 means something else, her answer would
be another one, and nobody would see it. So a node may take over those of another only if it is of the same kind and every answer keeps its
digit; whoever cannot be moved stays in the revision where she stands, which goes on working. Buttons carry the name of the node that showed
them, so that name goes along until the question is answered.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from flows.model import Flow
from flows.nodes import Node, Waiting
from flows.problems import Problem
from flows.revisions import Library
from flows.session import Frame, Session

MAP = "map"


def hindrance(old: Node, new: Node) -> str | None:
    """Why people at `old` may not be moved to `new`; None if they may."""
    if type(old) is not type(new):
        return "it is of another kind"
    if not isinstance(old, Waiting) or not isinstance(new, Waiting):
        return None
    digits = new.digits()
    lost = [option for option, digit in old.digits().items() if digits.get(option) != digit]
    return f"there the answer `{lost[0]}` is not the {old.digits()[lost[0]]} that people were shown" if lost else None


def problems(olds: Sequence[Flow], new: Flow, moves: Mapping[str, str]) -> Iterator[Problem]:
    """What is wrong with a map of old node to new node. `olds` are the revisions people may stand in, the one in force first."""
    for source, target in moves.items():
        known = [flow.nodes[source] for flow in olds if source in flow.nodes]
        if not known:
            yield Problem(MAP, 1, source, "no revision that people stand in has this node", "Name the node they stand at.")
        elif target not in new.nodes:
            yield Problem(MAP, 1, source, f"the flow has no node `{target}`", "Name one that it has.")
        elif why := hindrance(known[0], new.nodes[target]):
            mend = "Leave it out, and they finish in the revision where they stand; or give that node the same answers."
            yield Problem(MAP, 1, source, f"nobody can be moved to `{target}`: {why}", mend)


def moved(session: Session, new: Flow, moves: Mapping[str, str], library: Library) -> Session | None:
    """The session with every frame of this flow that the map names standing in `new`; None if nothing moves. Moving twice moves once."""
    frames = tuple(_moved(frame, new, moves, library) for frame in session.frames)
    if frames == session.frames:
        return None
    return replace(session, frames=frames, asked=session.asked if frames[-1] == session.frames[-1] else 0)


def _moved(frame: Frame, new: Flow, moves: Mapping[str, str], library: Library) -> Frame:
    target = new.nodes.get(moves.get(frame.node, ""))
    if frame.flow != new.name or frame.revision == new.revision or target is None:
        return frame
    old = library.flow(frame.revision)
    if old is None or frame.node not in old.nodes or hindrance(old.nodes[frame.node], target) is not None:
        return frame
    return Frame(new.name, new.revision, moves[frame.node], (*frame.was, frame.node))
