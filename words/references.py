"""References of cases: what they are made of and how they look, wherever they are drawn, read or kept out of harm's way."""

from typing import Final

LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits without look-alikes."""
PATTERN: Final = rf"WK-[{LETTERS}]{{4}}-[{LETTERS}]{{4}}"
"""A reference such as `WK-7F3K-92QX`, as a regular expression; people may type it in small letters."""
