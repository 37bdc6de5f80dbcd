"""One event, one random name, so that log lines which follow from one and the same thing can be found together.

An event is a carrier's request, a turn of the writer, a send, a notice, a task. Its name is made of chance alone, anew each time: nothing
of it can be worked out from a person, two events of one person have nothing in common, and no database keeps it (docs/reference/logs.md).
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Mapping
from contextvars import ContextVar, Token
from types import MappingProxyType

_BYTES = 8
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
_NONE: Mapping[str, str] = MappingProxyType({})
_REMEMBERED = 4096
_present: ContextVar[Mapping[str, str]] = ContextVar("events", default=_NONE)


def present() -> Mapping[str, str]:
    """The events under way here: kind to name, the outer first."""
    return _present.get()


def new_name() -> str:
    """Sixteen letters by chance (64 bits); no digits, so that no line is taken for one with a telephone number in it."""
    return os.urandom(_BYTES).hex().translate(_LETTERS)


class _Under:
    """Has events under way inside a `with`. No generator: a carrier's request passes through here, and this takes half the time."""

    __slots__ = ("_events", "_token")
    _token: Token[Mapping[str, str]]

    def __init__(self, events: Mapping[str, str]) -> None:
        self._events = events

    def __enter__(self) -> None:
        self._token = _present.set(self._events)

    def __exit__(self, *_: object) -> None:
        _present.reset(self._token)


def event(kind: str) -> _Under:
    """Begin an event; whatever is logged inside, in this task or in threads started with its context, bears its name."""
    return _Under({**_present.get(), kind: new_name()})


def following(events: Mapping[str, str]) -> _Under:
    """Go on with events that began elsewhere in this process, beside those under way here."""
    return _Under({**events, **_present.get()})


class Passed:
    """Events by what they brought (a message's channel and key), for whoever handles it later in this process; the newest few thousand."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], Mapping[str, str]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, brought: tuple[str, str]) -> None:
        """Remember which events brought this; does nothing outside of any."""
        events = present()
        if not events:
            return
        with self._lock:
            self._known[brought] = events
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)

    def of(self, brought: tuple[str, str]) -> Mapping[str, str]:
        """The events that brought this, none if it came to another process or long ago."""
        with self._lock:
            return self._known.get(brought, _NONE)
