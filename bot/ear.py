"""Hears in which language words are, among those that a programme's people speak."""

from collections.abc import Callable
from functools import lru_cache
from threading import Lock

from bot.speech import House
from translations.detect import Detector
from translations.mixed import Stretch, stretches


class Ear:
    """Implements `bot.interpreter.Hear`; the detector is made when the first words are to be translated, and not before."""

    def __init__(self, house: Callable[[], House]) -> None:
        """Take what gives the programme in force."""
        self._house = house

    def __call__(self, text: str, talk: str, site: tuple[str, ...]) -> tuple[Stretch, ...]:
        """Name the languages of words in a talk at a site, that of the talk where nothing tells another."""
        return stretches(_detector(self._house().programme.tongues()), text, talk, site)


_making = Lock()


def _detector(tongues: tuple[str, ...]) -> Detector:
    """The detector for these languages, made once a process however many ask at the same moment: it costs a second and much memory."""
    with _making:
        return _made(tongues)


@lru_cache(maxsize=1)
def _made(tongues: tuple[str, ...]) -> Detector:
    return Detector(tongues)
