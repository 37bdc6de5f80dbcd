"""YAML as authors write it: every scalar stays text, every piece knows its line, nothing is built that was not written."""

import re
from dataclasses import dataclass
from typing import Any

import yaml

DEPTH_MAX = 12
PIECES_MAX = 50_000
LETTERS_MAX = 2_000_000

Path = tuple[str, ...]

# What YAML forbids in a file (YAML 1.2, 5.1), and halves of letters that no encoding can carry.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")

# libyaml reads about ten times faster; where a wheel comes without it, the plain reader reads the same.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Document:
    """What a file holds: texts, lists and mappings; the line of each path; and what is wrong with it as YAML."""

    data: Any
    lines: dict[Path, int]
    faults: tuple[tuple[int, str], ...]

    def line(self, path: Path) -> int:
        """Give the line of a path, or of the nearest thing around it; 1 for the file itself."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


class _Reading:
    """One pass over a YAML file."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.faults: list[tuple[int, str]] = []
        self._left = PIECES_MAX

    def value(self, node: yaml.Node, path: Path) -> Any:
        """Turn a piece into text, a list or a mapping; an alias met again counts again, so a bomb runs into the ceiling."""
        self._left -= 1
        if self._left < 0 or len(path) > DEPTH_MAX:
            raise _TooMuchError
        self.lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(each, (*path, str(place))) for place, each in enumerate(node.value)]
        return str(node.value)

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.faults.append((key.start_mark.line + 1, "a key must be one text"))
                continue
            name = str(key.value)
            if name in found:
                self.faults.append((key.start_mark.line + 1, f"`{name}` is written twice"))
            found[name] = self.value(value, (*path, name))
            self.lines[*path, name] = key.start_mark.line + 1
        return found


class _TooMuchError(Exception):
    """The file is larger or deeper than any conversation needs."""


def read(text: str) -> Document:
    """Read one file. Never raises: what is wrong stands in `faults`, each with its line."""
    text = text.removeprefix("\ufeff")
    if len(text) > LETTERS_MAX:
        return _refused(1, f"the file is longer than {LETTERS_MAX} letters")
    forbidden = _FORBIDDEN.search(text)
    if forbidden is not None:
        line = text.count("\n", 0, forbidden.start()) + 1
        return _refused(line, f"the letter U+{ord(forbidden[0]):04X} cannot stand in a file")
    return _read(text)


def _read(text: str) -> Document:
    reading = _Reading()
    try:
        _measure(text)
        root = yaml.compose(text, Loader=_LOADER)
        data: Any = {} if root is None else reading.value(root, ())
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return _refused(min(line, len(text.splitlines()) or 1), f"this is not YAML: {error.problem}")
    except (yaml.YAMLError, _TooMuchError, RecursionError):
        return _refused(1, f"the file nests more than {DEPTH_MAX} deep, or has more than {PIECES_MAX} pieces, its repeats counted")
    return Document(data, reading.lines, tuple(reading.faults))


def _measure(text: str) -> None:
    """Stop at a file that nests deeper than any flow before it is built: building recurses in C, where it would end the process."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH_MAX + 1:
            raise _TooMuchError


def _refused(line: int, what: str) -> Document:
    return Document({}, {}, ((line, what),))
