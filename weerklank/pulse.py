"""The pulse of a process that listens nowhere: a file that is touched as long as its loop turns, for whoever asks how it is."""

import asyncio
from pathlib import Path

EVERY = 1.0
"""Seconds between two beats. Whoever asks should call a pulse dead after thirty: a busy machine may hold a beat up."""


async def beat(file: Path) -> None:
    """Touch the file every second, until cancelled. It says that loop and threads go on, not that the database is there: a start anew would
    not bring that back.
    """
    while True:
        await asyncio.to_thread(file.touch)
        await asyncio.sleep(EVERY)
