"""Finds words that a template says by itself, in no catalogue: between tags, in an attribute that people read, or in an expression."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

from api.desk.drawing import EXTENSIONS

_READ = frozenset({"aria-label", "alt", "title", "placeholder"})
_OURS = frozenset({"weerklank", "kB", "MB", "utf", "zip", "SMS"})
_WORD = re.compile(r"[^\W\d_]{2,}")
_IN_A_TAG = frozenset({"body_attributes", "home"})
_SAID_ELSEWHERE = frozenset({"style", "script", "kbd"})


class _Reader(HTMLParser):
    """Reads what a person would: texts, and attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in {"meta", "link", "input", "img", "circle", "path", "br"}:
            self._inside.append(tag)
        self.found += [value for name, value in attrs if name in _READ and value]

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            del self._inside[len(self._inside) - 1 - self._inside[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        if not _SAID_ELSEWHERE & set(self._inside):
            self.found.append(data)


def _constants(node: nodes.Node) -> str:
    """What an expression may say of itself: a text, one of two, texts joined. What a filter or a look-up is given says nothing."""
    if isinstance(node, nodes.Const):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, nodes.CondExpr):
        return " ".join(_constants(each) for each in (node.expr1, node.expr2) if each is not None)
    if isinstance(node, nodes.Concat):
        return " ".join(map(_constants, node.nodes))
    if isinstance(node, nodes.Or | nodes.And):
        return f"{_constants(node.left)} {_constants(node.right)}"
    if isinstance(node, nodes.Filter) and node.node is not None:
        return _constants(node.node) if node.name in {"capfirst", "capitalize", "upper", "title"} else ""
    return ""


def _drawn(tree: nodes.Template) -> str:
    """The template with everything that is filled in left out."""
    parts: list[str] = []
    for output in _outputs(tree):
        parts += [each.data if isinstance(each, nodes.TemplateData) else _constants(each) for each in output.nodes]
    return "".join(parts)


def _outputs(node: nodes.Node) -> Iterator[nodes.Output]:
    """What is written, in the order of the template; a block that fills an attribute is no text."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Output):
            yield child
        elif not (isinstance(child, nodes.Block) and child.name in _IN_A_TAG):
            yield from _outputs(child)


def bare_words(source: str) -> list[str]:
    """List the words that a template's source says in no catalogue."""
    tree = Environment(extensions=list(EXTENSIONS), autoescape=True, trim_blocks=True).parse(source)
    reader = _Reader()
    reader.feed(_drawn(tree))
    reader.close()
    return [word for text in reader.found for word in _WORD.findall(text.replace("Weerklank", "")) if word not in _OURS]


def templates(folders: tuple[Path, ...]) -> list[Path]:
    """Every template there is."""
    return sorted(path for folder in folders for path in folder.glob("*.html"))
