"""What differs between two revisions of a flow: nodes that are new, gone or changed, and of those each target, text and setting."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import JsonValue

from flows.model import Flow
from flows.nodes import Node
from flows.wording import CHANNELS, Written

Change = Literal["added", "removed", "changed"]
_WORDS = frozenset({"text", "again", "again2", "button", "also", "offers", "voice"})
_MARK = ("source",)  # which words a translation was made from: says nothing to a worker
_SHORT = 12


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a node: `path` as its author writes it.

    `language` is empty for what is no text, `channel` for what holds on every channel.
    """

    path: str
    language: str = ""
    channel: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.language, self.channel, self.path) if part)


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One value before and after; None where there is none."""

    place: Place
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class NodeDiff:
    """A node that is new, gone or changed: its kind on each side (None where it is not), where it leads, what it says, and the rest."""

    node: str
    change: Change
    kind_before: str | None
    kind_after: str | None
    targets: tuple[ValueChange, ...]
    texts: tuple[ValueChange, ...]
    settings: tuple[ValueChange, ...]


@dataclass(frozen=True, slots=True)
class Diff:
    """Two revisions compared. `before` None: the flow is new. `first` names where it begins before and after, if that differs."""

    name: str
    before: str | None
    after: str
    first: tuple[str, str] | None
    languages_added: tuple[str, ...]
    languages_removed: tuple[str, ...]
    nodes: tuple[NodeDiff, ...]

    def text(self) -> str:
        """The same for people to read: a block a node, `-` before and `+` after."""
        return "\n".join(_lines(self))


def diff(before: Flow | None, after: Flow) -> Diff:
    """Compare two revisions; nodes come in the order of the newer one, those that are gone behind them."""
    names = dict.fromkeys((*after.nodes, *(before.nodes if before is not None else ())))
    old = before.languages if before is not None else ()
    return Diff(
        name=after.name,
        before=before.revision if before is not None else None,
        after=after.revision,
        first=(before.first, after.first) if before is not None and before.first != after.first else None,
        languages_added=tuple(each for each in after.languages if each not in old),
        languages_removed=tuple(each for each in old if each not in after.languages),
        nodes=tuple(each for each in (_node(name, before, after) for name in names) if each is not None),
    )


def same(node: str, before: Flow, after: Flow) -> bool:
    """Whether a node that both have is the same in both: kind, targets, settings and every text."""
    return _values(before, node) == _values(after, node)


def _node(name: str, before: Flow | None, after: Flow) -> NodeDiff | None:
    old, new = _values(before, name), _values(after, name)
    if old == new:
        return None
    kinds = old.get(_KIND), new.get(_KIND)
    changes = [
        ValueChange(place, old.get(place), new.get(place)) for place in dict.fromkeys((*old, *new)) if old.get(place) != new.get(place)
    ]
    targets = _targets(before, name) | _targets(after, name)
    return NodeDiff(
        name,
        "added" if kinds[0] is None else "removed" if kinds[1] is None else "changed",
        *kinds,
        targets=tuple(each for each in changes if not each.place.language and each.place.path in targets),
        texts=tuple(each for each in changes if each.place.language),
        settings=tuple(each for each in changes if not each.place.language and each.place.path not in targets and each.place != _KIND),
    )


_KIND = Place("kind")


def _values(flow: Flow | None, name: str) -> dict[Place, str]:
    """Everything a node holds, by its place."""
    node = flow.nodes.get(name) if flow is not None else None
    if flow is None or node is None:
        return {}
    found = {_words(path, flow.language) if _is_words(path) else Place(".".join(path)): value for path, value in _flat(node)}
    for language, words in flow.overlays.items():
        if name in words:
            found |= {_words(path, language): value for path, value in _flat(words[name]) if path != _MARK}
    return found


def _words(path: tuple[str, ...], language: str) -> Place:
    channel, rest = (path[0], path[1:]) if path[0] in CHANNELS else ("", path)
    return Place(".".join(rest), language, channel)


def _is_words(path: tuple[str, ...]) -> bool:
    """Whether a value is said to workers: a text of the node or of one of its options, on every channel or on one."""
    rest = path[1:] if path[0] in CHANNELS else path
    rest = rest[2:] if rest[0] == "options" else rest
    return rest[0] in _WORDS


def _flat(written: Written) -> Iterator[tuple[tuple[str, ...], str]]:
    yield from _leaves((), written.model_dump(mode="json", exclude_defaults=True))


def _leaves(path: tuple[str, ...], value: JsonValue) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _leaves((*path, key), each)
    elif isinstance(value, list) and any(isinstance(each, dict | list) for each in value):
        for number, each in enumerate(value):
            yield from _leaves((*path, str(number)), each)
    else:
        yield path, ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _targets(flow: Flow | None, name: str) -> set[str]:
    node: Node | None = flow.nodes.get(name) if flow is not None else None
    return {path for path, _ in node.targets()} if node is not None else set()


def _lines(found: Diff) -> Iterator[str]:
    yield f"{found.name}: {found.before[:_SHORT] if found.before else 'nothing'} -> {found.after[:_SHORT]}"
    if found.first is not None:
        yield f"begins at {found.first[1]}, not at {found.first[0]}"
    yield from (f"+ language {each}" for each in found.languages_added)
    yield from (f"- language {each}" for each in found.languages_removed)
    for node in found.nodes:
        kinds = " -> ".join(dict.fromkeys(kind for kind in (node.kind_before, node.kind_after) if kind))
        yield f"{_SIGNS[node.change]} {node.node} ({kinds})"
        for change in (*node.targets, *node.settings, *node.texts):
            yield f"    {change.place}"
            yield from (f"      {sign} {value}" for sign, value in (("-", change.before), ("+", change.after)) if value is not None)


_SIGNS: Mapping[Change, str] = {"added": "+", "removed": "-", "changed": "~"}
