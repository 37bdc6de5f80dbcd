"""The node kind `say`: tell something and go on."""

from typing import Literal

from flows.nodes.base import Here, Spoken, Step
from flows.wording import Id


class Say(Spoken):
    """Tells something and goes on; it asks nothing.

    Without `go` the flow ends here.

        thanks:
          kind: say
          text: "OK. We ask you before anyone talks to your factory."
    """

    kind: Literal["say"]
    go: Id | None = None

    def enter(self, here: Here) -> Step:
        """Say the text, then go on or end."""
        return Step(events=(here.say(),), go=self.go)
