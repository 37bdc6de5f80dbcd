"""What the house learns from a talk, in words an officer reads: the lines `desk` of a transcript."""

from collections.abc import Mapping
from types import MappingProxyType

from flows import events as ev
from flows.nodes.wait import SECONDS

_SENTENCES: Mapping[type[ev.Event], str] = MappingProxyType(
    {
        ev.OpenCase: "the case opens",
        ev.AddToCase: "more words",
        ev.PersonWanted: "wants a person",
        ev.AnswersWanted: "wants to read the answers",
        ev.StatusWanted: "asks how it stands",
        ev.SiteUnknown: "does not know the site",
        ev.Hidden: "hides",
        ev.Stopped: "wants no more messages now",
        ev.QuietChosen: "chooses quiet hours",
        ev.PinUnwanted: "wants no PIN",
        ev.ForgetAsked: "wants to be forgotten",
    }
)
_LABELS: Mapping[type[ev.Event], str] = MappingProxyType(
    {
        ev.FloorRaised: "serious",
        ev.GroupChosen: "about",
        ev.ConsentGiven: "may we",
        ev.LanguageChosen: "language",
        ev.NoCase: "no case",
        ev.Judged: "says",
    }
)


def learned(event: ev.Event) -> tuple[str, ...]:
    """Put an event into words; a text to say and the end of a flow teach the house nothing."""
    match event:
        case ev.DangerFound(kind, because, happening):
            when = {True: ", now", False: ", not now", None: ""}[happening]
            return (f"danger: {kind}{when} ({because})",)
        case (
            ev.FloorRaised(what)
            | ev.GroupChosen(what)
            | ev.ConsentGiven(what)
            | ev.LanguageChosen(what)
            | ev.NoCase(what)
            | ev.Judged(what)
        ):
            return (f"{_LABELS[type(event)]}: {what}",)
        case ev.WaitBegun(seconds):
            return (f"waits {_time(seconds)}",)
        case ev.Ended(broke) if broke is not None:
            return (f"broken: {broke}",)
        case _:
            return tuple(sentence + _with(event) for kind, sentence in _SENTENCES.items() if isinstance(event, kind))


def _with(event: ev.Event) -> str:
    """What came along with words."""
    attachment = event.attachment if isinstance(event, ev.OpenCase | ev.AddToCase) else None
    return f" ({attachment})" if attachment is not None else ""


def _time(seconds: int) -> str:
    """A time as authors write it, in the largest unit that fits."""
    unit = max((each for each in SECONDS if seconds % SECONDS[each] == 0), key=SECONDS.__getitem__)
    return f"{seconds // SECONDS[unit]}{unit}"
