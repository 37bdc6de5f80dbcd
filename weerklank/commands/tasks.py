"""`weerklank tasks`: work that nobody tries again by itself, and how it runs again once its cause was mended."""

import argparse

from store import tasks
from store.shared_clock import SharedClock
from weerklank.commands import resting
from weerklank.commands.common import Commands, database_of, say, settings


def add_parser(commands: Commands) -> None:
    """Add `tasks`."""
    top = commands.add_parser("tasks", help="work that failed as often as it may be tried")
    actions = top.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("list", help="what rests, since when, and the kind of fault").set_defaults(run=_list)
    again = actions.add_parser("again", help="let it run anew, with every attempt before it")
    resting.let_choose(again, "one task", "every task that rests")
    again.set_defaults(run=_again)


def _list(arguments: argparse.Namespace) -> int:
    del arguments
    with database_of(settings()) as database, database.read() as connection:
        found = tasks.dead_letters(connection, resting.MOST)
    for letter in found:
        resting.tell(letter.id, letter.task, letter.since, letter.attempts, letter.reason)
    if not found:
        say("no task rests")
    return 0


def _again(arguments: argparse.Namespace) -> int:
    with database_of(settings()) as database:
        now = SharedClock(database)
        now.look()
        with database.write() as connection:
            count = tasks.again(connection, now(), None if arguments.all else arguments.number)
    resting.see_that_it_was_there(arguments, count, f"no task {arguments.number} rests; `weerklank tasks list` shows those that do")
    say(f"{count} {'task runs' if count == 1 else 'tasks run'} again as soon as the service is free")
    return 0
