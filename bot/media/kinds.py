"""What a file is, by its first bytes and its make-up: a closed list, whatever its sender or carrier called it.

Signatures: the formats' own specifications, named beside each.
"""

import io
import zipfile
from typing import Final, Literal

MediaType = Literal[
    "audio/ogg",
    "audio/mpeg",
    "audio/mp4",
    "audio/aac",
    "audio/amr",
    "audio/wav",
    "image/jpeg",
    "image/png",
    "image/webp",
    "video/mp4",
    "video/3gpp",
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.oasis.opendocument.text",
    "text/plain",
]
Refusal = Literal["kind", "size", "broken"]

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT: Final = "application/vnd.oasis.opendocument.text"
_MAIN: Final[tuple[tuple[bytes, MediaType], ...]] = ((DOCX.encode() + b".main+xml", DOCX), (XLSX.encode() + b".main+xml", XLSX))
_LONGEST_CONTENT_TYPES = 1_000_000
# Brands of ISO/IEC 14496-12 files that hold sound, or sound and pictures; HEIC pictures share the form and are not on the list.
_SOUND_BRANDS = frozenset({b"M4A ", b"M4B "})
_FILM_BRANDS = frozenset({b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"dash"})
_BEGINS: Final[tuple[tuple[bytes, MediaType], ...]] = (
    (b"\xff\xd8\xff", "image/jpeg"),  # ITU-T T.81, B.1
    (b"\x89PNG\r\n\x1a\n", "image/png"),  # W3C PNG, 5.2
    (b"#!AMR\n", "audio/amr"),  # RFC 4867, 5.1
    (b"%PDF-", "application/pdf"),  # ISO 32000-1, 7.5.2
)
_MARKUP = (b"<!doctype", b"<html", b"<head", b"<body", b"<svg", b"<?xml", b"<script", b"<iframe", b"<?php", b"#!", b"{\\rtf")
_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13} | {127})


class Refused(Exception):
    """A file that is not taken: its kind is not on the list, it is larger than is taken (`size`), or it is not whole (`broken`)."""

    def __init__(self, refusal: Refusal, why: str) -> None:
        super().__init__(why)
        self.refusal: Refusal = refusal
        self.why = why


def media_type_of(content: bytes) -> MediaType:
    """Tell what a file is. Raises Refused for everything that is not on the list, and whatever a torn archive breaks on."""
    for beginning, media_type in _BEGINS:
        if content.startswith(beginning):
            return media_type
    found = _riff(content) or _ogg(content) or _iso(content) or _mpeg(content) or _archive(content) or _text(content)
    if found is None:
        raise Refused("kind", "this kind of file is not taken")
    return found


def _riff(content: bytes) -> MediaType | None:
    """RIFF: the form's name stands behind its length."""
    if content[:4] != b"RIFF":
        return None
    forms: dict[bytes, MediaType] = {b"WAVE": "audio/wav", b"WEBP": "image/webp"}
    return forms.get(content[8:12])


def _ogg(content: bytes) -> MediaType | None:
    """Ogg with Opus in it, as every phone's voice note is (RFC 7845, 3): the first page holds the head and nothing else."""
    return "audio/ogg" if content[:4] == b"OggS" and content[28:36] == b"OpusHead" else None


def _iso(content: bytes) -> MediaType | None:
    brand = content[8:12]
    if content[4:8] != b"ftyp":
        return None
    if brand in _SOUND_BRANDS:
        return "audio/mp4"
    if brand[:3] in (b"3gp", b"3g2"):
        return "video/3gpp"
    return "video/mp4" if brand in _FILM_BRANDS else None


def _mpeg(content: bytes) -> MediaType | None:
    """A tag or a frame of MPEG audio (ISO/IEC 11172-3, 2.4.2.3), or a frame of AAC (ISO/IEC 13818-7, 6.2)."""
    if content[:3] == b"ID3":
        return "audio/mpeg"
    if len(content) < 4 or content[0] != 0xFF:
        return None
    if content[1] & 0xF6 == 0xF0:
        return "audio/aac"
    return "audio/mpeg" if content[1] & 0xE6 == 0xE2 else None


def _archive(content: bytes) -> MediaType | None:
    """An office document is an archive that says what it is; any other archive is not taken."""
    if content[:4] != b"PK\x03\x04":
        return None
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())
        if "mimetype" in names:
            return ODT if _part(archive, "mimetype") == ODT.encode() else None
        listed = _part(archive, "[Content_Types].xml") if "[Content_Types].xml" in names else b""
    return next((media_type for main, media_type in _MAIN if b'"' + main + b'"' in listed), None)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    info = archive.getinfo(name)
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return b""
    with archive.open(info) as part:
        return part.read(_LONGEST_CONTENT_TYPES)


def _text(content: bytes) -> MediaType | None:
    """Plain text: UTF-8 without control characters that does not begin as markup or as a script."""
    start = content[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not start or start.startswith(_MARKUP) or content.translate(None, _CONTROLS) != content:
        return None
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "text/plain"
