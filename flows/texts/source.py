"""Texts changed in a flow's own file, in their place: every other line, comments included, stays as it was."""

import copy
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from flows import yaml_text
from flows.problems import FlowError, Problem
from flows.yaml_text import Path

WIDTH: Final = 140
LONG: Final = 100
_INDENT: Final = 2
_BESIDE: Final = "text"

Value = str | list[str]


def changed(text: str, file: str, values: Mapping[Path, Value]) -> str:
    """The file with these values in place of what stood there; a value that was not there is written beside its neighbour.

    Raises FlowError where that cannot be done without touching something else (an alias, a place that has no neighbour), naming the line.
    """
    for path, value in values.items():
        text = _one(text, file, path, value)
    return text


@dataclass(frozen=True, slots=True)
class _Gap:
    """Where a value goes: from letter to letter, what is written before it, how it is indented, whether in one line, without quotes."""

    start: int
    end: int
    indent: int
    inline: bool
    bare: bool = False
    before: str = ""


def _one(text: str, file: str, path: Path, value: Value) -> str:
    document = yaml_text.read(text)
    wanted = copy.deepcopy(document.data)
    gap = _gap(text, path)
    if gap is not None and _put(wanted, path, value):
        for written in _ways(value, gap):
            new = f"{text[: gap.start]}{gap.before}{written}{text[gap.end :]}"
            if yaml_text.read(new).data == wanted:
                return new
    what = "this text cannot be changed here without touching others: it is repeated by an alias, or has no place yet"
    raise FlowError([Problem(file, document.line(path), ".".join(path), what, "Download the file, change it there, and upload it.")])


def _put(data: Any, path: Path, value: Value) -> bool:
    *parents, last = path
    for each in parents:
        if not isinstance(data, dict) or each not in data:
            return False
        data = data[each]  # pyright: ignore[reportUnknownVariableType]  # what a file holds has no type
    if not isinstance(data, dict):
        return False
    data[last] = value
    return True


def _gap(text: str, path: Path) -> _Gap | None:
    try:
        parent: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:  # libyaml, which read the file before, allows a little more
        return None
    for each in path[:-1]:
        parent = next((value for key, value in parent.value if str(key.value) == each), None)
        if not isinstance(parent, yaml.MappingNode):
            return None
    pairs: dict[str, tuple[Any, Any]] = {str(key.value): (key, value) for key, value in parent.value}
    inline = bool(parent.flow_style)
    if path[-1] in pairs:
        return _there(text, pairs[path[-1]], inline=inline)
    return _beside(text, pairs[_BESIDE], path[-1], inline=inline) if _BESIDE in pairs else None


def _ends(text: str, value: Any) -> int:
    """The end of what is written: the blank lines behind a text of several lines are not its own."""
    start: int = value.start_mark.index
    end: int = value.end_mark.index
    return start + len(text[start:end].rstrip("\n"))


def _there(text: str, pair: tuple[Any, Any], *, inline: bool) -> _Gap:
    key, value = pair
    return _Gap(value.start_mark.index, _ends(text, value), key.start_mark.column + _INDENT, inline, not getattr(value, "style", None))


def _beside(text: str, pair: tuple[Any, Any], name: str, *, inline: bool) -> _Gap:
    key, value = pair
    end, column = _ends(text, value), key.start_mark.column
    parted = ", " if inline else "\n" + " " * column
    return _Gap(end, end, column + _INDENT, inline, before=f"{parted}{name}: ")


def _ways(value: Value, gap: _Gap) -> Iterator[str]:
    """The ways to write a value, the one that reads best first; each is tried, for not every one reads back as what was meant."""
    if isinstance(value, list):
        yield "[" + ", ".join(value) + "]"
        yield "[" + ", ".join(map(_quoted, value)) + "]"
        return
    if not gap.inline and "\n" in value:
        yield "|-\n" + _lines(value.split("\n"), gap.indent)
    elif not gap.inline and len(value) > LONG:
        yield ">-\n" + _lines(textwrap.wrap(value, WIDTH - gap.indent, break_long_words=False, break_on_hyphens=False), gap.indent)
    elif gap.bare:
        yield value
    yield _quoted(value)


def _lines(lines: list[str], indent: int) -> str:
    return "\n".join(f"{' ' * indent}{line}" if line else "" for line in lines)


def _quoted(value: str) -> str:
    return yaml.safe_dump(value, default_style='"', allow_unicode=True, width=float("inf")).rstrip("\n")
