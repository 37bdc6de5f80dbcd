"""What a channel is that carries words only: it brings no media, and nothing of it lies with a carrier."""

from collections.abc import Sequence

from channels.base import Abilities, Attachment, FetchError, Purged, Trace


class WordsOnly:
    """The part of the contract that a channel without media and without a carrier's copy answers by saying so."""

    abilities = Abilities()

    async def fetch(self, attachment: Attachment, most: int) -> bytes:
        """Raise FetchError: nothing but words comes here."""
        del attachment, most
        raise FetchError("this channel brings nothing but words")

    async def purge(self, traces: Sequence[Trace]) -> Sequence[Purged]:
        """Say of each that it cannot be deleted from here."""
        return [Purged("impossible", "messages on this channel cannot be deleted from here")] * len(traces)
