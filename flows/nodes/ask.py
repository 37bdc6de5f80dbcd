"""The node kind `ask`: ask for the worker's own words, a number, a date, or something to hear, see or find."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Literal

from pydantic import model_validator

from flows.events import Attachment
from flows.nodes.base import Heard, Here, Option, Step, Waiting, keep
from flows.wording import Id
from words.quantities import date_in, hours_in, number_in

Wanted = Literal["text", "voice", "photo", "number", "date", "hours", "place"]

# What answers what; None is typed words. A voice answers everything: whoever cannot type is not asked thrice.
_ANSWERED_BY: Final[Mapping[Wanted, tuple[Attachment | None, ...]]] = MappingProxyType(
    {
        "text": (None, "voice", "photo", "document", "place"),
        "voice": ("voice",),
        "photo": ("voice", "photo", "document"),
        "number": ("voice",),
        "date": ("voice",),
        "hours": ("voice",),
        "place": (None, "voice", "place"),
    }
)
_AGAIN: Final = ("again", "again2")
_PERSON: Final = "person"


class Ask(Waiting):
    """Asks for the worker's own words and goes on with them.

    The next node keeps them (`open_case`, `add_to_case`); if none does before the flow waits or ends, the engine keeps them all the same.
    It may have options beside the words. `offers` are ways out that stand as buttons where a channel has them. A question for a name, a
    number or a paper says `sensitive: true`, so that nobody asks who a worker is by accident: the linter refuses it otherwise.

    `wants` says what is asked for: `text` (unless written; everything is welcome), `voice`, `photo`, `number`, `date`, `hours` or `place`.
    A voice message is welcome at all of them. A number or date, in any script's digits, is put into `field` as `12` or `2026-11-28`, where
    a `branch` can compare it; it joins the case, but opens none by itself. At such a question a bare `0`, `7`, `8` or `9` is an answer, and
    the ways out are found by their words; so an option there has a digit that no answer is likely to be. Hours, from when to when, are put
    into `field` as `22:00-06:00`; they are no testimony and join nothing.

    An answer that does not fit is no failure: it joins the case, and the question is put again (`again`), then once more in other words
    (`again2`), then a person is offered. It goes on waiting all the while.

        how_many:
          kind: ask
          wants: number
          field: people
          text: "How many of you? Write a number. {options}"
          again: "Saved. How many is it, about? Only a number, such as 12. {options}"
          again2: "Saved. Count the people and send it in digits: 5, 12, 40. {options}"
          options:
            unknown: {digit: "0", text: I do not know, go: since_when}
          go: since_when
    """

    kind: Literal["ask"]
    wants: Wanted = "text"
    field: Id | None = None
    sensitive: bool = False
    options: Mapping[Id, Option] = {}
    go: Id

    @model_validator(mode="after")
    def _has_a_field_for_what_is_read(self) -> "Ask":
        if self.field is not None and not self._is_read:
            raise ValueError("only a number, a date or hours are put into a field; write `wants: number`, or take `field` out")
        return self

    @model_validator(mode="after")
    def _keeps_hours_somewhere(self) -> "Ask":
        if self.wants == "hours" and self.field is None:
            raise ValueError("hours are kept in a field alone; name it under `field`")
        return self

    @model_validator(mode="after")
    def _has_digits_that_are_no_numbers(self) -> "Ask":
        if self.wants == "number" and any(not option.digit for option in self.options.values()):
            raise ValueError("where a number is asked for, each option needs a `digit` of its own, one that no answer is likely to be")
        return self

    def enter(self, here: Here) -> Step:
        """Ask, and wait."""
        return Step(events=(here.say(),), wait=True)

    def chosen(self, here: Here, option: str) -> Step:  # noqa: ARG002  # a plain option reports nothing
        """Go where the option leads."""
        return Step(go=self.options[option].go)

    def listened(self, here: Here) -> Step:
        """Go on with an answer that fits; keep one that does not, and ask again, twice, before a person is offered."""
        value = self._read(here.heard)
        if value is not None and self.field is not None:
            return Step(fields={self.field: value}, noted=True, kept=self.wants == "hours", go=self.go)
        if value is not None or here.heard is None or here.heard.attachment in _ANSWERED_BY[self.wants]:
            return Step(go=self.go)
        return self._missed(here)

    def is_answer(self, heard: Heard) -> bool:
        """A number or a date, and not a letter beside it; or hours."""
        return self._read(heard) is not None and (self.wants == "hours" or not any(map(str.isalpha, heard.words)))

    def choices(self) -> Mapping[str, Option]:
        """The options beside the words."""
        return self.options

    @property
    def _is_read(self) -> bool:
        return self.wants in ("number", "date", "hours")

    def _missed(self, here: Here) -> Step:
        kept, asked = keep(here.heard, here.session), here.session.asked
        if asked == len(_AGAIN):
            return Step(events=kept, wait=True, kept=True, missed=True, aside=_PERSON)
        slot = _AGAIN[min(asked, len(_AGAIN) - 1)]
        return Step(events=(*kept, here.say(slot)), wait=True, kept=True, missed=True)

    def _read(self, heard: Heard | None) -> str | None:
        """The number, the date or the hours in the words, in the form in which they are kept."""
        if heard is None or not self._is_read:
            return None
        if self.wants == "hours":
            return hours_in(heard.words)
        return number_in(heard.words) if self.wants == "number" else date_in(heard.words, heard.today)
