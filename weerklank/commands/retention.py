"""`weerklank retention run`: take away now what is kept no longer; the running service does the same by itself every hour."""

import argparse
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from bot.retention import Retention
from store.database import Database
from store.shared_clock import SharedClock
from weerklank.commands.common import Commands, database_of, say, settings


def add_parser(commands: Commands) -> None:
    """Add `retention`."""
    top = commands.add_parser("retention", help="what is kept, and for how long")
    actions = top.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("run", help="take away rows of what ended long ago, beside the running service").set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    del arguments
    present = settings()
    with database_of(present) as database:
        now = SharedClock(database)
        now.look()
        gone = Retention(_within(database), now, present.keep_ended_days).run()
    for name, count in gone.items():
        say(f"{count:>9,}  {name}")
    say(f"what ended more than {present.keep_ended_days} days ago is gone (WEERKLANK_KEEP_ENDED_DAYS)")
    return 0


def _within(database: Database) -> Callable[[Callable[[sa.Connection], Any]], Any]:
    def within(function: Callable[[sa.Connection], Any]) -> Any:
        with database.write() as connection:
            return function(connection)

    return within
