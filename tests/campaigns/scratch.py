"""Where a campaign that is run by hand keeps its databases, logs and records."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def folder_for(keep: Path | None) -> Iterator[Path]:
    """A folder for a campaign: `keep`, made where it is missing and left as it is afterwards, or one that goes with it."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        # PostgreSQL's account, which need not be ours, passes through this folder to its own.
        folder.chmod(0o711)
        yield folder
