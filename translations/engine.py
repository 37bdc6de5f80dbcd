"""The engine that reads language packages on this machine: packages, loaded models and the queue, as one."""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from translations.argos import refuse_senders
from translations.base import Hop, Rendered, Urgency
from translations.packages import Packages
from translations.queue import Batches
from translations.registry import ModelGone, Registry


class Argos:
    """Implements `translations.base.Engine`. One for a process; blocks its caller, so asyncio calls it in a thread; `close` ends it."""

    def __init__(self, folder: Path, environment: Mapping[str, str] = os.environ) -> None:
        """Serve the packages in a folder, which need not be there yet. Raises translations.argos.SendsTextAway."""
        refuse_senders(environment)
        self.packages = Packages(folder)
        self.packages.sweep()
        self.registry = Registry(self.packages)
        self._batches = Batches(self._run, self.registry.let_go)

    @property
    def name(self) -> str:
        """What stands beside its translations."""
        return "argos"

    def hops(self) -> tuple[Hop, ...]:
        """Every pair that a package is installed for, now; another process may install one at any time."""
        return tuple(installed.hop for installed in self.packages.installed().values())

    def placeholder(self, hop: Hop) -> tuple[str, ...]:
        """Forms of a placeholder that the hop's model was seen to keep, such as `[[{n}]]`, best first; empty if it keeps none."""
        installed = self.packages.installed().get(f"{hop.source}-{hop.target}")
        return installed.record.placeholders if installed is not None and installed.hop == hop else ()

    def render(self, sentences: Sequence[str], hop: Hop, urgency: Urgency = "dialogue") -> list[Rendered]:
        """Carry sentences over a hop, one result each, in order. Raises QueueFull, or ModelGone, which is one.

        An empty text that is not complete stands for a sentence which the model could not take at all.
        """
        return self._batches.render(sentences, hop, urgency)

    def warm_up(self, hops: Iterable[Hop]) -> None:
        """Load the models of some hops, so that the first message does not wait for that. A model that is gone is passed over."""
        for hop in hops:
            try:
                self.registry.model(hop)
            except ModelGone:
                continue

    def close(self) -> None:
        """Finish what is at work, refuse what waits, and end."""
        self._batches.close()

    def _run(self, hop: Hop, sentences: list[str]) -> list[Rendered]:
        return self.registry.model(hop).render(sentences)
