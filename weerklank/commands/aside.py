"""`weerklank aside`: workers' messages that could not be handled, and how they are handled once the cause was mended."""

import argparse

from store import doorbell, inbox
from weerklank.commands import resting
from weerklank.commands.common import Commands, database_of, say, settings


def add_parser(commands: Commands) -> None:
    """Add `aside`."""
    top = commands.add_parser("aside", help="workers' messages that could not be handled and were set aside")
    actions = top.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("list", help="what was set aside, on which channel, since when, and the kind of fault").set_defaults(run=_list)
    again = actions.add_parser("again", help="let it be handled anew, with every attempt before it")
    resting.let_choose(again, "one message", "every message set aside, in the order they came")
    again.set_defaults(run=_again)


def _list(arguments: argparse.Namespace) -> int:
    del arguments
    with database_of(settings()) as database, database.read() as connection:
        found = inbox.set_aside(connection, resting.MOST)
    for each in found:
        resting.tell(each.id, each.channel, each.since, each.attempts, each.reason)
    if not found:
        say("no message is set aside")
    return 0


def _again(arguments: argparse.Namespace) -> int:
    with database_of(settings()) as database, database.write() as connection:
        count = inbox.again(connection, None if arguments.all else arguments.number)
        doorbell.ring(connection, doorbell.WORDS)
    none = f"no message {arguments.number} is set aside; `weerklank aside list` shows those that are"
    resting.see_that_it_was_there(arguments, count, none)
    say(f"{count} {'message is' if count == 1 else 'messages are'} handled again as soon as the service is free")
    return 0
