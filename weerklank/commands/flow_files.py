"""How a command finds the flow that somebody names."""

from pathlib import Path
from typing import Final

from flows.model import sources_of
from flows.revisions import shipped_sources
from weerklank.commands.errors import CommandError

FLOW: Final = "a flow file, or the name of a flow we ship"


def sources_named(flow: str) -> dict[str, str]:
    """The files of a flow by its path or its name."""
    path = Path(flow)
    if path.is_file():
        return sources_of(path)
    known = shipped_sources()
    if flow not in known:
        raise CommandError(f"there is no flow file {flow}, and no flow of that name; those we ship are {', '.join(known)}")
    return known[flow]
