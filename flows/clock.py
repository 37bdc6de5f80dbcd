"""Which timer of a session may ring, and when a new one is set. Time itself is the house's: here it is a number that is counted up."""

from collections.abc import Sequence

from flows.events import WaitBegun
from flows.nodes import Node
from flows.nodes.wait import Wait
from flows.session import Frame, Session


class Clock:
    """The timers of a session while a sprint is under way."""

    def __init__(self, session: Session) -> None:
        self._before = session.frames
        self._starts = False
        self.timers = session.timers

    def came_to(self, node: Node) -> None:
        """The talk came to a node: if it waits, its time begins now."""
        self._starts = self._starts or node.waits() is not None

    def again(self) -> None:
        """Let the same time pass once more."""
        self._starts = True

    def rung(self, timer: int, nodes: Sequence[Node]) -> tuple[int, Wait] | None:
        """The wait that this timer is of, and where it stands; None if the timer is an old one or nothing waits for time any more."""
        waits = [(depth, node) for depth, node in enumerate(nodes) if isinstance(node, Wait)]
        return waits[-1] if waits and timer == self.timers else None

    def start(self, frames: Sequence[Frame], nodes: Sequence[Node]) -> tuple[WaitBegun, ...]:
        """Set a timer if the talk came to a wait, or came back to one: the newest timer is the only one that rings."""
        waits = [seconds for node in nodes if (seconds := node.waits()) is not None]
        if not waits or not (self._starts or tuple(frames) != self._before):
            return ()
        self.timers += 1
        return (WaitBegun(waits[-1], self.timers),)
