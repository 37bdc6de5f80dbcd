"""The node kind `choose`: one question, a few answers."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from flows.nodes.base import Here, Option, Step, Waiting, keep
from flows.wording import Id


class Choice(Waiting):
    """What every question with fixed answers has in common: words that are no option are more testimony, never a wrong answer."""

    about_case: ClassVar[bool] = False  # its answers mean nothing while no case is open
    otherwise: Literal["keep", "return"] = "keep"

    def goes_on_late(self, step: Step) -> bool:  # noqa: ARG002  # some kinds look at what the answer reports
        """Tell whether a tap on this question after it was answered leads on, or is only reported."""
        return True

    def enter(self, here: Here) -> Step:
        """Ask, and wait."""
        return Step(events=(here.say(),), wait=True)

    def chosen(self, here: Here, option: str) -> Step:  # noqa: ARG002  # a plain option reports nothing
        """Go where the option leads."""
        return Step(go=self.choices()[option].go)

    def listened(self, here: Here) -> Step:
        """Keep the words and put the question again; or hand them to the flow behind this one."""
        if self.otherwise == "return":
            return Step(back=True)
        return Step(events=(*keep(here.heard, here.session), here.say("again")), wait=True, kept=True, missed=True)


class Choose(Choice):
    """Asks one question with a few answers. An option is found by tap, digit in any script, its words, or a beginning that fits one only.

    Words that are no option join the case and the question is put again (`again`). With `otherwise: return` they go to the flow behind this
    one instead. `{options}` in the text is where the numbered answers stand on a phone without buttons.

        menu:
          kind: choose
          text: "{options}"
          again: "Saved. {options}"
          options:
            read: {text: Read the answer, also: [read], go: read}
            hide: {digit: "9", text: Hide, go: hide}
    """

    kind: Literal["choose"]
    options: Annotated[Mapping[Id, Option], Field(min_length=1)]

    def choices(self) -> Mapping[str, Option]:
        """The answers."""
        return self.options
