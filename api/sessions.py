"""What lets a signed-in officer's next request in: a browser's session, or a script's token with scopes. Only hashes are kept."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

import sqlalchemy as sa

from cases.model import Officer
from cases.programme import officer_of
from store.sealing import Keyring
from store.tables import api_tokens, officer_sessions, officers

Scope = Literal["cases:read", "cases:write", "flows:read", "flows:write", "admin"]
SCOPES: frozenset[Scope] = frozenset(get_args(Scope))
IDLE = 30 * 60_000
LONGEST = 12 * 3_600_000
_SEEN_EVERY = 60_000
_TOKEN_PREFIX = "wk_"  # noqa: S105 - a prefix by which secret scanners know our tokens, no secret itself

# What a role may ask for at all. Which cases it then finds is for cases.access alone to say.
ROLE_SCOPES: dict[str, frozenset[Scope]] = {
    "officer": frozenset({"cases:read", "cases:write", "flows:read"}),
    "lead_officer": frozenset({"cases:read", "cases:write", "flows:read"}),
    "programme_admin": SCOPES,
    "translator": frozenset({"cases:read", "flows:read"}),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, what they may ask for, and how they came in: by a session (`csrf` is its form token) or by an API token (None)."""

    officer: Officer
    scopes: frozenset[Scope]
    csrf: str | None = None
    session: bytes | None = None


def _session_hash(keyring: Keyring, token: str) -> bytes:
    return keyring.lookup("officer-session", token)


def csrf_of(keyring: Keyring, token: str) -> str:
    """Give the form token of a session: derived, so nothing more is kept."""
    return keyring.lookup("officer-csrf", token).hex()


def start(connection: sa.Connection, keyring: Keyring, officer_id: str, now: int) -> str:
    """Start a session and give its token: 256 random bits, kept only as a hash. Sessions that ended are swept."""
    token = secrets.token_urlsafe(32)
    over = (officer_sessions.c.expires_at <= now) | (officer_sessions.c.seen_at <= now - IDLE)
    connection.execute(sa.delete(officer_sessions).where(over))
    row = {"token_hash": _session_hash(keyring, token), "officer_id": officer_id, "created_at": now, "seen_at": now}
    connection.execute(sa.insert(officer_sessions), [row | {"expires_at": now + LONGEST}])
    return token


@dataclass(frozen=True, slots=True)
class Found:
    """A live session: who it is, and whether it is time to write down that it was used."""

    caller: Caller
    stale: bool


def find(connection: sa.Connection, keyring: Keyring, token: str, now: int) -> Found | None:
    """Find a session that neither lay idle for 30 minutes nor is older than 12 hours, of an officer who is still active."""
    hashed = _session_hash(keyring, token)
    rows = connection.execute(
        sa.select(officers, officer_sessions.c.seen_at)
        .join(officer_sessions, officer_sessions.c.officer_id == officers.c.id)
        .where(
            officer_sessions.c.token_hash == hashed,
            officer_sessions.c.expires_at > now,
            officer_sessions.c.seen_at > now - IDLE,
            officers.c.active,
        )
    ).mappings()
    found = rows.one_or_none()
    if found is None:
        return None
    officer = officer_of(found)
    caller = Caller(officer, ROLE_SCOPES.get(officer.role, frozenset()), csrf_of(keyring, token), hashed)
    return Found(caller, stale=found["seen_at"] <= now - _SEEN_EVERY)


def seen(connection: sa.Connection, session: bytes, now: int) -> None:
    """Write down that a session was used."""
    connection.execute(sa.update(officer_sessions).where(officer_sessions.c.token_hash == session).values(seen_at=now))


def end(connection: sa.Connection, session: bytes) -> None:
    """Sign out: effect at once (ASVS 7.4.1)."""
    connection.execute(sa.delete(officer_sessions).where(officer_sessions.c.token_hash == session))


@dataclass(frozen=True, slots=True)
class NewToken:
    """An API token to make: whose it is, what it is called, what it may do, and until when (ms)."""

    officer_id: str
    name: str
    scopes: frozenset[Scope]
    expires_at: int


def make_token(connection: sa.Connection, keyring: Keyring, new: NewToken, now: int) -> str:
    """Make an API token; it is shown once. Its officer's role still bounds it at every request."""
    token = _TOKEN_PREFIX + secrets.token_urlsafe(32)
    row = {"token_hash": keyring.lookup("api-token", token), "officer_id": new.officer_id, "name": new.name, "scopes": sorted(new.scopes)}
    connection.execute(sa.insert(api_tokens), [row | {"created_at": now, "expires_at": new.expires_at}])
    return token


def revoke_tokens(connection: sa.Connection, officer_id: str, now: int) -> int:
    """Revoke every API token of an officer that still works, at once and for good; gives how many there were."""
    live = (api_tokens.c.officer_id == officer_id) & api_tokens.c.revoked_at.is_(None) & (api_tokens.c.expires_at > now)
    return connection.execute(sa.update(api_tokens).where(live).values(revoked_at=now)).rowcount


def caller_of_token(connection: sa.Connection, keyring: Keyring, token: str, now: int) -> Caller | None:
    """Find who a live API token speaks for; its scopes never go beyond the role's."""
    rows = connection.execute(
        sa.select(officers, api_tokens.c.scopes)
        .join(api_tokens, api_tokens.c.officer_id == officers.c.id)
        .where(
            api_tokens.c.token_hash == keyring.lookup("api-token", token),
            api_tokens.c.expires_at > now,
            api_tokens.c.revoked_at.is_(None),
            officers.c.active,
        )
    ).mappings()
    found = rows.one_or_none()
    if found is None:
        return None
    officer = officer_of(found)
    return Caller(officer, ROLE_SCOPES.get(officer.role, frozenset()) & _known(found["scopes"]))


def _known(scopes: Iterable[str]) -> frozenset[Scope]:
    return frozenset(scope for scope in SCOPES if scope in set(scopes))
