"""Files as phones and offices make them, with the notes that they carry about their maker; every maker here is invented."""

import io
import struct
import zipfile

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from bot.media.kinds import DOCX, ODT, XLSX
from bot.media.sounds import Page

MAKER = "Nokia 3310 of Rina"
GPS = 0x8825


def photo(form: str = "JPEG", size: tuple[int, int] = (60, 40)) -> bytes:
    """A photo that says which phone took it, where (23.8 north, 90.4 east), and that it lies on its side."""
    drawn = Image.new("RGB", size, "orange")
    notes = Image.Exif()
    notes[0x010F], notes[0x0112] = MAKER, 6
    notes.get_ifd(GPS).update({1: "N", 2: (23.0, 48.0, 37.0), 3: "E", 4: (90.0, 24.0, 45.0)})
    out = io.BytesIO()
    drawn.save(out, form, exif=notes, **({"comment": MAKER.encode()} if form == "JPEG" else {}))
    return out.getvalue()


def opus(notes: int = 100, seconds: int = 0) -> bytes:
    """A voice note: the head, a comment that names the maker (as long as asked), and sound: a page of it a second, else one short page."""
    head = b"OpusHead" + bytes([1, 1]) + struct.pack("<HIHB", 312, 48000, 0, 0)
    name = (MAKER * (notes // len(MAKER) + 1)).encode()
    comment = b"OpusTags" + struct.pack("<I", len(name)) + name + bytes(4)
    pages = [Page(2, 0, 7, 0, bytes([len(head)]), head)]
    pages += _comment_pages(comment)
    pages += [sound(48_000 * done, [20] * 50, number=len(pages) + done) for done in range(1, seconds)]
    # The last page cuts its last packet off, but for what is left out before the sound begins (RFC 7845, 4.4).
    pages.append(sound(48_000 * seconds + 312, [20] * 51, number=len(pages)) if seconds else sound(960, [40, 41], number=len(pages)))
    return b"".join(page.packed() for page in pages)


def sound(position: int, packets: list[int], *, number: int, flags: int = 0) -> Page:
    """A page of Opus: packets of so many bytes, each of one frame of 20 ms (RFC 6716, 3.1: form 1, code 0)."""
    return Page(flags, position, 7, number, bytes(packets), b"\x08" * sum(packets))


def _comment_pages(comment: bytes) -> list[Page]:
    lengths = [255] * (len(comment) // 255) + [len(comment) % 255]
    pages, at = list[Page](), 0
    for number, first in enumerate(range(0, len(lengths), 255), 1):
        part = lengths[first : first + 255]
        pages.append(Page(1 if first else 0, 0, 7, number, bytes(part), comment[at : at + sum(part)]))
        at += sum(part)
    return pages


def mp3() -> bytes:
    """Four frames of MPEG-1 layer III, 128 kbit/s at 44.1 kHz, between a tag in front and one behind."""
    text = MAKER.encode()
    front = b"ID3\x04\0\0" + bytes([0, 0, 0, len(text)]) + text
    return front + (b"\xff\xfb\x90\x00" + bytes(413)) * 4 + b"TAG" + text.ljust(125, b"\0")


def aac() -> bytes:
    """Two frames of AAC, with something behind them that does not belong."""
    return (b"\xff\xf1\x50\x80\x02\x1f\xfc" + bytes(9)) * 2 + MAKER.encode()


def amr() -> bytes:
    """Two frames of AMR at 12.2 kbit/s."""
    return b"#!AMR\n" + (b"\x3c" + b"\x11" * 31) * 2


def wav() -> bytes:
    """Sound with a list of notes about it."""
    form, note = struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8), MAKER.encode() + b"\0" * (len(MAKER) % 2)
    chunks = (
        b"fmt "
        + struct.pack("<I", 16)
        + form
        + b"LIST"
        + struct.pack("<I", len(note))
        + note
        + b"data"
        + struct.pack("<I", 8)
        + b"\x80" * 8
    )
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def box(name: bytes, *bodies: bytes) -> bytes:
    """A box of an MP4 file."""
    body = b"".join(bodies)
    return struct.pack(">I", 8 + len(body)) + name + body


def film(brand: bytes = b"isom", handler: bytes = b"vide") -> bytes:
    """A film that says where and when it was made, and by which phone."""
    when = struct.pack(">IIIII", 0, 3_900_000_000, 3_900_000_000, 1000, 1000)
    described = box(b"hdlr", bytes(8), handler, bytes(12), MAKER.encode() + b"\0")
    track = box(b"trak", box(b"tkhd", when, bytes(64)), box(b"mdia", box(b"mdhd", when, bytes(4)), described))
    notes = box(b"udta", box(b"\xa9xyz", b"+23.8103+090.4125/"), box(b"meta", MAKER.encode()))
    moov = box(b"moov", box(b"mvhd", when, bytes(80)), track, notes)
    return box(b"ftyp", brand, bytes(4), brand) + moov + box(b"mdat", b"\x42" * 50) + box(b"uuid", MAKER.encode())


def office(kind: str = DOCX, more: dict[str, bytes] | None = None) -> bytes:
    """A document with its maker in its properties, in a remark, and in a photo within."""
    listed = f'<?xml version="1.0"?><Types><Override PartName="/main.xml" ContentType="{kind}.main+xml"/></Types>'.encode()
    parts = {
        "[Content_Types].xml": listed,
        "docProps/core.xml": f"<cp:coreProperties><dc:creator>{MAKER}</dc:creator></cp:coreProperties>".encode(),
        "docProps/app.xml": f"<Properties><Company>{MAKER}</Company></Properties>".encode(),
        "word/document.xml": f'<w:document><w:ins w:author="{MAKER}" w:date="2026-11-01">Wages</w:ins></w:document>'.encode(),
        "word/media/image1.jpeg": photo(),
    }
    return archive(parts | (more or {}))


def odt() -> bytes:
    """An OpenDocument text with its maker in its properties."""
    meta = f"<office:document-meta><dc:creator>{MAKER}</dc:creator></office:document-meta>".encode()
    return archive({"mimetype": ODT.encode(), "meta.xml": meta, "content.xml": f"<dc:creator>{MAKER}</dc:creator>Wages".encode()})


def archive(parts: dict[str, bytes]) -> bytes:
    """An archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, body in parts.items():
            made.writestr(name, body)
    return out.getvalue()


def pdf() -> bytes:
    """A scan: one page that is a phone's photo, with properties that name the maker, and a program that opens with it."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    picture = DecodedStreamObject()
    picture.set_data(photo())
    picture.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(60),
            NameObject("/Height"): NumberObject(40),
            NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/Filter"): NameObject("/DCTDecode"),
        }
    )
    within = DictionaryObject({NameObject("/Im1"): writer._add_object(picture)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): within})
    notes = DecodedStreamObject()
    notes.set_data(f"<x:xmpmeta>{MAKER}</x:xmpmeta>".encode())
    page[NameObject("/Metadata")] = writer._add_object(notes)
    writer.add_metadata({"/Author": MAKER})
    program = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('hello')")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(program)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


XLSX_PARTS = {
    "[Content_Types].xml": f'<Types><Override ContentType="{XLSX}.main+xml"/></Types>'.encode(),
    "xl/workbook.xml": b"<workbook/>",
}
