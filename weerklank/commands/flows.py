"""`weerklank flows test PATH...`; checks, costs, texts, reading and publishing stand in files of their own."""

import argparse
from pathlib import Path

from bot.lexicon import the_lexicon
from flows import revisions
from flows.transcript import Talk, run_file
from flows.transcript_cover import cover
from weerklank.commands import flow_check, flow_cost, flow_read, flow_texts, publish
from weerklank.commands.common import Commands, say
from weerklank.commands.paths import yaml_files


def add_parser(commands: Commands) -> None:
    """Add `flows`."""
    top = commands.add_parser("flows", help="check flows, run their transcripts, publish them")
    actions = top.add_subparsers(required=True, metavar="ACTION")
    flow_check.add_parser(actions)
    flow_cost.add_parser(actions)
    test = actions.add_parser("test", help="run transcripts and show where the talk went another way")
    test.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="transcript files, or folders of them")
    test.set_defaults(run=_test)
    flow_read.add_parser(actions)
    flow_texts.add_parser(actions)
    publish.add_actions(actions)


def _test(arguments: argparse.Namespace) -> int:
    library, lexicon = revisions.shipped(), the_lexicon()
    talks: list[Talk] = []
    for path in yaml_files(arguments.paths):
        for talk in run_file(path, library, lexicon):
            talks.append(talk)
            for difference in talk.differences:
                say(f"{path}: {talk.name}: {difference}")
    for covered in cover(library, talks):
        say(str(covered))
    wrong = sum(bool(talk.differences) for talk in talks)
    say(f"{len(talks)} talks, {wrong} went another way")
    return 1 if wrong else 0
