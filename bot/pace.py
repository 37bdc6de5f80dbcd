"""How fast each channel may be fed: its carrier's limits, a rest between two messages to one worker, and a pause when nothing goes.

This is what one process remembers, so that it does not ask in vain. What all processes may send together is counted where they claim
what is due (store/feeds.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.clock import MINUTE, SECOND
from channels.base import Abilities, Channel, Failure
from store.feeds import Rate

AT_ONCE = 48
"""Sends under way on one channel; one that hangs takes no more, and takes nobody else's."""
PAUSE = 5 * MINUTE
_WORKERS_THAT_SAY_SO = 3
"""A refusal of one worker's message is that worker's; when so many in a row are refused and none goes through, it is the channel's."""


@dataclass(slots=True)
class _Feed:
    tokens: float = 0.0
    filled_at: int = 0
    paused_until: int = 0
    refused: set[str] = field(default_factory=set[str])


class Pace:
    """What may leave now."""

    def __init__(self, channels: Mapping[str, Channel]) -> None:
        self._channels = channels
        self._feeds: dict[str, _Feed] = {}
        self._rests: dict[str, int] = {}

    def room(self, flying: Mapping[str, int], now: int) -> dict[str, int]:
        """How many messages each channel may take now; those that may take none are left out."""
        found: dict[str, int] = {}
        for name, channel in self._channels.items():
            feed = self._feed(name)
            most = AT_ONCE - flying.get(name, 0)
            if channel.abilities.per_second is not None:
                self._fill(feed, channel.abilities, now)
                most = min(most, int(feed.tokens))
            if most > 0 and feed.paused_until <= now:
                found[name] = most
        return found

    def _feed(self, name: str) -> _Feed:
        """What is remembered of a channel, also of a phone of the demo that was switched on since."""
        if name not in self._feeds:
            self._feeds[name] = _Feed(tokens=_most(self._channels[name].abilities))
        return self._feeds[name]

    def rate(self, name: str) -> Rate:
        """What the carrier takes, from all processes together."""
        abilities = self._channels[name].abilities
        return Rate(abilities.per_second, int(abilities.between_seconds * SECOND))

    def took(self, name: str, worker_id: str, now: int) -> None:
        """A message of this worker leaves now."""
        self._feed(name).tokens -= 1
        between = self._channels[name].abilities.between_seconds
        if between:
            self._rests[worker_id] = now + int(between * SECOND)

    def went(self, name: str) -> None:
        """A message went through: the channel works."""
        self._feed(name).refused.clear()

    def refused(self, name: str, worker_id: str, failure: Failure, now: int, retry_after: float | None) -> bool:
        """A message was refused; True when the channel is paused for it, since it is the same for everybody."""
        if failure not in (Failure.CONFIG, Failure.RATE_LIMITED):
            return False
        feed = self._feed(name)
        feed.refused.add(worker_id)
        if len(feed.refused) < _WORKERS_THAT_SAY_SO:
            return False
        feed.refused.clear()
        wait = PAUSE if failure is Failure.CONFIG else int((retry_after or 1.0) * SECOND)
        feed.paused_until = max(feed.paused_until, now + min(wait, PAUSE))
        return True

    def wait(self, now: int, at_most: float) -> float:
        """Seconds until somebody has rested or a limited channel takes one more, at most so many."""
        self._rests = {worker_id: until for worker_id, until in self._rests.items() if until > now}
        limits = {name: channel.abilities.per_second for name, channel in self._channels.items()}
        empty = [1 / limit for name, limit in limits.items() if limit is not None and self._feed(name).tokens < 1]
        rested = [(until - now) / SECOND for until in self._rests.values()]
        return max(0.0, min([at_most, *empty, *rested]))

    @staticmethod
    def _fill(feed: _Feed, abilities: Abilities, now: int) -> None:
        since, feed.filled_at = max(0, now - feed.filled_at), now
        feed.tokens = min(_most(abilities), feed.tokens + (abilities.per_second or 0.0) * since / SECOND)


def _most(abilities: Abilities) -> float:
    """What may go in one burst: a second's worth, at least one."""
    return max(1.0, abilities.per_second or 1.0)
