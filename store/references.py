"""References of cases: random, unguessable, easy to read aloud."""

import secrets

from words.references import LETTERS


def new_reference() -> str:
    """Draw a reference such as `WK-7F3K-92QX`: eight letters and digits without look-alikes, 39 bits, never derived from anything."""
    drawn = "".join(secrets.choice(LETTERS) for _ in range(8))
    return f"WK-{drawn[:4]}-{drawn[4:]}"
