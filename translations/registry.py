"""The loaded models of one process: each loaded once, by whoever asks first, replaced when a newer one is installed, let go when idle."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from translations.argos import Model, Unloadable
from translations.base import Hop, QueueFull
from translations.packages import Installed, Packages

IDLE_MINUTES: Final = 15.0
"""After so long without a sentence a model leaves the memory; loading it again takes about a second."""

_log = logging.getLogger(__name__)


class ModelGone(QueueFull):
    """The model a caller names is not, or no longer, the one in force for its pair; to be brought again with the hops of now."""


@dataclass(slots=True)
class _Loaded:
    model: Model
    folder: Path
    used: float


class Registry:
    """Models by pair. Safe for threads; `clock` gives seconds."""

    def __init__(self, packages: Packages, *, idle_minutes: float = IDLE_MINUTES, clock: Callable[[], float] = time.monotonic) -> None:
        self._packages = packages
        self._idle_seconds = idle_minutes * 60
        self._clock = clock
        self._lock = threading.Lock()
        self._loaded: dict[str, _Loaded] = {}
        self.loads = 0
        """How many times a model was loaded since the start."""

    def model(self, hop: Hop) -> Model:
        """The model for a hop, loaded if need be. Raises ModelGone, also for one that cannot be loaded and is set aside for that."""
        pair = f"{hop.source}-{hop.target}"
        # Installed packages are looked up each time: another process may have installed a newer one since.
        installed = self._packages.installed().get(pair)
        if installed is None or installed.hop != hop:
            raise ModelGone(f"{hop.model} is not installed now")
        with self._lock:
            held = self._loaded.get(pair)
            if held is None or held.folder != installed.folder:
                held = self._loaded[pair] = _Loaded(self._load(installed), installed.folder, 0.0)
            held.used = self._clock()
            return held.model

    def loaded(self) -> tuple[str, ...]:
        """The pairs whose models are in memory."""
        with self._lock:
            return tuple(sorted(self._loaded))

    def let_go(self) -> None:
        """Let models go that nobody has used for long, or whose package is gone."""
        there = self._packages.installed()
        with self._lock:
            before = self._clock() - self._idle_seconds
            self._loaded = {
                pair: held
                for pair, held in self._loaded.items()
                if held.used > before and pair in there and there[pair].folder == held.folder
            }

    def _load(self, installed: Installed) -> Model:
        try:
            model = installed.open()
        except Unloadable as error:
            _log.warning("the package %s cannot be loaded and is set aside", installed.hop.model)
            self._packages.set_aside(installed.folder, str(error))
            raise ModelGone(f"{installed.hop.model} cannot be loaded") from error
        self.loads += 1
        return model
