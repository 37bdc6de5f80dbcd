"""Keeps a loop of the service running, whatever breaks in it: a database that goes away must not end deliveries for good."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from store.database import StoreAway
from store.writer import WriterBusy

_log = logging.getLogger(__name__)


async def lasting(name: str, run: Callable[[], Awaitable[None]], again_after: float) -> None:
    """Run a loop, and run it again `again_after` seconds after it broke, until cancelled."""
    while True:
        try:
            await run()
        except (StoreAway, WriterBusy):
            _log.warning("the database is away; %s waits", name)
        except Exception:  # noqa: BLE001 - a fault that nobody foresaw is loud, but what runs by itself goes on
            _log.exception("%s broke and begins again", name)
        await asyncio.sleep(again_after)
