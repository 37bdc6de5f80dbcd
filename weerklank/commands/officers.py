"""`weerklank officer add EMAIL` and `officer reset EMAIL`: a one-time link is printed, never a password."""

import argparse

import sqlalchemy as sa

from api import accounts
from bot import clock
from cases import programme
from cases.model import ROLES
from weerklank.commands.common import Commands, database_of, say, settings
from weerklank.commands.errors import CommandError
from weerklank.house import NoProgramme
from weerklank.settings import Settings


def add_parser(commands: Commands) -> None:
    """Add `officer`."""
    top = commands.add_parser("officer", help="accounts of those who read and answer")
    actions = top.add_subparsers(required=True, metavar="ACTION")
    add = actions.add_parser("add", help="add an officer, or let one of the programme file in for the first time")
    add.add_argument("email", metavar="EMAIL")
    add.add_argument("--company", metavar="C", help="id of the company, or of the operator")
    add.add_argument("--role", choices=sorted(ROLES), default="officer")
    add.add_argument("--name", default="")
    add.set_defaults(run=_add)
    reset = actions.add_parser("reset", help="take password, second factor and sessions away and print a new link")
    reset.add_argument("email", metavar="EMAIL")
    reset.set_defaults(run=_reset)


def _link(connection: sa.Connection, present: Settings, officer_id: str) -> None:
    token = accounts.make_link(connection, present.keyring(), officer_id, "enrol", clock.now())
    say("Give this link to the officer in person; it works once, for 24 hours:")
    say(f"{present.public_url.rstrip('/')}/desk/enter#{token}")


def _add(arguments: argparse.Namespace) -> int:
    present = settings()
    with database_of(present) as database, database.write() as connection:
        found = _waiting(connection, arguments.email)
        _link(connection, present, found or _added(connection, arguments))
    return 0


def _waiting(connection: sa.Connection, email: str) -> str | None:
    """An officer of the programme file who has never signed in."""
    try:
        account = accounts.account_by_email(connection, settings().keyring(), email)
    except accounts.NoSuchOfficer:
        return None
    return account.officer.id if account is not None and account.password_hash is None else None


def _added(connection: sa.Connection, arguments: argparse.Namespace) -> str:
    in_force = programme.current(connection)
    if in_force is None:
        raise NoProgramme
    if arguments.company not in {*in_force.companies, in_force.operator.id}:
        known = ", ".join([*in_force.companies, in_force.operator.id])
        raise CommandError(f"say which desk with --company: {known}")
    new = accounts.NewOfficer(arguments.email, arguments.name or arguments.email.partition("@")[0], arguments.company, arguments.role)
    return accounts.add(connection, new).id


def _reset(arguments: argparse.Namespace) -> int:
    present = settings()
    with database_of(present) as database, database.write() as connection:
        officer = accounts.officer_by_email(connection, arguments.email)
        accounts.reset(connection, officer.id)
        _link(connection, present, officer.id)
    return 0
