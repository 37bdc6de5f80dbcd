"""How long a sound plays is counted from its own bytes; what contradicts itself, plays nothing or claims a day and more has no length."""

import struct
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.media.__main__ import SECONDS
from bot.media.apart import clean_apart, read_out
from bot.media.clean import Clean, clean
from bot.media.kinds import MediaType, Refused
from bot.media.lengths import LONGEST, seconds_of
from tests.media import makings

MP3_1 = b"\xff\xfb\x90\x00" + bytes(413)  # MPEG-1, layer III, 128 kbit/s, 44.1 kHz: 1152 samples
MP3_2 = b"\xff\xf3\x40\x00" + bytes(100)  # MPEG-2, layer III, 32 kbit/s, 22.05 kHz: 576 samples
MP2 = b"\xff\xfd\x84\x00" + bytes(380)  # MPEG-1, layer II, 128 kbit/s, 48 kHz: 1152 samples
AAC = b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(9)  # 44.1 kHz, one block of 1024 samples
AMR = b"\x3c" + b"\x11" * 31


def wav(form: tuple[int, int, int, int, int, int], length: int) -> bytes:
    """A WAV of this form with so many bytes of sound."""
    chunks = b"fmt " + struct.pack("<I", 16) + struct.pack("<HHIIHH", *form) + b"data" + struct.pack("<I", length) + b"\x80" * length
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def film(head: bytes, *more: bytes) -> bytes:
    """Sound in a film's form with this header, and what else stands beside it."""
    moov = makings.box(b"moov", makings.box(b"mvhd", head, bytes(80)), *more)
    return makings.box(b"ftyp", b"M4A ", bytes(4)) + moov + makings.box(b"mdat", b"\x42" * 50)


def head(ticks: int, length: int, version: int = 0) -> bytes:
    return struct.pack(">IIIII" if version == 0 else ">IQQIQ", version << 24, 0, 0, ticks, length)


def fragments(length: int, version: int = 0) -> bytes:
    return makings.box(b"mvex", makings.box(b"mehd", struct.pack(">IQ" if version else ">II", version << 24, length)))


def ogg(*pages: object) -> bytes:
    """The head and the notes of a voice note without sound, and these pages after them."""
    bare = makings.opus()
    return bare[: bare.rindex(b"OggS")] + b"".join(page.packed() for page in pages)  # type: ignore[attr-defined]  # pages of Ogg


def page(position: int, packets: list[int], number: int = 2, flags: int = 0) -> object:
    return makings.sound(position, packets, number=number, flags=flags)


LENGTHS: dict[str, tuple[bytes, MediaType, int | None]] = {
    "a note of 42 seconds": (makings.opus(seconds=42), "audio/ogg", 42),
    "a note of a moment": (makings.opus(), "audio/ogg", 1),
    "opus cut from a longer note": (ogg(page(9_000_000, [20] * 150)), "audio/ogg", 3),
    "opus of which the end is cut off": (ogg(page(48_000 + 312, [20] * 150)), "audio/ogg", 1),
    "opus in two pages that share a packet": (ogg(page(-1, [255] * 2), page(2 * 960, [9, 9], 3, 1)), "audio/ogg", 1),
    "mp3": (MP3_1 * 383, "audio/mpeg", 10),
    "mp3 of the lower rates": (MP3_2 * 383, "audio/mpeg", 10),
    "mp2": (MP2 * 125, "audio/mpeg", 3),
    "aac": (AAC * 431, "audio/aac", 10),
    "amr": (makings.amr()[:6] + AMR * 350, "audio/amr", 7),
    "amr in which nobody speaks": (makings.amr()[:6] + b"\x7c" * 100, "audio/amr", 2),
    "wav": (wav((1, 2, 8000, 32_000, 4, 16), 96_000), "audio/wav", 3),
    "wav in an uneven form": (wav((17, 1, 8000, 4055, 256, 4), 40_550), "audio/wav", 10),
    "m4a": (film(head(44_100, 44_100 * 65)), "audio/mp4", 65),
    "m4a of the wide form": (film(head(1000, 65_400, 1)), "audio/mp4", 65),
    "m4a in fragments": (film(head(1000, 0), fragments(9_000)), "audio/mp4", 9),
    "m4a in fragments of the wide form": (film(head(1000, 0, 1), fragments(9_000, 1)), "audio/mp4", 9),
    "film": (makings.film(), "video/mp4", 1),
    "film of a phone": (makings.film(b"3gp5"), "video/3gpp", 1),
    "a day": (film(head(1, LONGEST)), "audio/mp4", LONGEST),
    "photo": (makings.photo(), "image/jpeg", None),
    "paper": (makings.pdf(), "application/pdf", None),
    "more than a day": (film(head(1, LONGEST + 1)), "audio/mp4", None),
    "m4a that does not know": (film(head(0xFFFF_FFF0, 0xFFFF_FFFF)), "audio/mp4", None),
    "m4a that plays nothing": (film(head(1000, 0)), "audio/mp4", None),
    "m4a in fragments that do not say": (film(head(1000, 0), makings.box(b"mvex", makings.box(b"trex", bytes(24)))), "audio/mp4", None),
    "m4a without ticks": (film(head(0, 65)), "audio/mp4", None),
    "m4a with half a header": (makings.box(b"moov", makings.box(b"mvhd", bytes(7))), "audio/mp4", None),
    "m4a without a header": (makings.box(b"moov"), "audio/mp4", None),
    "opus that ends before it begins": (ogg(page(312, [20] * 150)), "audio/ogg", None),
    "opus with packets of which none is whole": (ogg(page(-1, [255] * 150)), "audio/ogg", None),
    "opus with packets that cannot be": (makings.opus(seconds=3).replace(b"\x08", b"\x0b"), "audio/ogg", None),
    "opus with empty packets": (ogg(page(96_000, [0] * 100)), "audio/ogg", None),
    "wav that contradicts itself": (wav((1, 1, 8000, 1, 1, 8), 80_000), "audio/wav", None),
    "wav without a rate": (wav((17, 1, 8000, 0, 256, 4), 100), "audio/wav", None),
    "aac of no rate there is": (AAC.replace(b"\x50", b"\x7c") * 10, "audio/aac", None),
}


@pytest.mark.parametrize("made", LENGTHS)
def test_a_length_is_what_plays_or_it_is_not_told(made: str) -> None:
    content, media_type, seconds = LENGTHS[made]

    assert seconds_of(content, media_type) == seconds


def test_a_clean_copy_says_how_long_it_plays_and_a_damaged_length_refuses_no_sound() -> None:
    assert clean(makings.opus(90_000, seconds=3)).seconds == 3
    assert clean(wav((1, 1, 8000, 1, 1, 8), 80_000)) == Clean(wav((1, 1, 8000, 1, 1, 8), 80_000), "audio/wav", None)


@pytest.mark.parametrize(("content", "seconds"), [(makings.opus(seconds=4), 4), (makings.photo(), None)], ids=["voice", "photo"])
def test_the_length_is_reckoned_in_the_process_apart_and_comes_back_from_it(content: bytes, seconds: int | None) -> None:
    assert clean_apart(content).seconds == seconds


@pytest.mark.parametrize("told", ["0", "86401", "-1", "", "4.2", "٤٢", "1e3", "000000042", "42 42", "nan"])
def test_a_length_that_cannot_be_is_not_believed_even_of_that_process(told: str) -> None:
    with pytest.raises(Refused) as refused:
        read_out(0, f"audio/ogg {told}\nsound".encode())
    assert refused.value.refusal == "broken"


@pytest.mark.parametrize("out", [b"", b"audio/ogg 4\n", b"audio/ogg\nsound", b"text/html 4\nsound", b"\xff\xfe 4\nsound"])
def test_nothing_else_is_believed_of_it_either(out: bytes) -> None:
    with pytest.raises(Refused):
        read_out(0, out)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (makings.amr()[:6] + b"\x7c" * 16_000_000, "audio/amr"),
        (ogg() + makings.sound(960, [0] * 255, number=2).packed() * 58_000, "audio/ogg"),
    ],
    ids=["amr", "opus"],
)
def test_a_sound_in_more_pieces_than_a_day_has_is_not_counted_to_its_end(content: bytes, media_type: MediaType) -> None:
    begun = time.process_time()

    assert seconds_of(content, media_type) is None
    assert time.process_time() - begun < SECONDS / 3


SOUNDS: list[Callable[[], bytes]] = [makings.opus, makings.mp3, makings.aac, makings.amr, makings.wav, makings.film]
KINDS: tuple[MediaType, ...] = ("audio/ogg", "audio/mpeg", "audio/aac", "audio/amr", "audio/wav", "audio/mp4", "video/mp4", "video/3gpp")


@given(
    made=st.sampled_from([sound() for sound in SOUNDS]),
    media_type=st.sampled_from(KINDS),
    cut=st.integers(0, 600),
    damage=st.lists(st.tuples(st.integers(0, 600), st.integers(0, 255)), max_size=8),
)
def test_damaged_bytes_have_a_length_within_a_day_or_none(
    made: bytes, media_type: MediaType, cut: int, damage: list[tuple[int, int]]
) -> None:
    damaged = bytearray(made)
    for at, byte in damage:
        damaged[at % len(damaged)] = byte
    for content in (bytes(damaged), bytes(damaged[:cut])):
        seconds = seconds_of(content, media_type)
        assert seconds is None or 1 <= seconds <= LONGEST
