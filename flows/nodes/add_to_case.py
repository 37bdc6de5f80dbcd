"""The node kind `add_to_case`: words join the case; without a way on, it listens for more."""

from typing import Literal

from flows.nodes.base import Here, Step, Waiting, keep
from flows.wording import Id


class AddToCase(Waiting):
    """Keeps words with the open case and says its text, if it has one. Without `go` it stays and listens: whatever comes joins the case.

    listen:
      kind: add_to_case
      text: "Saved."
    """

    kind: Literal["add_to_case"]
    go: Id | None = None

    def enter(self, here: Here) -> Step:
        """Keep what was heard; wait in silence if nothing was."""
        if here.heard is None and self.go is None:
            return Step(wait=True)
        return self.listened(here)

    def listens(self) -> bool:
        """Tell whether it stays, and listens."""
        return self.go is None

    def chosen(self, here: Here, option: str) -> Step:  # noqa: ARG002  # it has no options
        """It has no options; whatever comes is words."""
        return self.listened(here)

    def listened(self, here: Here) -> Step:
        """Keep the words, and say so."""
        said = (here.say(),) if self.text else ()
        return Step(events=(*keep(here.heard, here.session), *said), kept=True, go=self.go, wait=self.go is None)
