"""What SMS and WhatsApp share as channels over Twilio: media come with the account's token, copies there are deleted, connections close."""

from collections.abc import Sequence

from channels.base import Attachment, Purged, Trace
from channels.twilio import PATIENCE, TwilioClient
from channels.twilio_account import TwilioAccount
from channels.twilio_media import TwilioMedia
from channels.twilio_purge import purge

# Twilio keeps a message queued for ten hours by default; a knock that arrives in the next shift may be read over a shoulder.
VALID_SECONDS = 4 * 3600
# ValidityPeriod, "Create a Message": one second to ten hours.
_LONGEST_VALID = 36_000


def validity(seconds: int | None) -> int:
    """How long Twilio may keep trying, in seconds, within what it takes."""
    return min(max(seconds if seconds is not None else VALID_SECONDS, 1), _LONGEST_VALID)


class TwilioChannel:
    """The side of a channel that faces Twilio; `patience` is how many seconds it waits for an answer."""

    def __init__(self, of_account: TwilioAccount, *, patience: float = PATIENCE) -> None:
        self._client = TwilioClient(of_account, patience=patience)
        self._media = TwilioMedia(of_account)

    async def fetch(self, attachment: Attachment, most: int) -> bytes:
        """Bring an attachment, of at most `most` bytes. Raises FetchError."""
        return await self._media.fetch(attachment, most)

    async def purge(self, traces: Sequence[Trace]) -> Sequence[Purged]:
        """Delete messages and their media at Twilio, ours and theirs alike."""
        return await purge(self._client, traces)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.close()
        await self._media.close()
