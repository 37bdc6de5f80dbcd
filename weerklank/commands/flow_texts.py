"""`weerklank flows texts export|sheet|import|stamp`: the texts of a flow, out to translators and in again."""

import argparse
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from flows.model import sources_of
from flows.texts import po, sheet
from flows.texts.accept import Outcome
from flows.texts.stamp import stamped
from flows.texts.take import taken_over
from weerklank.commands.common import Commands, say
from weerklank.commands.errors import CommandError
from weerklank.commands.flow_files import FLOW, sources_named


def add_parser(actions: Commands) -> None:
    """Add `texts` to `flows`."""
    top = actions.add_parser("texts", help="give a flow's texts to translators and take them back")
    verbs = top.add_subparsers(required=True, metavar="VERB")
    export = verbs.add_parser("export", help="write the texts for one language as gettext PO")
    export.add_argument("flow", metavar="FLOW", help=FLOW)
    export.add_argument("--language", required=True, metavar="L", help="the language to translate into, such as bn")
    export.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to; FLOW.L.po if left out")
    export.set_defaults(run=_export)
    table = verbs.add_parser("sheet", help="write the texts in all languages as one spreadsheet")
    table.add_argument("flow", metavar="FLOW", help=FLOW)
    table.add_argument("--language", action="append", default=[], metavar="L", help="a language to add a column for; may be repeated")
    table.add_argument("-o", "--output", type=Path, metavar="FILE", help="where to; FLOW.xlsx if left out")
    table.set_defaults(run=_sheet)
    back = verbs.add_parser("import", help="take translated texts over into the files beside the flow")
    back.add_argument("flow", metavar="FLOW", help=FLOW)
    back.add_argument("file", type=Path, metavar="FILE", help="what came back: a .po or an .xlsx file")
    back.add_argument(
        "-o", "--output", type=Path, metavar="FOLDER", help="write the flow's files into this folder in place of beside the flow"
    )
    back.set_defaults(run=_import)
    mark = verbs.add_parser("stamp", help="mark translations that fit today's source, so that a later change of it is noticed")
    mark.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="flow files")
    mark.set_defaults(run=_stamp)


def _name(sources: Mapping[str, str]) -> str:
    return min(sources, key=lambda name: (name.count("."), name)).removesuffix(".yaml")


def _export(arguments: argparse.Namespace) -> int:
    sources = sources_named(arguments.flow)
    data = po.exported(sources, arguments.language, datetime.now(UTC))
    path: Path = arguments.output or Path(f"{_name(sources)}.{arguments.language}.po")
    _write({path: data})
    say(f"{path} is for a translator")
    return 0


def _sheet(arguments: argparse.Namespace) -> int:
    sources = sources_named(arguments.flow)
    path: Path = arguments.output or Path(f"{_name(sources)}.xlsx")
    _write({path: sheet.exported(sources, arguments.language)})
    say(f"{path} has a row a text and a column a language")
    return 0


def _import(arguments: argparse.Namespace) -> int:
    sources = sources_named(arguments.flow)
    if arguments.output is None and not Path(arguments.flow).is_file():
        raise CommandError("a flow we ship is not changed in its place; name a folder for the files with -o FOLDER")
    file: Path = arguments.file
    outcome = taken_over(sources, file.read_bytes(), file.name)
    folder: Path = arguments.output or Path(arguments.flow).parent
    _write_changed(folder, {} if arguments.output else sources, outcome.sources)
    _tell(outcome)
    return 0


def _stamp(arguments: argparse.Namespace) -> int:
    for path in arguments.paths:
        sources = sources_of(path)
        new = stamped(sources)
        _write_changed(path.parent, sources, new)
        say(f"{path}: {sum(new[name] != text for name, text in sources.items())} languages marked")
    return 0


def _tell(outcome: Outcome) -> None:
    for change in outcome.changes:
        say(f"{change.language} {change.key}: {change.what}{f' ({change.cost})' if change.cost else ''}")
    for warning in outcome.warnings:
        say(f"look: {warning}")
    say(f"{len(outcome.changes)} texts changed, {len(outcome.warnings)} to look at")


def _write_changed(folder: Path, before: Mapping[str, str], after: Mapping[str, str]) -> None:
    _write({folder / name: text.encode() for name, text in after.items() if before.get(name) != text})


def _write(files: Mapping[Path, bytes]) -> None:
    """Write files whole, and none before all of them could be: each beside its place first, then all moved there."""
    ready: dict[Path, Path] = {}
    try:
        for path, data in files.items():
            ready[path] = path.with_name(f".{path.name}.new")
            ready[path].write_bytes(data)
    except OSError as error:
        for written in ready.values():
            written.unlink(missing_ok=True)
        raise CommandError(f"{list(ready)[-1]} cannot be written: {error.strerror}") from error
    for path, written in ready.items():
        written.replace(path)
