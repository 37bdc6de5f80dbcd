"""`weerklank officer ...`: accounts and API tokens. A one-time link is printed, never a password; a token is printed once."""

import argparse

import sqlalchemy as sa

from api import accounts, sessions
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
    _add_token_parsers(actions)


def _add_token_parsers(actions: Commands) -> None:
    token = actions.add_parser("token", help="make an API token for an officer's script and print it once")
    token.add_argument("email", metavar="EMAIL")
    token.add_argument("--name", type=_token_name, required=True, help="what the token is for, 80 letters at most")
    token.add_argument("--scope", action="append", choices=sorted(sessions.SCOPES), required=True, help="may be given more than once")
    token.add_argument("--days", type=int, choices=range(1, 367), default=90, metavar="D", help="days it works, 1 to 366 (90)")
    token.set_defaults(run=_token)
    revoke = actions.add_parser("revoke-tokens", help="end every API token of an officer at once")
    revoke.add_argument("email", metavar="EMAIL")
    revoke.set_defaults(run=_revoke_tokens)


def _token_name(text: str) -> str:
    name = text.strip()
    if not 0 < len(name) <= 80:
        raise argparse.ArgumentTypeError("give 1 to 80 letters")
    return name


def _link(connection: sa.Connection, present: Settings, officer_id: str) -> None:
    token = accounts.make_link(connection, present.keyring(), officer_id, "enrol", clock.now())
    say("Give this link to the officer in person; it works once, for 24 hours:")
    say(accounts.link_address(present.public_url, token))


def _add(arguments: argparse.Namespace) -> int:
    present = settings()
    with database_of(present) as database, database.write() as connection:
        found = accounts.waiting_for_enrolment(connection, arguments.email)
        _link(connection, present, found or _added(connection, arguments))
    return 0


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


def _token(arguments: argparse.Namespace) -> int:
    present, now = settings(), clock.now()
    with database_of(present) as database, database.write() as connection:
        officer = accounts.officer_by_email(connection, arguments.email)
        reach = sessions.ROLE_SCOPES.get(officer.role, frozenset())
        if beyond := sorted(set(arguments.scope) - reach):
            raise CommandError(f"the role {officer.role} does not reach {', '.join(beyond)}; it reaches {', '.join(sorted(reach))}")
        new = sessions.NewToken(officer.id, arguments.name, frozenset(arguments.scope), now + arguments.days * clock.DAY)
        token = sessions.make_token(connection, present.keyring(), new, now)
    say(f"This token works for {arguments.days} days and is shown only now:")
    say(token)
    return 0


def _revoke_tokens(arguments: argparse.Namespace) -> int:
    with database_of(settings()) as database, database.write() as connection:
        officer = accounts.officer_by_email(connection, arguments.email)
        revoked = sessions.revoke_tokens(connection, officer.id, clock.now())
    say("There was no token to revoke." if revoked == 0 else f"Revoked: {revoked}.")
    return 0
