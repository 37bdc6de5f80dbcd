"""YAML as text with line numbers: nothing is guessed to be a number, a date or a truth value, and nothing is ever constructed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

BIGGEST = 2_000_000
DEEPEST = 20
MOST_NODES = 100_000

# libyaml's parser is about ten times faster and is part of the usual wheels; where it is missing the plain one reads the same.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Lined:
    """One piece of a YAML file: `value` is a text, a tuple of pieces, or a dict of pieces by key; `line` counts from 1."""

    line: int
    value: "str | tuple[Lined, ...] | dict[str, Lined]"


class Unreadable(Exception):
    """The text is no YAML we can take; `line` is where it went wrong."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line
        self.what = what


@dataclass(slots=True)
class _Counter:
    left: int = MOST_NODES
    twice: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])


def read_lines(text: str) -> tuple[Lined, tuple[tuple[int, str], ...]]:
    """Read YAML into pieces with line numbers, and the keys that were written twice. Raises Unreadable."""
    if len(text) > BIGGEST:
        raise Unreadable(1, "the file is too long")
    try:
        root: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise Unreadable(1 if mark is None else mark.line + 1, error.problem or "this is not YAML") from None
    except yaml.YAMLError:
        raise Unreadable(1, "the file holds letters that YAML forbids") from None
    if root is None:
        raise Unreadable(1, "the file is empty")
    counter = _Counter()
    return _lined(root, counter, 0), tuple(counter.twice)


def top_level(text: str) -> Iterator[tuple[str, int]]:
    """Go through the top-level keys of a YAML mapping with the line, counted from 0, on which each begins."""
    root: yaml.Node | None = yaml.compose(text, Loader=_LOADER)
    if isinstance(root, yaml.MappingNode):
        for key, _ in root.value:
            yield str(key.value), key.start_mark.line


def _lined(node: yaml.Node, counter: _Counter, depth: int) -> Lined:
    line = node.start_mark.line + 1
    counter.left -= 1
    if depth > DEEPEST or counter.left < 0:
        raise Unreadable(line, "the file is nested or repeated beyond reason")
    if isinstance(node, yaml.ScalarNode):
        return Lined(line, str(node.value).strip())
    if isinstance(node, yaml.SequenceNode):
        return Lined(line, tuple(_lined(each, counter, depth + 1) for each in node.value))
    return Lined(line, _mapping(node, counter, depth))


def _mapping(node: yaml.Node, counter: _Counter, depth: int) -> dict[str, Lined]:
    found: dict[str, Lined] = {}
    for key, value in node.value:
        name = str(key.value) if isinstance(key, yaml.ScalarNode) else "?"
        if name in found:
            counter.twice.append((key.start_mark.line + 1, name))
        found[name] = _lined(value, counter, depth + 1)
    return found
