"""The node kind `relay`: the worker talks to the desk."""

from collections.abc import Mapping
from typing import Literal

from flows.nodes.base import Here, Option, Step, Waiting, keep
from flows.wording import Id


class Relay(Waiting):
    """Lets the worker talk to the desk: whatever is sent joins the case. The first time `again` says so, then it listens in silence.

    It stays until the worker takes an option or asks for something else. An officer's answer comes on its own way, behind a knock.

        desk:
          kind: relay
          text: "Write to the people who read your case, in as many messages as you like. {options}"
          again: "Saved."
          options:
            done: {digit: "1", text: I am done, go: thanks}
    """

    kind: Literal["relay"]
    options: Mapping[Id, Option] = {}

    def enter(self, here: Here) -> Step:
        """Keep words that came along, say the text, and listen."""
        return Step(events=(*keep(here.heard, here.session), here.say()), kept=True, wait=True)

    def chosen(self, here: Here, option: str) -> Step:  # noqa: ARG002  # a plain option reports nothing
        """Go where the option leads."""
        return Step(go=self.options[option].go)

    def listened(self, here: Here) -> Step:
        """Keep the words, and say so once."""
        said = () if here.session.asked else (here.say("again"),)
        return Step(events=(*keep(here.heard, here.session), *said), kept=True, wait=True, missed=True)

    def listens(self) -> bool:
        """It is no question: nobody is asked too often here."""
        return True

    def choices(self) -> Mapping[str, Option]:
        """The ways on."""
        return self.options
