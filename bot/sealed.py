"""How the bot's own rows are sealed under a worker's key: sessions, and messages that wait to leave."""

from collections.abc import Sequence

import orjson

from flows.session import Session
from store.sealing import open_with, seal_with


def _message_aad(worker_id: str) -> bytes:
    return b"outbox\n" + worker_id.encode()


def _session_aad(worker_id: str) -> bytes:
    return b"sessions\n" + worker_id.encode()


def inbox_aad(channel: str, key: str) -> bytes:
    """What binds a sealed inbox row to its place."""
    return f"inbox\n{channel}\n{key}".encode()


def seal_message(key: bytes, worker_id: str, text: str, choices: Sequence[tuple[str, str]]) -> bytes:
    """Seal a text and its choices (id, title)."""
    return seal_with(key, orjson.dumps([text, [list(choice) for choice in choices]]), _message_aad(worker_id))


def open_message(key: bytes, worker_id: str, sealed: bytes) -> tuple[str, list[tuple[str, str]]]:
    """Open a text and its choices. Raises Unopenable."""
    text, choices = orjson.loads(open_with(key, sealed, _message_aad(worker_id)))
    return text, [(choice[0], choice[1]) for choice in choices]


def seal_session(key: bytes, worker_id: str, session: Session) -> bytes:
    """Seal where a worker stands."""
    return seal_with(key, session.to_bytes(), _session_aad(worker_id))


def open_session(key: bytes, worker_id: str, sealed: bytes | None) -> Session | None:
    """Open where a worker stands; None for one who never talked. Raises Unopenable."""
    return None if sealed is None else Session.from_bytes(open_with(key, sealed, _session_aad(worker_id)))
