"""REST: what came beside a worker's words. Whether a caller may have it is decided in `cases.attachments`."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path
from starlette.responses import Response

from api.cases import Reference
from api.seat import Reading
from cases import attachments
from cases.attachments import OpenedFile

ROUTER = APIRouter(prefix="/api/v1/cases", tags=["cases"])
Number = Annotated[int, Path(ge=1, le=1_000_000, description="The number of the entry of the timeline that it came with.")]
Range = Annotated[str | None, Header(alias="Range", max_length=100, description="A part, as in `bytes=0-1023`: players ask so.")]

# The file is a stranger's. A browser that shows it by itself gives it no origin, no script and no network (ASVS 5.0.0, 3.2.1 and 5.4.2).
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; frame-ancestors 'none'; sandbox"
_ONE_RANGE = re.compile(r"bytes=([0-9]{0,12})-([0-9]{0,12})")
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}, "description": "The file."},
    206: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}, "description": "A part of it."},
    416: {"description": "There is no such part."},
}


@ROUTER.get("/{reference}/attachments/{number}", response_class=Response, responses=_ANSWERS)
def read(seat: Reading, reference: Reference, number: Number, range_: Range = None) -> Response:
    """Give a file that the worker sent: the clean copy, without what it tells about its maker."""
    found = seat.read(lambda at: attachments.read(at, seat.house.files, reference, number))
    headers = {
        "Content-Disposition": f'{_disposition(found)}; filename="{found.name}"',
        "Content-Security-Policy": _POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Accept-Ranges": "bytes",
    }
    return _part(found, range_, headers)


def _disposition(found: OpenedFile) -> str:
    """What a page plays or shows stands in it; a paper is taken away, never opened within the desk's own address."""
    return "attachment" if attachments.shown_as(found.media_type) == "paper" else "inline"


def _part(found: OpenedFile, wanted: str | None, headers: dict[str, str]) -> Response:
    """Answer with the whole or the one part that was asked for (RFC 9110, 14.2): a header that cannot be read asks for the whole."""
    length, media_type = len(found.content), found.media_type
    asked = _ONE_RANGE.fullmatch(wanted or "")
    if asked is None or not any(asked.groups()):
        return Response(found.content, 200, headers, media_type)
    if asked[1]:
        first, last = int(asked[1]), min(int(asked[2] or length - 1), length - 1)
    else:
        first, last = max(0, length - int(asked[2])), length - 1
    if first >= length or last < first:
        return Response(None, 416, headers | {"Content-Range": f"bytes */{length}"})
    return Response(found.content[first : last + 1], 206, headers | {"Content-Range": f"bytes {first}-{last}/{length}"}, media_type)
