"""`weerklank keys new`: fresh keys for the settings."""

import argparse
import base64

from store.sealing import new_key
from weerklank.commands.common import Commands, say


def add_parser(commands: Commands) -> None:
    """Add `keys`."""
    top = commands.add_parser("keys", help="the service's own keys")
    actions = top.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("new", help="print fresh keys as lines for .env; keep a copy apart from the backups").set_defaults(run=_new)


def fresh_lines() -> list[str]:
    """Lines for `.env` with a sealing key and a look-up pepper, each 32 random bytes in base64."""
    names = ("WEERKLANK_SEALING_KEYS", "WEERKLANK_LOOKUP_PEPPER")
    return [f"{name}={base64.b64encode(new_key()).decode()}" for name in names]


def _new(arguments: argparse.Namespace) -> int:
    del arguments
    for line in fresh_lines():
        say(line)
    return 0
