"""`weerklank doctor`: what is set up, what is off, what is wrong, and what to do about it."""

import argparse
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bot.lexicon import the_lexicon
from cases import programme
from channels.registry import open_channels
from store.database import Database, is_away, open_database
from store.migrate import is_up_to_date
from store.sealing import WeakKey
from store.tables import inbox, mails, outbox, tasks
from translations.danger import ListError
from weerklank.commands.common import Commands, say, settings
from weerklank.house import Houses
from weerklank.settings import Settings, SettingsError
from weerklank.wiring import channel_config

_LITTLE_ROOM = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor: well or not, what, and what to do."""

    well: bool
    what: str
    do: str = ""


def add_parser(commands: Commands) -> None:
    """Add `doctor`."""
    commands.add_parser("doctor", help="check settings, keys, channels, database and disk").set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    del arguments
    findings = list(examine(settings()))
    for finding in findings:
        say(f"{'ok  ' if finding.well else 'MEND'} {finding.what}" + (f": {finding.do}" if finding.do else ""))
    return 0 if all(finding.well for finding in findings) else 1


def examine(present: Settings) -> Iterator[Finding]:
    """Look at everything that a start would need."""
    yield _keys(present)
    channels = open_channels(channel_config(present))
    yield from (Finding(well=True, what=f"channel {name} is on") for name in channels.senders)
    yield from (Finding(well=True, what=f"channel {name} is off", do=why) for name, why in channels.off.items())
    if present.smtp_url is None:
        yield Finding(well=False, what="no mail leaves", do="set WEERKLANK_SMTP_URL, or officers hear of nothing")
    yield _words(present)
    yield _room(present)
    yield from _database(present)


def _keys(present: Settings) -> Finding:
    try:
        present.keyring()
    except (SettingsError, WeakKey) as error:
        return Finding(well=False, what="keys", do=str(error))
    return Finding(well=True, what="keys are set, apart from each other, and look random")


def _words(present: Settings) -> Finding:
    try:
        the_lexicon(present.words_dir)
    except ListError as error:
        return Finding(well=False, what="words of danger", do=str(error))
    own = len(list(present.words_dir.glob("*.yaml")))
    return Finding(well=True, what="words of danger are read" + (f"; lists of your own: {own}" if own else ""))


def _room(present: Settings) -> Finding:
    folder = present.data_dir if present.data_dir.exists() else present.data_dir.absolute().parent
    free = shutil.disk_usage(folder).free
    return Finding(free > _LITTLE_ROOM, f"{free // 2**20} MiB free in the data folder", "" if free > _LITTLE_ROOM else "make room")


def _database(present: Settings) -> Iterator[Finding]:
    database = open_database(present.database)
    try:
        yield from _tables(database)
    except SQLAlchemyError as error:
        if not is_away(error):
            raise
        yield Finding(well=False, what="the database cannot be reached", do="check WEERKLANK_DATABASE_URL and the server")
    finally:
        database.close()


def _tables(database: Database) -> Iterator[Finding]:
    with database.read() as connection:
        if not is_up_to_date(connection):
            yield Finding(well=False, what="the tables are not of this version", do="run `weerklank db upgrade`")
            return
        yield Finding(well=True, what=f"{database.kind} has the tables of this version")
        yield from _programme(connection)
        yield from _flows(database, connection)
        for name, table, state in (
            ("inbox", inbox, "aside"),
            ("outbox", outbox, "failed"),
            ("mails", mails, "failed"),
            ("tasks", tasks, "dead"),
        ):
            count = connection.execute(sa.select(sa.func.count()).where(table.c.state == state)).scalar_one()
            yield Finding(not count, f"{count} rows {state} in {name}", "look at their reasons" if count else "")


def _flows(database: Database, connection: sa.Connection) -> Iterator[Finding]:
    """The published flows that cannot be read by this version; asked only once a programme is in force."""
    if programme.current(connection) is None:
        return
    houses = Houses(database)
    houses.at(connection)
    for each in houses.broken():
        yield Finding(well=False, what=str(each), do=f"mend it and publish, or run `weerklank flows rollback {each.name}`")


def _programme(connection: sa.Connection) -> Iterator[Finding]:
    in_force = programme.current(connection)
    if in_force is None:
        yield Finding(well=False, what="no programme is in force", do="run `weerklank programme apply FILE`")
        return
    size = f"{len(in_force.companies)} companies and {len(in_force.places)} places"
    yield Finding(well=True, what=f"programme with {size}; {in_force.operator.name} holds the keys")
