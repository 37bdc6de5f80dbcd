"""The mark of the house: which keys a database belongs to, so that a programme with other keys refuses before it writes a row.

With another sealing key nothing that workers said would open; with another pepper every worker would silently be taken for a stranger.
"""

import sqlalchemy as sa

from store import codes
from store.database import insert_new
from store.sealing import Keyring, Unopenable
from store.tables import code_pool, marks, workers

_PURPOSE = "marks.sealed"
_THE_ONE = 1
_WORD = "weerklank"
_SEALED_ELSEWHERE = (
    "this database was sealed under other keys: set the WEERKLANK_SEALING_KEYS it was begun with, or choose another database"
)
_ANOTHER_PEPPER = (
    "this database was begun with another look-up pepper: set the WEERKLANK_LOOKUP_PEPPER it was begun with, or choose another database"
)


class OtherKeys(Exception):
    """The database belongs to other keys than those in the settings; the message is one sentence that says what to do."""


class OtherPepper(OtherKeys):
    """What lies sealed opens, but the look-up pepper is not the database's own."""


def check(connection: sa.Connection, keyring: Keyring) -> None:
    """See that these keys are the database's own. Writes nothing. Raises OtherKeys.

    A database of an older version has no mark: what lies sealed in it is tried instead, and an empty one belongs to whoever comes first.
    """
    there = set(sa.inspect(connection).get_table_names())
    row = connection.execute(sa.select(marks.c.lookup, marks.c.sealed)).first() if marks.name in there else None
    if row is not None:
        _compared(keyring, row.lookup, row.sealed)
    elif {workers.name, code_pool.name} <= there:
        _tried(connection, keyring)


def lay(connection: sa.Connection, keyring: Keyring) -> None:
    """Mark a database that has no mark yet, and seal the mark anew once there is a newer key. Raises OtherKeys."""
    check(connection, keyring)
    found = _lookup(keyring)
    insert_new(connection, marks, [{"id": _THE_ONE, "lookup": found, "sealed": _sealed(keyring)}], ["id"], marks.c.id)
    kept = connection.execute(sa.select(marks.c.lookup, marks.c.sealed)).one()
    # Of two that begin on one empty database at the same moment the second finds the mark of the first.
    _compared(keyring, kept.lookup, kept.sealed)
    if not keyring.is_newest(kept.sealed):
        connection.execute(sa.update(marks).values(sealed=_sealed(keyring)))


def _lookup(keyring: Keyring) -> bytes:
    return keyring.lookup("mark", _WORD)


def _sealed(keyring: Keyring) -> bytes:
    return keyring.seal(_PURPOSE, _WORD.encode(), _lookup(keyring))


def _compared(keyring: Keyring, lookup: bytes, sealed: bytes) -> None:
    try:
        keyring.open(_PURPOSE, sealed, lookup)
    except Unopenable as error:
        raise OtherKeys(_SEALED_ELSEWHERE) from error
    if lookup != _lookup(keyring):
        raise OtherPepper(_ANOTHER_PEPPER)


def _tried(connection: sa.Connection, keyring: Keyring) -> None:
    """Try a worker's key and the newest code that lies ready, which was hashed with the pepper's salt."""
    known = sa.select(workers.c.id, workers.c.key_sealed).where(workers.c.key_sealed.is_not(None))
    worker = connection.execute(known.limit(1)).first()
    code = connection.execute(sa.select(code_pool.c.code_hash, code_pool.c.code_sealed).order_by(code_pool.c.id.desc()).limit(1)).first()
    try:
        if worker is not None:
            keyring.open("workers.key_sealed", worker.key_sealed, worker.id.encode())
        digits = None if code is None else codes.opened(keyring, code.code_hash, code.code_sealed)
    except Unopenable as error:
        raise OtherKeys(_SEALED_ELSEWHERE) from error
    if code is not None and digits is not None and codes.code_hash(keyring, digits) != code.code_hash:
        raise OtherPepper(_ANOTHER_PEPPER)
