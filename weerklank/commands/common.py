"""What commands share: the settings, an open database, and output for people."""

import argparse
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import TypeAlias

import sqlalchemy as sa
from pydantic import ValidationError

from store import mark
from store.database import Database, StoreAway, open_database
from store.migrate import is_newer, is_up_to_date
from store.pooler import shares_sessions
from store.sealing import Keyring
from weerklank.commands.errors import CommandError
from weerklank.newer import OUTDATED
from weerklank.settings import Settings

# argparse has no public name for what `add_subparsers` returns.
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


POOLED = (
    "WEERKLANK_DATABASE_URL leads to a pooler that gives a session for one transaction only; point it at PostgreSQL itself, "
    "or set the pooler to pool_mode = session"
)


def say(line: str = "") -> None:
    """Write a line for the person at the terminal."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def settings() -> Settings:
    """Read the settings. Raises CommandError that names the setting."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise CommandError(f"WEERKLANK_{name} is wrong: {first['msg']}") from error


def see_own_sessions(database: Database) -> None:
    """See that our connections keep their sessions. Raises CommandError behind a pooler that takes them away, and StoreAway."""
    if shares_sessions(database):
        raise CommandError(POOLED)


def keyring_of(present: Settings) -> Keyring | None:
    """The keys, to compare with the database's mark; None where none are set: who has no keys can seal nothing wrongly."""
    return present.keyring() if present.sealing_keys and present.lookup_pepper is not None else None


def check_mark(connection: sa.Connection, present: Settings) -> None:
    """See that the database belongs to these keys. Raises CommandError."""
    keyring = keyring_of(present)
    if keyring is None:
        return
    try:
        mark.check(connection, keyring)
    except mark.OtherKeys as error:
        raise CommandError(str(error)) from error


def lay_mark(database: Database, present: Settings) -> None:
    """Bind a database that has no mark to these keys; nothing where none are set. Raises CommandError when it belongs to others."""
    keyring = keyring_of(present)
    if keyring is None:
        return
    try:
        with database.write() as connection:
            mark.lay(connection, keyring)
    except mark.OtherKeys as error:
        raise CommandError(str(error)) from error


def _check_tables(database: Database, present: Settings, *, compared: bool) -> None:
    try:
        with database.read() as connection:
            there = is_up_to_date(connection)
            if is_newer(connection):
                raise CommandError(OUTDATED)
            if there and compared:
                check_mark(connection, present)
    except StoreAway as error:
        raise CommandError("the database cannot be reached; look at WEERKLANK_DATABASE_URL and whether its server runs") from error
    if not there:
        raise CommandError("the database has not the tables of this version; run `weerklank db upgrade` first")


@contextmanager
def database_of(present: Settings, *, compared: bool = True) -> Generator[Database]:
    """The database of an installation, migrated. Raises CommandError when its tables are of another version or its keys others.

    Without `compared` the keys are not held against the database's mark: for the command that says itself what they open.
    """
    database = open_database(present.database)
    try:
        _check_tables(database, present, compared=compared)
        yield database
    finally:
        database.close()
