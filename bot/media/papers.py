"""Papers without their makers: office documents and PDFs, written anew without author, company, dates, notes on pictures and programs."""

import io
import re
import zipfile
from typing import Final

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, PdfObject

from bot.media import pictures
from bot.media.kinds import ODT, MediaType, Refused, media_type_of

MOST_PAGES = 400
MOST_PARTS = 2_000
MOST_INFLATED = 64 * 1024 * 1024
"""Bytes that an office document may hold unpacked: more is a bomb."""

_BROKEN = "this paper cannot be read"
_ACTIVE: Final = re.compile(r"vbaproject|activex|embeddings/|oleobject|macros?/|(^|/)basic/|scripts/|externallinks/", re.IGNORECASE)
_MADE_BY: Final = re.compile(
    rb"""\b(w:author|w:initials|w:date|w15:author|w15:userId|w15:providerId|userName|displayName|userId|lastEdited|author)="[^"]*\""""
)
_ODF_MADE_BY: Final = re.compile(rb"<(dc:creator|dc:date|meta:creator-initials)>[^<]*</\1>")
_EMPTY: Final = {
    "docProps/core.xml": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org'
    b'/package/2006/metadata/core-properties"/>',
    "docProps/app.xml": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns="http://schemas.openxmlformats.org'
    b'/officeDocument/2006/extended-properties"/>',
    "docProps/custom.xml": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Properties xmlns="http://schemas.openxmlformats.org'
    b'/officeDocument/2006/custom-properties"/>',
    "meta.xml": b'<?xml version="1.0" encoding="UTF-8"?><office:document-meta'
    b' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.3"><office:meta/></office:document-meta>',
}
_OFFICE_DATA: Final = re.compile(r"customXml/item[0-9]+\.xml")
_PICTURE = re.compile(r"\.(jpe?g|png|webp)$", re.IGNORECASE)
_DROPPED = frozenset(
    ("/Metadata", "/PieceInfo", "/LastModified", "/OpenAction", "/AA", "/A", "/JS", "/JavaScript", "/EmbeddedFiles", "/AF")
)
_NAMES_A_MAKER = frozenset(("/T", "/M", "/CreationDate", "/NM"))
_SEEN = frozenset(
    (
        *("/Widget", "/Link", "/Text", "/FreeText", "/Ink", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight"),
        *("/Underline", "/Squiggly", "/StrikeOut", "/Stamp", "/Caret", "/Popup"),
    )
)
# A photo within a paper is a JPEG as it came. Its segments come before its scan (ITU-T T.81, B.2.1); notes stand in APP1 (Exif 3.0, 4.7.2;
# XMP part 3, 1.1.3), APP13 (Photoshop's) and COM.
_PHOTO = re.compile(rb"stream\r?\n\xff\xd8\xff")
_SCAN = (b"\xda", b"\xd9", b"")
_NOTES = frozenset((0xE1, 0xED, 0xFE))


def clean_office(content: bytes, media_type: MediaType) -> bytes:
    """Write an office document anew, its properties empty, its pictures drawn anew. Raises Refused."""
    out, left = io.BytesIO(), MOST_INFLATED
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as anew:
        parts = archive.infolist()
        _check_parts(parts)
        for info in parts:
            body = _inflated(archive, info, left)
            left -= len(body)
            stored = info.filename == "mimetype"
            written = zipfile.ZipInfo(info.filename, (1980, 1, 1, 0, 0, 0))
            anew.writestr(written, _cleaned(info.filename, body, media_type), zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    if len(parts) > MOST_PARTS:
        raise Refused("size", "this document has too many parts")
    names = [info.filename for info in parts]
    if len(set(names)) < len(names) or any(info.flag_bits & 1 for info in parts):
        raise Refused("broken", _BROKEN)
    if any(_ACTIVE.search(name) for name in names):
        raise Refused("kind", "this document holds a program or another file")


def _inflated(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> bytes:
    """Unpack a part; what the archive says of its size is not believed."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("broken", _BROKEN)
    with archive.open(info) as part:
        body = part.read(left + 1)
    if len(body) > left:
        raise Refused("size", "this document is too large unpacked")
    return body


def _cleaned(name: str, body: bytes, media_type: MediaType) -> bytes:
    if name in _EMPTY:
        return _EMPTY[name]
    if _OFFICE_DATA.fullmatch(name):
        return b"<none/>"
    if _PICTURE.search(name) or name.startswith(("docProps/thumbnail", "Thumbnails/")):
        found = media_type_of(body)
        drawn, became = pictures.clean(body, found) if found.startswith("image/") else (b"", found)
        if became != found:
            raise Refused("kind", "this document holds a picture that cannot be written anew")
        return drawn
    if name.endswith((".xml", ".rels")):
        return _ODF_MADE_BY.sub(rb"<\1></\1>", body) if media_type == ODT else _MADE_BY.sub(rb'\1=""', body)
    return body


def clean_pdf(content: bytes) -> bytes:
    """Write a PDF's pages anew, without properties, programs, files within and notes on its pictures. Raises Refused."""
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        raise Refused("kind", "this paper is locked with a password")
    pages = list(reader.pages[: MOST_PAGES + 1])
    if not 0 < len(pages) <= MOST_PAGES:
        raise Refused("size" if pages else "broken", "this paper has no pages, or too many")
    writer, seen = PdfWriter(), set[int]()
    for page in pages:
        _strip(page, seen)
    for page in pages:
        writer.add_page(page)
    writer.metadata = None
    out = io.BytesIO()
    writer.write(out)
    return without_camera_notes(out.getvalue())


def _strip(page: PageObject, seen: set[int]) -> None:
    """Take from a page, and from all that it leads to, what is not to be seen on it; only what is left is copied."""
    found: list[PdfObject | None] = [page]
    while found:
        one = found.pop()
        one = one.get_object() if isinstance(one, IndirectObject) else one
        if id(one) in seen:
            continue
        if isinstance(one, DictionaryObject):
            seen.add(id(one))
            _strip_one(one)
            found += one.values()
        elif isinstance(one, ArrayObject):
            seen.add(id(one))
            found += one


def _strip_one(one: DictionaryObject) -> None:
    dropped = _DROPPED if "/FT" in one or one.get("/Type") == "/Font" else _DROPPED | _NAMES_A_MAKER
    for name in dropped & one.keys():
        del one[name]
    notes = one.get("/Annots")
    if notes is not None:
        listed = notes.get_object()
        told = [note for note in listed if _is_seen(note)] if isinstance(listed, ArrayObject) else []
        one[NameObject("/Annots")] = ArrayObject(told)


def _is_seen(note: PdfObject) -> bool:
    """Whether a note on a page is something to see; files, sounds and films hang on pages as notes too."""
    found = note.get_object()
    return isinstance(found, DictionaryObject) and found.get("/Subtype") in _SEEN


def without_camera_notes(paper: bytes) -> bytes:
    """Blank what a camera wrote into the photos of a paper; nothing moves, so that the paper's table of places stays true."""
    cleaned = bytearray(paper)
    for found in _PHOTO.finditer(paper):
        at = found.end() - 1
        while paper[at : at + 1] == b"\xff" and paper[at + 1 : at + 2] not in _SCAN and at + 4 <= len(paper):
            last = at + 2 + int.from_bytes(paper[at + 2 : at + 4], "big")
            if paper[at + 1] in _NOTES:
                cleaned[at + 4 : last] = bytes(max(0, min(last, len(paper)) - at - 4))
            at = last
    return bytes(cleaned)
