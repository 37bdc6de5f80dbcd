"""`weerklank flows check PATH...`: everything that is wrong with flows, for people, for programs, or as annotations of a pull request."""

import argparse
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from bot.lexicon import the_lexicon
from flows.check import Finding, Scope, check_flows
from flows.checks.base import Severity
from flows.checks.reading import finding
from flows.model import Flow, load, sources_of
from flows.problems import FlowError
from flows.revisions import SHIPPED, library_of, shipped
from flows.transcript import run_file
from flows.wording import CHANNELS
from weerklank.commands.common import Commands, say
from weerklank.commands.paths import country, flow_files, language

FORMAT = 1
_GITHUB: Mapping[Severity, str] = {"error": "error", "warning": "warning", "note": "notice"}


def add_parser(actions: Commands) -> None:
    """Add `check` to `flows`."""
    check = actions.add_parser("check", help="find everything that is wrong with flows, or may be")
    check.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="flow files, or folders of them")
    check.add_argument("--format", choices=("text", "json", "github"), default="text", help="for people, for programs, or as annotations")
    check.add_argument("--country", type=country, metavar="CC", help="where it will be used (ISO 3166), such as BD")
    check.add_argument("--language", type=language, action="append", default=[], metavar="L", help="a language that is on; may be repeated")
    check.add_argument("--channel", choices=CHANNELS, action="append", default=[], help="a channel that is on; may be repeated")
    check.set_defaults(run=_check)


def _check(arguments: argparse.Namespace) -> int:
    paths = flow_files(arguments.paths)
    sources, unread = _sources(paths)
    scope = Scope(tuple(arguments.language), tuple(arguments.channel) or CHANNELS, arguments.country or "", _walked(paths))
    found = check_flows(sources, scope)
    told = [(_beside(path, each.file), each) for path, every in found.items() for each in every] + unread
    _TELL[arguments.format](told, len(paths))
    return 1 if any(each.severity == "error" for _, each in told) else 0


def _sources(paths: list[Path]) -> tuple[dict[str, Mapping[str, str]], list[tuple[str, Finding]]]:
    """The files of each flow; and a finding for each that is no text at all."""
    found: dict[str, Mapping[str, str]] = {}
    unread: list[tuple[str, Finding]] = []
    for path in paths:
        try:
            found[str(path)] = sources_of(path)
        except FlowError as error:
            unread += [(_beside(str(path), problem.file), finding(problem)) for problem in error.problems]
    return found, unread


def _beside(path: str, file: str) -> str:
    return str(Path(path).with_name(file))


def _walked(paths: list[Path]) -> frozenset[str]:
    """The flows that a transcript runs through: ours, and those in a folder `transcripts` beside the flows or one above."""
    folders = {folder for path in paths for folder in (path.parent / "transcripts", path.parent.parent / "transcripts")}
    files = [
        file for folder in sorted({SHIPPED.with_name("transcripts"), *folders}) if folder.is_dir() for file in sorted(folder.glob("*.yaml"))
    ]
    known = shipped()
    library = library_of([*(known.revisions[revision] for revision in known.current.values()), *_readable(paths)])
    return frozenset(flow for file in files for talk in run_file(file, library, the_lexicon()) for flow, _, _ in talk.touched)


def _readable(paths: list[Path]) -> Iterator[Flow]:
    for path in paths:
        try:
            yield load(path)
        except FlowError:
            continue


def _tell_people(told: list[tuple[str, Finding]], flows: int) -> None:
    for path, each in told:
        say(str(each).replace(each.file, path, 1))
    say(f"{flows} flows: {_counted(told)}")


def _tell_programs(told: list[tuple[str, Finding]], flows: int) -> None:
    counts = Counter(each.severity for _, each in told)
    findings = [{**asdict(each), "file": path} for path, each in told]
    severities: tuple[Severity, ...] = ("error", "warning", "note")
    totals = {severity: counts[severity] for severity in severities}
    say(json.dumps({"format": FORMAT, "flows": flows, "counts": totals, "findings": findings}, ensure_ascii=False, indent=1))


def _tell_github(told: list[tuple[str, Finding]], flows: int) -> None:
    for path, each in told:
        place = f"file={_escaped(path)},line={each.line},title={_escaped(each.code)}"
        say(f"::{_GITHUB[each.severity]} {place}::{_escaped(f'{each.what}. {each.reason} {each.mend}', message=True)}")
    say(f"{flows} flows: {_counted(told)}")


def _escaped(text: str, *, message: bool = False) -> str:
    """The text as a workflow command takes it: what would end a line or a property is written in percent."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text if message else text.replace(":", "%3A").replace(",", "%2C")


def _counted(told: list[tuple[str, Finding]]) -> str:
    counts = Counter(each.severity for _, each in told)
    return f"{counts['error']} errors, {counts['warning']} warnings, {counts['note']} notes"


_TELL = {"text": _tell_people, "json": _tell_programs, "github": _tell_github}
