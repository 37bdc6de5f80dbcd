"""A carrier's error code as one of our nine failures; the table is data (error_classes.json), since carriers add codes at any time."""

from pathlib import Path
from typing import Any

import orjson

from channels.base import Failure

_TABLE: dict[str, Any] = orjson.loads(Path(__file__).with_name("error_classes.json").read_bytes())
_TWILIO: dict[str, str] = _TABLE["twilio"]
_NAMES = {failure.value: failure for failure in Failure}
# Rows as `Forbidden: user is deactivated`; what Telegram would do anyway (`ok_ignore`) cannot happen to a send.
_TELEGRAM = tuple(
    (row["match"].partition(": ")[2].casefold(), _NAMES[row["class"]])
    for row in _TABLE["telegram"]
    if ": " in row["match"] and row["class"] in _NAMES
)


def of_twilio(code: str | None) -> Failure | None:
    """The class of one of Twilio's numbered errors, None for one that the table does not hold."""
    return Failure(_TWILIO[code]) if code in _TWILIO else None


def of_telegram(description: str) -> Failure | None:
    """The class of what Telegram's Bot API says went wrong, None for words that the table does not hold."""
    said = description.casefold()
    return next((failure for words, failure in _TELEGRAM if words in said), None)
