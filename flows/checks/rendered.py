"""Every message of a flow as it goes out: what the checks of size, cost and reading look at."""

from collections.abc import Iterator
from dataclasses import dataclass

from flows.checks.base import Sheet
from flows.events import Say
from flows.nodes.base import Spoken
from flows.render import Rendered, View, render
from flows.texts.examples import EXAMPLES
from flows.wording import CHANNELS, SPOKEN_AS, PerChannel
from flows.yaml_text import Path
from words.limits import Limits


@dataclass(frozen=True, slots=True)
class Message:
    """What one text of a node becomes: where its words stand, and the messages that go out."""

    path: Path
    language: str
    limits: Limits
    parts: tuple[Rendered, ...]


def messages(sheet: Sheet) -> Iterator[Message]:
    """Every text of every node, in every language and on every channel it is checked for, with facts as long as real ones."""
    for name, node in sheet.spoken():
        for language in sheet.languages:
            for limits in sheet.measures:
                yield from (_message(sheet, (name, slot), language, limits) for slot in asked(node))


def asked(node: Spoken) -> tuple[str, ...]:
    """The texts a node has: what it says, and for a question that is put again also that."""
    return ("text", "again") if node.labels() or node.again else ("text",)


def where(words: PerChannel, slot: str, channel: str) -> Path:
    """The path, inside a node, of the text that goes out on a channel."""
    own = SPOKEN_AS.get(channel, channel)
    wording = getattr(words, own, None)
    for each in dict.fromkeys((slot, "text")):
        if wording is not None and getattr(wording, each):
            return own, each
        if getattr(words, each):
            return (each,)
    return (slot,)


def _message(sheet: Sheet, place: tuple[str, str], language: str, limits: Limits) -> Message:
    name, slot = place
    tongue, words = next((each for each in sheet.flow.spoken(name, language) if _has(each[1], slot)), sheet.flow.spoken(name, language)[0])
    say = Say(sheet.flow.name, sheet.flow.revision, name, slot)
    parts = render(sheet.flow, say, View(language, limits, EXAMPLES))
    return Message(("nodes", name, *where(words, slot, limits.channel)), tongue, limits, parts)


def _has(words: PerChannel, slot: str) -> bool:
    return any(wording.text or getattr(wording, slot) for channel in CHANNELS for wording in words.on(channel))
