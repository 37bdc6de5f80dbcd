"""The node kind `group`: what is it about."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from flows.events import GroupChosen
from flows.nodes.base import Here, Option, Step
from flows.nodes.choose import Choice
from flows.wording import Id


class Topic(Option):
    """An answer that stands for a group of the taxonomy (`wages`, `community.water`)."""

    group: Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z_]+)?$")]


class Group(Choice):
    """Asks what it is about, in a worker's words; each option names the group of the taxonomy that the desk sees.

    about:
      kind: group
      text: "What is it about most? {options}"
      options:
        pay: {text: Pay or hours, group: wages, go: may_we}
        other: {text: Something else, group: other, go: may_we}
    """

    about_case: ClassVar[bool] = True
    kind: Literal["group"]
    options: Annotated[Mapping[Id, Topic], Field(min_length=1)]

    def chosen(self, here: Here, option: str) -> Step:  # noqa: ARG002  # the answer is the same wherever it is given
        """Report the group."""
        topic = self.options[option]
        return Step(events=(GroupChosen(topic.group),), go=topic.go)

    def goes_on_late(self, step: Step) -> bool:  # noqa: ARG002  # whatever the group is
        """The questions behind it were put already."""
        return False

    def choices(self) -> Mapping[str, Option]:
        """The topics."""
        return self.options
