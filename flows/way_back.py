"""The way back: the last few questions that were answered, so that each can be put once more with its answer open again."""

from typing import Final

from flows.revisions import Library
from flows.session import Frame

# How many questions one can go back, so that sessions stay small.
EARLIER_MAX: Final = 4


class WayBack:
    """The earlier questions of a talk, the latest last, each with the frames that stood when it was put."""

    def __init__(self, library: Library, earlier: tuple[tuple[Frame, ...], ...]) -> None:
        self._library = library
        self.earlier = earlier

    def keep(self, frames: list[Frame]) -> None:
        """Keep the question that was answered just now; the oldest is given up for it."""
        self.earlier = (*self.earlier, tuple(frames))[-EARLIER_MAX:]

    def take(self) -> list[Frame]:
        """The frames of the latest question that can still be put, which is an earlier one no more; none if there is none."""
        while self.earlier:
            latest = self.earlier[-1]
            self.earlier = self.earlier[:-1]
            standing = [frame for frame in map(self._library.standing, latest) if frame]
            if standing and len(standing) == len(latest):
                return standing
        return []

    def clear(self) -> None:
        """Put every earlier question out of reach."""
        self.earlier = ()
