"""Whether a text says anything in a language at all."""

from typing import Final

NO_LANGUAGE: Final = "zxx"
"""The tag of what is in no language (ISO 639-2: no linguistic content), such as an answer in digits or emoji."""


def has_letters(text: str) -> bool:
    """Tell whether a text holds a letter of any script (Unicode category L); digits, signs and emoji are read alike in every language."""
    return any(map(str.isalpha, text))
