"""What nobody tries again by itself, on the command line: how it is told, and which of it should be tried again."""

import argparse
from datetime import UTC, datetime

from bot import clock
from weerklank.commands.common import say
from weerklank.commands.errors import CommandError

MOST = 200
"""How many are told at once."""


def let_choose(again: argparse.ArgumentParser, one: str, every: str) -> None:
    """Let a command be told one by its `number`, or all; the two say in words what that is."""
    which = again.add_mutually_exclusive_group(required=True)
    which.add_argument("number", metavar="NUMBER", type=int, nargs="?", help=f"{one}, by the number that `list` shows")
    which.add_argument("--all", action="store_true", help=every)


def tell(number: int, what: str, since: int, attempts: int, reason: str) -> None:
    """Tell of one; `since` is in milliseconds."""
    moment = datetime.fromtimestamp(since / clock.SECOND, UTC)
    say(f"{number}  {what}  since {moment:%Y-%m-%d %H:%M} UTC, {attempts} attempts: {reason}")


def see_that_it_was_there(chosen: argparse.Namespace, count: int, none: str) -> None:
    """Refuse a number that names none of them. Raises CommandError."""
    if not count and not chosen.all:
        raise CommandError(none)
