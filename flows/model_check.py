"""What a flow may not get wrong: every place it leads to exists, every answer can be told apart, every fact can be filled."""

from collections.abc import Iterator, Mapping

from flows import template
from flows.nodes import Node, Waiting
from flows.nodes.base import Spoken
from flows.problems import Problem
from flows.wording import CHANNELS, PerChannel, Words
from flows.yaml_text import Document, Path

# What the house says by itself; no talk leads there.
NOTICES = "notices"
_MEND_TEXT = "Close each bracket; the facts a text may name stand in flows/template.py."


def place_problems(file: str, document: Document, instead_of: str | None, channels: tuple[str, ...]) -> Iterator[Problem]:
    """A flow that stands in the place of another says on which channels. What the house says by itself has words per channel already."""
    if instead_of is None and channels:
        what, mend = "it is not said in whose place this flow stands", ("Name that flow under `instead_of`.", "wrong-place")
        yield _problem(file, document, ("channels",), what, mend)
    elif instead_of is not None and not channels:
        what, mend = "it is not said on which channels", (f"Name some of {', '.join(CHANNELS)} as `channels`.", "wrong-place")
        yield _problem(file, document, ("instead_of",), what, mend)
    if instead_of == NOTICES:
        what, mend = "no flow stands in the place of `notices`", ("Write `sms:` and the like in its nodes.", "wrong-place")
        yield _problem(file, document, ("instead_of",), what, mend)


def source_problems(file: str, document: Document, nodes: Mapping[str, Node]) -> Iterator[Problem]:
    """Go through a flow in its source language."""
    for name, node in nodes.items():
        yield from _target_problems(file, document, name, nodes)
        if isinstance(node, Waiting):
            yield from _digit_problems(file, document, name, node)
        if isinstance(node, Spoken):
            yield from _text_problems(file, document, name, node)


def overlay_problems(file: str, document: Document, words: Mapping[str, Words], nodes: Mapping[str, Node]) -> Iterator[Problem]:
    """Go through one more language of a flow: it may only speak where the flow speaks."""
    for name, each in words.items():
        node = nodes.get(name)
        if not isinstance(node, Spoken):
            what = "the flow says nothing under this name"
            yield _problem(file, document, ("nodes", name), what, ("Take it out, or mend its spelling.", "unknown-node"))
            continue
        yield from _text_problems(file, document, name, each)
        yield from _label_problems(file, document, name, (each, node))


def _target_problems(file: str, document: Document, name: str, nodes: Mapping[str, Node]) -> Iterator[Problem]:
    for key, target in nodes[name].targets():
        if target not in nodes:
            path = ("nodes", name, *key.split("."))
            yield _problem(file, document, path, f"no node is called `{target}`", ("Name one that exists, or write it.", "unknown-target"))


def _digit_problems(file: str, document: Document, name: str, node: Waiting) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for option, digit in node.digits().items():
        if digit in seen:
            path = ("nodes", name, "options", option)
            yield _problem(
                file, document, path, f"`{seen[digit]}` has the digit {digit} too", ("Give each answer its own digit.", "same-digit")
            )
        seen[digit] = option


def _text_problems(file: str, document: Document, name: str, words: PerChannel) -> Iterator[Problem]:
    language = str(document.data["language"])
    for path, text in _texts(words):
        wrong = template.fault(text, language)
        if wrong:
            yield _problem(file, document, ("nodes", name, *path), wrong, (_MEND_TEXT, "wrong-text"))


def _label_problems(file: str, document: Document, name: str, pair: tuple[Words, Spoken]) -> Iterator[Problem]:
    words, node = pair
    for path, options in (((), words.labels()), *(((channel,), getattr(words, channel).options) for channel in CHANNELS)):
        for option in options.keys() - node.labels().keys():
            where = ("nodes", name, *path, "options", option)
            yield _problem(file, document, where, "the flow has no such answer", ("Take it out, or mend its spelling.", "unknown-option"))


def _texts(words: PerChannel) -> Iterator[tuple[Path, str]]:
    yield from ((("text",), words.text), (("again",), words.again), (("again2",), words.again2))
    for channel in CHANNELS:
        wording = getattr(words, channel)
        yield (channel, "text"), wording.text
        yield (channel, "again"), wording.again
        yield (channel, "again2"), wording.again2


def _problem(file: str, document: Document, path: Path, what: str, mend: tuple[str, str]) -> Problem:
    """A problem; `mend` says what to do about it, and the code of its kind."""
    return Problem(file, document.line(path), ".".join(path), what, *mend)
