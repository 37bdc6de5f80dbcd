"""What a channel can carry, as a value that flows are rendered against."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The measures of one channel; the numbers come from its carrier's documents (see docs/reference/channels.md).

    `text_max` counts letters in one message. `buttons_max` is 0 where options are shown as numbered text. `option_bytes_max` is the
    room for an option's id behind a button. `segments_max` is the number of SMS segments a message may cost, or None where letters cost
    nothing.
    """

    channel: str
    text_max: int
    buttons_max: int = 0
    button_title_max: int = 0
    option_bytes_max: int = 0
    segments_max: int | None = None
