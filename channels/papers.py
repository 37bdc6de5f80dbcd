"""Writes what is made from the code: the table of what each channel can do. Run it as `python -m channels.papers` after a change."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

from channels.base import Abilities, Channel
from channels.config import ChannelConfig
from channels.registry import CARDS, open_channels
from words.limits import Limits

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "channels.md"
BEGIN = "<!-- made by `python -m channels.papers` -->\n"
END = "<!-- the end of what is made -->\n"
# No carrier is called with these; they only let every adapter open.
_NOBODY = ChannelConfig(
    public_url="https://line.example",
    twilio_account_sid="AC",
    twilio_auth_tokens=("none",),
    twilio_sms_from="+15550100100",
    twilio_whatsapp_from="+15550100101",
    telegram_bot_token="1:none",  # noqa: S106 - a shape, no token
    telegram_webhook_secret="no-secret-of-anyone",  # noqa: S106 - a shape, no secret
    http_sms_file="android",
    http_sms_url="https://gateway.example",
    http_sms_account="nobody",
    http_sms_password="none",  # noqa: S106 - a shape, no password
    http_sms_secret="no-secret-of-anyone",  # noqa: S106 - a shape, no secret
)
_HEAD = (
    "| channel | writes first | its window | brings in | a second | to one worker | deleted on the phone | deleted at the carrier |\n"
    "|---|---|---|---|---|---|---|---|\n"
)
_FIRST = {"yes": "yes", "template": "by a template", "never": "never before the worker did"}


def table() -> str:
    """What each channel that a carrier stands behind can do besides carrying text, as its adapter says."""
    channels = open_channels(_NOBODY).senders
    rows = [_row(name, channels[name].limits, channels[name].abilities) for name in CARDS if name in channels]
    asyncio.run(_close(channels))
    return _HEAD + "".join(rows)


async def _close(channels: Mapping[str, Channel]) -> None:
    for channel in channels.values():
        await channel.close()


def _row(name: str, limits: Limits, abilities: Abilities) -> str:
    brought = ", ".join(sorted(abilities.media)) or "words only"
    voice = "; a recording may stand beside a text" if limits.voice else ""
    cells = (
        f"`{name}`",
        _FIRST[abilities.initiate],
        _span(abilities.window_seconds) if abilities.window_seconds else "always open",
        brought + voice,
        f"{abilities.per_second:g}" if abilities.per_second else "not limited here",
        f"one in {abilities.between_seconds:g} s" if abilities.between_seconds else "not limited here",
        f"up to {_span(abilities.deletes_seconds)} old" if abilities.deletes_seconds else "no",
        "yes" if abilities.purges else "no",
    )
    return "| " + " | ".join(cells) + " |\n"


def _span(seconds: int) -> str:
    return f"{seconds / 3600:g} h"


def page(text: str) -> str:
    """The reference page with today's table between its marks. Raises ValueError where a mark is missing."""
    before, _, rest = text.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError("the page has lost its marks")
    return before + BEGIN + table() + END + after


def write() -> None:
    """Bring the page up to date."""
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write()
