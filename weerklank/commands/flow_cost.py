"""`weerklank flows cost PATH...`: what every text of a flow costs as SMS, by language, as it is sent and under Smart Encoding."""

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from channels.registry import CARDS
from flows.compiled import Compiled, compile_flow
from flows.model import load
from flows.wording import CHANNELS
from weerklank.commands.common import Commands, say
from weerklank.commands.paths import flow_files, language

FORMAT = 1
_HEAD = ("flow", "node", "text", "language", "channel", "messages", "segments", "smart", "encoding")


@dataclass(frozen=True, slots=True)
class Line:
    """One text in one language on one channel: its messages; its segments as sent, and under Smart Encoding (0 if none are billed)."""

    flow: str
    node: str
    text: str
    language: str
    channel: str
    messages: int
    segments: int
    smart: int
    encoding: str


def add_parser(actions: Commands) -> None:
    """Add `cost` to `flows`."""
    cost = actions.add_parser("cost", help="what every text costs as SMS, in segments, by language")
    cost.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="flow files, or folders of them")
    cost.add_argument("--format", choices=("text", "json"), default="text", help="for people or for programs")
    cost.add_argument("--language", type=language, action="append", default=[], metavar="L", help="a language; all when left out")
    cost.add_argument("--channel", choices=CHANNELS, action="append", default=[], help="a channel; SMS when left out")
    cost.set_defaults(run=_cost)


def _cost(arguments: argparse.Namespace) -> int:
    lines = [line for each in _compiled(arguments) for line in _lines(each)]
    totals = _totals(lines)
    if arguments.format == "json":
        say(json.dumps({"format": FORMAT, "texts": [asdict(line) for line in lines], "totals": totals}, ensure_ascii=False, indent=1))
    else:
        _tell(lines, totals)
    return 0


def _compiled(arguments: argparse.Namespace) -> Iterator[Compiled]:
    for path in flow_files(arguments.paths):
        flow = load(path)
        for tongue in arguments.language or flow.languages:
            for channel in arguments.channel or ["sms"]:
                yield compile_flow(flow, CARDS[channel].limits, tongue)


def _lines(compiled: Compiled) -> Iterator[Line]:
    for node, texts in compiled.nodes.items():
        for text in texts:
            place = (compiled.flow, node, text.slot, compiled.language, compiled.channel)
            yield Line(*place, len(text.messages), text.segments, text.smart, text.encoding)


def _totals(lines: list[Line]) -> list[dict[str, str | int]]:
    """What it costs to say every text once, by flow, language and channel."""
    found: dict[tuple[str, str, str], list[Line]] = defaultdict(list)
    for line in lines:
        found[line.flow, line.language, line.channel].append(line)
    return [
        {
            "flow": flow,
            "language": tongue,
            "channel": channel,
            "messages": sum(line.messages for line in every),
            "segments": sum(line.segments for line in every),
            "smart": sum(line.smart for line in every),
            "most": max(line.segments for line in every),
        }
        for (flow, tongue, channel), every in found.items()
    ]


def _tell(lines: list[Line], totals: list[dict[str, str | int]]) -> None:
    rows = [_HEAD, *(tuple(str(each) for each in asdict(line).values()) for line in lines)]
    _table(rows)
    say()
    _table([("flow", "language", "channel", "messages", "segments", "smart", "most"), *(tuple(map(str, each.values())) for each in totals)])


def _table(rows: list[tuple[str, ...]]) -> None:
    """Columns as wide as their widest cell; numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.rjust(width) if cell.isdecimal() else cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        say("  ".join(cells).rstrip())
