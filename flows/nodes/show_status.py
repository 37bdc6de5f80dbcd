"""The node kind `show_status`: how it stands, and what was promised by when."""

from typing import Literal

from flows.events import StatusWanted
from flows.nodes.base import Here, Spoken, Step
from flows.wording import Id


class ShowStatus(Spoken):
    """Says how the case stands, never what is in it. The house fills in what is true: exactly one of the facts `stands_...`, and the date.

    Without `go` the flow ends here.

        stands:
          kind: show_status
          text: "[stands_new:Nobody has answered yet.][stands_closed:It is closed.] [answer_by:A person answers before {answer_by}.]"
    """

    kind: Literal["show_status"]
    go: Id | None = None

    def enter(self, here: Here) -> Step:
        """Report that she asks, say it, then go on or end."""
        return Step(events=(StatusWanted(), here.say()), go=self.go)
