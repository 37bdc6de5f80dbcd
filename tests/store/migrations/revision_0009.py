"""The mark of the house: an older database whose rows open takes one, and its workers are there with it and without it."""

import pytest
import sqlalchemy as sa

from store import mark
from store.sealing import Keyring, new_key

_RING = Keyring([new_key()], new_key())


def load(connection: sa.Connection) -> None:
    """A worker, whose key lies sealed."""
    sealed = _RING.seal("workers.key_sealed", new_key(), b"w1")
    connection.execute(sa.text("INSERT INTO workers (id, key_sealed) VALUES ('w1', :sealed)"), {"sealed": sealed})


def check(connection: sa.Connection) -> None:
    """Only the keys that open what lies there lay a mark."""
    with pytest.raises(mark.OtherKeys):
        mark.lay(connection, Keyring([new_key()], new_key()))
    mark.lay(connection, _RING)
    mark.check(connection, _RING)


def check_back(connection: sa.Connection) -> None:
    """The worker is there."""
    assert connection.execute(sa.text("SELECT id FROM workers")).scalar_one() == "w1"
