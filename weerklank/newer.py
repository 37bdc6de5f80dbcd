"""Whether a newer version of ours was at the tables while this process ran: what that version writes, this one may not know."""

import logging
from collections.abc import Callable
from typing import Final

from store.database import Database
from store.migrate import is_newer

_log = logging.getLogger(__name__)
OUTDATED: Final = "the database is of a newer version of Weerklank than this process; start it again on that version"


def _nobody_asks() -> None:
    """Stands where nobody wants to hear it."""


class Newer:
    """Looks at the tables' revision. `on_seen` is called once, in whatever thread looks."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.seen = False
        self.on_seen: Callable[[], object] = _nobody_asks

    def look(self) -> None:
        """Look, and say so once. Raises StoreAway."""
        if self.seen:
            return
        with self._database.read() as connection:
            self.seen = is_newer(connection)
        if self.seen:
            _log.error(OUTDATED)
            self.on_seen()
