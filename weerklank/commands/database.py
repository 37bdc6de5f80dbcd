"""`weerklank db upgrade` and `db check`, and `weerklank forget CODE`."""

import argparse
import sys
from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from bot import clock, forgetting
from cases import timeline
from channels.registry import open_channels
from store import codes, mark
from store.casekeys import KeyCache
from store.database import Database, StoreAway, is_away, open_database
from store.migrate import TablesBusy, is_up_to_date, newest, upgrade
from store.sealing import Keyring
from store.tables import cases
from weerklank import wiring
from weerklank.channel_settings import channel_config
from weerklank.commands import sealed_check
from weerklank.commands.common import Commands, check_mark, database_of, keyring_of, lay_mark, say, see_own_sessions, settings
from weerklank.commands.errors import CommandError
from weerklank.settings import Settings
from words.digits import case_code

_CASES_AT_ONCE: Final = 200


def add_parser(commands: Commands) -> None:
    """Add `db` and `forget`."""
    top = commands.add_parser("db", help="migrations, integrity")
    actions = top.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("upgrade", help="bring the database to the tables of this version").set_defaults(run=_upgrade)
    check = actions.add_parser("check", help="check foreign keys, the chain of every timeline, and that every sealed field opens")
    check.set_defaults(run=_check)
    forget = commands.add_parser("forget", help="forget the worker a code belongs to, and destroy the keys of their case")
    forget.add_argument(
        "code", metavar="CODE", nargs="?", help="eight digits; left out, it is asked for, and stays out of the shell's history"
    )
    forget.set_defaults(run=_forget)


def _upgrade(arguments: argparse.Namespace) -> int:
    del arguments
    present = settings()
    database = open_database(present.database)
    try:
        # The advisory lock by which two machines upgrade one after the other is worth nothing where sessions change hands.
        see_own_sessions(database)
        with database.read() as connection:
            check_mark(connection, present)
        upgrade(database)
        lay_mark(database, present)
    except TablesBusy as error:
        raise CommandError(
            "the tables stayed in use for half a minute; nothing was changed: run `weerklank db upgrade` again at a quieter moment"
        ) from error
    except (DBAPIError, StoreAway) as error:
        if not is_away(error):
            raise
        raise CommandError("the database cannot be reached; look at WEERKLANK_DATABASE_URL and whether its server runs") from error
    finally:
        database.close()
    say(f"the database has the tables of revision {newest()}")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    del arguments
    present = settings()
    # A mark that was damaged looks like the mark of another house; what the keys open tells the two apart.
    with database_of(present, compared=False) as database:
        keyring = _own_keys(database, present)
        problems = find_problems(database)
        for problem in problems:
            say(problem)
        found = len(problems)
        if keyring is None:
            say("sealed fields were not opened: WEERKLANK_SEALING_KEYS and WEERKLANK_LOOKUP_PEPPER are not set here")
        else:
            found += _opened(database, keyring)
    say("nothing wrong" if not found else f"{found} problems")
    return 1 if found else 0


def _own_keys(database: Database, present: Settings) -> Keyring | None:
    """The keys of the settings, None where none are set. Raises CommandError when they open nothing here, or the pepper is another's."""
    keyring = keyring_of(present)
    if keyring is None:
        return None
    with database.read() as connection:
        try:
            mark.check(connection, keyring)
        except mark.OtherPepper as error:
            raise CommandError(str(error)) from error
        except mark.OtherKeys as error:
            if not sealed_check.opens_anything(connection, keyring):
                raise CommandError(str(error)) from error
    return keyring


def _opened(database: Database, keyring: Keyring) -> int:
    """Open every sealed field, and say what does not open; returns how much is wrong."""
    report = sealed_check.check(database, keyring)
    for line in report.lines:
        say(line)
    say(f"{report.opened:,} sealed fields open")
    if report.under_shut_keys:
        say(f"{report.under_shut_keys:,} sealed fields lie under a key that does not open, and could not be tried")
    return report.problems


def find_problems(database: Database) -> list[str]:
    """What is wrong with a database as far as it shows without keys: broken references, and timelines that were changed or cut."""
    problems: list[str] = []
    with database.read() as connection:
        if not is_up_to_date(connection):
            problems.append("the tables are of another version")
        if database.kind == "sqlite":
            problems += [
                f"table {row[0]}: row {row[1]} points at nothing in {row[2]}"
                for row in connection.exec_driver_sql("PRAGMA foreign_key_check")
            ]
            problems += [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check") if row[0] != "ok"]
    return problems + _broken_chains(database)


def _broken_chains(database: Database) -> list[str]:
    """Walk every timeline, a lot of cases in one transaction: a long one keeps on the disk what others delete meanwhile."""
    found: list[str] = []
    last = 0
    while True:
        with database.read() as connection:
            some = sa.select(cases.c.id, cases.c.reference).where(cases.c.id > last).order_by(cases.c.id).limit(_CASES_AT_ONCE)
            rows = connection.execute(some).all()
            found += [f"case {row.reference}: {wrong}" for row in rows for wrong in _still_wrong(connection, row.id)]
        if not rows:
            return found
        last = rows[-1].id


def _still_wrong(connection: sa.Connection, case_id: int) -> list[str]:
    """What is wrong with a timeline; what is seen once only was an entry that somebody wrote while we looked."""
    seen = timeline.verify(connection, case_id)
    return [wrong for wrong in timeline.verify(connection, case_id) if wrong in seen] if seen else []


def _forget(arguments: argparse.Namespace) -> int:
    digits = case_code(arguments.code or _asked())
    if digits is None:
        raise CommandError("a worker's code has eight digits")
    present = settings()
    keyring = present.keyring()
    code_hash = codes.code_hash(keyring, digits)
    with database_of(present) as database, database.write() as connection:
        case = connection.execute(sa.select(cases).where(cases.c.code_hash == code_hash).with_for_update()).mappings().first()
        if case is None:
            raise CommandError("no case has this code")
        forgetting.forget_case(connection, keyring, KeyCache(keyring), dict(case), clock.now())
        waits = case["worker_id"] is not None and forgetting.wipe_first(connection, case["worker_id"], _wiped(present), clock.now())
        if case["worker_id"] is not None and not waits:
            wiring.forget_now(connection, keyring, case["worker_id"])
    with database_of(present) as database:
        database.scrub()
    if waits:
        say("forgotten: the keys of the case are destroyed. The running service deletes the talk from the worker's phone now, and the")
        say("worker's key after that, within some minutes")
    elif case["worker_id"] is None:
        say("forgotten: the keys of the case are destroyed. Its worker hid it, so nobody knows whose it was")
    else:
        say("forgotten: the keys of the case and of the worker are destroyed")
    return 0


def _wiped(present: Settings) -> list[str]:
    """The channels that delete from a worker's phone, for which the worker's address is needed."""
    senders = open_channels(channel_config(present)).senders
    return [name for name, channel in senders.items() if channel.abilities.deletes_seconds is not None]


def _asked() -> str:
    say("The eight digits:")
    return sys.stdin.readline()
