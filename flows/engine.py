"""The interpreter: it turns a session and a worker's words into a session and a list of facts, and does nothing else."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, get_args

from flows.events import Attachment, DangerFound, DangerKind, Event, NoCase, NotACase
from flows.lexicon import Lexicon
from flows.match import OFFER, OFFER_DIGITS
from flows.nodes.base import Heard, Step, keep
from flows.phrases import Saying, saying
from flows.revisions import Library
from flows.run import Visit
from flows.session import Session
from flows.talk import Talk
from flows.wording import Command

# A message that is only this digit means the same everywhere, unless the question that waits gives it a meaning of its own.
FIXED: Final[dict[str, Command]] = {digit: command for command, digit in OFFER_DIGITS.items()}
# The flow each way out leads to; of two, the first that the library has.
COMMANDS: Final[dict[Command, tuple[str, ...]]] = {
    "person": ("person",),
    "language": ("language",),
    "who_sees": ("who-sees",),
    "hide": ("hide",),
    "forget": ("forget-me",),
    "help": ("welcome", "who-sees"),
    "status": ("status",),
    "stop": ("stop",),
    "quiet": ("quiet",),
    "pin": ("pin",),
}
EVERY_COMMAND: Final[tuple[Command, ...]] = get_args(Command)
DANGER: Final = "urgent"
NO_LEXICON: Final = Lexicon()


@dataclass(frozen=True, slots=True)
class Words:
    """What a worker sent: the words as they came, the id behind the button if one was tapped, and what came along with the words.

    `today` is the date where the worker is, for dates told without their year.
    """

    text: str
    option: str | None = None
    attachment: Attachment | None = None
    today: date | None = None

    @property
    def are_none(self) -> bool:
        """Whether nothing was said at all."""
        return not self.text.strip() and self.attachment is None


@dataclass(frozen=True, slots=True)
class Sprint:
    """From one message to the next wait: the session to store, what happened, and where the talk went; each in order."""

    session: Session
    events: tuple[Event, ...]
    trail: tuple[Visit, ...] = ()


def start(library: Library, name: str, session: Session) -> Sprint:
    """Begin a flow and run to its first question. What waited before is over; the fields and the language stay."""
    talk = Talk(library, session)
    talk.begin(name)
    return _sprint(talk)


def resume(library: Library, session: Session, words: Words, lexicon: Lexicon = NO_LEXICON) -> Sprint:
    """Take a worker's words to the question that waits. Never raises, and never loses words.

    They are an answer, a way out, a greeting while no case is open, or testimony in an OpenCase or AddToCase event. With no flow waiting,
    words join the open case, or begin the first talk.
    """
    talk = Talk(library, session)
    _hear(talk, words, lexicon)
    return _sprint(talk)


def timed_out(library: Library, session: Session, timer: int) -> Sprint:
    """Tell a session that the time of a WaitBegun has passed. A timer that is not its newest, or that nothing waits for, does nothing."""
    talk = Talk(library, session)
    return _sprint(talk) if talk.time_passed(timer) else Sprint(session, ())


def begin(library: Library, name: str, session: Session, words: Words, lexicon: Lexicon = NO_LEXICON) -> Sprint:
    """Begin a flow with the words that came along with it, so that `hello` and `saved` go out in one go; blank words begin it only."""
    first = start(library, name, session)
    if words.are_none and words.option is None:
        return first
    second = resume(library, first.session, words, lexicon)
    return Sprint(second.session, (*first.events, *second.events), (*first.trail, *second.trail))


def _sprint(talk: Talk) -> Sprint:
    talk.finish()
    return Sprint(talk.session(), tuple(talk.events), tuple(talk.trail))


def _hear(talk: Talk, words: Words, lexicon: Lexicon) -> None:
    said = saying(words.text)
    if not talk.frames and lexicon.command(said) == "stop" and _command(talk, "stop"):
        return
    talk.at_home()
    if words.option is not None and _tapped(talk, words.option):
        return
    if words.are_none:
        talk.put_again()
        return
    said, heard = saying(words.text), Heard(words.text, attachment=words.attachment, today=words.today)
    if not _way_out(talk, said, heard, lexicon):
        _testimony(talk, said, heard, lexicon)


def _tapped(talk: Talk, tapped: str) -> bool:
    """Take a tap: on a way out, on the question that waits, or late, on one that was answered before."""
    node, _, option = tapped.partition(".")
    if node == OFFER and option in EVERY_COMMAND:
        return _command(talk, next(each for each in EVERY_COMMAND if each == option))
    return talk.choose(node, option) or talk.choose_late(node, option)


def _way_out(talk: Talk, said: Saying, heard: Heard, lexicon: Lexicon) -> bool:
    """Take an option of the question that waits, or one of the ways out that are open everywhere, unless it asked for just these words.

    A word of danger is no beginning of an answer: `fire` is not `Fired or punished`.
    """
    option = talk.answer(" ".join(said.tokens), whole=lexicon.danger(said) is not None)
    if option is not None and _tapped(talk, option):
        return True
    command = None if talk.is_answer(heard) else FIXED.get(said.squeezed) or lexicon.command(said)
    return command is not None and _command(talk, command)


def _command(talk: Talk, command: Command) -> bool:
    """Leave the question for something else. Whoever asks for help at a question about danger hears its numbers once more, not a menu."""
    if command == "repeat" or (command == "help" and talk.at(DANGER)):
        talk.repeat()
    elif command == "back":
        talk.back()
    else:
        return _aside(talk, command)
    return True


def _aside(talk: Talk, command: Command) -> bool:
    """Let the flow of a way out speak; False, so that the words count as words, if the library has none."""
    flow = next((each for each in COMMANDS[command] if talk.has(each)), None)
    if flow is not None:
        talk.interrupt(flow)
    elif command == "status":
        talk.notice("no_status")
    return flow is not None or command == "status"


def _testimony(talk: Talk, said: Saying, heard: Heard, lexicon: Lexicon) -> None:
    """Take words that are no answer, or could be two: danger first, then people who ask who wrote, then small talk, then what she says."""
    talk.heard = replace(heard, floors=lexicon.floor(said))
    danger = lexicon.danger(said)
    if danger is not None and _is_news(talk, danger):
        _danger(talk, danger)
    elif lexicon.is_hunt(said):
        _no_case(talk, "identity_hunt")
    elif talk.fields.get("case") != "open" and not talk.is_answer(heard) and (chatter := _chatter(said, heard, lexicon)):
        _no_case(talk, chatter)
    elif not talk.ask_which(" ".join(said.tokens)):
        talk.listen()


def _is_news(talk: Talk, danger: DangerKind) -> bool:
    """Danger that was heard is not answered twice, but whoever says again that they want to die is never answered with `Saved.` alone."""
    return talk.fields.get("danger") != danger or (danger == "suicide" and not talk.within(DANGER))


def _danger(talk: Talk, kind: DangerKind) -> None:
    """Keep the words, warn, and let the danger flow take over: nothing that was asked before matters now."""
    found = DangerFound(kind, f"danger words: {kind}")
    talk.apply(Step(events=(*keep(talk.heard, talk.session()), found), fields={"danger": kind}, kept=True, wait=True))
    talk.begin(DANGER)


def _no_case(talk: Talk, kind: NotACase) -> None:
    """Answer what is no concern. While a case is open on this phone the words are kept all the same: they may be about the case."""
    kept = keep(talk.heard, talk.session()) if talk.fields.get("case") == "open" else ()
    talk.apply(Step(events=(*kept, NoCase(kind)), kept=True, wait=True))
    talk.notice(kind)


def _chatter(said: Saying, heard: Heard, lexicon: Lexicon) -> NotACase | None:
    """Tell small talk from testimony; a message without a single letter (`??`, `5`) is a test of the line, a voice or a photo is not."""
    if heard.attachment is not None:
        return None
    if lexicon.thanks.is_all(said):
        return "thanks"
    if lexicon.greetings.is_all(said) or not any(map(str.isalpha, said.raw)):
        return "greeting"
    return None
