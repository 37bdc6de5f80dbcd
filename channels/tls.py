"""Who must vouch for a carrier: the authorities that this machine trusts, read once a process."""

import ssl
from functools import cache

import httpx


@cache
def authorities() -> ssl.SSLContext:
    """What every carrier's client is given: left to itself, each reads some hundred and fifty certificates again (40 ms, 1 MB)."""
    return httpx.create_ssl_context()
