"""`weerklank programme check FILE` and `programme apply FILE`."""

import argparse
import sys
from pathlib import Path

import sqlalchemy as sa

from bot import clock
from cases import programme
from cases.model import Programme
from store.tables import cases
from weerklank.commands.common import Commands, database_of, say, settings
from weerklank.commands.errors import CommandError


def add_parser(commands: Commands) -> None:
    """Add `programme`."""
    top = commands.add_parser("programme", help="companies, suppliers, sites, officers, routing and clocks from one file")
    actions = top.add_subparsers(required=True, metavar="ACTION")
    for name, run, says in (
        ("check", _check, "find every problem in a programme file"),
        ("apply", _apply, "make a programme file the one in force"),
    ):
        action = actions.add_parser(name, help=says)
        action.add_argument("file", type=Path, metavar="FILE", help="the programme file; - reads it from standard input")
        action.set_defaults(run=run)
        if name == "apply":
            action.add_argument("--replace", action="store_true", help="also where another operator's programme has cases")


def _read(file: Path) -> tuple[str, str]:
    """The text of a programme file and the name that its problems are told under. Raises CommandError where it is no text."""
    content, name = (sys.stdin.buffer.read(), "standard input") if str(file) == "-" else (file.read_bytes(), file.name)
    try:
        return content.decode(), name
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise CommandError(f"{name}, line {line}: this is no UTF-8; save the file as UTF-8") from error


def _check(arguments: argparse.Namespace) -> int:
    text, name = _read(arguments.file)
    programme.read_programme(text, name)
    say(f"{name}: nothing wrong")
    return 0


def _refuse_another(connection: sa.Connection, wanted: Programme) -> None:
    """A file of another operator over cases of one is more likely a wrong database than a change. Raises CommandError."""
    present = programme.current(connection)
    if present is None or present.operator.id == wanted.operator.id or connection.execute(sa.select(cases.c.id).limit(1)).first() is None:
        return
    raise CommandError(
        f"this database has cases of {present.operator.id}, and the file is of {wanted.operator.id}; choose that one's database, "
        "or add --replace if the operator really changed"
    )


def _apply(arguments: argparse.Namespace) -> int:
    text, name = _read(arguments.file)
    wanted = programme.read_programme(text, name)
    with database_of(settings()) as database, database.write() as connection:
        if not arguments.replace:
            _refuse_another(connection, wanted)
        changes = programme.apply(connection, wanted, text, clock.now())
    for change in changes:
        say(str(change))
    say("nothing changed" if not changes else f"{len(changes)} changes; running processes take them up within half a minute")
    return 0
