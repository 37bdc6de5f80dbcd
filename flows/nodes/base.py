"""What every node is: it is entered, it may wait for words, and it answers with a step; it does nothing itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from pydantic import Field

from flows.events import AddToCase, Attachment, Event, FloorRaised, OpenCase, Say
from flows.session import Session
from flows.wording import Id, Label, PerChannel, Written


@dataclass(frozen=True, slots=True)
class Heard:
    """Words of a worker that no node has kept yet, what came with them, and why they make the case serious.

    `today` is the day on which they were said, where the worker is. `noted`: they stand in a field, so that they need open no case.
    """

    words: str
    floors: tuple[str, ...] = ()
    attachment: Attachment | None = None
    today: date | None = None
    noted: bool = False


@dataclass(frozen=True, slots=True)
class Here:
    """Where a node stands when the talk comes to it."""

    flow: str
    revision: str
    node: str
    session: Session
    heard: Heard | None = None

    def say(self, slot: str = "text", among: tuple[str, ...] = ()) -> Say:
        """The event that sends one of this node's texts, with all its answers or only those `among`."""
        return Say(self.flow, self.revision, self.node, slot, among)


@dataclass(frozen=True, slots=True)
class Step:
    """What follows from a node: facts, changed fields, and where the talk goes.

    One of `go` (a node of this flow), `call` (another flow, and the node it begins at), `jump` (likewise, in this flow's place), `wait` or
    none of them, which ends the flow.
    An empty value in `fields` takes the field away. `kept`: the words heard are in an event now. `back`: the flow ends and the words belong
    to the flow behind it. `repeat`: the question behind the ended flow is put again. `stop`: nothing goes on behind it.
    `noted`: the words heard stand in a field. `missed`: they did not fit what was asked. `aside`: that flow speaks, this node waits on.
    """

    events: tuple[Event, ...] = ()
    go: str | None = None
    call: tuple[str, str | None] | None = None
    jump: tuple[str, str | None] | None = None
    wait: bool = False
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    language: str | None = None
    kept: bool = False
    back: bool = False
    repeat: bool = False
    stop: bool = False
    noted: bool = False
    missed: bool = False
    aside: str | None = None


def keep(heard: Heard | None, session: Session) -> tuple[Event, ...]:
    """The events that keep words with the case, and open it if there is none."""
    if heard is None:
        return ()
    kind = AddToCase if session.fields.get("case") == "open" else OpenCase
    return (kind(heard.words, heard.attachment), *map(FloorRaised, heard.floors))


class Node(Written):
    """Anything a talk can come to."""

    def enter(self, here: Here) -> Step:
        """What follows when the talk comes here."""
        raise NotImplementedError

    def runs(self) -> tuple[str, str | None] | None:
        """The other flow it goes on in, and the node there if it is not the first; None for a node that stays in its flow."""
        return None

    def waits(self) -> int | None:
        """For how many seconds it lets time pass; None for a node that does not."""
        return None

    def targets(self) -> tuple[tuple[str, str], ...]:
        """Every node of this flow it can lead to, each with the key that names it."""
        go = getattr(self, "go", None)
        return (("go", go),) if go else ()


class Spoken(Node, PerChannel):
    """A node with words of its own."""


class Option(Label):
    """One answer: its id is what counts, from the author's line to the button and back.

    `digit` is its place in the list unless written. `go` is where it leads.
    """

    go: Id
    digit: Annotated[str, Field(pattern=r"^[0-9]$")] = ""


class Waiting(Spoken):
    """A node that waits for the worker."""

    def chosen(self, here: Here, option: str) -> Step:
        """What follows when the worker takes this option."""
        raise NotImplementedError

    def listened(self, here: Here) -> Step:
        """What follows when the worker writes words that are no option; `here.heard` holds them."""
        raise NotImplementedError

    def listens(self) -> bool:
        """Tell whether this is no question: it takes whatever comes, for as long as anyone speaks."""
        return False

    def is_answer(self, heard: Heard) -> bool:  # noqa: ARG002  # most questions know their answers by option
        """Tell whether these words are an answer and nothing else, so that even a bare `7` is no way out here."""
        return False

    def choices(self) -> Mapping[str, Option]:
        """The options, by id, in the order in which they are shown."""
        return {}

    def labels(self) -> Mapping[str, Label]:
        """The words of the options."""
        return self.choices()

    def digits(self) -> dict[str, str]:
        """The digit that stands for each option."""
        return {name: option.digit or str(place) for place, (name, option) in enumerate(self.choices().items(), 1)}

    def targets(self) -> tuple[tuple[str, str], ...]:
        """Where words lead, and where each option does."""
        return (*super().targets(), *((f"options.{name}.go", option.go) for name, option in self.choices().items()))
