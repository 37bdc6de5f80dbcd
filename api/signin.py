"""Signing in: e-mail, password and a fresh code together, and the same work and words whichever of them was wrong."""

import unicodedata
from dataclasses import dataclass

import sqlalchemy as sa

from api import accounts, passwords, sessions, totp
from api.accounts import Account
from api.deps import Services
from api.errors import NotRight
from cases import audit
from cases.model import Officer

_NOBODYS_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 - it guards nothing: a stranger's code is checked against it, so that time tells nobody who has an account


@dataclass(frozen=True, slots=True)
class Proof:
    """What somebody shows to be let in."""

    email: str
    password: str
    code: str


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who was let in, and the token of their new session."""

    officer: Officer
    token: str


def sign_in(services: Services, proof: Proof) -> Admitted:
    """Let an officer in. Raises NotRight, whatever was wrong; TooBusy when too many try at once."""
    now = services.clock()
    with services.database.read() as connection:
        account = accounts.account_by_email(connection, services.keyring, proof.email)
    right = passwords.matches(account.password_hash if account else None, proof.password)
    secret = account.totp_secret if account else None
    step = totp.step_of(secret or _NOBODYS_SECRET, _digits(proof.code), now)
    usable = step if right and secret is not None else None
    admitted = services.writer.call_sync(lambda connection: _admit(connection, services, account, usable))
    if admitted is None:
        raise NotRight
    return admitted


def _digits(code: str) -> str:
    return "".join(str(unicodedata.decimal(sign)) for sign in code if sign.isdecimal())


def _admit(connection: sa.Connection, services: Services, account: Account | None, step: int | None) -> Admitted | None:
    now = services.clock()
    officer_id = account.officer.id if account else ""
    if account is None or step is None or not accounts.use_code(connection, officer_id, step, now):
        accounts.count_failure(connection, officer_id, now)
        if account is not None:
            audit.record(connection, account.officer, "sign_in_failed", officer_id, now)
        return None
    return begin(connection, services, account.officer)


def begin(connection: sa.Connection, services: Services, officer: Officer) -> Admitted:
    """Start a session for an officer who has proved themselves, in the caller's transaction."""
    now = services.clock()
    audit.record(connection, officer, "signed_in", officer.id, now)
    return Admitted(officer, sessions.start(connection, services.keyring, officer.id, now))
