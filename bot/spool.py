"""Where words wait when the database is away: sealed files, on disk before the carrier gets its answer, replayed in order.

Twilio does not call again (CHANNELS.md, 0.3): what is not kept now is lost. A spooled message is sealed under the ring, since its worker's
own key lies in the database; it is taken up and the file removed as soon as the database is back.
"""

import os
from pathlib import Path

import orjson

from channels.base import Inbound
from store.sealing import Keyring

_PURPOSE = "spool"


class Spool:
    """A folder of sealed messages, one file each, named by a running number."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self._folder = folder
        self._keyring = keyring
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._next = max((int(path.stem) for path in folder.glob("*.sealed")), default=0) + 1

    def put(self, messages: list[Inbound]) -> None:
        """Write messages and wait until they are on the disk. Raises OSError when even that fails."""
        for message in messages:
            name = f"{self._next:012d}"
            self._next += 1
            self._write(name, self._keyring.seal(_PURPOSE, _packed(message), name.encode()))
        _sync(self._folder)

    def _write(self, name: str, sealed: bytes) -> None:
        aside = self._folder / f"{name}.part"
        with aside.open("wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        aside.rename(self._folder / f"{name}.sealed")

    def waiting(self) -> list[Path]:
        """The spooled messages in the order they came."""
        return sorted(self._folder.glob("*.sealed"))

    def read(self, path: Path) -> Inbound:
        """Open one. Raises Unopenable."""
        return Inbound(**orjson.loads(self._keyring.open(_PURPOSE, path.read_bytes(), path.stem.encode())))

    def remove(self, path: Path) -> None:
        """Drop one that the inbox has taken."""
        path.unlink()
        _sync(self._folder)


def _packed(message: Inbound) -> bytes:
    return orjson.dumps({name: getattr(message, name) for name in Inbound.__dataclass_fields__})


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
