"""Paragraphs and sentences, in every script a worker may write in; nothing is ever lost between them.

A model is trained on single sentences, and translates the rest of a page badly or not at all. Rules, not models: a wrong cut costs a worse
translation of one sentence, which its marks show, and a rule can be read. Terminators and their neighbours follow Unicode's Sentence_Break
property (UAX 29, with its Sentence_Terminal characters), abbreviations are those of letters and complaints.
"""

from collections.abc import Iterator
from typing import Final

import regex

LONGEST: Final = 300
"""Characters of a piece that `chunks` makes; a model's limit of 512 tokens is far away in every script."""

_LINES = regex.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")
_CLOSING = r"[\"'”’»›)\]】」』）〉》]*"
# Latin and Greek marks end a sentence before a space; those of the other scripts wherever they stand.
_END = regex.compile(rf"(?:[.!?…؟]+{_CLOSING}(?=\s)|[।॥۔။።፧։។៕᠃᠉。！？｡．]+{_CLOSING})")
# People in a hurry leave the space out: `pagan.Necesito`. A capital and a small letter behind it, a word before it.
_HURRIED = regex.compile(r"(?<=\p{L}{2})[.!?…؟]+(?=\p{Lu}\p{Ll})")
_ADDRESS = regex.compile(r"[/@:\\]|^www\.", regex.IGNORECASE)
_WORD_BEFORE = regex.compile(r"[\w.\u0980-\u09FF\u0900-\u097F]+$")
_ORDINAL = regex.compile(r"(?<![\d.,])\d{1,2}$")
_INITIAL = regex.compile(r"(?:^|[\s(.])\p{Lu}$")
_SPACED_SCRIPT = regex.compile(r"[\p{Thai}\p{Lao}]")
_SPACED_LEAST = 40
_CLAUSE = regex.compile(r"[,;:،؛、，；：၊]\s*")
_GRAPHEME = regex.compile(r"\X", regex.DOTALL)

# Never the end of a sentence: something always follows. English, Spanish, Portuguese, Dutch, French, German, Indonesian, Bengali, Hindi.
_ABBREVIATIONS = frozenset(
    {"mr", "mrs", "ms", "dr", "prof", "e.g", "i.e", "sr", "sra", "srta", "dra", "ud", "uds", "dhr", "mevr", "mw", "bijv", "t.a.v", "d.w.z"}
    | {"mme", "mlle", "p.ex", "z.b", "bzw", "bpk", "sdr", "ডা", "মো", "মোঃ", "ড", "ডাঃ", "डॉ"}
)
# May end one: they do where a capital follows.
_MAY_END = frozenset(
    {"etc", "enz", "dll", "dst", "usw", "a.m", "p.m", "am", "pm", "co", "ltd", "inc", "corp", "bv", "b.v", "n.v", "s.a", "ee.uu"}
)
# Go on where a number follows; `no.` alone is an answer.
_BEFORE_NUMBER = frozenset(
    {"no", "nr", "núm", "num", "pág", "blz", "art", "approx", "tk", "rs", "tel"}
    | {"jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "okt", "nov", "dec"}
)


def split(text: str) -> tuple[tuple[str, ...], ...]:
    """The paragraphs of a text, each as its sentences without the space around them; an empty line is an empty paragraph."""
    return tuple(tuple(_sentences(line)) for line in _LINES.split(text))


def chunks(sentence: str, longest: int = LONGEST) -> tuple[str, ...]:
    """Cut what is longer than `longest` characters: after a clause, else at a space, else between graphemes."""
    found: list[str] = []
    left = sentence.strip()
    while len(left) > longest:
        at = _cut(left, longest)
        found.append(left[:at].rstrip())
        left = left[at:].lstrip()
    return tuple(part for part in (*found, left) if part)


def _cut(text: str, longest: int) -> int:
    window = text[:longest]
    clauses = [match.end() for match in _CLAUSE.finditer(window, longest // 3)]
    if clauses and clauses[-1] < longest:
        return clauses[-1]
    space = max((at for at in range(longest - 1, longest // 3, -1) if window[at].isspace()), default=0)
    if space:
        return space
    end = 0
    for match in _GRAPHEME.finditer(text):
        if match.end() > longest and end:
            break
        end = match.end()
        if end >= longest:
            break
    return end


def _sentences(line: str) -> Iterator[str]:
    start = 0
    for end in sorted({*_ends(line)}):
        yield from _spaced(line[start:end])
        start = end
    yield from _spaced(line[start:])


def _ends(line: str) -> Iterator[int]:
    for match in _END.finditer(line):
        if not _goes_on(line, match.start(), match.end()):
            yield match.end()
    for match in _HURRIED.finditer(line):
        if not _ADDRESS.search(_token_around(line, match.start())):
            yield match.end()


def _goes_on(line: str, at: int, end: int) -> bool:
    """Whether the mark at `at` ends no sentence: an abbreviation, an initial, a number of order, three dots of hesitation."""
    mark, after = line[at:end].rstrip("\"'”’»›)]"), line[end : end + 60].lstrip()[:1]
    if mark.endswith(("...", "…", "..")):
        return after.islower()
    if mark != ".":
        return False
    before = line[max(0, at - 30) : at]
    word = _WORD_BEFORE.search(before)
    told = word.group().casefold() if word else ""
    if told in _ABBREVIATIONS or _INITIAL.search(before):
        return True
    if told in _MAY_END:
        return not after.isupper()
    if told in _BEFORE_NUMBER:
        return after.isnumeric()
    if _ORDINAL.search(before):
        # `3. maart`, and the numbers of a list: `1. Salario`.
        return after.islower() or not line[:at].strip(" \t0123456789")
    return False


def _token_around(line: str, at: int) -> str:
    start, end = at, at
    while start > 0 and not line[start - 1].isspace():
        start -= 1
    while end < len(line) and not line[end].isspace():
        end += 1
    return line[start:end]


def _spaced(sentence: str) -> Iterator[str]:
    """Thai and Lao have no full stop: a space ends a clause there. Pieces are of forty characters or more, so that names stay in theirs."""
    sentence = sentence.strip()
    if not sentence:
        return
    if len(sentence) <= _SPACED_LEAST or not _SPACED_SCRIPT.search(sentence):
        yield sentence
        return
    start = 0
    for at in range(_SPACED_LEAST, len(sentence) - 1):
        if at - start >= _SPACED_LEAST and sentence[at].isspace() and _between(sentence, at):
            yield sentence[start:at].strip()
            start = at
    yield sentence[start:].strip()


def _between(sentence: str, at: int) -> bool:
    return bool(_SPACED_SCRIPT.match(sentence[at - 1]) and _SPACED_SCRIPT.match(sentence[at + 1]))
