"""A phone on a web page: for the demo, and as a channel of its own where it is switched on."""

import secrets
from dataclasses import dataclass
from typing import Protocol

from channels.base import Choice, Outbound, Sent
from channels.plain import WordsOnly
from words.limits import Limits


@dataclass(frozen=True, slots=True)
class Shown:
    """What a screen shows of a message: its text, its buttons, and the address of the recording beside it (empty: none)."""

    text: str
    choices: tuple[Choice, ...] = ()
    voice: str = ""


class Screen(Protocol):
    """What keeps the messages until the page asks for them."""

    async def append(self, channel: str, address: str, message: Shown) -> None:
        """Put one message on the screen of one phone."""
        ...


class WebPhone(WordsOnly):
    """Puts each message on a screen; takes the name and the limits of the channel that it imitates, or `web` with its own."""

    def __init__(self, name: str, limits: Limits, screen: Screen) -> None:
        self._name = name
        self._limits = limits
        self._screen = screen

    @property
    def name(self) -> str:
        """The channel that the phone imitates."""
        return self._name

    @property
    def limits(self) -> Limits:
        """What that channel can carry."""
        return self._limits

    async def send(self, message: Outbound) -> Sent:
        """Put a message on the screen of the phone that it is for."""
        choices = message.choices if self._limits.buttons_max else ()
        voice = message.voice.url if message.voice is not None else ""
        await self._screen.append(self._name, message.address, Shown(message.text if choices else message.numbered, choices, voice))
        return Sent(f"{self._name}-{secrets.token_hex(8)}", "delivered")

    async def close(self) -> None:
        """There is nothing to let go of."""
