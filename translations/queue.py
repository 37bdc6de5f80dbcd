"""What waits for the models: one thread takes it in batches, the most urgent first, and gives each caller their sentences back in order.

Sentences of all who wait for the same hop go together, since a batch costs little more than one; but never those of different urgency, or
somebody in danger would wait for a backlog to be decoded beside them.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from translations.base import Hop, QueueFull, Rendered, Urgency

MOST: Final = 32
"""Sentences in a batch; backlog goes in smaller ones, as whatever is urgent waits for the batch at work."""
ROOM: Final = 1000
"""Sentences that may wait. A dialogue leaves a tenth of it to danger, and a backlog half of it to both."""
LINGER_SECONDS: Final = 0.02
"""How long a sentence waits for company, unless it is about danger."""

_BACKLOG_MOST = 8
_LOOK_SECONDS = 30.0
_RANK: dict[Urgency, int] = {"danger": 0, "dialogue": 1, "backlog": 2}
_SHARE: dict[Urgency, float] = {"danger": 1.0, "dialogue": 0.9, "backlog": 0.5}

_log = logging.getLogger(__name__)


class Closing(QueueFull):
    """The process is ending; what had not begun is to be brought again to the next one."""


@dataclass(slots=True)
class _Call:
    """One caller's sentences; `left` counts those that are not done."""

    results: list[Rendered]
    left: int
    done: threading.Event = field(default_factory=threading.Event)
    failed: Exception | None = None

    def fail(self, error: Exception) -> None:
        self.failed = error
        self.done.set()


@dataclass(frozen=True, slots=True)
class _Waiting:
    call: _Call
    place: int
    sentence: str
    number: int
    since: float


_Lane = tuple[int, Hop]


class Batches:
    """A bounded queue before `run`, which gets the sentences of one hop. `idle` is called now and then while nothing waits."""

    def __init__(
        self, run: Callable[[Hop, list[str]], list[Rendered]], idle: Callable[[], None] = lambda: None, *, room: int = ROOM
    ) -> None:
        self._run = run
        self._idle = idle
        self._room = room
        self._changed = threading.Condition()
        self._lanes: dict[_Lane, deque[_Waiting]] = {}
        self._count = 0
        self._number = 0
        self._closing = False
        self._thread = threading.Thread(target=self._work, name="translations", daemon=True)
        self._thread.start()

    def render(self, sentences: Sequence[str], hop: Hop, urgency: Urgency) -> list[Rendered]:
        """Wait until all sentences are carried over. Raises QueueFull, with nothing begun."""
        if not sentences:
            return []
        call = _Call([Rendered(text="")] * len(sentences), len(sentences))
        now = time.monotonic()
        with self._changed:
            if self._closing:
                raise Closing("the translations are closing")
            # A message that is longer than the whole queue is taken when nothing else waits, or it would never be.
            if self._count and self._count + len(sentences) > self._room * _SHARE[urgency]:
                raise QueueFull(f"{self._count} sentences wait already")
            lane = self._lanes.setdefault((_RANK[urgency], hop), deque())
            for place, sentence in enumerate(sentences):
                lane.append(_Waiting(call, place, sentence, self._number, now))
                self._number += 1
            self._count += len(sentences)
            self._changed.notify()
        call.done.wait()
        if call.failed is not None:
            raise call.failed
        return call.results

    def close(self) -> None:
        """Finish the batch at work, tell everybody else to come again, and end the thread."""
        with self._changed:
            self._closing = True
            for lane in self._lanes.values():
                for waiting in lane:
                    waiting.call.fail(Closing("the translations are closing"))
            self._lanes.clear()
            self._count = 0
            self._changed.notify()
        self._thread.join()

    def waiting(self) -> int:
        """How many sentences wait, without those at work."""
        with self._changed:
            return self._count

    def _work(self) -> None:
        while self._turn():
            pass

    def _turn(self) -> bool:
        """Serve one batch; a turn of its own, so that no words of it are held while the next one is waited for."""
        taken = self._next()
        if taken is None:
            return False
        hop, batch = taken
        try:
            if batch:
                self._serve(batch, self._run(hop, [waiting.sentence for waiting in batch]))
            else:
                self._idle()
        except Exception as error:  # noqa: BLE001  # whatever it is belongs to those who asked; the others still wait
            if not isinstance(error, QueueFull):
                _log.exception("a batch of %s failed", hop.model)
            for waiting in batch:
                waiting.call.fail(error)
        return True

    def _serve(self, batch: list[_Waiting], results: list[Rendered]) -> None:
        for waiting, rendered in zip(batch, results, strict=True):
            call = waiting.call
            call.results[waiting.place] = rendered
            call.left -= 1
            if not call.left:
                call.done.set()

    def _next(self) -> tuple[Hop, list[_Waiting]] | None:
        """The next batch; an empty one when there was nothing to do for a while, None at the end."""
        with self._changed:
            while not self._closing:
                lane = self._first()
                if lane is None:
                    if not self._changed.wait(_LOOK_SECONDS):
                        return Hop("", "", ""), []
                    continue
                left = self._lingers(lane)
                if left <= 0:
                    return lane[1], self._take(lane)
                self._changed.wait(left)
        return None

    def _first(self) -> _Lane | None:
        """The lane to be served: the most urgent, and of several the one that waits longest."""
        return min(self._lanes, key=lambda lane: (lane[0], self._lanes[lane][0].number), default=None)

    def _lingers(self, lane: _Lane) -> float:
        """Seconds that a lane still waits for company."""
        held = self._lanes[lane]
        if lane[0] == _RANK["danger"] or len(held) >= MOST:
            return 0.0
        return held[0].since + LINGER_SECONDS - time.monotonic()

    def _take(self, lane: _Lane) -> list[_Waiting]:
        held = self._lanes[lane]
        most = _BACKLOG_MOST if lane[0] == _RANK["backlog"] else MOST
        # What belongs to a call that has failed already is let fall.
        taken = [held.popleft() for _ in range(min(most, len(held)))]
        self._count -= len(taken)
        if not held:
            del self._lanes[lane]
        return [waiting for waiting in taken if waiting.call.failed is None]
