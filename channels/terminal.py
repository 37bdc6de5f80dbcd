"""A phone in the terminal: what the bot says is shown at once, as it would stand on the channel that the phone imitates."""

import secrets
from collections.abc import Callable

from channels.base import Choice, Outbound, Sent
from channels.plain import WordsOnly
from words.limits import Limits

Show = Callable[[str, tuple[Choice, ...]], None]


class TerminalPhone(WordsOnly):
    """Shows each message; takes the name and the limits of the channel that it imitates."""

    def __init__(self, name: str, limits: Limits, show: Show) -> None:
        self._name = name
        self._limits = limits
        self._show = show

    @property
    def name(self) -> str:
        """The channel that the phone imitates."""
        return self._name

    @property
    def limits(self) -> Limits:
        """What that channel can carry."""
        return self._limits

    async def send(self, message: Outbound) -> Sent:
        """Show a message; it is read by whoever sits there."""
        choices = message.choices if self._limits.buttons_max else ()
        self._show(message.text if choices else message.numbered, choices)
        return Sent(f"terminal-{secrets.token_hex(8)}", "delivered")

    async def close(self) -> None:
        """There is nothing to let go of."""
