"""What the house learns from a talk, in words an officer reads: the lines `desk` of a transcript."""

from collections.abc import Mapping
from types import MappingProxyType

from flows import events as ev

_SENTENCES: Mapping[type[ev.Event], str] = MappingProxyType(
    {
        ev.OpenCase: "the case opens",
        ev.AddToCase: "more words",
        ev.PersonWanted: "wants a person",
        ev.AnswersWanted: "wants to read the answers",
        ev.SiteUnknown: "does not know the site",
        ev.Hidden: "hides",
        ev.ForgetAsked: "wants to be forgotten",
    }
)


def learned(event: ev.Event) -> tuple[str, ...]:
    """Put an event into words; a text to say and the end of a flow teach the house nothing."""
    match event:
        case ev.DangerFound(kind, because, happening):
            when = {True: ", now", False: ", not now", None: ""}[happening]
            return (f"danger: {kind}{when} ({because})",)
        case ev.FloorRaised(because):
            return (f"serious: {because}",)
        case ev.GroupChosen(group):
            return (f"about: {group}",)
        case ev.ConsentGiven(scope):
            return (f"may we: {scope}",)
        case ev.LanguageChosen(language):
            return (f"language: {language}",)
        case ev.NoCase(kind):
            return (f"no case: {kind}",)
        case ev.Ended(broke) if broke is not None:
            return (f"broken: {broke}",)
        case _:
            return tuple(sentence + _with(event) for kind, sentence in _SENTENCES.items() if isinstance(event, kind))


def _with(event: ev.Event) -> str:
    """What came along with words."""
    attachment = event.attachment if isinstance(event, ev.OpenCase | ev.AddToCase) else None
    return f" ({attachment})" if attachment is not None else ""
