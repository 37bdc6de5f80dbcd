"""`weerklank programme check FILE` and `programme apply FILE`."""

import argparse
from pathlib import Path

from bot import clock
from cases import programme
from weerklank.commands.common import Commands, database_of, say, settings


def add_parser(commands: Commands) -> None:
    """Add `programme`."""
    top = commands.add_parser("programme", help="companies, suppliers, sites, officers, routing and clocks from one file")
    actions = top.add_subparsers(required=True, metavar="ACTION")
    for name, run, says in (
        ("check", _check, "find every problem in a programme file"),
        ("apply", _apply, "make a programme file the one in force"),
    ):
        action = actions.add_parser(name, help=says)
        action.add_argument("file", type=Path, metavar="FILE")
        action.set_defaults(run=run)


def _check(arguments: argparse.Namespace) -> int:
    programme.read_programme(arguments.file.read_text(encoding="utf-8"), arguments.file.name)
    say(f"{arguments.file}: nothing wrong")
    return 0


def _apply(arguments: argparse.Namespace) -> int:
    text = arguments.file.read_text(encoding="utf-8")
    wanted = programme.read_programme(text, arguments.file.name)
    with database_of(settings()) as database, database.write() as connection:
        changes = programme.apply(connection, wanted, text, clock.now())
    for change in changes:
        say(str(change))
    say("nothing changed" if not changes else f"{len(changes)} changes; running processes take them up within half a minute")
    return 0
