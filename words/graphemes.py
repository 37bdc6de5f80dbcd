"""Letters as a person counts them, and cutting a long text between them, in scripts with and without spaces."""

import re

import regex

from words.segments import units

# Unicode's clusters, with the Burmese vowel signs that it parts from their letters.
_GRAPHEME = regex.compile(r"\X\p{M}*")
# A stop of the Latin alphabet also stands inside numbers; those of other scripts end a sentence wherever they stand.
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|(?<=[।॥။。！？؟។۔])\s*")
# The best places to cut, best first: between paragraphs, lines, sentences, words.
_BREAKS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), _SENTENCE, re.compile(r"\s+"))


def length(text: str) -> int:
    """The letters that a reader sees: a Bengali syllable or a family emoji is one."""
    return len(text) if text.isascii() and "\r\n" not in text else len(_letters(text))


def split(text: str, limit: int) -> tuple[str, ...]:
    """The text in parts of at most `limit` 16-bit units (as carriers count), cut where it hurts least and never inside a letter.

    White space at a cut is dropped. Only a letter larger than `limit` (a pile of accents) is cut in itself.
    """
    parts: list[str] = []
    while units(text) > limit:
        end = _cut(text, limit)
        parts.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return tuple(part for part in (*parts, text) if part)


def _cut(text: str, limit: int) -> int:
    window = text[: _room(text, limit)]
    for pattern in _BREAKS:
        ends = [found.end() for found in pattern.finditer(window) if found.end() > len(window) // 2]
        if ends:
            return ends[-1]
    return len(window)


def _room(text: str, limit: int) -> int:
    """How many code points fit, ending between two letters."""
    end, filled = 0, 0
    for letter in _letters(text[: limit + 1]):
        filled += units(letter)
        if filled > limit:
            break
        end += len(letter)
    return end or max(1, limit if text[:limit].isascii() else limit // 2)


def _letters(text: str) -> list[str]:
    return [str(letter) for letter in _GRAPHEME.findall(text)]
