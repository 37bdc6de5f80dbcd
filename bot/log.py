"""Logs that cannot tell on anyone: addresses, codes, tokens and words are struck before a line is written."""

import logging
import re
import sys
import threading
from collections import Counter
from collections.abc import Mapping, MutableMapping, Sequence
from itertools import product
from traceback import walk_tb
from types import TracebackType
from typing import Any, cast

import structlog

from store.events import present

_STRUCK = "[struck]"
_DEEPEST = 6
_PATTERNS = (
    re.compile(r"whatsapp:[^\s\"',]+", re.IGNORECASE),
    re.compile(r"\bbot\d{5,}:[\w-]{20,}"),
    re.compile(r"\b\d{5,}:[A-Za-z0-9_-]{30,}"),
    re.compile(r"(?<![\w.])\+?\d(?:[\s().-]?\d){6,}(?![\w])"),
    re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.-]+"),
    re.compile(r"\b[A-Z]{2}\.[A-Za-z0-9]{10,}\b"),
)
_SAID = frozenset(
    {"text", "words", "body", "address", "from", "to", "phone", "number", "code", "token", "email", "name", "password", "totp"}
)
PARTS = ("weerklank", "api", "bot", "cases", "channels", "flows", "translations", "store", "words", "library")
LEVELS = ("warning", "error", "critical")
_QUIET = ("httpx", "httpcore", "telegram", "apscheduler", "procrastinate", "psycopg.pool", "sqlalchemy.engine", "uvicorn.access", "asyncio")


def strike(text: str) -> str:
    """Strike whatever looks like an address, a code or a token."""
    for pattern in _PATTERNS:
        text = pattern.sub(_STRUCK, text)
    return text


def _struck(value: Any) -> Any:
    if isinstance(value, str):
        return strike(value)
    if isinstance(value, dict):
        known = cast("Mapping[Any, Any]", value)
        return {key: _STRUCK if str(key).lower() in _SAID else _struck(inner) for key, inner in known.items()}
    if isinstance(value, list | tuple):
        several = cast("Sequence[Any]", value)
        return [_struck(inner) for inner in several]
    return value


def _strike_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {key: _STRUCK if key.lower() in _SAID else _struck(value) for key, value in event.items()}


def _place_of_error(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception's message may quote what a person wrote; its kind and place are enough to mend it."""
    error = _error_of(event.pop("exc_info", None))
    if error is not None:
        event["error"] = type(error).__name__
        event["at"] = " > ".join(_places(error.__traceback__)[-_DEEPEST:])
    return event


def _error_of(info: Any) -> BaseException | None:
    if isinstance(info, BaseException):
        return info
    triple: Any = sys.exc_info() if info is True else info
    return triple[1] if triple else None


def _places(trace: TracebackType | None) -> list[str]:
    return [f"{frame.f_globals.get('__name__', '?')}:{line}" for frame, line in walk_tb(trace)]


def _events(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event.update(present())
    return event


class _Counted(logging.StreamHandler[Any]):
    """Writes lines, and counts those that warn by their level and by which part of the service wrote them."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        self.lines: Counter[tuple[str, str]] = Counter()
        self._counting = threading.Lock()

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        if record.levelno >= logging.WARNING:
            with self._counting:
                self.lines[record.levelname.lower(), _part(record.name)] += 1
        super().emit(record)


def _part(name: str) -> str:
    """Which room a logger is in; what is not ours is a library's."""
    room = name.partition(".")[0]
    return room if room in PARTS else "library"


def counted() -> Mapping[tuple[str, str], int]:
    """How many lines of each level each part of this process wrote since its log was set up."""
    found: Counter[tuple[str, str]] = Counter(dict.fromkeys(product(LEVELS, PARTS), 0))
    for handler in logging.root.handlers:
        if isinstance(handler, _Counted):
            found.update(dict(handler.lines))
    return found


def set_up(level: str = "INFO") -> None:
    """Send every logger of the process through the striking processors, as JSON lines on standard error."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _place_of_error,
        _events,
        structlog.stdlib.PositionalArgumentsFormatter(),
        _strike_event,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
    )
    handler = _Counted()
    handler.setFormatter(formatter)
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(level)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram").setLevel(logging.CRITICAL)
