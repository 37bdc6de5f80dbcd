"""`weerklank keys new`: fresh keys for the settings; `weerklank keys rotate`: everything sealed anew under the first of them."""

import argparse
import base64
from collections import Counter

from sqlalchemy.exc import DBAPIError

from bot import spool
from store.database import Database, StoreAway, is_away
from store.rotation import Rotation, Unopened, is_begun, standing
from store.sealing import Keyring, new_key
from weerklank.commands.common import Commands, database_of, say, settings
from weerklank.commands.errors import CommandError
from weerklank.settings import Settings

_NAMED = 12
_ONE_KEY = (
    "only one sealing key is set, so there is nothing to rotate: make a new one with `weerklank keys new`, "
    "and go by docs/how-to/rotate-keys.md"
)
_NOT_BEGUN = (
    "no process was started since the first key came to its place in WEERKLANK_SEALING_KEYS, and one that does not know it "
    "could open nothing that is sealed under it: start every process again with the same keys, then run this"
)
_AWAY = "the database cannot be reached now; what was sealed anew stays so: run `weerklank keys rotate` again"


def add_parser(commands: Commands) -> None:
    """Add `keys`."""
    top = commands.add_parser("keys", help="the service's own keys")
    actions = top.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("new", help="print fresh keys as lines for .env; keep a copy apart from the backups").set_defaults(run=_new)
    rotate = actions.add_parser(
        "rotate", help="seal anew under the first sealing key what lies under an older one, beside the running service"
    )
    rotate.set_defaults(run=_rotate)


def fresh_lines() -> list[str]:
    """Lines for `.env` with a sealing key and a look-up pepper, each 32 random bytes in base64."""
    names = ("WEERKLANK_SEALING_KEYS", "WEERKLANK_LOOKUP_PEPPER")
    return [f"{name}={base64.b64encode(new_key()).decode()}" for name in names]


def _new(arguments: argparse.Namespace) -> int:
    del arguments
    for line in fresh_lines():
        say(line)
    return 0


def _rotate(arguments: argparse.Namespace) -> int:
    del arguments
    present = settings()
    keyring = present.keyring()
    if keyring.size == 1:
        raise CommandError(_ONE_KEY)
    with database_of(present) as database:
        try:
            return _rotated(database, present, keyring)
        except (DBAPIError, StoreAway) as error:
            if not is_away(error):
                raise
            raise CommandError(_AWAY) from error


def _rotated(database: Database, present: Settings, keyring: Keyring) -> int:
    with database.read() as connection:
        if not is_begun(connection, keyring):
            raise CommandError(_NOT_BEGUN)
    rotation, total = Rotation(database, keyring), 0
    for place, anew in rotation.run():
        say(f"{anew:>11,}  {place.what}")
        total += anew
    database.scrub()
    say(f"{total:>11,}  sealed anew under the first key")
    with database.read() as connection:
        left = sum(standing(connection, keyring).values(), Counter[int | None]())
    left += Counter(keyring.number_of(head) for head in spool.heads(present.data_dir / "spool"))
    _name(rotation.unopened)
    _tell(left, keyring.size)
    return 1 if rotation.unopened or left.total() > left[1] else 0


def _name(unopened: set[Unopened]) -> None:
    """Say which rows do not open; they were left as they are."""
    for each in sorted(unopened, key=lambda one: (one.table, str(one.number)))[:_NAMED]:
        say(f"{each.table}, row {each.number}: opens under none of the keys, and was left as it is")
    if len(unopened) > _NAMED:
        say(f"and {len(unopened) - _NAMED} more")
    if unopened:
        say("If a key was taken away too early, put it back behind the others and run this again; if not, these rows were damaged")


def _tell(left: Counter[int | None], keys: int) -> None:
    """Say of each older key whether it is needed still."""
    for number in range(2, keys + 1):
        if left[number]:
            say(f"{left[number]} rows or messages in the spool stand under key {number} still, and it is needed: start every process that")
            say("has an older list of keys again, let the service take up what waits, then run this once more")
    if left[None]:
        say(f"{left[None]} rows or messages in the spool stand under a key that is not set")
    free = [number for number in range(2, keys + 1) if not left[number]]
    for number in free:
        say(f"Nothing stands under key {number} of WEERKLANK_SEALING_KEYS any more: it may be taken away")
    if free:
        say("Back-ups from before now open with the older keys alone: keep those on paper as long as you keep such back-ups")
