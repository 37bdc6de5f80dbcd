"""Keeps codes ready: drawn and hashed in a thread of its own, so that no first report waits for a slow hash."""

import logging
import threading
from collections.abc import Callable
from functools import partial

from store import codes
from store.database import StoreAway
from store.sealing import Keyring
from store.writer import Writer, WriterBusy

_log = logging.getLogger(__name__)
_AT_ONCE = 8
_LOOK_EVERY = 10.0


class CodeStock:
    """Fills the pool of codes up to a level and keeps it there."""

    def __init__(self, writer: Writer, keyring: Keyring, level: int, stocked: Callable[[], None]) -> None:
        self._writer = writer
        self._keyring = keyring
        self._level = level
        self._stocked = stocked
        self._bell = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Start filling."""
        self._thread = threading.Thread(target=self._run, name="codes-ahead", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the code in hand."""
        self._stopping = True
        self._bell.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def ring(self) -> None:
        """Say that the pool ran dry."""
        self._bell.set()

    def _run(self) -> None:
        while not self._stopping:
            try:
                self._fill()
            except (StoreAway, WriterBusy):
                _log.warning("no codes can be made ahead while the database is away")
            except Exception:  # noqa: BLE001 - without this thread every first report would wait for ever; it is loud and comes again
                _log.exception("codes could not be made ahead")
            self._bell.wait(_LOOK_EVERY)
            self._bell.clear()

    def _fill(self) -> None:
        while not self._stopping:
            missing = self._level - self._writer.call_sync(codes.stocked)
            if missing <= 0:
                self._stocked()
                return
            drawn = [codes.draw(self._keyring) for _ in range(min(missing, _AT_ONCE))]
            self._writer.call_sync(partial(codes.stock, keyring=self._keyring, codes=drawn))
            self._stocked()
