"""`weerklank doctor`: what is set up, what is off, what is wrong, and what to do about it."""

import argparse
import shutil
from collections.abc import Iterator

import sqlalchemy as sa

from bot.lexicon import the_lexicon
from cases import programme
from channels.config import ChannelConfig
from channels.registry import Channels
from store.database import Database, StoreAway, open_database
from store.migrate import is_newer, is_up_to_date, unbuilt
from store.pooler import shares_sessions
from store.sealing import WeakKey
from translations.danger import ListError
from weerklank.channel_settings import channel_config
from weerklank.commands import doctor_channels, doctor_countries, doctor_keys, doctor_languages, doctor_rows
from weerklank.commands.common import Commands, say, settings
from weerklank.commands.findings import Finding
from weerklank.house import Houses
from weerklank.settings import Settings, SettingsError

_LITTLE_ROOM = 500 * 1024 * 1024


def add_parser(commands: Commands) -> None:
    """Add `doctor`."""
    doctor = commands.add_parser("doctor", help="check settings, keys, channels, database and disk")
    doctor.add_argument(
        "--ask", action="store_true", help="also call our own public address and ask the carriers how they stand towards us"
    )
    doctor.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    well = True
    for finding in examine(settings(), ask=arguments.ask):
        well = well and finding.well
        say(f"{'ok  ' if finding.well else 'MEND'} {finding.what}" + (f": {finding.do}" if finding.do else ""))
    return 0 if well else 1


def examine(present: Settings, *, ask: bool = False) -> Iterator[Finding]:
    """Look at everything that a start would need; with `ask` also at what only a call over the network tells."""
    yield _keys(present)
    channels, config, broken = doctor_channels.opened(channel_config(present))
    yield from broken
    yield from doctor_channels.look(channels, config)
    if ask:
        yield from doctor_channels.asked(channels, config)
    if present.smtp_url is None:
        yield Finding(well=False, what="no mail leaves", do="set WEERKLANK_SMTP_URL, or officers hear of nothing")
    yield _words(present)
    yield from doctor_languages.packages(present.languages_dir)
    yield _room(present)
    yield from _spool(present)
    yield from _database(present, channels, config)


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


def _spool(present: Settings) -> Iterator[Finding]:
    """Messages that were written to disk while the database was away, and could not be taken up since."""
    aside = len(list((present.data_dir / "spool").glob("*.aside")))
    if aside:
        yield Finding(
            well=False,
            what=f"{aside} messages are set aside in the spool",
            do="put the older sealing keys back, if you took them away, and report it",
        )


def _database(present: Settings, channels: Channels, config: ChannelConfig) -> Iterator[Finding]:
    database = open_database(present.database)
    try:
        if shares_sessions(database):
            yield Finding(
                well=False,
                what="WEERKLANK_DATABASE_URL leads to a pooler that gives a session for one transaction only",
                do="point it at PostgreSQL itself, or set the pooler to pool_mode = session",
            )
        yield from _tables(database, present, channels, config)
    except StoreAway:
        yield Finding(well=False, what="the database cannot be reached", do="check WEERKLANK_DATABASE_URL and the server")
    finally:
        database.close()


def _tables(database: Database, present: Settings, channels: Channels, config: ChannelConfig) -> Iterator[Finding]:
    with database.read() as connection:
        if is_newer(connection):
            yield Finding(well=False, what="the tables are of a newer version", do="use the `weerklank` of that version")
            return
        if not is_up_to_date(connection):
            yield Finding(well=False, what="the tables are not of this version", do="run `weerklank db upgrade`")
            return
        yield Finding(well=True, what=f"{database.kind} has the tables of this version")
        if lacking := unbuilt(connection):
            do = "run `weerklank db upgrade` again: it builds them beside the traffic"
            yield Finding(well=False, what=f"indexes are not built, and pages are slow: {', '.join(lacking)}", do=do)
        yield from doctor_keys.look(connection, present)
        yield from _programme(connection, present, channels, config)
        yield from _flows(database, connection)
        yield from doctor_rows.look(connection)


def _flows(database: Database, connection: sa.Connection) -> Iterator[Finding]:
    """The published flows that cannot be read by this version; asked only once a programme is in force."""
    if programme.current(connection) is None:
        return
    houses = Houses(database)
    houses.at(connection)
    for each in houses.broken():
        yield Finding(well=False, what=str(each), do=f"mend it and publish, or run `weerklank flows rollback {each.name}`")


def _programme(connection: sa.Connection, present: Settings, channels: Channels, config: ChannelConfig) -> Iterator[Finding]:
    in_force = programme.current(connection)
    if in_force is None:
        yield Finding(well=False, what="no programme is in force", do="run `weerklank programme apply FILE`")
        return
    size = f"{len(in_force.companies)} companies and {len(in_force.places)} places"
    yield Finding(well=True, what=f"programme with {size}; {in_force.operator.name} holds the keys")
    yield from doctor_countries.look(in_force, channels, config)
    yield from doctor_languages.untranslated(in_force, present.languages_dir)
