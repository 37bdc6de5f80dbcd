"""The node kind `tell`: the rest of the house must know something."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

from flows.events import (
    AnswersWanted,
    Event,
    ForgetAsked,
    Hidden,
    Judged,
    Judgement,
    PersonWanted,
    PinUnwanted,
    QuietChosen,
    SiteUnknown,
    Stopped,
)
from flows.nodes.base import Here, Node, Step
from flows.wording import Id

Fact = (
    Literal["person_wanted", "answers_wanted", "site_unknown", "hidden", "stopped", "forget_asked", "quiet_chosen", "pin_unwanted"]
    | Judgement
)

_EVENTS: Mapping[Fact, Event] = MappingProxyType(
    {
        "person_wanted": PersonWanted(),
        "answers_wanted": AnswersWanted(),
        "site_unknown": SiteUnknown(),
        "hidden": Hidden(),
        "stopped": Stopped(),
        "forget_asked": ForgetAsked(),
        "quiet_chosen": QuietChosen(),
        "pin_unwanted": PinUnwanted(),
        **{judgement: Judged(judgement) for judgement in get_args(Judgement)},
    }
)
# After hiding, nothing on this phone may show that there was a case; after forgetting, nothing is known at all.
_HIDDEN = MappingProxyType({"case": "", "danger": "", "consent": "", "hidden": "yes"})
_FORGOTTEN = MappingProxyType({**_HIDDEN, "hidden": "", "site": "", "place": "", "who": ""})
# A judgement was asked for once, in the field `feedback`; it is asked no more.
_JUDGED = {judgement: MappingProxyType({"feedback": ""}) for judgement in get_args(Judgement)}
_FIELDS: Mapping[Fact, Mapping[str, str]] = MappingProxyType({"hidden": _HIDDEN, "forget_asked": _FORGOTTEN, **_JUDGED})


class Tell(Node):
    """Tells the rest of the house: `person_wanted`, `answers_wanted`, `site_unknown`, `hidden`, `stopped` or `forget_asked`.

    `quiet_chosen`: the field `quiet` holds the hours in which nothing may come by itself (`22:00-06:00`, `night`, `work` or `never`).
    `pin_unwanted`: she wants to be asked for no PIN any more.

    What the worker thinks of an answer is told so too: `heard_right`, `heard_partly`, `heard_wrong`, `solved`, `solved_partly` or
    `not_solved`.

    wanted:
      kind: tell
      fact: person_wanted
      go: promise
    """

    kind: Literal["tell"]
    fact: Fact
    go: Id

    def enter(self, here: Here) -> Step:  # noqa: ARG002  # the same from everywhere
        """Report the fact."""
        return Step(events=(_EVENTS[self.fact],), fields=_FIELDS.get(self.fact, {}), go=self.go)
