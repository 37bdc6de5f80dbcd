"""A flow as a dialogue to read: what is said at each turn on one channel in one language, and where each answer leads.

Computed from the flow alone, the same every time: a page shows it, `weerklank flows read` prints it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from flows.events import Say
from flows.match import OFFER
from flows.model import Flow
from flows.nodes import Node, Waiting
from flows.nodes.base import Spoken
from flows.nodes.branch import Branch
from flows.nodes.jump import Jump
from flows.nodes.wait import Wait
from flows.render import Rendered, View, options, render
from words.marked import marked
from words.segments import Segments, segments

# Fields of a node that are words or ways, and are shown as such.
_SHOWN: Final = frozenset(
    {
        *("kind", "text", "again", "again2", "offers", "options", "sms", "whatsapp", "telegram", "web"),
        *("go", "flow", "at", "otherwise"),
    }
)

When = Literal["option", "words", "then", "case", "otherwise", "call", "other"]


@dataclass(frozen=True, slots=True)
class Way:
    """One way on. `when` is its kind and `what` says it: the words of an option, the value of a field.

    `to` is a node of this flow, or with the kind `call` the flow (and node, `danger.said`) that takes over; None ends the flow. `back` is
    true where it leads to a turn that was shown before.
    """

    when: When
    what: str
    to: str | None
    option: str = ""
    digit: str = ""
    back: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """One node: what it does, what is said, and the ways on.

    `tongue` is the language its words are in (another than the reader's where they are missing), empty where nothing is said. `costs` are
    those of the messages on SMS. `reached` is false for a node that no other leads to: it is called by name, or forgotten.
    """

    node: str
    kind: str
    does: str
    details: tuple[tuple[str, str], ...]
    messages: tuple[Rendered, ...] = ()
    again: tuple[Rendered, ...] = ()
    offers: tuple[tuple[str, str], ...] = ()
    ways: tuple[Way, ...] = ()
    tongue: str = ""
    draft: bool = False
    costs: tuple[Segments, ...] = ()
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """A flow, ready to be read from top to bottom."""

    flow: str
    revision: str
    language: str
    channel: str
    turns: tuple[Turn, ...]


def reading(flow: Flow, view: View) -> Reading:
    """Read a flow as whoever `view` describes would meet it: each turn once, in the order in which a talk can come to it."""
    shown: set[str] = set()
    turns: list[Turn] = []
    reached = _reached(flow)
    for name in _order(flow):
        shown.add(name)
        turns.append(_turn(flow, name, view, reached=name in reached, shown=frozenset(shown)))
    return Reading(flow.name, flow.revision, view.language, view.limits.channel, tuple(turns))


def _order(flow: Flow) -> tuple[str, ...]:
    """The nodes as a talk comes to them: the first answer's way before the second's, the ordinary way of a branch before its cases.

    What nothing leads to begins anew, in the order of the file.
    """
    found: dict[str, None] = {}
    for start in flow.nodes:
        ahead = [start]
        while ahead:
            name = ahead.pop()
            if name not in found:
                found[name] = None
                ways = sorted(flow.nodes[name].targets(), key=lambda way: (not way[0].startswith("options."), way[0].startswith("cases.")))
                ahead += [target for _, target in reversed(ways)]
    return tuple(found)


def _reached(flow: Flow) -> set[str]:
    """The first node and those that some other leads to."""
    return {flow.first, *(target for name, node in flow.nodes.items() for _, target in node.targets() if target != name)}


def _targets(node: Node) -> tuple[tuple[str, str], ...]:
    """The ways of a node, those of its answers first: that is how a dialogue is read."""
    return tuple(sorted(node.targets(), key=lambda way: not way[0].startswith("options.")))


def _turn(flow: Flow, name: str, view: View, *, reached: bool, shown: frozenset[str]) -> Turn:
    node = flow.nodes[name]
    ways = tuple(_ways(flow, name, view, shown))
    does, details = _does(node), tuple(_details(node))
    if not isinstance(node, Spoken):
        return Turn(name, _kind(node), does, details, ways=ways, reached=reached)
    messages = render(flow, Say(flow.name, flow.revision, name), view)
    again = render(flow, Say(flow.name, flow.revision, name, "again"), view)
    tongue, draft = _tongue(flow, name, view) if messages else ("", False)
    return Turn(
        name,
        _kind(node),
        does,
        details,
        messages,
        again if again != messages and isinstance(node, Waiting) else (),
        _offers(messages),
        ways,
        tongue,
        draft,
        tuple(segments(message.text) for message in messages) if view.limits.segments_max is not None else (),
        reached,
    )


def _tongue(flow: Flow, name: str, view: View) -> tuple[str, bool]:
    """The language that the node's text is in, and whether it is a draft."""
    for tongue, words in flow.spoken(name, view.language):
        if any(wording.text for wording in words.on(view.limits.channel)):
            return tongue, bool(getattr(words, "draft", False))
    return flow.language, False


def _offers(messages: tuple[Rendered, ...]) -> tuple[tuple[str, str], ...]:
    """The ways out that stand on buttons, by command."""
    choices = [choice for message in messages for choice in message.choices]
    return tuple((name.removeprefix(f"{OFFER}."), title) for name, title in choices if name.startswith(f"{OFFER}."))


def _ways(flow: Flow, name: str, view: View, shown: frozenset[str]) -> Iterator[Way]:
    node = flow.nodes[name]
    words = {option: (digit, text) for option, digit, text, _ in options(flow, name, view)}
    called = getattr(node, "flow", None)
    if isinstance(called, str):
        at = getattr(node, "at", None)
        yield Way("call", called, f"{called}.{at}" if at else called)
    for key, target in _targets(node):
        yield _way(node, key, target, words, back=target in shown)
    if isinstance(node, Waiting) and "go" not in dict(node.targets()):
        handed_back = getattr(node, "otherwise", "keep") == "return"
        yield Way("words", marked("any other words"), None if handed_back else name, back=not handed_back)
    elif not isinstance(node, Jump) and "go" in type(node).model_fields and getattr(node, "go", None) is None:
        yield Way("then", marked("then"), None)


def _way(node: Node, key: str, target: str, words: dict[str, tuple[str, str]], *, back: bool) -> Way:
    match key.split("."):
        case ["options", option, *_]:
            digit, text = words.get(option, ("", option))
            return Way("option", text, target, option, digit, back)
        case ["cases", value] if isinstance(node, Branch):
            return Way("case", marked("{subject} is {value}", subject=node.subject, value=value), target, back=back)
        case ["when", place, *_] if isinstance(node, Branch):
            return Way("case", node.when[int(place)].in_words(node.subject), target, back=back)
        case ["after"] if isinstance(node, Wait):
            return Way("other", marked("after {time}", time=node.time), target, back=back)
        case ["otherwise"]:
            return Way("otherwise", marked("otherwise"), target, back=back)
        case ["go"] if isinstance(node, Waiting):
            return Way("words", marked("the worker's words"), target, back=back)
        case ["go"]:
            return Way("then", marked("then"), target, back=back)
        case _:
            return Way("other", key.removesuffix(".go").replace(".", " "), target, back=back)


def _kind(node: Node) -> str:
    return str(getattr(node, "kind", type(node).__name__.lower()))


def _does(node: Node) -> str:
    """What a node of this kind does, in the first sentence of its own description."""
    lines = (type(node).__doc__ or "").strip().split("\n\n")[0].split("\n")
    first = " ".join(line.strip() for line in lines)
    end = next((place for place, (mark, after) in enumerate(pairwise(first)) if mark in ".;:" and after == " "), len(first.rstrip(".")))
    return first[:end].replace("`", "")


def _details(node: Node) -> Iterator[tuple[str, str]]:
    """What else its author wrote: a field and its value, the event it reports."""
    for name in type(node).model_fields:
        value = getattr(node, name)
        if name not in _SHOWN and isinstance(value, str) and value and (name, value) not in node.targets():
            yield name, value
