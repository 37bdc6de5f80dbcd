"""Where words wait when the database is away: sealed files, on disk before the carrier gets its answer, replayed in order.

Twilio does not call again (CHANNELS.md, 0.3): what is not kept now is lost. A spooled message is sealed under the ring, since its worker's
own key lies in the database; it is taken up and the file removed as soon as the database is back.
"""

import contextlib
import logging
import os
import secrets
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from channels.base import Attachment, Inbound
from store.sealing import HEAD_BYTES, Keyring, Unopenable

_log = logging.getLogger(__name__)
_PURPOSE = "spool"
_WAITING = ".sealed"
_SETTLED = 0.05
"""Seconds after which a folder that shows no change has none: file systems tell the time of a change in steps of some milliseconds."""


class Spool:
    """A folder of sealed messages, one file each, named so that they sort as they came. Several processes may share it."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self._folder = folder
        self._keyring = keyring
        self._lock = threading.Lock()
        # In containers every process has the same number: chance tells those apart that share a folder.
        self._mark = secrets.token_hex(8)
        self._last = 0
        self._empty = False
        self._changed_at = -1
        self._look_until = 0.0
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def is_empty(self) -> bool:
        """Whether nothing waits here, whoever put it: the folder is listed only when it shows a change, not for every message."""
        changed_at, now = self._folder.stat().st_mtime_ns, time.monotonic()
        if changed_at != self._changed_at:
            self._changed_at, self._look_until = changed_at, now + _SETTLED
        if self._look_until:
            self._look_until = self._look_until if now < self._look_until else 0.0
            self._empty = not any(path.suffix == _WAITING for path in self._folder.iterdir())
        return self._empty

    def put(self, messages: Sequence[Inbound]) -> None:
        """Write messages and wait until they are on the disk. Raises OSError when even that fails."""
        for message in messages:
            name = self._next_name()
            self._write(name, self._keyring.seal(_PURPOSE, _packed(message), name.encode()))
        _sync(self._folder)

    def _next_name(self) -> str:
        """A name behind all that wait, whatever the clock of the process says that put them there."""
        with self._lock:
            newest = max((int(path.name.partition("-")[0]) for path in self._folder.glob(f"*{_WAITING}")), default=0)
            self._last = max(self._last + 1, newest + 1, time.time_ns())
            return f"{self._last:020d}-{self._mark}"

    def _write(self, name: str, sealed: bytes) -> None:
        aside = self._folder / f"{name}.part"
        with aside.open("wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(self._folder / f"{name}{_WAITING}")

    def oldest(self, most: int) -> list[tuple[Path, Inbound]]:
        """Up to `most` waiting messages in the order they came. One that no key opens is set aside under another name."""
        paths = sorted(self._folder.glob(f"*{_WAITING}"))[:most]
        return [(path, message) for path in paths if (message := self._read(path)) is not None]

    def _read(self, path: Path) -> Inbound | None:
        try:
            return _unpacked(self._keyring.open(_PURPOSE, path.read_bytes(), path.stem.encode()))
        except FileNotFoundError:
            return None
        except (Unopenable, ValueError, TypeError):
            self.set_aside(path)
            return None

    def set_aside(self, path: Path) -> None:
        """Keep a message that cannot be taken up out of the way of the others."""
        _log.error("a spooled message cannot be taken up; it is set aside")
        path.rename(path.with_suffix(".aside"))

    def remove(self, paths: Sequence[Path]) -> None:
        """Drop those that the inbox has taken; another process may have been quicker."""
        for path in paths:
            path.unlink(missing_ok=True)
        _sync(self._folder)


def heads(folder: Path) -> Iterator[bytes]:
    """The first bytes of everything that lies in a spool, set aside or not: they name the key that each is sealed under."""
    for path in folder.glob("*"):
        with contextlib.suppress(FileNotFoundError), path.open("rb") as file:
            yield file.read(HEAD_BYTES)


def _unpacked(packed: bytes) -> Inbound:
    fields: dict[str, Any] = orjson.loads(packed)
    media = [Attachment(**each) for each in fields.pop("attachments", ())]
    return Inbound(**fields, attachments=tuple(media))


def _packed(message: Inbound) -> bytes:
    return orjson.dumps({name: getattr(message, name) for name in Inbound.__dataclass_fields__})


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
