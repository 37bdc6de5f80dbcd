"""Cursors as callers hold them: ours, bound to our key, so that nobody makes one up."""

import hmac

from api.errors import Absent
from store.sealing import Keyring

_MARK = 16


def _mark(keyring: Keyring, inner: str) -> str:
    return keyring.lookup("cursor", inner).hex()[:_MARK]


def given_out(keyring: Keyring, inner: str | None) -> str | None:
    """Make the cursor that a caller gets of the one that the queue made; None stays None."""
    return None if inner is None else _mark(keyring, inner) + inner


def taken_back(keyring: Keyring, cursor: str | None) -> str | None:
    """Give the queue's own cursor of the one that a caller brings. Raises Absent for one that is not ours: there is no such page."""
    if not cursor:
        return None
    mark, inner = cursor[:_MARK], cursor[_MARK:]
    if not hmac.compare_digest(mark.encode(), _mark(keyring, inner).encode()):
        raise Absent
    return inner
