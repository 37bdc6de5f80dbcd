"""The node kind `ask`: ask for the worker's own words."""

from collections.abc import Mapping
from typing import Literal

from flows.nodes.base import Here, Option, Step, Waiting
from flows.wording import Id


class Ask(Waiting):
    """Asks for the worker's own words and goes on with them.

    The next node keeps them (`open_case`, `add_to_case`); if none does before the flow waits or ends, the engine keeps them all the same.
    It may have options beside the words. `offers` are ways out that stand as buttons where a channel has them. A question for a name, a
    number or a paper says `sensitive: true`, so that nobody asks who a worker is by accident: the linter refuses it otherwise.

        which_factory:
          kind: ask
          text: "Which factory? Write its name and town. {options}"
          options:
            unknown: {digit: "0", text: I do not know, go: not_known}
          go: keep_name
    """

    kind: Literal["ask"]
    sensitive: bool = False
    options: Mapping[Id, Option] = {}
    go: Id

    def enter(self, here: Here) -> Step:
        """Ask, and wait."""
        return Step(events=(here.say(),), wait=True)

    def chosen(self, here: Here, option: str) -> Step:  # noqa: ARG002  # a plain option reports nothing
        """Go where the option leads."""
        return Step(go=self.options[option].go)

    def listened(self, here: Here) -> Step:  # noqa: ARG002  # the next node takes the words
        """Go on with the words."""
        return Step(go=self.go)

    def choices(self) -> Mapping[str, Option]:
        """The options beside the words."""
        return self.options
