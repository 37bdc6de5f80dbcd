"""How many wrong codes came of late on a channel where a phone costs nothing: there, slowing down each phone slows nobody who guesses."""

from collections import deque

from bot.clock import HOUR

FREE_PHONES = frozenset({"web"})
"""Channels where anybody has as many addresses as they like."""
MOST_AN_HOUR = 60
"""Of a hundred million codes, a programme with a hundred open cases would be hit about once in two years."""


class Guesses:
    """The wrong codes of the last hour, as this process saw them: several `work` processes together let through as many times more."""

    def __init__(self) -> None:
        self._wrong: deque[int] = deque()

    def note(self, channel: str, now: int) -> None:
        """A code was wrong."""
        if channel in FREE_PHONES:
            self._wrong.append(now)

    def are_too_many(self, channel: str, now: int) -> bool:
        """Whether codes are not looked up on this channel for now, right ones neither: those open the case from every other channel."""
        while self._wrong and self._wrong[0] <= now - HOUR:
            self._wrong.popleft()
        return channel in FREE_PHONES and len(self._wrong) >= MOST_AN_HOUR
