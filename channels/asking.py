"""Asks the carriers themselves how they stand towards this installation; only on an operator's word, since it calls out."""

import asyncio
import dataclasses
import importlib
import importlib.util
from collections.abc import Iterable, Mapping
from typing import Protocol, TypeAlias, cast

from channels.config import ChannelConfig
from channels.shapes import as_text

Standing: TypeAlias = tuple[bool, str, str]
"""Whether something is well, what it is, and what to do about it."""

OUR_DOOR = "our own address"
# Each module offers `standing(config)`. It is imported only when it is asked, so that an unused library costs no start-up time.
ASKED: Mapping[str, str] = {
    OUR_DOOR: "channels.public_door",
    "twilio": "channels.twilio_standing",
    "telegram": "channels.telegram_webhook",
    "http_sms": "channels.http_sms_standing",
}
PATIENCE = 20.0
_SHORTEST_SECRET = 8


class _Asked(Protocol):
    """What the module of a carrier that can be asked offers."""

    async def standing(self, config: ChannelConfig, /) -> list[Standing]:
        """How the carrier stands towards us."""
        ...


async def ask(
    config: ChannelConfig, carriers: Iterable[str], *, patience: float = PATIENCE, asked: Mapping[str, str] = ASKED
) -> list[Standing]:
    """Ask our own door and these carriers, all at once, each for at most `patience` seconds. Nothing secret is in what they say."""
    there = {name: asked[name] for name in (OUR_DOOR, *carriers) if name in asked}
    told = await asyncio.gather(*(_ask_one(name, module, config, patience) for name, module in there.items()))
    return [_discreet(line, config) for lines in told for line in lines]


async def _ask_one(name: str, module: str, config: ChannelConfig, patience: float) -> list[Standing]:
    if importlib.util.find_spec(module) is None:
        return [(True, f"{name} cannot be asked by this version", "")]
    asked = cast(_Asked, importlib.import_module(module))
    try:
        async with asyncio.timeout(patience):
            return await asked.standing(config)
    except TimeoutError:
        return [
            (
                False,
                f"{name} did not answer within {patience:g} seconds",
                "try again; then look at the network and the carrier's status page",
            )
        ]
    except Exception as error:  # noqa: BLE001 - the doctor goes on to the next carrier, and an error's text may hold a token
        return [
            (False, f"{name} could not be asked ({type(error).__name__})", "try again; then report it with the version of this service")
        ]


def _discreet(line: Standing, config: ChannelConfig) -> Standing:
    """A line with every secret of the settings crossed out, whatever a carrier's module or library put into it."""
    well, *texts = line
    secrets = sorted(_secrets(config), key=len, reverse=True)
    for secret in secrets:
        texts = [text.replace(secret, "***") for text in texts]
    return well, texts[0], texts[1]


def _secrets(config: ChannelConfig) -> set[str]:
    """The settings that a value of them never shows when printed (`repr=False`)."""
    found: set[str] = set()
    for each in dataclasses.fields(config):
        value: object = getattr(config, each.name)
        if not each.repr:
            found.update(cast("tuple[str, ...]", value) if isinstance(value, tuple) else (as_text(value),))
    # Of a shorter one nothing would be left of the line; settings check that those which matter are longer.
    return {secret for secret in found if len(secret) >= _SHORTEST_SECRET}
