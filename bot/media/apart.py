"""A stranger's file is opened in a process of its own, so that a bomb or a fault of a library ends that process and nothing else."""

import re
import subprocess
import sys
from typing import cast, get_args

from bot.media.__main__ import REFUSED, SECONDS
from bot.media.clean import Clean
from bot.media.kinds import MediaType, Refusal, Refused
from bot.media.lengths import LONGEST

_PATIENCE = 2 * SECONDS
_COMMAND = (sys.executable, "-I", "-m", "bot.media")


def clean_apart(content: bytes) -> Clean:
    """As `clean`, in another process; blocks until it is done. Raises Refused, also when that process fell."""
    try:
        done = subprocess.run(_COMMAND, input=content, capture_output=True, timeout=_PATIENCE, check=False, env={})  # noqa: S603 - a fixed command
    except subprocess.TimeoutExpired as error:
        raise Refused("broken", "this file took too long to read") from error
    return read_out(done.returncode, done.stdout)


def read_out(status: int, out: bytes) -> Clean:
    """Read what that process said, believing nothing of it: it held a stranger's bytes, and may be theirs by now. Raises Refused."""
    line, _, rest = out.partition(b"\n")
    first, _, length = line.decode("ascii", "replace").partition(" ")
    if status == REFUSED and first in get_args(Refusal):
        raise Refused(cast("Refusal", first), rest.decode())
    if status != 0 or first not in get_args(MediaType) or not rest or not _is_a_length(length):
        raise Refused("broken", "this file could not be read safely")
    return Clean(rest, cast("MediaType", first), None if length == "-" else int(length))


def _is_a_length(told: str) -> bool:
    return told == "-" or (re.fullmatch("[0-9]{1,5}", told) is not None and 1 <= int(told) <= LONGEST)
