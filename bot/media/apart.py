"""A stranger's file is opened in a process of its own, so that a bomb or a fault of a library ends that process and nothing else."""

import subprocess
import sys
from typing import cast, get_args

from bot.media.__main__ import REFUSED, SECONDS
from bot.media.clean import Clean
from bot.media.kinds import MediaType, Refusal, Refused

_PATIENCE = 2 * SECONDS
_COMMAND = (sys.executable, "-I", "-m", "bot.media")


def clean_apart(content: bytes) -> Clean:
    """As `clean`, in another process; blocks until it is done. Raises Refused, also when that process fell."""
    try:
        done = subprocess.run(_COMMAND, input=content, capture_output=True, timeout=_PATIENCE, check=False, env={})  # noqa: S603 - a fixed command
    except subprocess.TimeoutExpired as error:
        raise Refused("broken", "this file took too long to read") from error
    first, _, rest = done.stdout.partition(b"\n")
    if done.returncode == REFUSED and first.decode() in get_args(Refusal):
        raise Refused(cast("Refusal", first.decode()), rest.decode())
    if done.returncode != 0 or first.decode() not in get_args(MediaType) or not rest:
        raise Refused("broken", "this file could not be read safely")
    return Clean(rest, cast("MediaType", first.decode()))
