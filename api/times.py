"""Times on the wire: RFC 3339 outside, milliseconds since 1970 inside."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import PlainSerializer, WithJsonSchema

from cases.errors import Unclear
from words.marked import marked

_SPAN = re.compile(r"([0-9]{1,4})([hd])")
_WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})")
_UNITS = {"h": 3_600_000, "d": 86_400_000}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rfc3339(moment: int) -> str:
    """Write a moment (ms) as RFC 3339 in UTC, to the second."""
    return (_EPOCH + timedelta(milliseconds=moment)).strftime("%Y-%m-%dT%H:%M:%SZ")


Moment = Annotated[int, PlainSerializer(rfc3339, return_type=str), WithJsonSchema({"type": "string", "format": "date-time"})]


def due_by(text: str | None, now: int) -> int | None:
    """Read the `due` filter: `late`, a span from now as in `24h` or `7d`, or an RFC 3339 time. Raises Unclear."""
    if not text:
        return None
    if text == "late":
        return now
    if span := _SPAN.fullmatch(text):
        return now + int(span[1]) * _UNITS[span[2]]
    return read_moment(text, marked("Write `due` as late, 24h, 7d, or a time as in 2026-12-01T09:00:00Z."))


def read_moment(text: str, otherwise: str) -> int:
    """Read an RFC 3339 time, in milliseconds. Raises Unclear with the sentence `otherwise`."""
    if not _WRITTEN.fullmatch(text):
        raise Unclear(otherwise)
    try:
        return (datetime.fromisoformat(text.upper()) - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        raise Unclear(otherwise) from None
