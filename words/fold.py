"""The form in which two spellings of one word are equal, and typography that fits a cheap SMS."""

import re
import unicodedata

import regex

from words.digits import ascii_digits

# Latin letters without a decomposition of their own that people also type plainly.
PLAIN = str.maketrans({
    "đ": "d", "ð": "d", "ɗ": "d", "ɖ": "d", "ø": "o", "ɔ": "o", "ɵ": "o", "ł": "l", "ħ": "h", "ı": "i", "ɓ": "b", "ƙ": "k", "ɛ": "e",
    "ə": "e", "ŋ": "n", "ɲ": "n", "ŧ": "t", "ƴ": "y", "æ": "ae", "œ": "oe", "þ": "th",
})  # fmt: skip
# Typographic signs that word processors and phones put in place of plain ones. Each would turn a whole SMS into UCS-2, 70 letters in
# place of 160. Signs only: a letter of somebody's language is never changed, nor the mark that joins or parts its letters (U+200C, U+200D).
# The raised commas that Unicode counts as letters (Uzbek, Hausa) are typed as ' on every phone.
_SIGNS = {
    '"': "«»“”„‟ʺˮ″‶❝❞〝〞＂",
    "'": "‘’‚‛ʹʻʼʽˈˊˋ′‵❛❜＇`´",
    "-": "‐‑‒–—―⁃−﹘﹣－",
    "...": "…",
    "!!": "‼",
    " ": "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000",
    "": "\u200b\u2060\ufeff\u00ad" + "".join(map(chr, (*range(9), 11, *range(14, 27), *range(28, 32)))),
    "/": "÷⁄∕",
    "1/4": "¼",
    "1/2": "½",
    "3/4": "¾",
    "*": "•·",
    "<": "‹",
    ">": "›",
    "~": "⁓∼",
}
_TYPOGRAPHY = str.maketrans({sign: plain for plain, signs in _SIGNS.items() for sign in signs})
_ASCII = str.maketrans({code: " " for code in range(128) if not chr(code).isalnum()} | {code: code + 32 for code in range(65, 91)})
# Also the marks that make a picture of a letter: a digit's key on a phone (2️⃣) is that digit.
_UNSEEN = regex.compile(r"[\p{Cf}\p{Me}\u0640\ufe00-\ufe0f]+")
_LATIN_ACCENTS = regex.compile(r"(?<=\p{Script=Latin})\p{Mn}+")
# Arabic is written with or without its short vowels, a word being the same.
_SHORT_VOWELS = regex.compile(r"[\u064b-\u0652\u0670]+")
_NO_WORD = regex.compile(r"[^\p{L}\p{M}\p{N}]+")
_SPACES = re.compile(r"\s+")


def fold(text: str) -> str:
    """The text for matching: case, Latin accents, punctuation and typography gone, digits 0-9, one space between words."""
    if text.isascii():
        return " ".join(text.translate(_ASCII).split())
    plain = _UNSEEN.sub("", unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()))
    plain = _LATIN_ACCENTS.sub("", unicodedata.normalize("NFD", plain).translate(PLAIN))
    plain = unicodedata.normalize("NFKC", _SHORT_VOWELS.sub("", plain))
    return _NO_WORD.sub(" ", ascii_digits(plain)).strip()


def squeeze(text: str) -> str:
    """The folded text without any space, for scripts that put none between words."""
    return fold(text).replace(" ", "")


def gsm(text: str) -> str:
    """The text with typographic quotes, dashes, ellipses and spaces as plain ones; every language's letters stay as they are.

    Marks of form that a phone cannot show (a zero byte, a zero-width space) are gone.
    """
    return text.translate(_TYPOGRAPHY)
