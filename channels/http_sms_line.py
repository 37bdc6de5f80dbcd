"""A gateway's file and the settings together: the line that messages leave on, and what about it is weak."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urlsplit

from channels.config import ChannelConfig
from channels.http_sms_file import PLACEHOLDER, Gateway, GatewayFileError
from channels.http_sms_reader import PATH, scalar

Fill: TypeAlias = Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Line:
    """What the settings add to a gateway's file: `url` is where messages go, `callback` where it tells how they fared."""

    secret: str = field(repr=False)
    fill: Mapping[str, str] = field(repr=False)
    url: str = field(repr=False)
    callback: str


def spelled(template: str, fill: Fill) -> str:
    """A text with every `{name}` in it filled in, by nothing where the value is lacking."""
    return PLACEHOLDER.sub(lambda name: scalar(fill.get(name[1])), template)


def line_of(gateway: Gateway, config: ChannelConfig) -> Line:
    """What the settings add to a gateway's file. Raises GatewayFileError that names the setting which the file asks for."""
    fill = {
        "url": config.http_sms_url,
        "account": config.http_sms_account,
        "password": config.http_sms_password,
        "secret": config.http_sms_secret,
        "from": config.http_sms_from,
    }
    missing = sorted(name for name in gateway.needs if not fill[name])
    if missing:
        name = missing[0]
        raise GatewayFileError(f"{config.http_sms_file}: outbound uses {{{name}}}; set WEERKLANK_HTTP_SMS_{name.upper()}")
    url = spelled(gateway.outbound.url, fill)
    if not re.match(r"https?://[^/\s?#]+", url):
        raise GatewayFileError(f"{config.http_sms_file}: outbound.url: it is no address that begins with https://; write one")
    known = {name: value or "" for name, value in fill.items()}
    return Line(config.http_sms_secret or "", known, url, config.public_url.rstrip("/") + PATH + "/status")


def weak(gateway: Gateway, config: ChannelConfig) -> list[tuple[bool, str, str]]:
    """What an operator should know of a description that works: where a secret or a worker's words may be read on their way."""
    told: list[tuple[bool, str, str]] = []
    if gateway.inbound.proof.kind == "query":
        told.append(
            (True, "the gateway's secret stands in the address it posts to", "keep the proxy from logging it; a header or HMAC is better")
        )
    if gateway.inbound.proof.hash == "sha1" and gateway.inbound.proof.kind == "hmac":
        told.append((True, "the gateway signs with SHA-1", "ask for SHA-256 where it offers that"))
    if gateway.outbound.format == "query":
        told.append(
            (True, "workers' numbers and words leave in the gateway's address", "it stands in logs on the way; use `form` or `json`")
        )
    address = urlsplit(line_of(gateway, config).url)
    if address.scheme == "http" and not _at_home(address.hostname or ""):
        told.append(
            (False, "messages leave for the gateway unencrypted over the internet", "use its https address in WEERKLANK_HTTP_SMS_URL")
        )
    return told


def _at_home(host: str) -> bool:
    """Whether a host is on this machine or in a private network (RFC 1918, RFC 4193); a bare name is taken for one there."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal", ".lan", ".home.arpa"))
