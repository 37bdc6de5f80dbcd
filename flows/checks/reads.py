"""Checks of how a text reads: short sentences, plain words, no promise that nobody can keep, no asking who somebody is."""

import re
from collections.abc import Iterator

import regex

from flows.checks.base import Found, Sheet, check
from flows.checks.lists import SENTENCE_WORDS, Lists, lists
from flows.nodes.ask import Ask
from flows.phrases import PhraseBook, saying
from flows.template import BREAK, compile_text, fill
from flows.texts.examples import EXAMPLES
from flows.wording import slots
from words.fold import fold
from words.graphemes import length

# Letters of a sentence in scripts that put no space between words; about as long as the words allowed elsewhere.
SENTENCE_LETTERS = 70

_SPACELESS = regex.compile(
    r"[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]"
)
_SENTENCES = re.compile(r"(?<=[.!?…;:])\s+|(?<=[।॥။。！？؟۔])\s*|\n+")
_OPTIONS = re.compile(r"\s*\{options\}")


@check(
    "false-promise",
    "error",
    reason="Nobody can keep it: phones are found, messages are read, bosses guess. A worker who trusts it may be hurt.",
    mend="Say who can see what, and what you do not know.",
)
def promise(sheet: Sheet) -> Iterator[Found]:
    """A promise that nobody can keep, from the list of the text's language ("100 % anonymous", "no one can know")."""
    for language, path, text in _texts(sheet):
        known = lists().get(_base(language))
        yield from (Found(path, f"`{phrase}` is a promise", language) for phrase in _in(known.promises if known else None, text))


@check(
    "jargon",
    "warning",
    reason="It is a word of offices. A worker who does not know it does not ask, but stops.",
    mend="Say it as to your own sister.",
)
def jargon(sheet: Sheet) -> Iterator[Found]:
    """A word of lawyers, auditors or computers, from the list of the text's language."""
    for language, path, text in _texts(sheet):
        known = lists().get(_base(language))
        yield from (Found(path, f"`{phrase}` is jargon", language) for phrase in _in(known.jargon if known else None, text))


@check(
    "asks-who",
    "error",
    reason="An answer that says who somebody is puts them in danger wherever it is read, and must be meant.",
    mend="Ask for something else, or write `sensitive: true` at the question if it must be asked.",
)
def asks_who(sheet: Sheet) -> Iterator[Found]:
    """A question that asks for a name, a number or a paper and is not marked `sensitive: true`."""
    for language, path, text in _texts(sheet):
        node = sheet.flow.nodes[path[1]]
        known = lists().get(_base(language))
        if isinstance(node, Ask) and not node.sensitive:
            yield from (Found(path, f"it asks for `{phrase}`", language) for phrase in _in(known.identity if known else None, text))


@check(
    "long-sentence",
    "warning",
    reason="Many readers left school early, and read on a small screen while they are afraid.",
    mend="Cut it in two.",
)
def long_sentence(sheet: Sheet) -> Iterator[Found]:
    """A sentence of more words than its language's list allows; in scripts without spaces, of more than seventy letters."""
    for language, path, text in _texts(sheet):
        if path[-1] not in ("text", "again") or "options" in path:
            continue
        most = _of(lists().get(_base(language)))
        for sentence in _SENTENCES.split(_filled(text)):
            spaceless = _SPACELESS.search(sentence) is not None
            size = length(sentence) if spaceless else len(fold(sentence).split())
            if size > (SENTENCE_LETTERS if spaceless else most):
                yield Found(path, f"{size} {'letters' if spaceless else 'words'} in one sentence: `{sentence[:40].strip()}...`", language)


def _of(known: Lists | None) -> int:
    return known.sentence_words if known is not None else SENTENCE_WORDS


def _texts(sheet: Sheet) -> Iterator[tuple[str, tuple[str, ...], str]]:
    """Every text as written, in the languages it is checked for: language, path, text."""
    near = {each for language in sheet.languages for each in (language, _base(language))} | {sheet.flow.language}
    for name, node in sheet.spoken():
        yield from ((sheet.flow.language, ("nodes", name, *slot), text) for slot, text in slots(node) if slot[-1] != "also")
        for language, words in sheet.flow.overlays.items():
            if language in near and name in words:
                yield from ((language, ("nodes", name, *slot), text) for slot, text in slots(words[name]) if slot[-1] != "also")


def _in(phrases: PhraseBook | None, text: str) -> list[str]:
    """The phrases that stand in a text, sentence by sentence, in the order of the alphabet; of one inside another, the longer."""
    if phrases is None:
        return []
    found = {label for sentence in _SENTENCES.split(_filled(text)) for label in phrases.labels(saying(sentence))}
    return sorted(each for each in found if not any(each in other for other in found - {each}))


def _filled(text: str) -> str:
    """The text with its facts in, as a reader sees it; the answers are looked at by themselves."""
    return fill(compile_text(_OPTIONS.sub("", BREAK.sub("\n", text))), EXAMPLES)


def _base(language: str) -> str:
    return language.partition("-")[0]
