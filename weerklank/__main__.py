"""The command: `weerklank ...`.

A command brings along what it needs and nothing else: the web alone takes a second or two of a small machine's processor to be read.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final

_GROUPS: Final = {
    "demo": ("demo",),
    "serve": ("serve", "work"),
    "talk": ("talk",),
    "flows": ("flows",),
    "programme": ("programme",),
    "database": ("db", "forget"),
    "retention": ("retention",),
    "backup": ("backup", "restore"),
    "officers": ("officer",),
    "keys": ("keys",),
    "telegram": ("telegram",),
    "twilio": ("twilio",),
    "languages": ("languages",),
    "tasks": ("tasks",),
    "aside": ("aside",),
    "doctor": ("doctor",),
}
"""Each module of `weerklank.commands` with the commands it adds, in the order of the help."""


def parser(word: str | None = None) -> argparse.ArgumentParser:
    """The command line, every command with its help; with a command's name, that command's part of it."""
    top = argparse.ArgumentParser(prog="weerklank", description="A worker-voice system: words come in by phone, an answer goes back.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    of_word = [name for name, words in _GROUPS.items() if word in words]
    for name in of_word or _GROUPS:
        import_module(f"weerklank.commands.{name}").add_parser(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns 0 ok, 1 refused or failed. Wrong usage exits with 2."""
    words = list(sys.argv[1:] if argv is None else argv)
    arguments = parser(words[0] if words else None).parse_args(words)
    try:
        result: int = arguments.run(arguments)
    except Exception as error:
        refusals = import_module("weerklank.refusals")
        if not isinstance(error, refusals.REFUSALS):
            raise
        sys.stderr.write(f"weerklank: {refusals.sentence(error)}\n")
        return 1
    return result


if __name__ == "__main__":
    sys.exit(main())
