"""A message as Twilio lists it: fewer fields than its webhook posts, with other names."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from channels.base import ChannelError
from channels.shapes import as_text


class TooMany(ChannelError):
    """The account holds more messages since then than are read in one go."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One message: its sid, the moment (UTC) Twilio sent or passed it on, between whom, its words, and how far it came."""

    sid: str
    at: datetime
    inbound: bool
    sender: str = field(repr=False)
    to: str = field(repr=False)
    service: str
    body: str = field(repr=False)
    status: str
    error: str
    media: int


def listed(row: Any) -> Listed:
    """Read one row of the SDK's. Raises AttributeError or TypeError for what is none."""
    moment = row.date_sent or row.date_created
    count = as_text(row.num_media)
    return Listed(
        sid=as_text(row.sid),
        at=moment if moment is not None else datetime.now(UTC),
        inbound=str(row.direction) == "inbound",
        sender=as_text(row.from_),
        to=as_text(row.to),
        service=as_text(row.messaging_service_sid),
        body=as_text(row.body),
        status=str(row.status),
        error="" if row.error_code is None else str(row.error_code),
        media=int(count) if count.isdecimal() and len(count) < 4 else 0,
    )
