"""`weerklank tasks`: work that nobody tries again by itself, and how it runs again once its cause was mended."""

import argparse
from datetime import UTC, datetime

from bot import clock
from store import tasks
from store.shared_clock import SharedClock
from weerklank.commands.common import Commands, database_of, say, settings
from weerklank.commands.errors import CommandError

_MOST = 200


def add_parser(commands: Commands) -> None:
    """Add `tasks`."""
    top = commands.add_parser("tasks", help="work that failed as often as it may be tried")
    actions = top.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("list", help="what rests, since when, and the kind of fault").set_defaults(run=_list)
    again = actions.add_parser("again", help="let it run anew, with every attempt before it")
    which = again.add_mutually_exclusive_group(required=True)
    which.add_argument("number", metavar="NUMBER", type=int, nargs="?", help="one task, by the number that `list` shows")
    which.add_argument("--all", action="store_true", help="every task that rests")
    again.set_defaults(run=_again)


def _list(arguments: argparse.Namespace) -> int:
    del arguments
    with database_of(settings()) as database, database.read() as connection:
        found = tasks.dead_letters(connection, _MOST)
    for letter in found:
        since = datetime.fromtimestamp(letter.since / clock.SECOND, UTC)
        say(f"{letter.id}  {letter.task}  since {since:%Y-%m-%d %H:%M} UTC, {letter.attempts} attempts: {letter.reason}")
    if not found:
        say("no task rests")
    return 0


def _again(arguments: argparse.Namespace) -> int:
    with database_of(settings()) as database:
        now = SharedClock(database)
        now.look()
        with database.write() as connection:
            count = tasks.again(connection, now(), None if arguments.all else arguments.number)
    if not count and not arguments.all:
        raise CommandError(f"no task {arguments.number} rests; `weerklank tasks list` shows those that do")
    say(f"{count} {'task runs' if count == 1 else 'tasks run'} again as soon as the service is free")
    return 0
