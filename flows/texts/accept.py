"""Texts taken over into the files of a flow: all of them or none, and every problem at once."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
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
    """What happened to one text: `new`, `changed`, `taken out`; or to a node: `accepted` (a draft no longer) or `draft`.

    `cost` says what the node's SMS take with these words in them (`2 segments, GSM-7`); empty where no SMS carries them.
    """

    language: str
    key: str
    what: str
    cost: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A flow's files after texts came in, name to text; those that changed; and what an author should look at."""

    sources: Sources
    changes: tuple[Change, ...]
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Node:
    """The texts that came in for one node in one language, each with its row; and the rows that nothing came for."""

    name: str
    language: str
    pairs: tuple[tuple[Row, Given], ...]
    rest: tuple[Row, ...]

    @property
    def draft(self) -> bool:
        """A node is read as a whole: one draft among its texts, old or new, makes all of it one."""
        return any(row.draft for row in self.rest) or any(each.text and (each.draft or stale(row, each)) for row, each in self.pairs)


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
    new, changes = dict(sources), list[Change]()
    for language, every in known.items():
        edits = {node.name: node for node in _nodes(texts, language, every) if _touched(flow, node)}
        if edits:
            changes += [change for node in edits.values() for change in _changes(flow, node)]
            _write(flow, new, edits)
    after = read(new)
    now = {(language, row.key): row for language in known for row in rows(after, language)}
    return Outcome(new, tuple(_with_cost(after, change, now) for change in changes), tuple(_warnings(after, texts, (known, now), file)))


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
    given = {each.key: each for each in texts if each.language == language}
    by_node: dict[str, list[Row]] = {}
    for row in every:
        by_node.setdefault(row.node, []).append(row)
    for name, own in by_node.items():
        pairs = tuple((row, given[row.key]) for row in own if row.key in given)
        if pairs:
            yield _Node(name, language, pairs, tuple(row for row in own if row.key not in given))


def _is_draft(flow: Flow, node: _Node) -> bool:
    """Tell whether a node's words are a draft now."""
    words = flow.overlays.get(node.language, {}).get(node.name)
    return words is not None and words.draft


def _touched(flow: Flow, node: _Node) -> bool:
    there = node.name in flow.overlays.get(node.language, {})
    return any(not same(row, given.text) for row, given in node.pairs) or (there and _is_draft(flow, node) != node.draft)


def _changes(flow: Flow, node: _Node) -> Iterator[Change]:
    for row, given in node.pairs:
        if not same(row, given.text):
            yield Change(node.language, row.key, "new" if not row.text else "changed" if given.text else "taken out")
    if node.draft != _is_draft(flow, node) and any(given.text for _, given in node.pairs):
        yield Change(node.language, node.name, "draft" if node.draft else "accepted")


def _with_cost(flow: Flow, change: Change, now: Mapping[tuple[str, str], Row]) -> Change:
    row = now.get((change.language, change.key))
    return replace(change, cost=cost_in_words(costs(flow, row, change.language))) if row and row.text else change


def _write(flow: Flow, sources: dict[str, str], edits: Mapping[str, _Node]) -> None:
    language = next(iter(edits.values())).language
    name = name_of(sources, language)
    text = sources.get(name, overlay.new(flow.name, language))
    there = yaml_text.read(text).data["nodes"]
    changed = {each.name: _words(flow, each, there.get(each.name, {})) for each in edits.values()}
    sources[name] = overlay.rewritten(text, changed, tuple(flow.nodes))


def _words(flow: Flow, node: _Node, there: Mapping[str, Any]) -> dict[str, Any] | None:
    """A node's words as they will stand in the file; None when nothing is left of them."""
    words: dict[str, Any] = {key: value for key, value in there.items() if key not in ("draft", "source")}
    for row, given in node.pairs:
        if not same(row, given.text):
            _put(words, row.slot, synonyms(given.text) if row.slot[-1] == "also" else given.text)
    source = flow.nodes[node.name]
    if not words or not isinstance(source, Spoken):
        return None
    return {**({"draft": "true"} if node.draft else {}), "source": digest(source), **words}


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


_Rows = tuple[Mapping[str, tuple[Row, ...]], Mapping[tuple[str, str], Row]]


def _warnings(flow: Flow, texts: tuple[Given, ...], before_and_now: _Rows, file: str) -> Iterator[Problem]:
    before, now = before_and_now
    was = {(language, row.key): row for language, every in before.items() for row in every}
    for each in texts:
        old, row = was[each.language, each.key], now.get((each.language, each.key))
        if row is not None and each.text:
            place = f"{each.key} ({each.language})"
            yield from (Problem(file, each.line, place, what, mend) for what, mend in _doubts(flow, each, old, row))


def _doubts(flow: Flow, given: Given, old: Row, row: Row) -> Iterator[tuple[str, str]]:
    """What an author should look at in a text that was taken over, each with what to do."""
    if stale(row, given):
        yield "the source says something else by now", "It is kept as a draft: export anew, read it beside the new source, and accept it."
    elif old.draft and row.draft and not given.draft:
        yield "this stays a draft, for its node has another", "A node is read as a whole: accept its other texts too."
    if not same(old, given.text):
        found = costs(flow, row, given.language)
        if over_budget(found):
            yield f"as an SMS this takes {cost_in_words(found)}", "Say it shorter, if you can."
