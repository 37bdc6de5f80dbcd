"""The node kind `consent`: may the reader talk to the supplier."""

from collections.abc import Mapping
from typing import ClassVar, Final, Literal, cast, get_args

from pydantic import field_validator

from flows.events import ConsentGiven, Scope
from flows.nodes.base import Here, Option, Step
from flows.nodes.choose import Choice

SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)


class Consent(Choice):
    """Asks what the reader may tell the supplier. Its options are `hide_me`, `ask_first` and `never`; no answer means `ask_first`.

    The answer is reported, and stands in the field `consent`.

        may_we:
          kind: consent
          text: "May we talk to your factory? {options} No answer = 2"
          options:
            hide_me: {text: "Yes, but nothing that points to me", go: thanks}
            ask_first: {text: Ask me first, go: thanks}
            never: {text: Never, go: thanks}
    """

    about_case: ClassVar[bool] = True
    kind: Literal["consent"]
    options: Mapping[str, Option]

    @field_validator("options")
    @classmethod
    def _are_scopes(cls, options: Mapping[str, Option]) -> Mapping[str, Option]:
        if set(options) != set(SCOPES):
            raise ValueError(f"the answers to a consent are {', '.join(SCOPES)}")
        return options

    def chosen(self, here: Here, option: str) -> Step:  # noqa: ARG002  # the answer is the same wherever it is given
        """Report what she allows."""
        scope = cast("Scope", option)
        return Step(events=(ConsentGiven(scope),), fields={"consent": scope}, go=self.options[scope].go)

    def choices(self) -> Mapping[str, Option]:
        """The three answers."""
        return self.options
