"""What a sprint found out: facts that `bot/effects.py` acts upon. The engine itself does nothing."""

from dataclasses import dataclass
from typing import Literal

DangerKind = Literal["fire", "violence", "suicide", "unnamed"]
Scope = Literal["hide_me", "ask_first", "never"]
NotACase = Literal["greeting", "thanks", "identity_hunt"]
Attachment = Literal["voice", "photo", "document", "place"]
Judgement = Literal["heard_right", "heard_partly", "heard_wrong", "solved", "solved_partly", "not_solved"]


@dataclass(frozen=True, slots=True)
class Say:
    """A text to send. `slot` says which of the node's texts: `text`, or `again` and `again2` when the question is put once more.

    `among` are the only answers to show, when words could mean any of these and she is asked which; empty shows them all.
    """

    flow: str
    revision: str
    node: str
    slot: str = "text"
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OpenCase:
    """The first free words: a case opens with them. `attachment` is what came with them, if something did."""

    words: str
    attachment: Attachment | None = None


@dataclass(frozen=True, slots=True)
class AddToCase:
    """Later words, to be kept with the open case exactly as they came, with what came along."""

    words: str
    attachment: Attachment | None = None


@dataclass(frozen=True, slots=True)
class DangerFound:
    """Danger was said or answered. `because` names the words' kind or the option, never the words of the worker.

    `unnamed` is danger that was answered with yes before anybody said what it is. `happening` is None until it was asked.
    """

    kind: DangerKind
    because: str
    happening: bool | None = None


@dataclass(frozen=True, slots=True)
class FloorRaised:
    """Words that make a case serious without interrupting the talk (`child`, `passport`)."""

    because: str


@dataclass(frozen=True, slots=True)
class GroupChosen:
    """The worker's own answer to `what is it about`: a group of cases/taxonomy.py."""

    group: str


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """May the reader talk to the supplier? `ask_first` is also what no answer means."""

    scope: Scope


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """The worker chose the language of the conversation (BCP 47)."""

    language: str


@dataclass(frozen=True, slots=True)
class NoCase:
    """A greeting, thanks or a hunt for the worker's name: answered, counted, on nobody's queue."""

    kind: NotACase


@dataclass(frozen=True, slots=True)
class PersonWanted:
    """The worker asked for a person."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """The worker hid the conversation: nothing is sent to this phone until the code comes."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The worker wants no more messages here now: nothing is asked any more, and what comes later comes behind a knock."""


@dataclass(frozen=True, slots=True)
class ForgetAsked:
    """The worker asked to be forgotten, and confirmed it."""


@dataclass(frozen=True, slots=True)
class AnswersWanted:
    """The worker came back with the code and wants to read what waits."""


@dataclass(frozen=True, slots=True)
class StatusWanted:
    """The worker asks how it stands: the text that follows says it, and what waits to be read may be read with a bare 1."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The worker says whether we heard right, or whether it is solved. Only this, or a 1 to a proposal, closes a case."""

    answer: Judgement


@dataclass(frozen=True, slots=True)
class QuietChosen:
    """The worker chose when nothing may come by itself: the field `quiet` holds `22:00-06:00`, `night`, `work` or `never`."""


@dataclass(frozen=True, slots=True)
class PinUnwanted:
    """The worker wants to be asked for no PIN any more."""


@dataclass(frozen=True, slots=True)
class SiteUnknown:
    """The worker does not know the site, or will not say."""


@dataclass(frozen=True, slots=True)
class WaitBegun:
    """The talk waits for time to pass: so many seconds after the last text left, the engine's `timed_out` is to be told of this timer.

    A timer is a number of its session, and only the newest means anything.
    """

    seconds: int
    timer: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The flow came to its end, or broke a ceiling (`broke` says which, for the operator)."""

    broke: str | None = None


Event = (
    Say
    | OpenCase
    | AddToCase
    | DangerFound
    | FloorRaised
    | GroupChosen
    | ConsentGiven
    | LanguageChosen
    | NoCase
    | PersonWanted
    | Hidden
    | Stopped
    | ForgetAsked
    | AnswersWanted
    | StatusWanted
    | Judged
    | QuietChosen
    | PinUnwanted
    | SiteUnknown
    | WaitBegun
    | Ended
)
