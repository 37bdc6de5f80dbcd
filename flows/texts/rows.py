"""The texts of a flow as rows: one for everything that can be said in another language, with what is said there now."""

from collections.abc import Iterator
from dataclasses import dataclass

from flows.model import Flow
from flows.nodes.base import Spoken
from flows.wording import CHANNELS, PerChannel, Slot, slots

# Words of an option that a language may do without.
OPTIONAL = ("button", "also")

# What is said in the place of a wording that an author left out.
_STANDS_FOR = {"again2": "again", "again": "text"}


@dataclass(frozen=True, slots=True)
class Row:
    """One text: where it stands, its source, and its words in one more language.

    `slot` is its path within the node (`text`, `sms.again`, `options.pay.button`). `source` is what is said there in the source language;
    where that says nothing of its own, what stands there in its place. `needed` is false where nothing is missing when it stays empty.
    """

    node: str
    slot: Slot
    source: str
    needed: bool
    text: str = ""
    draft: bool = False

    @property
    def key(self) -> str:
        """Its name in every file that goes out and comes in: `about.options.pay.text`."""
        return ".".join((self.node, *self.slot))

    @property
    def channel(self) -> str:
        """The channel it is said on; empty when it holds everywhere."""
        return self.slot[0] if self.slot[0] in CHANNELS else ""


def rows(flow: Flow, language: str) -> tuple[Row, ...]:
    """Every text of a flow, in the order of its nodes, with the words that the language itself has for it."""
    return tuple(row for name, node in flow.nodes.items() if isinstance(node, Spoken) for row in _rows(flow, (name, node), language))


def _rows(flow: Flow, place: tuple[str, Spoken], language: str) -> Iterator[Row]:
    name, node = place
    source = dict(slots(node))
    words = flow.overlays.get(language, {}).get(name)
    own = dict(slots(words)) if words is not None else {}
    draft = words is not None and words.draft
    for slot in _order(node, source | own):
        there = own.get(slot, "")
        needed = slot in source and slot[-1] not in OPTIONAL
        yield Row(name, slot, _source(source, slot), needed, there, draft=draft and bool(there))


def _order(node: PerChannel, written: dict[Slot, str]) -> list[Slot]:
    """The slots that have a text somewhere and those that a language may add; everything that holds on all channels first."""
    may = [("options", option, part) for option in node.labels() for part in ("text", *OPTIONAL)]
    plain = [slot for slot in written if slot[0] not in CHANNELS]
    first = [slot for slot in plain if slot[0] != "options"]
    more = [slot for slot in plain if slot[0] == "options" and slot not in may]
    return [*first, *may, *more, *(slot for channel in CHANNELS for slot in written if slot[0] == channel)]


def _source(source: dict[Slot, str], slot: Slot) -> str:
    """What the source says there, or what stands in its place."""
    if slot in source:
        return source[slot]
    first, *rest = slot
    if first in CHANNELS:
        return _source(source, tuple(rest))
    if first in _STANDS_FOR:
        return _source(source, (_STANDS_FOR[first],))
    if first == "options" and rest[-1] != "text":
        return _source(source, (first, rest[0], "text"))
    return rest[0] if rest else first
