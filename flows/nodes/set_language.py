"""The node kind `set_language`: go on in another language."""

from typing import Annotated, Literal

from pydantic import Field

from flows.events import LanguageChosen
from flows.nodes.base import Here, Node, Step
from flows.wording import Id


class SetLanguage(Node):
    """Goes on in another language (BCP 47), from the next text on.

    bengali:
      kind: set_language
      language: bn
      go: done
    """

    kind: Literal["set_language"]
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
    go: Id

    def enter(self, here: Here) -> Step:  # noqa: ARG002  # the same from everywhere
        """Report the language and go on in it."""
        return Step(events=(LanguageChosen(self.language),), language=self.language, go=self.go)
