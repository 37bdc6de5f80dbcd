"""The node kind `danger`: is anyone in danger, is it happening now, are you safe."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal, cast

from pydantic import Field

from flows.events import DangerFound, DangerKind
from flows.nodes.base import Here, Option, Step
from flows.nodes.choose import Choice
from flows.wording import Id


class Sign(Option):
    """An answer that says whether the danger is there now (`yes`, `no`); without it the answer reports nothing."""

    happening: Literal["yes", "no"] | None = None


class Danger(Choice):
    """Asks about danger. An answer with `happening` is reported with the kind that was heard before, or `unnamed`.

    `asks` names the question on the case: the reason reads `answered yes to danger`.

        saved:
          kind: danger
          asks: danger
          text: "Saved. Is anyone in danger now? {options}"
          options:
            yes: {text: Yes, happening: yes, go: in_danger}
            no: {text: No, go: about}
    """

    about_case: ClassVar[bool] = True
    kind: Literal["danger"]
    asks: Annotated[str, Field(max_length=40)] = "danger"
    options: Annotated[Mapping[Id, Sign], Field(min_length=2)]

    def chosen(self, here: Here, option: str) -> Step:
        """Report danger, if the answer says there is."""
        sign = self.options[option]
        if sign.happening is None:
            return Step(go=sign.go)
        kind = cast("DangerKind", here.session.fields.get("danger", "unnamed"))
        found = DangerFound(kind, f"answered {option} to {self.asks}", sign.happening == "yes")
        return Step(events=(found,), fields={"danger": kind}, go=sign.go)

    def goes_on_late(self, step: Step) -> bool:
        """Danger leads on whenever it is said; its absence does not."""
        return bool(step.events)

    def choices(self) -> Mapping[str, Option]:
        """The answers."""
        return self.options
