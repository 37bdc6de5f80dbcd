"""`weerklank flows check PATH...` and `flows test PATH...`; texts, reading and publishing stand in files of their own."""

import argparse
from collections.abc import Iterable
from pathlib import Path

from bot.lexicon import the_lexicon
from flows import revisions
from flows.model import load
from flows.problems import FlowError
from flows.transcript import Talk, run_file
from flows.transcript_cover import cover
from weerklank.commands import flow_read, flow_texts, publish
from weerklank.commands.common import Commands, say
from weerklank.commands.errors import CommandError


def add_parser(commands: Commands) -> None:
    """Add `flows`."""
    top = commands.add_parser("flows", help="check flows, run their transcripts, publish them")
    actions = top.add_subparsers(required=True, metavar="ACTION")
    check = actions.add_parser("check", help="find every problem in flow files")
    check.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="flow files, or folders of them")
    check.set_defaults(run=_check)
    test = actions.add_parser("test", help="run transcripts and show where the talk went another way")
    test.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="transcript files, or folders of them")
    test.set_defaults(run=_test)
    flow_read.add_parser(actions)
    flow_texts.add_parser(actions)
    publish.add_actions(actions)


def _files(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise CommandError(f"there is no file or folder {path}")
        found += sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    if not found:
        raise CommandError("no .yaml file there")
    return found


def _check(arguments: argparse.Namespace) -> int:
    flows = [path for path in _files(arguments.paths) if path.name.count(".") == 1]
    wrong = 0
    for path in flows:
        try:
            load(path)
        except FlowError as error:
            wrong += len(error.problems)
            for problem in error.problems:
                say(str(problem))
    say(f"{len(flows)} flows, {wrong} problems")
    return 1 if wrong else 0


def _test(arguments: argparse.Namespace) -> int:
    library, lexicon = revisions.shipped(), the_lexicon()
    talks: list[Talk] = []
    for path in _files(arguments.paths):
        for talk in run_file(path, library, lexicon):
            talks.append(talk)
            for difference in talk.differences:
                say(f"{path}: {talk.name}: {difference}")
    for covered in cover(library, talks):
        say(str(covered))
    wrong = sum(bool(talk.differences) for talk in talks)
    say(f"{len(talks)} talks, {wrong} went another way")
    return 1 if wrong else 0
