"""Officers' accounts: who they are, the one-time links that let them in for the first time, and what a failed sign-in costs.

Works on a connection inside the caller's transaction, so that the command line and the web do the same thing.
"""

import secrets
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from cases.model import Officer
from cases.programme import officer_of
from store.sealing import Keyring
from store.tables import api_tokens, officer_links, officer_sessions, officers

Purpose = Literal["enrol", "demo"]
LINK_LIVES = 24 * 3_600_000
_TOTP_PURPOSE = "officers.totp_sealed"
_FREE_TRIES = 5
_FIRST_WAIT = 60_000
_LONGEST_WAIT = 15 * 60_000
_FORGOTTEN_AFTER = 3_600_000


@dataclass(frozen=True, slots=True)
class Account:
    """An officer with what guards their account."""

    officer: Officer
    password_hash: str | None
    totp_secret: str | None


@dataclass(frozen=True, slots=True)
class NewOfficer:
    """Somebody to add who is not in the programme file."""

    email: str
    name: str
    company_id: str
    role: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """What an officer proves themselves with from now on; `step` is the time step of the code that proved the second factor."""

    password_hash: str
    secret: str
    step: int


class NoSuchOfficer(LookupError):
    """Nobody signs in with this e-mail address."""


class OfficerExists(ValueError):
    """Somebody signs in with this e-mail address already."""


def folded(email: str) -> str:
    """Bring an e-mail address to the form it is kept in."""
    return email.strip().casefold()


def _email_is(email: str) -> sa.ColumnElement[bool]:
    return sa.func.lower(officers.c.email) == folded(email)


def account_by_email(connection: sa.Connection, keyring: Keyring, email: str) -> Account | None:
    """Find an active account."""
    row = _active(connection, _email_is(email))
    if row is None:
        return None
    return Account(officer_of(row), row["password_hash"], _opened_secret(keyring, row))


def _active(connection: sa.Connection, who: sa.ColumnElement[bool]) -> sa.RowMapping | None:
    return connection.execute(sa.select(officers).where(who, officers.c.active)).mappings().one_or_none()


def _opened_secret(keyring: Keyring, row: sa.RowMapping) -> str | None:
    sealed = row["totp_sealed"]
    return None if sealed is None else keyring.open(_TOTP_PURPOSE, sealed, row["id"].encode()).decode()


def officer_by_email(connection: sa.Connection, email: str) -> Officer:
    """Find an active officer. Raises NoSuchOfficer."""
    row = _active(connection, _email_is(email))
    if row is None:
        raise NoSuchOfficer
    return officer_of(row)


def waiting_for_enrolment(connection: sa.Connection, email: str) -> str | None:
    """Find the id of an officer who is known (from the programme file, say) and has no password yet."""
    waiting = sa.select(officers.c.id).where(_email_is(email), officers.c.active, officers.c.password_hash.is_(None))
    found: str | None = connection.execute(waiting).scalar_one_or_none()
    return found


def add(connection: sa.Connection, new: NewOfficer) -> Officer:
    """Add an officer without a password; let them in with a link. Raises OfficerExists."""
    if connection.execute(sa.select(officers.c.id).where(_email_is(new.email))).first() is not None:
        raise OfficerExists
    row = {"id": f"o-{secrets.token_hex(6)}", "email": folded(new.email), "name": new.name, "company_id": new.company_id, "role": new.role}
    connection.execute(sa.insert(officers), [row | {"languages": []}])
    return Officer(row["id"], new.name, row["email"], new.company_id, new.role)


def reset(connection: sa.Connection, officer_id: str) -> None:
    """Take an officer's password, second factor, sessions and API tokens away; only a new link lets them in."""
    connection.execute(
        sa.update(officers)
        .where(officers.c.id == officer_id)
        .values(password_hash=None, totp_sealed=None, totp_last=0, failures=0, locked_until=0)
    )
    for table in (officer_sessions, api_tokens, officer_links):
        connection.execute(sa.delete(table).where(table.c.officer_id == officer_id))


def make_link(connection: sa.Connection, keyring: Keyring, officer_id: str, purpose: Purpose, now: int) -> str:
    """Make a one-time link's token, good for 24 hours; an older link of the same officer and purpose dies."""
    token = secrets.token_urlsafe(32)
    older = (officer_links.c.officer_id == officer_id) & (officer_links.c.purpose == purpose)
    connection.execute(sa.delete(officer_links).where(older))
    row = {"token_hash": _link_hash(keyring, token), "officer_id": officer_id, "purpose": purpose, "expires_at": now + LINK_LIVES}
    connection.execute(sa.insert(officer_links), [row])
    return token


def link_address(public_url: str, token: str) -> str:
    """Give the address an officer clicks. The token is in the fragment: a browser never sends that, so no log ever holds it."""
    return f"{public_url.rstrip('/')}/desk/enter#{token}"


def _link_hash(keyring: Keyring, token: str) -> bytes:
    return keyring.lookup("officer-link", token)


def _live(keyring: Keyring, token: str, now: int) -> sa.ColumnElement[bool]:
    mine = officer_links.c.token_hash == _link_hash(keyring, token)
    return mine & officer_links.c.used_at.is_(None) & (officer_links.c.expires_at > now)


def look_at_link(connection: sa.Connection, keyring: Keyring, token: str, now: int) -> tuple[Officer, Purpose] | None:
    """See whom a link lets in and for what, without using it up."""
    rows = connection.execute(
        sa.select(officers, officer_links.c.purpose)
        .join(officer_links, officer_links.c.officer_id == officers.c.id)
        .where(_live(keyring, token, now), officers.c.active)
    ).mappings()
    found = rows.one_or_none()
    return None if found is None else (officer_of(found), found["purpose"])


def use_link(connection: sa.Connection, keyring: Keyring, token: str, now: int) -> bool:
    """Use a link up; False when it was used, has expired or never was."""
    statement = sa.update(officer_links).where(_live(keyring, token, now)).values(used_at=now)
    return connection.execute(statement.returning(officer_links.c.officer_id)).first() is not None


def enrol(connection: sa.Connection, keyring: Keyring, officer_id: str, new: Credentials) -> None:
    """Give an officer a password and a second factor; the code that proved it is used up, and every older session ends."""
    connection.execute(sa.delete(officer_sessions).where(officer_sessions.c.officer_id == officer_id))
    connection.execute(
        sa.update(officers)
        .where(officers.c.id == officer_id)
        .values(
            password_hash=new.password_hash,
            totp_sealed=keyring.seal(_TOTP_PURPOSE, new.secret.encode(), officer_id.encode()),
            totp_last=new.step,
            failures=0,
            locked_until=0,
        )
    )


def count_failure(connection: sa.Connection, officer_id: str, now: int) -> None:
    """Count a failed sign-in: at every fifth the account rests, twice as long each time, at most a quarter of an hour.

    Tries while it rests neither count nor prolong it, and an hour without a counted try forgets them all, so that wrong tries now
    and then never shut an officer out. Whoever sends five more as soon as each rest ends does, for as long as they go on: sessions
    and API tokens go on working meanwhile, and a new link lets in at once. `locked_until` is also the moment of the last counted
    try. An unknown id costs the same two statements, so that time tells nobody who has an account (ASVS 6.3.8).
    """
    mine = sa.update(officers).where(officers.c.id == officer_id, officers.c.locked_until <= now)
    count = sa.case((officers.c.locked_until <= now - _FORGOTTEN_AFTER, 1), else_=officers.c.failures + 1)
    failures = connection.execute(mine.values(failures=count).returning(officers.c.failures)).scalar() or 0
    connection.execute(mine.values(locked_until=now + _rest_after(failures)))


def _rest_after(failures: int) -> int:
    """Give how long an account rests after so many failures, in ms."""
    rests, since = divmod(failures, _FREE_TRIES)
    return min(_FIRST_WAIT << min(rests - 1, 10), _LONGEST_WAIT) if rests and not since else 0


def use_code(connection: sa.Connection, officer_id: str, step: int, now: int) -> bool:
    """Use a time step up and forget earlier failures, both or neither: False when the step was used before or the account rests."""
    statement = (
        sa.update(officers)
        .where(officers.c.id == officer_id, officers.c.totp_last < step, officers.c.locked_until <= now, officers.c.active)
        .values(totp_last=step, failures=0, locked_until=0)
    )
    return connection.execute(statement.returning(officers.c.id)).first() is not None
