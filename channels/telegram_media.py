"""What came with a Telegram message, as references to fetch by: never a name, a thumbnail or a place's address."""

from collections.abc import Mapping
from typing import Any

from channels.base import Attachment, AttachmentKind
from channels.shapes import as_dict, as_list, as_text

# Bot API 10, `Message`: a moving picture also comes as `document`, a venue also as `location`, a live photo also as `photo`. So the first
# of these that is there is what the worker sent. Where Telegram gives no media type, it is the one that its documents name.
_FILES: tuple[tuple[str, AttachmentKind, str], ...] = (
    ("voice", "voice", "audio/ogg"),
    ("audio", "voice", ""),
    ("video", "video", ""),
    ("video_note", "video", "video/mp4"),
    ("animation", "video", ""),
    ("document", "document", ""),
)


def attachments_of(message: Mapping[str, Any]) -> tuple[Attachment, ...]:
    """The voice, picture, film, document, sticker or place of a message; nothing if it has none that could be fetched."""
    found = _photo(message) or _sticker(message) or _file(message) or _place(message)
    return (found,) if found is not None else ()


def _file(message: Mapping[str, Any]) -> Attachment | None:
    for name, kind, otherwise in _FILES:
        if name in message:
            return _fetched_by(as_dict(message[name]), kind, otherwise)
    return None


def _fetched_by(file: Mapping[str, Any], kind: AttachmentKind, otherwise: str) -> Attachment | None:
    ref = as_text(file.get("file_id"))
    return Attachment(kind, ref, as_text(file.get("mime_type")) or otherwise, _whole(file.get("file_size"))) if ref else None


def _photo(message: Mapping[str, Any]) -> Attachment | None:
    """The largest of the sizes that Telegram keeps of a photo; all of them are JPEG."""
    sizes = [as_dict(each) for each in as_list(message.get("photo"))]
    return _fetched_by(max(sizes, key=_pixels), "photo", "image/jpeg") if sizes else None


def _pixels(size: Mapping[str, Any]) -> int:
    return (_whole(size.get("width")) or 0) * (_whole(size.get("height")) or 0)


def _sticker(message: Mapping[str, Any]) -> Attachment | None:
    sticker = as_dict(message.get("sticker"))
    moves = "application/x-tgsticker" if sticker.get("is_animated") is True else "video/webm" if sticker.get("is_video") is True else ""
    return _fetched_by(sticker, "sticker", moves or "image/webp")


def _place(message: Mapping[str, Any]) -> Attachment | None:
    """Where a worker says something is, to a tenth of a metre. A live position that moves comes as edits, which say nothing more."""
    point = as_dict(message.get("location")) or as_dict(as_dict(message.get("venue")).get("location"))
    latitude, longitude = _degrees(point.get("latitude"), 90), _degrees(point.get("longitude"), 180)
    if latitude is None or longitude is None:
        return None
    return Attachment("place", f"{latitude:.6f},{longitude:.6f}")


def _degrees(value: object, most: int) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) and -most <= value <= most else None


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
