"""`weerklank aside`: workers' messages that could not be handled, and how they are handled once the cause was mended."""

import argparse
from datetime import UTC, datetime

from bot import clock
from store import doorbell, inbox
from weerklank.commands.common import Commands, database_of, say, settings
from weerklank.commands.errors import CommandError

_MOST = 200


def add_parser(commands: Commands) -> None:
    """Add `aside`."""
    top = commands.add_parser("aside", help="workers' messages that could not be handled and were set aside")
    actions = top.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("list", help="what was set aside, on which channel, since when, and the kind of fault").set_defaults(run=_list)
    again = actions.add_parser("again", help="let it be handled anew, with every attempt before it")
    which = again.add_mutually_exclusive_group(required=True)
    which.add_argument("number", metavar="NUMBER", type=int, nargs="?", help="one message, by the number that `list` shows")
    which.add_argument("--all", action="store_true", help="every message set aside, in the order they came")
    again.set_defaults(run=_again)


def _list(arguments: argparse.Namespace) -> int:
    del arguments
    with database_of(settings()) as database, database.read() as connection:
        found = inbox.set_aside(connection, _MOST)
    for each in found:
        since = datetime.fromtimestamp(each.since / clock.SECOND, UTC)
        say(f"{each.id}  {each.channel}  since {since:%Y-%m-%d %H:%M} UTC, {each.attempts} attempts: {each.reason}")
    if not found:
        say("no message is set aside")
    return 0


def _again(arguments: argparse.Namespace) -> int:
    with database_of(settings()) as database, database.write() as connection:
        count = inbox.again(connection, None if arguments.all else arguments.number)
        doorbell.ring(connection, doorbell.WORDS)
    if not count and not arguments.all:
        raise CommandError(f"no message {arguments.number} is set aside; `weerklank aside list` shows those that are")
    say(f"{count} {'message is' if count == 1 else 'messages are'} handled again as soon as the service is free")
    return 0
