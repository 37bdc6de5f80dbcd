"""The window: some carriers take free words only for a day after the worker's last word (WhatsApp; docs/reference/channels.md)."""

from bot.clock import MINUTE, SECOND
from channels.base import Abilities

KNOCK_IS_NEWS = 4 * 3600
"""Seconds that a carrier may try to bring a knock; one that comes in the middle of the next shift helps nobody."""
_MARGIN = 10 * MINUTE
"""A message may wait at the carrier for a while: near its end the window counts as shut."""


def is_open(abilities: Abilities, heard_at: int, now: int) -> bool:
    """Whether the carrier takes free words for a worker whose last word came at `heard_at` (ms)."""
    if abilities.window_seconds is None:
        return True
    return now < heard_at + abilities.window_seconds * SECOND - _MARGIN
