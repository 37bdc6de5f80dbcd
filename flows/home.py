"""Where words go that no flow waits for: to the open case, or into a first talk."""

from collections.abc import Mapping
from typing import Final

OPEN: Final = "dialogue"
FIRST: Final = "raise-concern"
FIRST_OF_NEIGHBOURS: Final = "raise-concern-neighbours"


def home(fields: Mapping[str, str]) -> str:
    """The flow that hears whatever comes."""
    if fields.get("case") == "open":
        return OPEN
    return FIRST_OF_NEIGHBOURS if fields.get("who") == "neighbour" else FIRST
