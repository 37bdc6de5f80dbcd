"""The node kind `call`: another flow takes over, and comes back."""

from typing import Annotated, Literal

from pydantic import Field

from flows.nodes.base import Here, Node, Step
from flows.wording import Id


class Call(Node):
    """Runs another flow, from its first node or from the node `at`, and goes on when it has ended.

    The other flow is pinned to the revision that is current when the call is made. Without `go` this flow ends with it.

        ask_consent:
          kind: call
          flow: may-we
          go: bye
    """

    kind: Literal["call"]
    flow: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
    at: Id | None = None
    go: Id | None = None

    def enter(self, here: Here) -> Step:  # noqa: ARG002  # the same from everywhere
        """Hand over to the other flow."""
        return Step(call=self.runs())

    def runs(self) -> tuple[str, str | None] | None:
        """The other flow."""
        return (self.flow, self.at)
