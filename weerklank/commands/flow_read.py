"""`weerklank flows read FLOW`: a flow as a dialogue, on one channel in one language."""

import argparse

from flows.model import read
from flows.reading import reading
from flows.reading_text import as_text
from flows.render import View
from flows.texts.examples import EXAMPLES
from flows.transcript import MEASURES
from weerklank.commands.common import Commands, say
from weerklank.commands.flow_files import FLOW, sources_named


def add_parser(actions: Commands) -> None:
    """Add `read` to `flows`."""
    top = actions.add_parser("read", help="show a flow as a dialogue, with invented facts filled in")
    top.add_argument("flow", metavar="FLOW", help=FLOW)
    top.add_argument("--language", metavar="L", help="the reader's language; the flow's own if left out")
    top.add_argument("--channel", choices=tuple(MEASURES), default="sms", help="the channel it is read on")
    top.set_defaults(run=_read)


def _read(arguments: argparse.Namespace) -> int:
    flow = read(sources_named(arguments.flow))
    view = View(arguments.language or flow.language, MEASURES[arguments.channel], EXAMPLES)
    say(as_text(reading(flow, view)).rstrip("\n"))
    return 0
