"""What every channel is: it reads what a carrier posts, it sends what we say, and it names what went wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, Protocol, runtime_checkable

from words.limits import Limits

InboundKind = Literal[
    "message", "button", "start", "edit", "opt_out", "opt_in", "identity_change", "unblocked", "contact", "unsupported", "ignore"
]
AttachmentKind = Literal["voice", "photo", "video", "document", "place", "sticker"]
PurgeOutcome = Literal["done", "later", "impossible"]
SendStatus = Literal["queued", "sent", "delivered", "read", "undelivered", "failed"]


class Failure(Enum):
    """The closed list of what can go wrong with a send (docs/reference/channels.md). Only `bot/outbox.py` decides what follows."""

    OPT_OUT = "opt_out"
    BLOCKED_BY_USER = "blocked_by_user"
    WINDOW_CLOSED = "window_closed"
    RATE_LIMITED = "rate_limited"
    TEMPORARY = "temporary"
    UNDELIVERABLE = "undeliverable"
    FILTERED = "filtered"
    BAD_CONTENT = "bad_content"
    CONFIG = "config"


@dataclass(frozen=True, slots=True)
class Received:
    """One HTTP request of a carrier, as it came: the public URL it called (with its query), lower-case headers, raw body."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Attachment:
    """Something that came with a message, not fetched yet.

    `ref` is what the carrier gives it out for (Telegram's file_id, Twilio's media URL); of a place it is the place itself, as
    `23.810300,90.412500` (WGS 84, latitude first). `media_type` and `size` (bytes) are the carrier's claims and are never believed.
    """

    kind: AttachmentKind
    ref: str = field(repr=False)
    media_type: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Inbound:
    """One thing a worker did on a channel, with everything about the person dropped except the address to answer to.

    `key` is the carrier's own id of this event, unique within the channel (Twilio's MessageSid; Telegram's bot id and update_id); it makes
    redelivery harmless. `option` is the id behind a tapped button, `payload` what a link carried (`/start 52746-en`). `trace` is the
    carrier's id of the message itself where a purge or an edit needs it and `key` is another one (Telegram's message_id). `previous` is the
    address that this one takes the place of (`identity_change`).
    """

    channel: str
    key: str
    address: str = field(repr=False)
    kind: InboundKind
    text: str = field(default="", repr=False)
    option: str | None = field(default=None, repr=False)
    payload: str | None = field(default=None, repr=False)
    attachments: tuple[Attachment, ...] = field(default=(), repr=False)
    trace: str | None = None
    previous: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Status:
    """A carrier's word about a message we sent: its id there, how far it came, and the carrier's error code and its class if it failed."""

    channel: str
    provider_id: str
    status: SendStatus
    error: str | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Thanks:
    """What a carrier hears when its post was kept, where that is its own affair."""

    body: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An option as a channel with buttons shows it: the id that comes back, and the words on the button."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorded voice that stands beside a text: the sound itself, and the public address where a carrier may fetch it."""

    sound: bytes = field(repr=False)
    url: str
    media_type: str = "audio/ogg"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text with its facts apart: `text` has `{{1}}`, `{{2}}` where `fills` go. For carriers that keep a message's form with them.

    What a form says is kept by the carrier, so that no fact of a worker may stand in it.
    """

    text: str
    fills: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message to one worker. `key` is ours and stays the same when a send is tried again.

    `knock` says that it is the content-free knock. `window_open` is False when the worker's last word is older than the channel's window,
    so that only a template may go. `valid_seconds` is how long the carrier may keep trying. `again` marks a send that may have left before.
    `plain` says all of it in words, answers and their digits too, where `pattern` and `choices` say it with buttons.
    """

    key: str
    address: str = field(repr=False)
    text: str = field(repr=False)
    choices: tuple[Choice, ...] = field(default=(), repr=False)
    voice: Recording | None = None
    pattern: Pattern | None = field(default=None, repr=False)
    language: str = ""
    knock: bool = False
    window_open: bool = True
    valid_seconds: int | None = None
    again: bool = False
    plain: str = field(default="", repr=False)

    @property
    def numbered(self) -> str:
        """The text with its choices as numbered lines, for a channel or a moment without buttons."""
        if self.plain:
            return self.plain
        return "\n".join([self.text, *(f"{number} {choice.title}" for number, choice in enumerate(self.choices, start=1))])


@dataclass(frozen=True, slots=True)
class Sent:
    """The carrier took the message: its id there, the first status it gave, and the ids of parts and recordings that left with it."""

    provider_id: str
    status: SendStatus = "sent"
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """A message that lies with a carrier, to be purged there: its id, whose talk it stands in, when it was (ms), and whose it was."""

    provider_id: str
    address: str = field(repr=False)
    at: int
    ours: bool
    media: bool = False


@dataclass(frozen=True, slots=True)
class Purged:
    """What became of a purge: done, to be tried later (after `retry_after` seconds), or impossible and why (a fixed phrase of ours)."""

    outcome: PurgeOutcome
    why: str = ""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a channel can do besides carrying a text; the numbers come from its carrier's documents (docs/reference/channels.md).

    `initiate` says whether we may write first: `yes`, `template` (only by a template once the window is shut) or `never`.
    `window_seconds` is how long after the worker's last word we may write freely, None for always. `media` are the kinds it brings in.
    `deletes_seconds` is the age up to which messages can be deleted from the worker's own phone, None where they never can.
    `purges` says whether a copy at the carrier can be deleted. `per_second` is how many messages the carrier takes in a second,
    `between_seconds` the least time between two to the same worker.
    """

    initiate: Literal["yes", "template", "never"] = "yes"
    window_seconds: int | None = None
    media: frozenset[AttachmentKind] = frozenset()
    deletes_seconds: int | None = None
    purges: bool = False
    per_second: float | None = None
    between_seconds: float = 0.0


class ChannelError(Exception):
    """Something a channel refuses or cannot do."""


class BadSignature(ChannelError):
    """The request is not from the carrier it claims to be from."""


class Malformed(ChannelError):
    """The request is genuine but cannot be read as this carrier's format."""


class SendError(ChannelError):
    """A send that failed. `ambiguous` means the carrier may have taken it all the same; `retry_after` is in seconds."""

    def __init__(self, failure: Failure, *, retry_after: float | None = None, ambiguous: bool = False, code: str | None = None) -> None:
        super().__init__(failure.value if code is None else f"{failure.value} (carrier's code {code})")
        self.failure = failure
        self.retry_after = retry_after
        self.ambiguous = ambiguous
        self.code = code


class FetchError(ChannelError):
    """An attachment that could not be fetched; `temporary` says whether another try may help, `why` is a fixed phrase of ours."""

    def __init__(self, why: str, *, temporary: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.temporary = temporary


class Channel(Protocol):
    """A way to talk with workers. A channel that cannot refuse a stranger does not satisfy the contract suite."""

    @property
    def name(self) -> str:
        """The channel's name in flows and programme files: sms, whatsapp, telegram, web ..."""
        ...

    @property
    def limits(self) -> Limits:
        """What the channel can carry."""
        ...

    @property
    def abilities(self) -> Abilities:
        """What it can do besides carrying a text."""
        ...

    async def send(self, message: Outbound) -> Sent:
        """Hand a message to the carrier. Raises SendError; never retries by itself; logs neither text nor address."""
        ...

    async def fetch(self, attachment: Attachment, most: int) -> bytes:
        """Bring an attachment, of at most `most` bytes. Raises FetchError."""
        ...

    async def purge(self, traces: Sequence[Trace]) -> Sequence[Purged]:
        """Delete messages at the carrier, one outcome for each trace in their order. Never raises for a carrier's refusal."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


@runtime_checkable
class Thankful(Protocol):
    """A reader whose carrier wants an answer of its own."""

    @property
    def thanks(self) -> Thanks:
        """What it hears when its post was kept."""
        ...


class Reader(Protocol):
    """Reads a carrier's webhook. One reader may serve several channels (Twilio carries both SMS and WhatsApp)."""

    def read(self, received: Received) -> tuple[Inbound | Status, ...]:
        """Authenticate first, then parse. Raises BadSignature (also for a missing header) or Malformed."""
        ...


@runtime_checkable
class Answering(Protocol):
    """A reader whose carrier may be told something in the answer to its post."""

    def answer(self, received: Received) -> bytes | None:
        """The JSON to answer this post with once it is kept; None for the usual answer. Asked only of what was read."""
        ...
