"""What a channel can carry, as a value."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Limits:
    """The measures of one channel; the numbers come from its carrier's documents (see docs/reference/channels.md).

    `text_max` counts letters in one message. `buttons_max` is 0 where options are shown as numbered text. `option_bytes_max` is the
    room for an option's id behind a button. `segments_max` is the number of SMS segments a message may cost, or None where letters cost
    nothing. `list_max` and `list_title_max` are the rows of a list that opens from one button, 0 where there is none; `body_max` is the
    longest text that may have buttons or a list below it, 0 where it is `text_max`.
    """

    channel: str
    text_max: int
    buttons_max: int = 0
    button_title_max: int = 0
    option_bytes_max: int = 0
    segments_max: int | None = None
    list_max: int = 0
    list_title_max: int = 0
    body_max: int = 0


# What a carrier's own buttons and lists hold, on channels that show numbered text until they are used (Meta, Cloud API, interactive
# messages; Twilio, Content API, quick reply in a session and list picker; read in August 2026). A flow is checked against them already.
CAN_CARRY: Mapping[str, Limits] = MappingProxyType(
    {
        "whatsapp": Limits(
            "whatsapp",
            text_max=1600,
            buttons_max=3,
            button_title_max=20,
            option_bytes_max=200,
            list_max=10,
            list_title_max=24,
            body_max=1024,
        )
    }
)
