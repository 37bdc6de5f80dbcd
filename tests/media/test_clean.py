"""A clean copy says what the file said, and nothing of who made it; whatever is not on the list, or not whole, is refused by name."""

import io
import random
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from bot.media import papers, pictures
from bot.media.apart import clean_apart
from bot.media.clean import clean
from bot.media.kinds import DOCX, ODT, XLSX, Refused, media_type_of
from tests.media import makings

MADE = {
    "jpeg": (makings.photo(), "image/jpeg", "image/jpeg"),
    "png": (makings.photo("PNG"), "image/png", "image/png"),
    "webp": (makings.photo("WEBP"), "image/webp", "image/jpeg"),
    "opus": (makings.opus(), "audio/ogg", "audio/ogg"),
    "opus with a long note": (makings.opus(90_000), "audio/ogg", "audio/ogg"),
    "mp3": (makings.mp3(), "audio/mpeg", "audio/mpeg"),
    "aac": (makings.aac(), "audio/aac", "audio/aac"),
    "amr": (makings.amr(), "audio/amr", "audio/amr"),
    "wav": (makings.wav(), "audio/wav", "audio/wav"),
    "m4a": (makings.film(b"M4A ", b"soun"), "audio/mp4", "audio/mp4"),
    "mp4": (makings.film(), "video/mp4", "video/mp4"),
    "3gp": (makings.film(b"3gp5"), "video/3gpp", "video/3gpp"),
    "pdf": (makings.pdf(), "application/pdf", "application/pdf"),
    "docx": (makings.office(), DOCX, DOCX),
    "xlsx": (makings.office(XLSX), XLSX, XLSX),
    "odt": (makings.odt(), ODT, ODT),
    "text": ("They did not pay: ৫০০ টাকা\n".encode(), "text/plain", "text/plain"),
}
REFUSED = {
    "program": b"MZ\x90\0" + bytes(60),
    "elf": b"\x7fELF" + bytes(60),
    "html": b"<!DOCTYPE html><script>alert(1)</script>",
    "html behind spaces": b" \n\t<HTML><body onload=alert(1)>",
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "shell": b"#!/bin/sh\nrm -rf /\n",
    "gif": b"GIF89a" + bytes(30),
    "heic": struct.pack(">I", 24) + b"ftypheic" + bytes(12),
    "archive": makings.archive({"run.exe": b"MZ"}),
    "presentation of macros": makings.office(more={"word/vbaProject.bin": b"\xd0\xcf"}),
    "empty": b"",
    "noise": random.Random(7).randbytes(500),
}


def _within(content: bytes) -> bytes:
    """Everything that a file says, its parts unpacked."""
    if content[:2] != b"PK":
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


@pytest.mark.parametrize("made", MADE)
def test_a_file_is_what_its_content_is(made: str) -> None:
    content, is_a, _ = MADE[made]

    assert media_type_of(content) == is_a


@pytest.mark.parametrize("made", [name for name in MADE if name != "text"])
def test_a_clean_copy_says_nothing_of_its_maker(made: str) -> None:
    content, _, becomes = MADE[made]
    cleaned = clean(content)

    assert cleaned.media_type == becomes
    if made != "amr":
        assert makings.MAKER.encode() in _within(content)
    assert makings.MAKER.encode() not in _within(cleaned.content)


@pytest.mark.parametrize("made", MADE)
def test_a_clean_copy_is_of_the_same_kind_and_stays_as_it_is_when_cleaned_again(made: str) -> None:
    content, _, becomes = MADE[made]
    once = clean(content).content

    assert media_type_of(once) == becomes
    assert clean(once).media_type == becomes
    if becomes.startswith(("audio", "video")) or becomes == "text/plain":
        assert clean(once).content == once


@pytest.mark.parametrize("bad", REFUSED)
def test_what_is_not_on_the_list_is_refused(bad: str) -> None:
    with pytest.raises(Refused) as refused:
        clean(REFUSED[bad])

    assert refused.value.refusal == "kind"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_drawn_upright_without_place_phone_or_remark(form: str) -> None:
    with Image.open(io.BytesIO(clean(makings.photo(form)).content)) as seen:
        seen.load()
        assert seen.size == (40, 60)
        assert dict(seen.getexif()) == {}
        assert not {"comment", "exif", "xmp", "icc_profile", "XML:com.adobe.xmp"} & set(seen.info)


def test_a_picture_larger_than_a_page_shows_is_drawn_smaller() -> None:
    with Image.open(io.BytesIO(clean(makings.photo(size=(5000, 10))).content)) as seen:
        assert max(seen.size) == pictures.LONGEST_SIDE


def test_a_picture_that_claims_more_points_than_any_camera_has_is_a_bomb() -> None:
    small = bytearray(makings.photo("PNG"))
    small[16:24] = struct.pack(">II", 60_000, 60_000)

    with pytest.raises(Refused) as refused:
        clean(bytes(small))
    assert refused.value.refusal in ("size", "broken")


def test_what_hangs_behind_a_picture_does_not_come_along() -> None:
    assert b"PK\x03\x04" not in clean(makings.photo() + makings.archive({"run.exe": b"MZ"})).content


def test_a_voice_note_keeps_its_sound_to_the_bit_and_numbers_its_pages_anew() -> None:
    cleaned = clean(makings.opus(90_000)).content

    assert cleaned.endswith(b"\x08" * 81)
    assert [struct.unpack_from("<I", cleaned, at + 18)[0] for at in _marks(cleaned)] == [0, 1, 2]


def _marks(ogg: bytes) -> list[int]:
    return [at for at in range(len(ogg)) if ogg.startswith(b"OggS", at)]


def test_the_check_sum_of_a_page_is_the_one_that_players_reckon() -> None:
    # RFC 3533, 6: the polynomial 0x04c11db7, begun at nought, highest bit first.
    page = makings.opus()[: 28 + 19]
    wanted, plain = struct.unpack_from("<I", page, 22)[0], page[:22] + bytes(4) + page[26:]
    rest = 0
    for byte in plain:
        rest ^= byte << 24
        for _ in range(8):
            rest = (rest << 1 ^ 0x04C11DB7 if rest & 0x80000000 else rest << 1) & 0xFFFFFFFF

    assert rest == wanted


def test_a_film_keeps_its_length_and_its_pictures_and_loses_its_moments() -> None:
    content, cleaned = makings.film(), clean(makings.film()).content

    assert len(cleaned) == len(content)
    assert b"\x42" * 50 in cleaned
    assert b"+23.8103" not in cleaned
    assert struct.pack(">I", 3_900_000_000) not in cleaned


def test_a_film_with_a_track_of_positions_is_refused() -> None:
    with pytest.raises(Refused):
        clean(makings.film(handler=b"meta"))


def test_a_film_with_something_behind_its_last_box_is_refused() -> None:
    with pytest.raises(Refused):
        clean(makings.film() + b"PK\x03")


def test_a_paper_has_no_maker_no_program_and_no_notes_on_its_photo() -> None:
    cleaned = clean(makings.pdf()).content
    read = PdfReader(io.BytesIO(cleaned))

    assert len(read.pages) == 1
    assert not read.metadata
    assert b"JavaScript" not in cleaned
    assert b"xmpmeta" not in cleaned
    assert b"Exif" not in cleaned
    assert b"/DCTDecode" in cleaned


def test_a_paper_without_a_page_is_refused() -> None:
    with pytest.raises(Refused):
        clean(b"%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer <</Root 1 0 R>>\n%%EOF")


def test_an_office_document_is_written_anew_with_its_words() -> None:
    said = _within(clean(makings.office()).content)

    assert b"Wages" in said
    assert b'w:author=""' in said
    assert b"2026-11-01" not in said
    assert b"Exif" not in said


def test_a_document_that_unpacks_to_more_than_it_may_is_a_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = makings.office(more={"word/more.xml": bytes(papers.MOST_INFLATED)})

    with pytest.raises(Refused) as refused:
        clean(bomb)
    assert refused.value.refusal == "size"


def test_a_document_that_lies_about_its_sizes_is_refused() -> None:
    lying = makings.office(more={"word/more.xml": bytes(5_000_000)}).replace(struct.pack("<I", 5_000_000), struct.pack("<I", 10))

    with pytest.raises(Refused):
        clean(lying)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_document_with_the_same_part_twice_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for body in (f'<Override ContentType="{DOCX}.main+xml"/>', f'<Override  ContentType="{DOCX}.main+xml"/>'):
            made.writestr("[Content_Types].xml", body)

    with pytest.raises(Refused) as refused:
        clean(out.getvalue())
    assert refused.value.refusal == "broken"


@pytest.mark.parametrize("made", ["jpeg", "opus", "docx"])
def test_a_file_is_cleaned_in_a_process_of_its_own(made: str) -> None:
    content, _, becomes = MADE[made]
    cleaned = clean_apart(content)

    assert cleaned.media_type == becomes
    assert makings.MAKER.encode() not in _within(cleaned.content)


def test_a_refusal_comes_back_from_that_process_with_its_reason() -> None:
    with pytest.raises(Refused, match="this kind of file is not taken") as refused:
        clean_apart(REFUSED["program"])

    assert refused.value.refusal == "kind"


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_break_more_than_themselves(content: bytes) -> None:
    _is_cleaned_or_refused(content)


@pytest.mark.parametrize("made", sorted(MADE))
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_no_damage_to_a_file_breaks_more_than_the_file(made: str, data: st.DataObject) -> None:
    content = bytearray(MADE[made][0])
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))

    _is_cleaned_or_refused(bytes(content))
    _is_cleaned_or_refused(bytes(content[:cut]))


def _is_cleaned_or_refused(content: bytes) -> None:
    """A copy is what it is said to be, names no maker, and a second cleaning finds nothing to refuse; else it was refused by name."""
    try:
        made = clean(content)
    except Refused:
        return
    assert media_type_of(made.content) == made.media_type
    assert clean(made.content).media_type == made.media_type
    assert makings.MAKER.encode() not in made.content
