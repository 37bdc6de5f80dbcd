"""A text in English that a page says in its reader's language: the mark by which catalogues are gathered."""

from collections.abc import Mapping


class Marked(str):  # noqa: SLOT000 - a text cannot have slots that hold something
    """An English text, filled in, that still knows what it was made of: `message` with `{names}`, and the `values` for them.

    Wherever it is read as a plain text it is the English one; whoever has a catalogue says `message` in another language and fills in
    `values`, of which some may be marked themselves.
    """

    message: str
    values: Mapping[str, object]

    def __new__(cls, message: str, **values: object) -> "Marked":
        """Fill a message in. A text without values may hold braces of its own."""
        made = super().__new__(cls, message.format(**values) if values else message)
        made.message, made.values = message, values
        return made


def marked(message: str, **values: object) -> Marked:
    """Mark a text for the catalogues. The message must stand in the call as it is: it is found there by reading the source."""
    return Marked(message, **values)
