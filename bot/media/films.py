"""MP4, M4A and 3GP (ISO/IEC 14496-12) without their notes: boxes are blanked where they stand, so that every position stays true.

What is blanked: user data, metadata and unknown boxes, with the place where it was filmed and the phone's make; the moments of making in
the headers; the names of tracks. A file with a track that is neither sound nor picture is refused: phones write positions into such
tracks, and they lie scattered through the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.media.kinds import Refused

_DEEPEST = 12
_WITHIN: Final = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"edts", b"moof", b"traf", b"mvex", b"mfra"})
_KEPT: Final = _WITHIN | frozenset(
    (
        *(b"ftyp", b"styp", b"mdat", b"sidx", b"mvhd", b"tkhd", b"mdhd", b"hdlr", b"vmhd", b"smhd", b"dref", b"elst", b"stsd", b"stts"),
        *(b"ctts", b"cslg", b"stsc", b"stsz", b"stz2", b"stco", b"co64", b"stss", b"sdtp", b"sbgp", b"sgpd", b"mehd", b"trex", b"mfhd"),
        *(b"tfhd", b"tfdt", b"trun", b"tfra", b"mfro"),
    )
)
_TRACKS: Final = frozenset({b"soun", b"vide"})
_FLAGS = 4
"""Bytes of version and flags that a full box begins with (4.2)."""


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its name, where it begins, where its content begins, and where it ends."""

    name: bytes
    start: int
    body: int
    end: int


def clean(content: bytes) -> bytes:
    """Blank everything but sound and pictures. Raises Refused."""
    film = bytearray(content)
    names = _blank(film, 0, len(film), 0)
    if not {b"ftyp", b"moov", b"mdat"} <= names:
        raise Refused("broken", "this film cannot be read")
    return bytes(film)


def boxes(film: bytearray, start: int, end: int) -> Iterator[Box]:
    """Go from box to box; they must fill their place to the last byte. Raises Refused."""
    while start < end:
        if end - start < 8:
            raise Refused("broken", "this film cannot be read")
        size, body = int.from_bytes(film[start : start + 4], "big"), start + 8
        if size == 1 and end - start >= 16:
            size, body = int.from_bytes(film[start + 8 : start + 16], "big"), start + 16
        elif size == 0:
            size = end - start
        if size < body - start or start + size > end:
            raise Refused("broken", "this film cannot be read")
        yield Box(bytes(film[start + 4 : start + 8]), start, body, start + size)
        start += size


def _blank(film: bytearray, start: int, end: int, depth: int) -> set[bytes]:
    if depth > _DEEPEST:
        raise Refused("broken", "this film cannot be read")
    found: set[bytes] = set()
    for box in boxes(film, start, end):
        found.add(box.name)
        if box.name not in _KEPT:
            _empty(film, box)
        elif box.name in _WITHIN:
            _blank(film, box.body, box.end, depth + 1)
        elif box.name in (b"mvhd", b"tkhd", b"mdhd"):
            _forget_when(film, box)
        elif box.name == b"hdlr":
            _forget_names(film, box)
    return found


def _empty(film: bytearray, box: Box) -> None:
    """Make free space of a box."""
    film[box.start + 4 : box.start + 8] = b"free"
    film[box.body : box.end] = bytes(box.end - box.body)


def _forget_when(film: bytearray, box: Box) -> None:
    """Set the moments of making and of change to nought (8.2.2, 8.3.2, 8.4.2): two numbers of 4 bytes, or of 8 in version 1."""
    wide = box.body < box.end and film[box.body] == 1
    first, last = box.body + _FLAGS, box.body + _FLAGS + (16 if wide else 8)
    if last > box.end:
        raise Refused("broken", "this film cannot be read")
    film[first:last] = bytes(last - first)


def _forget_names(film: bytearray, box: Box) -> None:
    """Take the name out of a track's description (8.4.3). Raises Refused for a track that is neither sound nor picture."""
    kind, name = bytes(film[box.body + 8 : box.body + 12]), box.body + 24
    if box.end < name or kind not in _TRACKS:
        raise Refused("kind", "this film holds more than sound and pictures")
    film[name : box.end] = bytes(box.end - name)
