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
        ev.StatusWanted: "asks how it stands",
        ev.SiteUnknown: "does not know the site",
        ev.Hidden: "hides",
        ev.Stopped: "wants no more messages now",
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
        case ev.ConsentGiven(said) | ev.Judged(said):
            return (f"{'may we' if isinstance(event, ev.ConsentGiven) else 'says'}: {said}",)
        case ev.LanguageChosen(language):
            return (f"language: {language}",)
        case ev.NoCase(kind):
            return (f"no case: {kind}",)
        case ev.Ended(broke) if broke is not None:
            return (f"broken: {broke}",)
        case _:
            return tuple(sentence for kind, sentence in _SENTENCES.items() if isinstance(event, kind))
