"""A text that is longer than the channel carries leaves in parts, in order, and is one send for everybody else."""

from collections.abc import Awaitable, Callable

from channels.base import SendError, Sent
from words.graphemes import split

Send = Callable[[str], Awaitable[Sent]]


async def in_parts(text: str, most: int, send: Send, send_last: Send | None = None) -> Sent:
    """Hand over parts of at most `most` letters, the last with `send_last` if that differs; the last one's id stands for the message.

    Raises SendError: as it came for the first part, and as ambiguous once a part of the message has left.
    """
    *before, last = split(text, most) or (text,)
    begun = False
    try:
        for part in before:
            await send(part)
            begun = True
        return await (send_last or send)(last)
    except SendError as error:
        raise SendError(error.failure, retry_after=error.retry_after, ambiguous=error.ambiguous or begun, code=error.code) from None
