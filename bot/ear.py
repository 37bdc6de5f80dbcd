"""Hears in which language words are, among those that a programme's people speak."""

from collections.abc import Callable
from functools import lru_cache

from bot.speech import House
from translations.detect import Detector


@lru_cache(maxsize=2)
def _detector(languages: tuple[str, ...]) -> Detector:
    """The detector for these languages: it takes a second to make, and a programme seldom changes."""
    return Detector(languages)


class Ear:
    """Implements `bot.interpreter.Hear`; the detector is made when the first words are to be translated, and not before."""

    def __init__(self, house: Callable[[], House]) -> None:
        """Take what gives the programme in force."""
        self._house = house

    def __call__(self, text: str, talk: str, site: tuple[str, ...]) -> str:
        """Name the language of words in a talk at a site; empty where nothing tells it."""
        tongues = tuple(sorted(self._house().programme.tongues()))
        return _detector(tongues).detect(text, talk, site).language or ""
