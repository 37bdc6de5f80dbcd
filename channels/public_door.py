"""Whether carriers can reach us: our own public address is called as they would call it, and the doors behind it are tried."""

import ssl
from urllib.parse import urlsplit

import httpx

from channels.asking import Standing
from channels.config import ChannelConfig
from channels.hooks import hooks
from channels.quiet import hush
from channels.registry import open_channels

_PATIENCE = httpx.Timeout(10.0, connect=5.0)
_ALIVE = "/healthz"


async def standing(config: ChannelConfig) -> list[Standing]:
    """What calling our public address shows. An unsigned post must be refused at every webhook that is on: 403, and nothing else.

    Where no carrier posts, nobody needs to reach us, and nothing is asked.
    """
    hush()
    base = config.public_url.rstrip("/")
    paths = dict.fromkeys(hook.path for carrier in open_channels(config).readers for hook in hooks(carrier, config))
    if not paths:
        return []
    async with httpx.AsyncClient(timeout=_PATIENCE) as client:
        alive, ours = await _alive(client, base)
        return [alive, *[await _refuses(client, base, path) for path in paths]] if ours else [alive]


async def _alive(client: httpx.AsyncClient, base: str) -> tuple[Standing, bool]:
    """What our address answers, and whether it is this service that does."""
    try:
        answer = await client.get(base + _ALIVE)
    except httpx.ConnectError as error:
        return _unreachable(base, error), False
    except (httpx.HTTPError, httpx.InvalidURL):
        return (False, f"{base}{_ALIVE} does not answer", "check WEERKLANK_PUBLIC_URL, and that the service runs behind it"), False
    if answer.is_redirect:
        mend = "set WEERKLANK_PUBLIC_URL to the address that answers itself; carriers do not follow"
        return (False, f"{base} sends callers elsewhere", mend), False
    if answer.status_code != 200 or "alive" not in answer.text:
        what = f"{base}{_ALIVE} is answered by something else ({answer.status_code})"
        return (False, what, "let the proxy pass every path to this service"), False
    if urlsplit(base).scheme != "https":
        return (False, f"{base} answers", "carriers need https; set it up"), True
    return (True, f"{base} answers, and its certificate is good", ""), True


def _unreachable(base: str, error: httpx.ConnectError) -> Standing:
    if _broken_certificate(error):
        return False, f"the certificate of {base} is not good", "renew it, with every certificate of the chain; carriers refuse it too"
    return False, f"{base} cannot be reached", "check WEERKLANK_PUBLIC_URL, the name in DNS, the firewall and the proxy"


def _broken_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


async def _refuses(client: httpx.AsyncClient, base: str, path: str) -> Standing:
    try:
        status = (await client.post(base + path, content=b"")).status_code
    except httpx.HTTPError:
        return False, f"{base}{path} does not answer", "look at the proxy's log; carriers meet the same silence"
    if status == 403:
        return True, f"{base}{path} refuses a stranger", ""
    return (
        False,
        f"{base}{path} answers a stranger with {status}, not 403",
        "let the proxy pass /webhooks/ as it comes, and restart the service",
    )
