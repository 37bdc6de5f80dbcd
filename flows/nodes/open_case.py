"""The node kind `open_case`: the words just heard become a case."""

from typing import Literal

from flows.nodes.base import Here, Node, Step, keep
from flows.wording import Id


class OpenCase(Node):
    """Opens a case with the words just heard; if one is open already they join it.

    file:
      kind: open_case
      go: saved
    """

    kind: Literal["open_case"]
    go: Id

    def enter(self, here: Here) -> Step:
        """Keep the words, then go on."""
        return Step(events=keep(here.heard, here.session), kept=True, go=self.go)
