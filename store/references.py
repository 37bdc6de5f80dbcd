"""References of cases: random, unguessable, easy to read aloud."""

import secrets

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """Draw a reference such as `WK-7F3K-92QX`: eight letters and digits without look-alikes, 39 bits, never derived from anything."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"WK-{drawn[:4]}-{drawn[4:]}"
