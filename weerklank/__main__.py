"""The command: `weerklank ...`."""

import argparse
import sys

from api.accounts import NoSuchOfficer, OfficerExists
from cases.programme import ProgrammeError
from channels.http_sms_file import GatewayFileError
from flows.problems import FlowError
from store.database import StoreAway
from store.sealing import WeakKey
from translations.argos import SendsTextAway
from translations.danger import ListError
from weerklank.commands import (
    aside,
    backup,
    database,
    demo,
    doctor,
    flows,
    keys,
    languages,
    officers,
    programme,
    retention,
    serve,
    talk,
    tasks,
    telegram,
    twilio,
)
from weerklank.commands.errors import CommandError
from weerklank.house import NoProgramme
from weerklank.settings import SettingsError

_GROUPS = (
    demo,
    serve,
    talk,
    flows,
    programme,
    database,
    retention,
    backup,
    officers,
    keys,
    telegram,
    twilio,
    languages,
    tasks,
    aside,
    doctor,
)
_REFUSALS = (
    CommandError,
    SettingsError,
    WeakKey,
    StoreAway,
    NoProgramme,
    ProgrammeError,
    FlowError,
    ListError,
    GatewayFileError,
    NoSuchOfficer,
    OfficerExists,
    SendsTextAway,
    FileNotFoundError,
)


def parser() -> argparse.ArgumentParser:
    """The command line, every command with its help."""
    top = argparse.ArgumentParser(prog="weerklank", description="A worker-voice system: words come in by phone, an answer goes back.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for group in _GROUPS:
        group.add_parser(commands)
    return top


def main(argv: list[str] | None = None) -> int:
    """Run a command; returns 0 ok, 1 refused or failed. Wrong usage exits with 2."""
    arguments = parser().parse_args(argv)
    try:
        result: int = arguments.run(arguments)
    except _REFUSALS as error:
        sys.stderr.write(f"weerklank: {_sentence(error)}\n")
        return 1
    return result


def _sentence(error: Exception) -> str:
    if isinstance(error, NoSuchOfficer):
        return "nobody signs in with that e-mail address"
    if isinstance(error, OfficerExists):
        return "somebody signs in with that e-mail address already"
    if isinstance(error, FileNotFoundError):
        return f"there is no file {error.filename}"
    return str(error)


if __name__ == "__main__":
    sys.exit(main())
