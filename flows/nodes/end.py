"""The node kind `end`: the flow is over."""

from typing import Literal

from flows.nodes.base import Here, Node, Step


class End(Node):
    """Ends the flow. What waited behind it goes on (`return`), puts its question again (`repeat`), or is over too (`stop`).

    done:
      kind: end
      then: repeat
    """

    kind: Literal["end"]
    then: Literal["return", "repeat", "stop"] = "return"

    def enter(self, here: Here) -> Step:  # noqa: ARG002  # the same from everywhere
        """End."""
        return Step(repeat=self.then == "repeat", stop=self.then == "stop")
