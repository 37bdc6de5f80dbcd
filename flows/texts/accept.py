"""Texts taken over into the files of a flow: all of them or none, and every problem at once."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flows import yaml_text
from flows.model import LANGUAGE, Flow, read
from flows.nodes.base import Spoken
from flows.problems import FlowError, Problem
from flows.texts import overlay
from flows.texts.about import cost_in_words, costs, over_budget
from flows.texts.incoming import Given, clean, faults, same, synonyms
from flows.texts.rows import Row, rows
from flows.wording import CHANNELS, digest

Sources = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one text: `new`, `changed`, `taken out`, `accepted` (a draft no longer) or `draft`."""

    language: str
    key: str
    what: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """A flow's files after texts came in, name to text; those that changed; and what an author should look at."""

    sources: Sources
    changes: tuple[Change, ...]
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Node:
    """The texts that came in for one node in one language, each with its row."""

    name: str
    language: str
    pairs: tuple[tuple[Row, Given], ...]

    def is_draft(self, every: Iterable[Row]) -> bool:
        """A node is read as a whole: one draft among its texts, old or new, makes all of it one."""
        given = {row.key for row, _ in self.pairs}
        left = any(row.draft and row.key not in given for row in every if row.node == self.name)
        return left or any(each.text and (each.draft or stale(row, each)) for row, each in self.pairs)


def accepted(sources: Sources, given: Iterable[Given], file: str) -> Outcome:
    """Take texts over. `file` is the name they came under.

    Nothing is half done: raises FlowError with every problem of every text, each with its line in that file, or gives the new files. A
    language that has no file yet gets one.
    """
    flow = read(sources)
    texts = tuple(given)
    _check_languages(texts, file)
    known = {language: rows(flow, language) for language in dict.fromkeys(each.language for each in texts)}
    problems = list(_problems(flow, texts, known, file))
    if problems:
        raise FlowError(problems)
    nodes = [node for language, every in known.items() for node in _nodes(texts, language, every)]
    new, changes = dict(sources), list[Change]()
    for language, every in known.items():
        edits = {node.name: node for node in nodes if node.language == language and _touched(flow, node, every)}
        if edits:
            changes += [change for node in edits.values() for change in _changes(flow, node, every)]
            _write(flow, new, edits, every)
    return Outcome(new, tuple(changes), tuple(_warnings(read(new), texts, known, file)))


def stale(row: Row, given: Given) -> bool:
    """Tell whether a text was made from another source than the flow has now."""
    return given.source is not None and clean(given.source) != clean(row.source) and row.slot[-1] != "also"


def name_of(sources: Sources, language: str) -> str:
    """The file of a language, there or not yet."""
    main = min(sources, key=lambda name: (name.count("."), name))
    there = (name for name, text in sources.items() if name != main and _language(text) == language)
    return next(there, f"{main.removesuffix('.yaml')}.{language}.yaml")


def _language(text: str) -> str:
    return str(yaml_text.read(text).data.get("language", ""))


def _check_languages(texts: tuple[Given, ...], file: str) -> None:
    """A language gives a file its name, so nothing but a language's name may come in as one."""
    wrong = {each.language: each.line for each in reversed(texts) if not re.fullmatch(LANGUAGE, each.language)}
    if wrong:
        mend = "Write it as `bn`, `es-PE` or `bn-Latn`."
        raise FlowError(Problem(file, line, "", f"`{language[:40]}` is no name of a language", mend) for language, line in wrong.items())


def _problems(flow: Flow, texts: tuple[Given, ...], known: Mapping[str, tuple[Row, ...]], file: str) -> Iterator[Problem]:
    by_key = {language: {row.key: row for row in every} for language, every in known.items()}
    if flow.language in known:
        line = next(each.line for each in texts if each.language == flow.language)
        yield Problem(file, line, "", f"`{flow.language}` is the flow's own language", "Change its texts in the flow itself.")
        return
    seen: dict[tuple[str, str], int] = {}
    for each in texts:
        place = f"{each.key} ({each.language})"
        row = by_key[each.language].get(each.key)
        if (each.language, each.key) in seen:
            first = seen[each.language, each.key]
            yield Problem(file, each.line, place, f"this text stands on line {first} already", "Keep one of the two.")
        elif row is None:
            yield Problem(file, each.line, place, "the flow has no text of this name", "Export the texts anew and copy your words over.")
        elif not same(row, each.text):
            yield from (Problem(file, each.line, place, what, mend) for what, mend in faults(row, each))
        seen.setdefault((each.language, each.key), each.line)


def _nodes(texts: tuple[Given, ...], language: str, every: tuple[Row, ...]) -> Iterator[_Node]:
    by_key = {row.key: row for row in every}
    found: dict[str, list[tuple[Row, Given]]] = {}
    for each in texts:
        if each.language == language:
            row = by_key[each.key]
            found.setdefault(row.node, []).append((row, each))
    yield from (_Node(name, language, tuple(pairs)) for name, pairs in found.items())


def _touched(flow: Flow, node: _Node, every: tuple[Row, ...]) -> bool:
    if any(not same(row, given.text) for row, given in node.pairs):
        return True
    words = flow.overlays.get(node.language, {}).get(node.name)
    return words is not None and words.draft != node.is_draft(every)


def _changes(flow: Flow, node: _Node, every: tuple[Row, ...]) -> Iterator[Change]:
    draft = node.is_draft(every)
    for row, given in node.pairs:
        if not same(row, given.text):
            yield Change(node.language, row.key, "new" if not row.text else "changed" if given.text else "taken out")
    words = flow.overlays.get(node.language, {}).get(node.name)
    if draft != (words is not None and words.draft) and any(given.text for _, given in node.pairs):
        yield Change(node.language, node.name, "draft" if draft else "accepted")


def _write(flow: Flow, sources: dict[str, str], edits: Mapping[str, _Node], every: tuple[Row, ...]) -> None:
    language = next(iter(edits.values())).language
    name = name_of(sources, language)
    text = sources.get(name, overlay.new(flow.name, language))
    there = yaml_text.read(text).data["nodes"]
    changed = {each.name: _words(flow, each, there.get(each.name, {}), draft=each.is_draft(every)) for each in edits.values()}
    sources[name] = overlay.rewritten(text, changed, tuple(flow.nodes))


def _words(flow: Flow, node: _Node, there: Mapping[str, Any], *, draft: bool) -> dict[str, Any] | None:
    """A node's words as they will stand in the file; None when nothing is left of them."""
    words: dict[str, Any] = {key: value for key, value in there.items() if key not in ("draft", "source")}
    for row, given in node.pairs:
        if not same(row, given.text):
            _put(words, row.slot, synonyms(given.text) if row.slot[-1] == "also" else given.text)
    source = flow.nodes[node.name]
    if not words or not isinstance(source, Spoken):
        return None
    return {**({"draft": "true"} if draft else {}), "source": digest(source), **words}


def _put(words: dict[str, Any], slot: tuple[str, ...], value: str | list[str]) -> None:
    """Put a text in its place, or take it and whatever it leaves empty away."""
    key, *rest = slot
    if not rest:
        if value:
            words[key] = value
        else:
            words.pop(key, None)
        return
    below = words.get(key, {})
    below = {"text": below} if isinstance(below, str) else dict(below)
    _put(below, tuple(rest), value)
    if list(below) == ["text"] and len(rest) == 1 and key not in (*CHANNELS, "offers"):
        words[key] = below["text"]
    elif below:
        words[key] = below
    else:
        words.pop(key, None)


def _warnings(flow: Flow, texts: tuple[Given, ...], before: Mapping[str, tuple[Row, ...]], file: str) -> Iterator[Problem]:
    was = {(language, row.key): row for language, every in before.items() for row in every}
    now = {(language, row.key): row for language in before for row in rows(flow, language)}
    for each in texts:
        key = (each.language, each.key)
        row = now.get(key)
        if row is None or not each.text:
            continue
        if was[key].draft and row.draft and not each.draft and not stale(row, each):
            mend = "A node is read as a whole: accept its other texts too."
            yield Problem(file, each.line, f"{each.key} ({each.language})", "this stays a draft, for its node has another", mend)
        place = f"{each.key} ({each.language})"
        if stale(row, each):
            mend = "It is kept as a draft: export anew, read it beside the new source, and accept it."
            yield Problem(file, each.line, place, "the source says something else by now", mend)
        found = costs(flow, row, each.language)
        if not same(was[key], each.text) and over_budget(found):
            yield Problem(file, each.line, place, f"as an SMS this takes {cost_in_words(found)}", "Say it shorter, if you can.")
