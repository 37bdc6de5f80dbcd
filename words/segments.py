"""What a text costs as SMS: its encoding, its segments and the units it fills (3GPP TS 23.038 and 23.040)."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

import regex

from words.fold import PLAIN, gsm

# The basic table takes one septet a letter, the extension two.
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = "\f^{}\\[~]|€"
_NOT_GSM = re.compile(f"[^{re.escape(_BASIC + _EXTENSION)}]")
_EXTENDED = re.compile(f"[{re.escape(_EXTENSION)}]")
_GRAPHEME = regex.compile(r"\X")
# What Twilio's Smart Encoding does beyond typography: it drops a mark that Persian and Bengali need, and pays two septets for this space.
_SMART = str.maketrans({"\u200c": "", "\u00a0": "\f"})
GSM_ALONE, GSM_PART = 160, 153
UCS_ALONE, UCS_PART = 70, 67


@dataclass(frozen=True, slots=True)
class Segments:
    """The cost of one text: carriers bill `segments`; `units` are septets in GSM-7 and 16-bit units in UCS-2."""

    encoding: Literal["GSM-7", "UCS-2"]
    segments: int
    units: int


def segments(text: str, *, smart: bool = False) -> Segments:
    """Count as Twilio bills. `smart` counts after its Smart Encoding, which replaces typographic signs by plain ones."""
    if smart:
        text = gsm(text.translate(_SMART))
    if _NOT_GSM.search(text) is None:
        return _gsm(text)
    return _ucs(text)


def fitted(text: str) -> str:
    """The text with the Latin letters that GSM-7 lacks written plainly (`á` as `a`), if it fits GSM-7 then; else as it was.

    It changes a language's letters, so it is for texts whose author allowed it; `é`, `ñ` and `ü` are in GSM-7 and stay.
    """
    composed = unicodedata.normalize("NFC", text)
    plain = _NOT_GSM.sub(lambda found: _plainly(found[0]), composed)
    return plain if _NOT_GSM.search(plain) is None else text


def _plainly(letter: str) -> str:
    bare = "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
    lower = bare.lower().translate(PLAIN)
    return lower.upper() if bare.isupper() else lower


def units(text: str) -> int:
    """The 16-bit units of a text, in which carriers measure its length: two for each emoji."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _gsm(text: str) -> Segments:
    extended = len(_EXTENDED.findall(text))
    total = len(text) + extended
    if total <= GSM_ALONE:
        return Segments("GSM-7", 1, total)
    if not extended:
        return Segments("GSM-7", -(-total // GSM_PART), total)
    return Segments("GSM-7", _packed([2 if letter in _EXTENSION else 1 for letter in text], GSM_PART), total)


def _ucs(text: str) -> Segments:
    total = units(text)
    if total <= UCS_ALONE:
        return Segments("UCS-2", 1, total)
    return Segments("UCS-2", _packed([units(cluster) for cluster in _GRAPHEME.findall(text)], UCS_PART), total)


def _packed(sizes: list[int], room: int) -> int:
    """The number of parts when no letter may be cut in two; one larger than a part runs on through several."""
    parts, filled = 1, 0
    for size in sizes:
        filled += size
        if filled > room:
            parts, filled = parts + -(-size // room), (size - 1) % room + 1
    return parts
