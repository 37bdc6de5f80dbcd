"""YAML as authors write it: every scalar stays text, every piece knows its line, nothing is built that was not written."""

from dataclasses import dataclass
from typing import Any

import yaml

DEPTH_MAX = 12
PIECES_MAX = 50_000
LETTERS_MAX = 2_000_000

Path = tuple[str, ...]

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
    if len(text) > LETTERS_MAX:
        return Document({}, {}, ((1, f"the file is longer than {LETTERS_MAX} letters"),))
    reading = _Reading()
    try:
        root = yaml.compose(text, Loader=_LOADER)
        data: Any = {} if root is None else reading.value(root, ())
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return Document({}, {}, ((line, f"this is not YAML: {error.problem}"),))
    except (yaml.YAMLError, UnicodeEncodeError, _TooMuchError, RecursionError):
        return Document({}, {}, ((1, "the file holds letters YAML forbids, or repeats and nests without end"),))
    return Document(data, reading.lines, tuple(reading.faults))
