"""The node kind `jump`: go on somewhere else, and do not come back."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from flows.nodes.base import Here, Node, Step
from flows.wording import Id


class Jump(Node):
    """Goes on at another node of this flow (`go`), or in another flow, from its first node or from the node `at`. It does not come back.

    What waited behind this flow, or called it, goes on when the other one has ended.

        to_rights:
          kind: jump
          flow: rights
          at: wages
    """

    kind: Literal["jump"]
    go: Id | None = None
    flow: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")] | None = None
    at: Id | None = None

    @model_validator(mode="after")
    def _leads_to_one_place(self) -> "Jump":
        if (self.go is None) is (self.flow is None):
            raise ValueError("write where it leads: `go` with a node of this flow, or `flow` with another flow")
        if self.at is not None and self.flow is None:
            raise ValueError("`at` is a node of another flow; name that `flow`, or write `go`")
        return self

    def enter(self, here: Here) -> Step:  # noqa: ARG002  # the same from everywhere
        """Go there."""
        return Step(go=self.go, jump=self.runs())

    def runs(self) -> tuple[str, str | None] | None:
        """The other flow."""
        return None if self.flow is None else (self.flow, self.at)
