"""How long a sound or a film plays, reckoned from its own bytes; what cannot be told honestly is not told.

Sound is counted: every frame says how much of it plays. A film, and sound in a film's form, says its length in its header, and that is
taken as it stands. It is told of a clean copy, for that is what somebody will hear.
"""

import struct
from collections.abc import Callable, Mapping
from typing import Final

from bot.media import films, sounds
from bot.media.kinds import MediaType, Refused

LONGEST: Final = 24 * 3600
"""Seconds. Nobody speaks longer into a phone: a file that claims more is damaged, or was made to mislead."""

_OPUS_HERTZ = 48_000
"""Positions of Opus in Ogg are counted so, whatever was recorded (RFC 7845, 4)."""
_OPUS_LONGEST = 5760
"""No packet plays longer than 120 ms (RFC 6716, 3.4, R5)."""
_OPUS_MOST_PIECES = LONGEST * 50
"""Phones send 50 packets a second: a file in more pieces than they fill a day with is not counted, so that none keeps the process busy."""
_SILK, _HYBRID, _CELT = (480, 960, 1920, 2880), (480, 960), (120, 240, 480, 960)


def _opus_frame(first: int) -> int:
    """The samples of one frame, at 48 kHz, by the configuration in a packet's first byte (RFC 6716, 3.1, table 2)."""
    form = first >> 3
    return _SILK[form & 3] if form < 12 else _HYBRID[form & 1] if form < 16 else _CELT[form & 3]


_OPUS_SAMPLES: Final = tuple(_opus_frame(first) * (1 if first & 3 == 0 else 2) for first in range(256))
"""The samples of a packet of one frame or two, by its first byte. There may be millions in a file: they are looked up."""
# ISO/IEC 13818-7: Hz by sampling_frequency_index, and the samples of one block of AAC.
_AAC_HERTZ = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_AAC_BLOCK = 1024
_AMR_FRAME = 0.02
"""Seconds of one frame of AMR (RFC 4867, 3.1), one in which nobody speaks too."""
_EVEN_FORMS = frozenset({1, 3, 6, 7})
"""Forms of WAV in which every sample takes the same room: PCM, floating point, A-law, mu-law (RFC 2361)."""


def seconds_of(content: bytes, media_type: MediaType) -> int | None:
    """Tell how long a clean copy plays, in whole seconds; what is shorter than one counts as one.

    None for what plays nothing, contradicts itself, is damaged where its length stands, or claims more than LONGEST. Never raises.
    """
    reckon = _RECKONED.get(media_type)
    if reckon is None:
        return None
    try:
        length = reckon(content)
    except (struct.error, LookupError, ValueError, ZeroDivisionError, Refused):  # damaged where its length stands
        return None
    return max(1, int(length + 0.5)) if 0 < length <= LONGEST else None


def _opus(content: bytes) -> float:
    """The packets that are there, without what is played before the sound begins and what the last position cuts off (RFC 7845, 4.2, 4.4).

    A position may run ahead of the packets, where a note was cut from a longer one (4.5): then the packets tell what plays.
    """
    head, _, *sound = sounds.pages(content)
    (before,) = struct.unpack_from("<H", head.body, 10)
    if sum(len(page.segments) for page in sound) > _OPUS_MOST_PIECES:
        return 0.0
    there = sum(map(_page_samples, sound))
    end = next((page.position for page in reversed(sound) if page.position >= 0), 0)
    return float(min(there, end) - before) / _OPUS_HERTZ


def _page_samples(page: sounds.Page) -> int:
    """How much the packets play that begin on a page; one that began on the page before was counted there (RFC 3533, 6)."""
    samples, at, within, body = 0, 0, page.flags & 1, page.body
    for length in page.segments:
        if length and not within:
            first = body[at]
            samples += _OPUS_SAMPLES[first] if first & 3 < 3 else _many_frames(body[at : at + min(length, 2)])
        at, within = at + length, length == 255
    return samples


def _many_frames(packet: bytes) -> int:
    """A packet that counts its frames in its second byte (RFC 6716, 3.2.5): it plays nothing where they are more than can be."""
    samples = _opus_frame(packet[0]) * (packet[1] & 0x3F if len(packet) > 1 else 0)
    return samples if samples <= _OPUS_LONGEST else 0


def _counted(content: bytes, at: int, length_at: Callable[[bytes, int], int], seconds_at: Callable[[bytes, int], float]) -> float:
    """Go from frame to frame, and stop where there are more than LONGEST takes."""
    total = 0.0
    while total <= LONGEST and (length := length_at(content, at)):
        total += seconds_at(content, at)
        at += length
    return total


def _mp3(content: bytes) -> float:
    return _counted(content, 0, sounds.mp3_length, _mp3_seconds)


def _mp3_seconds(content: bytes, at: int) -> float:
    """Samples of a frame by its layer (ISO/IEC 11172-3, 2.4.2.1); the third layer of lower rates (13818-3) has half as many."""
    version, layer, hertz = sounds.mp3_form(content, at)
    samples = 384 if layer == 1 else 576 if layer == 3 and version != 3 else 1152
    return samples / hertz


def _aac(content: bytes) -> float:
    return _counted(content, 0, sounds.adts_length, _aac_seconds)


def _aac_seconds(content: bytes, at: int) -> float:
    return _AAC_BLOCK * ((content[at + 6] & 3) + 1) / _AAC_HERTZ[content[at + 2] >> 2 & 15]


def _amr(content: bytes) -> float:
    return _counted(content, len(sounds.AMR), sounds.amr_length, lambda _content, _at: _AMR_FRAME)


def _wav(content: bytes) -> float:
    """The bytes of sound by how many go into a second; where its form contradicts itself on that, nothing can be told."""
    chunks = sounds.wav_chunks(content)
    form, _, hertz, rate, room = struct.unpack_from("<HHIIH", chunks[b"fmt "])
    if form in _EVEN_FORMS and rate != hertz * room:
        return 0.0
    return float(len(chunks[b"data"]) / rate)


def _film(content: bytes) -> float:
    """The header's own length (ISO/IEC 14496-12, 8.2.2), or, of a film in fragments, the one of them all (8.8.2)."""
    film = bytearray(content)
    moov = _named(film, 0, len(film))[b"moov"]
    within = _named(film, moov.body, moov.end)
    head = film[within[b"mvhd"].body : within[b"mvhd"].end]
    wide = head[0] == 1
    ticks, length = struct.unpack_from(">IQ", head, 20) if wide else struct.unpack_from(">II", head, 12)
    if length == (0xFFFF_FFFF_FFFF_FFFF if wide else 0xFFFF_FFFF):  # it says that it does not know (8.2.2.3)
        return 0.0
    if not length and b"mvex" in within:
        whole = _named(film, within[b"mvex"].body, within[b"mvex"].end)[b"mehd"]
        told = film[whole.body : whole.end]
        (length,) = struct.unpack_from(">Q" if told[0] == 1 else ">I", told, 4)
    return float(length / ticks)


def _named(film: bytearray, start: int, end: int) -> dict[bytes, films.Box]:
    return {box.name: box for box in films.boxes(film, start, end)}


_RECKONED: Final[Mapping[MediaType, Callable[[bytes], float]]] = {
    "audio/ogg": _opus,
    "audio/mpeg": _mp3,
    "audio/aac": _aac,
    "audio/amr": _amr,
    "audio/wav": _wav,
    "audio/mp4": _film,
    "video/mp4": _film,
    "video/3gpp": _film,
}
