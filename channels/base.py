"""What every channel is: it reads what a carrier posts, it sends what we say, and it names what went wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal, Protocol

from words.limits import Limits

InboundKind = Literal["message", "button", "start", "contact", "unsupported", "ignore"]
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
class Inbound:
    """One thing a worker did on a channel, with everything about the person dropped except the address to answer to.

    `key` is the carrier's own id, unique within the channel (Twilio's MessageSid; Telegram's bot id and update_id); it makes redelivery
    harmless. `option` is the id behind a tapped button, `payload` what a link carried (`/start 52746-en`).
    """

    channel: str
    key: str
    address: str = field(repr=False)
    kind: InboundKind
    text: str = field(default="", repr=False)
    option: str | None = field(default=None, repr=False)
    payload: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Status:
    """A carrier's word about a message we sent: its id there, how far it came, and the carrier's error code and its class if it failed."""

    channel: str
    provider_id: str
    status: SendStatus
    error: str | None = None
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """An option as a channel with buttons shows it: the id that comes back, and the words on the button."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message to one worker. `key` is ours and stays the same when a send is tried again."""

    key: str
    address: str = field(repr=False)
    text: str = field(repr=False)
    choices: tuple[Choice, ...] = field(default=(), repr=False)

    @property
    def numbered(self) -> str:
        """The text with its choices as numbered lines, for a channel or a moment without buttons."""
        return "\n".join([self.text, *(f"{number} {choice.title}" for number, choice in enumerate(self.choices, start=1))])


@dataclass(frozen=True, slots=True)
class Sent:
    """The carrier took the message: its id there and the first status it gave."""

    provider_id: str
    status: SendStatus = "sent"


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

    async def send(self, message: Outbound) -> Sent:
        """Hand a message to the carrier. Raises SendError; never retries by itself; logs neither text nor address."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class Reader(Protocol):
    """Reads a carrier's webhook. One reader may serve several channels (Twilio carries both SMS and WhatsApp)."""

    def read(self, received: Received) -> tuple[Inbound | Status, ...]:
        """Authenticate first, then parse. Raises BadSignature (also for a missing header) or Malformed."""
        ...
