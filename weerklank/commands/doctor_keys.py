"""The doctor's look at the keys: whether they are the database's own, and which of the older ones are needed still."""

from collections import Counter
from collections.abc import Iterator

import sqlalchemy as sa

from bot import spool
from store import mark
from store.rotation import standing
from store.sealing import Keyring, WeakKey
from weerklank.commands.findings import Finding
from weerklank.settings import Settings, SettingsError

_KEEP = "keep it on paper as long as you keep back-ups from before it went"


def look(connection: sa.Connection, present: Settings) -> Iterator[Finding]:
    """Keys that the database does not belong to, rows that no key opens, and older keys. Settings without keys are told of elsewhere."""
    try:
        keyring = present.keyring()
        mark.check(connection, keyring)
    except (SettingsError, WeakKey):
        return
    except mark.OtherKeys as error:
        yield Finding(well=False, what="the keys are not this database's", do=str(error))
        return
    found = {place.name: counted for place, counted in standing(connection, keyring).items()}
    yield from _under_no_key(found)
    # What no key opens in the spool is set aside there, and told of elsewhere.
    waiting = Counter(keyring.number_of(head) for head in spool.heads(present.data_dir / "spool"))
    yield from _older(sum(found.values(), waiting), keyring)


def _under_no_key(found: dict[str, Counter[int | None]]) -> Iterator[Finding]:
    if lost := {name: counted[None] for name, counted in found.items() if counted[None]}:
        where = ", ".join(f"{count} in {name}" for name, count in lost.items())
        do = "put the key that was taken away back, behind the others in WEERKLANK_SEALING_KEYS, and run `weerklank keys rotate`"
        yield Finding(well=False, what=f"rows are sealed under a key that is not set: {where}", do=do)


def _older(left: Counter[int | None], keyring: Keyring) -> Iterator[Finding]:
    """An older key is no fault: it is told what it is there for."""
    for number in range(2, keyring.size + 1):
        what = f"key {number} of WEERKLANK_SEALING_KEYS"
        if left[number]:
            yield Finding(
                well=True, what=f"{what} is needed by {left[number]} rows", do="`weerklank keys rotate` seals them under the first"
            )
        else:
            yield Finding(well=True, what=f"{what} is no longer needed: it may be taken away", do=_KEEP)
