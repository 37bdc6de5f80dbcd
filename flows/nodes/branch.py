"""The node kind `branch`: go one way or another by what is known."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from flows.nodes.base import Here, Node, Step
from flows.wording import Id


class Branch(Node):
    """Goes one way or another by the value of a field; a field nobody set goes the `otherwise` way. Nothing is ever evaluated.

    where:
      kind: branch
      field: site
      cases: {unknown: which_factory}
      otherwise: about
    """

    kind: Literal["branch"]
    field: Id
    cases: Annotated[Mapping[str, Id], Field(min_length=1)]
    otherwise: Id

    def enter(self, here: Here) -> Step:
        """Go where the field's value leads."""
        return Step(go=self.cases.get(here.session.fields.get(self.field, ""), self.otherwise))

    def targets(self) -> tuple[tuple[str, str], ...]:
        """Every way it can go."""
        return (*((f"cases.{value}", node) for value, node in self.cases.items()), ("otherwise", self.otherwise))
