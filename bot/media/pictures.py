"""Pictures, drawn anew: what a camera wrote beside the picture (place, time, the phone's make) does not come along."""

import io
from typing import Final

from PIL import Image, ImageFile, ImageOps

from bot.media.kinds import MediaType, Refused

MOST_PIXELS = 50_000_000
"""More than any phone's camera takes; a picture that claims more is a bomb."""

LONGEST_SIDE = 4096
"""What a page shows at most, in pixels: small writing on a payslip can still be read."""

_FORMATS: Final[dict[MediaType, str]] = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_QUALITY = 88
_TOO_MANY = "this picture has more points than is taken"
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
ImageFile.LOAD_TRUNCATED_IMAGES = True


def clean(content: bytes, media_type: MediaType) -> tuple[bytes, MediaType]:
    """Draw a picture anew, upright, without anything but the picture; all but PNG become JPEG. Raises Refused."""
    try:
        with Image.open(io.BytesIO(content), formats=[_FORMATS[media_type]]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise Refused("size", _TOO_MANY)
            return _drawn(picture, keep_png=media_type == "image/png")
    except Image.DecompressionBombError as error:
        raise Refused("size", _TOO_MANY) from error


def _drawn(picture: Image.Image, *, keep_png: bool) -> tuple[bytes, MediaType]:
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    seen = upright.convert("RGBA")
    # A new sheet has none of the old one's notes: a picture that is only saved again keeps its comment and its colour profile.
    sheet = Image.new("RGB", seen.size, "white")
    sheet.paste(seen, mask=seen.getchannel("A"))
    out = io.BytesIO()
    if keep_png:
        sheet.save(out, "PNG")
        return out.getvalue(), "image/png"
    sheet.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue(), "image/jpeg"
