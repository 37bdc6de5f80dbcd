"""Deleting at Twilio: the words of a message first, which works at once, and then its row and its media, which must have come to an end."""

from collections.abc import Sequence

from channels.base import Failure, Purged, SendError, Trace
from channels.twilio import TwilioClient

_IN_FLIGHT = "20009"
"""Twilio deletes nothing that is still under way ("Error 20009"): seldom it stays so for up to fourteen days."""
_AFTER_FLIGHT = 120.0
_LATER = 300.0
_GONE = frozenset({"404", "410", "20404"})
_FORBIDDEN = frozenset({"401", "403", "20003", "20005", "20006"})


async def purge(client: TwilioClient, traces: Sequence[Trace]) -> list[Purged]:
    """Delete messages one after another; an outcome for each, in their order. Nothing is raised for a carrier's refusal."""
    return [await _purged(client, trace.provider_id) for trace in traces]


async def _purged(client: TwilioClient, message: str) -> Purged:
    """Redacting may be refused where deleting is not (a message without words), so that only what deleting says counts."""
    try:
        await client.redact(message)
    except SendError as error:
        if error.code in _GONE:
            return Purged("done")
    try:
        await client.delete(message)
    except SendError as error:
        return _outcome(error)
    return Purged("done")


def _outcome(error: SendError) -> Purged:
    if error.code in _GONE:
        return Purged("done")
    if error.code == _IN_FLIGHT:
        return Purged("later", "the message is still under way", error.retry_after or _AFTER_FLIGHT)
    if error.code in _FORBIDDEN:
        return Purged("later", "the carrier does not let us delete: the account's token is wrong or may not", 3600.0)
    if error.failure is Failure.BAD_CONTENT:
        return Purged("impossible", "the carrier knows no message of this kind")
    return Purged("later", "the carrier is in trouble", error.retry_after or _LATER)
