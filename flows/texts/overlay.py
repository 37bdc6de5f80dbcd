"""An overlay file rewritten: the nodes that changed are written anew, every other line, comments included, stays as it was."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, cast

import yaml

from flows import yaml_text
from flows.wording import CHANNELS
from flows.yaml_text import Document

WIDTH: Final = 140
LINE_MAX: Final = 100
_TEXT: Final = "tag:yaml.org,2002:str"
_BOOL: Final = "tag:yaml.org,2002:bool"
_LIST: Final = "tag:yaml.org,2002:seq"
_MAP: Final = "tag:yaml.org,2002:map"
# The order in which a node's words are written where nobody has chosen one.
_ORDER: Final = ("draft", "source", "text", "again", "again2", "voice", "offers", "options", *CHANNELS)

NodeWords = Mapping[str, Any]


def rewritten(text: str, changed: Mapping[str, NodeWords | None], order: Sequence[str]) -> str:
    """The file with these nodes as they are now; None takes a node out. `order` is the order of the flow's nodes, for new ones.

    The file must be one that `yaml_text.read` finds no fault in.
    """
    document = yaml_text.read(text)
    wanted = _wanted(document, changed, order)
    nodes = _nodes(text)
    found = _patched(text, nodes, wanted, changed) if nodes is not None else None
    if found is not None and yaml_text.read(found).data == {**document.data, "nodes": wanted}:
        return found
    return written({**document.data, "nodes": wanted})


def new(flow: str, language: str) -> str:
    """An overlay without any words yet."""
    return f"flow: {flow}\nlanguage: {language}\nnodes: {{}}\n"


def written(data: Mapping[str, Any]) -> str:
    """A whole overlay, written anew."""
    head = {key: value for key, value in data.items() if key != "nodes"}
    return _yaml({key: _word(str(value)) for key, value in head.items()}) + "nodes:" + _below(data["nodes"])


def _below(nodes: Mapping[str, NodeWords]) -> str:
    return "\n" + "".join(_block(name, words, 2) for name, words in nodes.items()) if nodes else " {}\n"


def _wanted(document: Document, changed: Mapping[str, NodeWords | None], order: Sequence[str]) -> dict[str, NodeWords]:
    nodes: dict[str, NodeWords | None] = {**document.data["nodes"], **changed}
    names = [*document.data["nodes"], *(name for name in order if name in changed and name not in document.data["nodes"])]
    return {name: words for name in names if (words := nodes[name]) is not None}


def _nodes(text: str) -> yaml.MappingNode | None:
    """The nodes of a file in which each has lines of its own: no alias reaches across, and they are not written in curly brackets."""
    marks = (yaml.AliasToken, yaml.AnchorToken, yaml.DocumentStartToken, yaml.DirectiveToken)
    try:
        if any(isinstance(token, marks) for token in yaml.scan(text)):
            return None
        root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:  # libyaml, which read the file before, allows a little more
        return None
    nodes = next(value for key, value in root.value if key.value == "nodes")
    apart = nodes.value and not root.flow_style and not nodes.flow_style and root.value[-1][1] is nodes
    return nodes if apart and nodes.start_mark.column > 0 else None


def _patched(text: str, nodes: yaml.MappingNode, wanted: Mapping[str, NodeWords], changed: Mapping[str, NodeWords | None]) -> str:
    lines = text.splitlines(keepends=True)
    indent = nodes.start_mark.column
    starts = [key.start_mark.line for key, _ in nodes.value]
    pieces = ["".join(lines[: starts[0]])]
    for (key, value), start, after in zip(nodes.value, starts, [*starts[1:], len(lines)], strict=True):
        name, end = str(key.value), _end(lines, after)
        own = "".join(lines[start:end])
        if name in changed:
            own = "".join([*_comments(lines, value, start, end), _block(name, wanted[name], indent)]) if name in wanted else ""
        pieces += [own if own.endswith("\n") or not own else own + "\n", "".join(lines[end:after])]
    there = {str(key.value) for key, _ in nodes.value}
    return "".join([*pieces, *(_block(name, words, indent) for name, words in wanted.items() if name not in there)])


def _end(lines: list[str], end: int) -> int:
    """The line behind a node's last: what stands above the next node, blank or comment, is not its own."""
    while end > 0 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def _comments(lines: list[str], node: yaml.Node, start: int, end: int) -> list[str]:
    """The comments inside a node, which will stand above it."""
    taken = {line for scalar in _scalars(node) for line in range(scalar.start_mark.line, scalar.end_mark.line)}
    return [lines[place] for place in range(start, end) if lines[place].lstrip().startswith("#") and place not in taken]


def _scalars(node: yaml.Node) -> Iterable[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        for pair in node.value:
            yield from (scalar for part in pair for scalar in _scalars(part))
    elif isinstance(node, yaml.SequenceNode):
        for part in node.value:
            yield from _scalars(part)
    else:
        yield node


def _block(name: str, words: NodeWords, indent: int) -> str:
    """A node as a block of lines; in a style that reads back as the same words."""
    block = _yaml({name: _node(words, plain=False)})
    if yaml_text.read(block).data != {name: words}:
        block = _yaml({name: _node(words, plain=True)})
    return "".join(f"{' ' * indent}{line}" if line.strip() else line for line in block.splitlines(keepends=True))


def _node(words: NodeWords, *, plain: bool) -> yaml.Node:
    keys = sorted(words, key=lambda key: _ORDER.index(key) if key in _ORDER else len(_ORDER))
    return _mapping({key: _value(key, words[key], plain=plain) for key in keys})


def _value(key: str, value: Any, *, plain: bool) -> yaml.Node:
    if isinstance(value, str):
        return _mark(key, value) or _scalar(value, plain=plain)
    if key in CHANNELS:
        return _node(value, plain=plain)
    if key == "options":
        return _mapping({option: _inline(label) for option, label in value.items()})
    return _inline(value)


def _mark(key: str, value: str) -> yaml.ScalarNode | None:
    """What stands beside the words, without quotes where that can be."""
    return yaml.ScalarNode(_BOOL, value) if key == "draft" else _word(value) if key == "source" else None


def _scalar(text: str, *, plain: bool = False) -> yaml.ScalarNode:
    """A text: lines of its own where it has several, folded where it is long, quoted otherwise."""
    style = '"' if plain or len(text) <= LINE_MAX else ">"
    return yaml.ScalarNode(_TEXT, text, style="|" if "\n" in text and not plain else style)


def _inline(value: Any) -> yaml.Node:
    if isinstance(value, str):
        return _word(value)
    if isinstance(value, Mapping):
        return _mapping({key: _inline(each) for key, each in cast("NodeWords", value).items()}, flow=True)
    return yaml.SequenceNode(_LIST, [_inline(each) for each in value], flow_style=True)


def _word(text: str) -> yaml.ScalarNode:
    """A word without quotes if it can stand so, in double quotes as everywhere else if not."""
    bare = yaml.safe_dump([text], default_flow_style=True, allow_unicode=True, width=float("inf"))[1] not in "'\""
    return yaml.ScalarNode(_TEXT, text, style=None if bare else '"')


def _mapping(pairs: Mapping[str, yaml.Node], *, flow: bool = False) -> yaml.MappingNode:
    return yaml.MappingNode(_MAP, [(_word(key), value) for key, value in pairs.items()], flow_style=flow)


def _yaml(pairs: Mapping[str, yaml.Node]) -> str:
    root = _mapping(pairs)
    return yaml.serialize(root, Dumper=yaml.SafeDumper, allow_unicode=True, width=WIDTH)  # pyright: ignore[reportUnknownMemberType]
