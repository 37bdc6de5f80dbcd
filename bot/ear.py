"""Hears in which language words are, among those that a programme's people speak."""

from collections.abc import Callable
from threading import Lock

from bot.speech import House
from translations.detect import Detector
from translations.mixed import Stretch, stretches


class Ear:
    """Implements `bot.interpreter.Hear`; the detector is made when the first words are to be translated, and not before."""

    def __init__(self, house: Callable[[], House]) -> None:
        """Take what gives the programme in force."""
        self._house = house
        self._lock = Lock()
        self._held: tuple[tuple[str, ...], Detector] | None = None

    def __call__(self, text: str, talk: str, site: tuple[str, ...]) -> tuple[Stretch, ...]:
        """Name the languages of words in a talk at a site, that of the talk where nothing tells another."""
        return stretches(self._detector(self._house().programme.tongues()), text, talk, site)

    def _detector(self, tongues: tuple[str, ...]) -> Detector:
        """The detector for these languages, made once however many ask at the same moment: it takes a second and tens of megabytes."""
        with self._lock:
            if self._held is None or self._held[0] != tongues:
                self._held = tongues, Detector(tongues)
            return self._held[1]
