"""Workers' codes: eight digits, found again only through a slow keyed hash, made ahead so that nobody waits for it.

Argon2id with 19 MiB and two passes (about 40 ms) and a secret salt (ASVS 5.0.0, 6.5.2): eight digits alone would be found in minutes.
Codes are drawn and hashed ahead of need, outside any transaction, and kept sealed in a small pool.
"""

import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from nacl.pwhash import argon2id

from store.database import insert_new
from store.sealing import Keyring
from store.tables import cases, code_pool

_MEMORY = 19 * 1024 * 1024
_PASSES = 2
_PURPOSE = "code_pool.code_sealed"


@dataclass(frozen=True, slots=True)
class Code:
    """A worker's code: its eight digits, and the hash it is found by."""

    digits: str
    code_hash: bytes


def code_hash(keyring: Keyring, digits: str) -> bytes:
    """Hash a code: 32 bytes, slow on purpose (about 40 ms). Never call it inside a transaction."""
    return argon2id.kdf(32, digits.encode(), keyring.salt("codes"), opslimit=_PASSES, memlimit=_MEMORY)


def draw(keyring: Keyring) -> Code:
    """Draw a random code and hash it. Slow: see `code_hash`."""
    digits = f"{secrets.randbelow(10**8):08d}"
    return Code(digits, code_hash(keyring, digits))


def stock(connection: sa.Connection, keyring: Keyring, codes: list[Code]) -> None:
    """Put codes in the pool; one that is in use or in the pool already is dropped."""
    taken = set(connection.execute(sa.select(cases.c.code_hash).where(cases.c.code_hash.in_([c.code_hash for c in codes]))).scalars())
    rows = [
        {"code_hash": code.code_hash, "code_sealed": keyring.seal(_PURPOSE, code.digits.encode(), code.code_hash)}
        for code in codes
        if code.code_hash not in taken
    ]
    insert_new(connection, code_pool, rows, ["code_hash"], code_pool.c.id)


def stocked(connection: sa.Connection) -> int:
    """How many codes lie ready."""
    return connection.execute(sa.select(sa.func.count()).select_from(code_pool)).scalar_one()


def ready(connection: sa.Connection, count: int) -> list[tuple[bytes, bytes]]:
    """Up to `count` codes that lie ready, as (hash, sealed), locked for this transaction; those used are deleted with it."""
    some = sa.select(code_pool.c.code_hash, code_pool.c.code_sealed).order_by(code_pool.c.id).limit(count).with_for_update(skip_locked=True)
    return [(row.code_hash, row.code_sealed) for row in connection.execute(some)]


def opened(keyring: Keyring, hashed: bytes, sealed: bytes) -> str:
    """The eight digits of a code from the pool."""
    return keyring.open(_PURPOSE, sealed, hashed).decode()
