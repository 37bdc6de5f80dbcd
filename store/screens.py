"""What a web phone shows: kept sealed, found by a keyed hash of the phone's token."""

from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from store.sealing import Keyring
from store.tables import screens

_PURPOSE = "screens.sealed"


@dataclass(frozen=True, slots=True)
class Shown:
    """One bubble on a phone: its number, when (ms), and what it says."""

    id: int
    at: int
    body: dict[str, Any]


def add(connection: sa.Connection, keyring: Keyring, phone: bytes, body: dict[str, Any], at: int) -> None:
    """Show a message on a phone (`phone` is its keyed hash)."""
    sealed = keyring.seal(_PURPOSE, orjson.dumps(body), phone)
    connection.execute(sa.insert(screens), [{"phone": phone, "sealed": sealed, "at": at}])


def shown(connection: sa.Connection, keyring: Keyring, phone: bytes, after: int) -> list[Shown]:
    """What a phone shows, from the bubble after number `after` on."""
    found = connection.execute(
        sa.select(screens.c.id, screens.c.at, screens.c.sealed).where(screens.c.phone == phone, screens.c.id > after).order_by(screens.c.id)
    )
    return [Shown(row.id, row.at, orjson.loads(keyring.open(_PURPOSE, row.sealed, phone))) for row in found]


def wipe(connection: sa.Connection, phone: bytes) -> None:
    """Empty a phone's screen."""
    connection.execute(sa.delete(screens).where(screens.c.phone == phone))
