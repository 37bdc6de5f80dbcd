"""Phones on a web page: where a channel writes when its far end is a screen of ours, and the channel that is nothing else."""

from collections.abc import Callable

from bot.recordings import PATH
from channels.registry import CARDS
from channels.web import Shown, WebPhone
from store import screens
from store.sealing import Keyring
from store.writer import Writer

WEB = "web"


def screen_of(keyring: Keyring, channel: str, token: str) -> bytes:
    """Give the keyed hash that a phone's screen is kept under."""
    return keyring.lookup("screen", channel, token)


class Screens:
    """Where the channels write when their far end is a page."""

    def __init__(self, writer: Writer, keyring: Keyring, clock: Callable[[], int]) -> None:
        self._writer = writer
        self._keyring = keyring
        self._clock = clock

    async def append(self, channel: str, address: str, message: Shown) -> None:
        """Put a message on the screen of one phone. The page plays a recording from its own origin, whatever carriers call us."""
        voice = PATH + message.voice.rpartition(PATH)[2] if message.voice else ""
        choices = [{"id": choice.id, "title": choice.title} for choice in message.choices]
        body = {"text": message.text, "choices": choices, "voice": voice}
        phone, now = screen_of(self._keyring, channel, address), self._clock()
        await self._writer.call(lambda connection: screens.add(connection, self._keyring, phone, body, now))


def phone_on_a_page(name: str, drawn: Screens) -> WebPhone:
    """Give a channel that ends on a page, with the limits of the one it stands for."""
    return WebPhone(name, CARDS[name].limits, drawn)
