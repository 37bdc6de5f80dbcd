"""The doctor's look at channels: which are on, where each carrier is to post, and, when told to ask, what the carriers say."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from channels.asking import ask
from channels.config import ChannelConfig
from channels.hooks import hooks
from channels.http_sms_file import GatewayFileError, read_gateway
from channels.http_sms_line import weak
from channels.registry import Channels, open_channels
from weerklank.commands.findings import Finding


def opened(config: ChannelConfig) -> tuple[Channels, ChannelConfig, list[Finding]]:
    """The channels, the settings that they opened with, and what kept one of them from opening."""
    try:
        return open_channels(config), config, []
    except GatewayFileError as error:
        without = replace(config, http_sms_file=None)
        return open_channels(without), without, [Finding(well=False, what="channel http_sms does not open", do=str(error))]


def look(channels: Channels, config: ChannelConfig) -> Iterator[Finding]:
    """What is on and off, and which address is pasted where."""
    yield from (Finding(well=True, what=f"channel {name} is on") for name in channels.senders)
    yield from (Finding(well=True, what=f"channel {name} is off", do=why) for name, why in channels.off.items())
    if "whatsapp" in channels.senders and not config.twilio_knock_content_sid:
        do = "set WEERKLANK_TWILIO_KNOCK_CONTENT_SID to an approved template (docs/how-to/connect-whatsapp-twilio.md)"
        yield Finding(well=False, what="a day after a worker's last word no knock goes out on WhatsApp", do=do)
    pasted = [(carrier, hook) for carrier in channels.readers for hook in hooks(carrier, config)]
    if pasted and urlsplit(config.public_url).scheme != "https":
        do = "set WEERKLANK_PUBLIC_URL to this service's https address"
        yield Finding(well=False, what=f"carriers cannot post to {config.public_url}", do=do)
    base = config.public_url.rstrip("/")
    for carrier, hook in pasted:
        yield Finding(well=True, what=f"{carrier}: paste {base}{hook.path} into", do=hook.where)
    if "http_sms" in channels.readers:
        yield from (Finding(*line) for line in weak(read_gateway(config.http_sms_file or ""), config))


def asked(channels: Channels, config: ChannelConfig) -> Iterator[Finding]:
    """What our own address and the carriers answer; this calls out."""
    yield from (Finding(*line) for line in asyncio.run(ask(config, sorted(channels.readers))))
