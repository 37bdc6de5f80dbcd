"""A machine whose clock is wrong: imported by Python itself at the start of every process that the chaos campaign starts.

`WEERKLANK_CHAOS_SKEW` names a file with the seconds by which this process's wall clock is off. It is read anew all the time: clocks are set
while processes run.
"""

import os
import time
from pathlib import Path

_right = time.time_ns
_file = Path(os.environ.get("WEERKLANK_CHAOS_SKEW", os.devnull))


def _wrong() -> int:
    told = _file.read_text(encoding="ascii") if _file.is_file() else ""
    return _right() + int(float(told or 0) * 1e9)


def _seconds() -> float:
    return _wrong() / 1e9


time.time_ns = _wrong
time.time = _seconds
