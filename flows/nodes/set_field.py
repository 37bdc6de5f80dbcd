"""The node kind `set_field`: remember something for a later branch."""

from typing import Annotated, Literal

from pydantic import Field

from flows.nodes.base import Here, Node, Step
from flows.wording import Id


class SetField(Node):
    """Remembers a value for a later `branch`; never a name, a number or words. An empty value takes the field away.

    who:
      kind: set_field
      field: who
      value: neighbour
      go: hello
    """

    kind: Literal["set_field"]
    field: Id
    value: Annotated[str, Field(pattern=r"^[a-z_]{0,20}$")]
    go: Id

    def enter(self, here: Here) -> Step:  # noqa: ARG002  # the same from everywhere
        """Set the field."""
        return Step(fields={self.field: self.value}, go=self.go)
