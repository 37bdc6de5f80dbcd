"""The time, as a value that tests can move."""

import time
from collections.abc import Callable

Clock = Callable[[], int]
SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def now() -> int:
    """Milliseconds since 1970, UTC."""
    return time.time_ns() // 1_000_000
