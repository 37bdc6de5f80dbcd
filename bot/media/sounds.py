"""Sound without its labels: frames are copied as they are, and whatever stands around them (tags, names, pictures) is left out."""

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from bot.media.kinds import Refused

_BROKEN = "this sound cannot be read"
# ISO/IEC 11172-3, 2.4.2.3 and 13818-3: kbit/s by layer and version (MPEG-1, or MPEG-2 and 2.5), and Hz of MPEG-1.
_RATES: Final[dict[tuple[bool, int], tuple[int, ...]]] = {
    (True, 1): (0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448),
    (True, 2): (0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
    (True, 3): (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (False, 1): (0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256),
    (False, 2): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
    (False, 3): (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_HERTZ: Final = (44100, 48000, 32000)
_AMR_BYTES: Final = (12, 13, 15, 17, 19, 20, 26, 31, 5, -1, -1, -1, -1, -1, -1, 0)
"""Bytes of speech in a frame of narrow-band AMR by its type (RFC 4867, 5.3, with 3GPP TS 26.101, annex A)."""

AMR: Final = b"#!AMR\n"
"""What a file of narrow-band AMR begins with (RFC 4867, 5.1)."""
_PAGE: Final = struct.Struct("<4sBBqIIIB")
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def clean_mp3(content: bytes) -> bytes:
    """Copy the frames of MPEG audio. Raises Refused."""
    return _frames(content, _after_id3(content), mp3_length)


def clean_aac(content: bytes) -> bytes:
    """Copy the frames of AAC in ADTS (ISO/IEC 13818-7, 6.2). Raises Refused."""
    return _frames(content, 0, adts_length)


def clean_amr(content: bytes) -> bytes:
    """Copy the frames of narrow-band AMR (RFC 4867, 5). Raises Refused."""
    return AMR + _frames(content, len(AMR), amr_length)


def _frames(content: bytes, at: int, length_at: Callable[[bytes, int], int]) -> bytes:
    """Copy frame by frame, up to the first bytes that are none: there the tags at the end begin, or something that does not belong."""
    start = at
    while (length := length_at(content, at)) and at + length <= len(content):
        at += length
    if at == start:
        raise Refused("broken", _BROKEN)
    return content[start:at]


def _after_id3(content: bytes) -> int:
    """Where the tags before the sound end: their length is written in seven bits a byte (ID3v2.4.0, 3.1)."""
    at = 0
    while content[at : at + 3] == b"ID3" and at + 10 <= len(content):
        size = 0
        for byte in content[at + 6 : at + 10]:
            size = size << 7 | byte & 0x7F
        at += 10 + size + (10 if content[at + 5] & 0x10 else 0)
    return at


def mp3_length(content: bytes, at: int) -> int:
    """Count the bytes of the frame of MPEG audio that begins here; 0 where none does."""
    head = content[at : at + 4]
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return 0
    rate, padding = head[2] >> 4, head[2] >> 1 & 1
    if head[1] >> 3 & 3 == 1 or head[1] >> 1 & 3 == 0 or rate in (0, 15) or head[2] >> 2 & 3 == 3:
        return 0
    version, layer, sampled = mp3_form(content, at)
    bits = _RATES[version == 3, layer][rate] * 1000
    if layer == 1:
        return (12 * bits // sampled + padding) * 4
    return (72 if layer == 3 and version != 3 else 144) * bits // sampled + padding


def mp3_form(content: bytes, at: int) -> tuple[int, int, int]:
    """Give the version (3 is MPEG-1, 2 is MPEG-2, 0 is 2.5), the layer and the Hz of a frame of MPEG audio that begins here."""
    version, layer = content[at + 1] >> 3 & 3, 4 - (content[at + 1] >> 1 & 3)
    return version, layer, _HERTZ[content[at + 2] >> 2 & 3] // {3: 1, 2: 2, 0: 4}[version]


def adts_length(content: bytes, at: int) -> int:
    """Count the bytes of the frame of AAC that begins here; 0 where none does."""
    head = content[at : at + 6]
    if len(head) < 6 or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return 0
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    return length if length >= 7 else 0


def amr_length(content: bytes, at: int) -> int:
    """Count the bytes of the frame of narrow-band AMR that begins here; 0 where none does."""
    if at >= len(content) or content[at] & 0x83:
        return 0
    return 1 + _AMR_BYTES[content[at] >> 3 & 15]


def clean_wav(content: bytes) -> bytes:
    """Keep the form of the sound and the sound: `fmt ` and `data`. Raises Refused."""
    kept = wav_chunks(content)
    if len(kept.get(b"fmt ", b"")) < 16 or not kept.get(b"data"):
        raise Refused("broken", _BROKEN)
    chunks = b"".join(name + struct.pack("<I", len(kept[name])) + kept[name] + b"\0" * (len(kept[name]) % 2) for name in (b"fmt ", b"data"))
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def wav_chunks(content: bytes) -> dict[bytes, bytes]:
    """Find the first `fmt ` and the first `data` of a WAV, as far as they are there."""
    kept, at = dict[bytes, bytes](), 12
    while at + 8 <= len(content):
        name, (length,) = content[at : at + 4], struct.unpack_from("<I", content, at + 4)
        body = content[at + 8 : at + 8 + length]
        if name in (b"fmt ", b"data") and name not in kept:
            kept[name] = body
        at += 8 + length + length % 2
    return kept


@dataclass(frozen=True, slots=True)
class Page:
    """A page of Ogg (RFC 3533, 6): its flags, position, stream, number, the lengths of its segments, and what they hold."""

    flags: int
    position: int
    stream: int
    number: int
    segments: bytes
    body: bytes

    def packed(self) -> bytes:
        """Give the page with its check sum."""
        plain = _PAGE.pack(b"OggS", 0, self.flags, self.position, self.stream, self.number, 0, len(self.segments))
        whole = plain + self.segments + self.body
        return whole[:22] + struct.pack("<I", _check_sum(whole)) + whole[26:]


def _check_sum(page: bytes) -> int:
    """Ogg's check sum (RFC 3533, 6): the polynomial of zlib's, with bits the other way round and nothing turned over."""
    mirrored = zlib.crc32(page.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{mirrored:032b}"[::-1], 2)


def pages(content: bytes) -> Iterator[Page]:
    """Go from page to page of an Ogg, up to the first bytes that are none."""
    at = 0
    while at + _PAGE.size <= len(content):
        mark, version, flags, position, stream, number, _, count = _PAGE.unpack_from(content, at)
        segments = content[at + _PAGE.size : at + _PAGE.size + count]
        start = at + _PAGE.size + count
        body = content[start : start + sum(segments)]
        if mark != b"OggS" or version != 0 or len(body) < sum(segments):
            return
        yield Page(flags, position, stream, number, segments, body)
        at = start + len(body)


def clean_opus(content: bytes) -> bytes:
    """Keep the one stream of a voice note, with an empty comment header in place of its own (RFC 7845, 5.2). Raises Refused."""
    found = list(pages(content))
    if len(found) < 3 or not found[0].body.startswith(b"OpusHead"):
        raise Refused("broken", _BROKEN)
    mine = [page for page in found if page.stream == found[0].stream]
    ends = next((place for place, page in enumerate(mine[1:], 1) if page.segments and page.segments[-1] < 255), None)
    if ends is None or not mine[1].body.startswith(b"OpusTags") or len(mine) < ends + 2:
        raise Refused("broken", _BROKEN)
    comment = b"OpusTags" + bytes(8)
    head, sound = replace(mine[0], number=0), mine[ends + 1 :]
    tags = Page(0, 0, head.stream, 1, bytes([len(comment)]), comment)
    return b"".join(page.packed() for page in (head, tags, *(replace(page, number=at) for at, page in enumerate(sound, 2))))
