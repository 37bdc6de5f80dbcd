"""How the bot's own rows are sealed under a worker's key: sessions, and messages that wait to leave."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

import orjson

from bot.clock import SECOND
from channels.base import Attachment, Inbound, InboundKind
from flows.render import Form
from flows.session import Session
from store.sealing import open_with, seal_with

LEFT_TO_NEWER: Final = 30 * SECOND
"""So long (ms) an older process does not look again at what a newer version wrote."""
TIMER: Final = "timer"
"""The kind of a message that the clock puts into the inbox, and no carrier."""
_KINDS: Final = frozenset({*get_args(InboundKind), TIMER})


class NewerForm(Exception):
    """A newer version sealed this, in a form that this one does not know: it is not broken, and must be left to a newer process."""


def _since(more: list[Any], earlier: tuple[Any, ...]) -> Iterable[Any]:
    """The parts that came with a later version; `earlier` stands for them where an earlier one sealed none. Raises NewerForm."""
    if len(more) > len(earlier):
        raise NewerForm
    return more or earlier


def _message_aad(worker_id: str) -> bytes:
    return b"outbox\n" + worker_id.encode()


def _session_aad(worker_id: str) -> bytes:
    return b"sessions\n" + worker_id.encode()


def inbox_aad(channel: str, key: str) -> bytes:
    """What binds a sealed inbox row to its place."""
    return f"inbox\n{channel}\n{key}".encode()


@dataclass(frozen=True, slots=True)
class Wording:
    """A message as it will leave: text, choices (id, title), the recording beside it, language, and its form where a carrier keeps one."""

    text: str
    choices: tuple[tuple[str, str], ...] = ()
    voice: str = ""
    language: str = ""
    form: Form | None = None


def seal_message(key: bytes, worker_id: str, wording: Wording) -> bytes:
    """Seal a message that waits to leave."""
    form = wording.form and [wording.form.pattern, wording.form.choices, wording.form.fills]
    kept = [wording.text, wording.choices, wording.voice, wording.language, form]
    return seal_with(key, orjson.dumps(kept), _message_aad(worker_id))


def open_message(key: bytes, worker_id: str, sealed: bytes) -> Wording:
    """Open a message; one that an older version sealed has text and choices only. Raises Unopenable or NewerForm."""
    text, choices, *more = orjson.loads(open_with(key, sealed, _message_aad(worker_id)))
    voice, language, form = _since(more, ("", "", None))
    return Wording(text, _pairs(choices), voice, language, form and Form(form[0], _pairs(form[1]), tuple(form[2])))


def _pairs(choices: Iterable[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((choice[0], choice[1]) for choice in choices)


def seal_inbound(key: bytes, message: Inbound) -> bytes:
    """Seal what a worker did; its channel and the carrier's id stay open beside it."""
    media = [[each.kind, each.ref, each.media_type, each.size] for each in message.attachments]
    kept = [message.kind, message.text, message.option, message.payload, media, message.trace, message.previous]
    return seal_with(key, orjson.dumps(kept), inbox_aad(message.channel, message.key))


def open_inbound(key: bytes, channel: str, carriers_key: str, sealed: bytes) -> Inbound:
    """Open what a worker did; the address is not in it. One of an older version has four parts only. Raises Unopenable or NewerForm."""
    kind, text, option, payload, *more = orjson.loads(open_with(key, sealed, inbox_aad(channel, carriers_key)))
    media, trace, previous = _since(more, ((), None, None))
    if kind not in _KINDS:
        raise NewerForm
    found = tuple(Attachment(*each) for each in media)
    return Inbound(channel, carriers_key, "", kind, text, option, payload, found, trace, previous)


@dataclass(frozen=True, slots=True)
class Source:
    """Where an attachment is to be had from its carrier, and whether the worker agreed that it is kept as it came, too."""

    attachment: Attachment
    original: bool = False


def _source_aad(worker_id: str) -> bytes:
    return b"attachments\n" + worker_id.encode()


def seal_source(key: bytes, worker_id: str, source: Source) -> bytes:
    """Seal where an attachment is to be had: with most carriers, whoever knows it can fetch it."""
    each = source.attachment
    return seal_with(key, orjson.dumps([each.kind, each.ref, each.media_type, each.size, source.original]), _source_aad(worker_id))


def open_source(key: bytes, worker_id: str, sealed: bytes) -> Source:
    """Open where an attachment is to be had. Raises Unopenable."""
    *attachment, original = orjson.loads(open_with(key, sealed, _source_aad(worker_id)))
    return Source(Attachment(*attachment), original)


def seal_session(key: bytes, worker_id: str, session: Session) -> bytes:
    """Seal where a worker stands."""
    return seal_with(key, session.to_bytes(), _session_aad(worker_id))


def open_session(key: bytes, worker_id: str, sealed: bytes | None) -> Session | None:
    """Open where a worker stands; None for one who never talked. Raises Unopenable."""
    return None if sealed is None else Session.from_bytes(open_with(key, sealed, _session_aad(worker_id)))
