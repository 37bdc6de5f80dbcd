"""`weerklank flows list|show|diff|publish|rollback`: what is in force, what would change, and putting it in force."""

import argparse
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot import clock
from bot.clock import SECOND
from bot.drafting import NoSuchFlow, Wanted
from bot.publishing import DRAFT, Order, Overtaken, Published, Publishing, WayBack
from cases.model import Officer
from flows.diff import diff
from flows.impact import Impact
from flows.model import read, sources_of
from flows.problems import FlowError
from store.drafts import DraftChanged
from store.writer import Writer
from weerklank.commands.common import Commands, database_of, say, settings
from weerklank.commands.errors import CommandError
from weerklank.house import Houses
from weerklank.published import publishing_of

COMMAND_LINE = "command line"
_SHORT = 12


def add_actions(actions: Commands) -> None:
    """Add the actions of `flows` that look at or change what is stored."""
    actions.add_parser("list", help="the flows in force, since when, and their drafts").set_defaults(run=_list)
    show = actions.add_parser("show", help="what was in force under a name; or write a revision's files into a folder")
    show.add_argument("flow", metavar="NAME")
    show.add_argument("--revision", metavar="R", help=f"a revision (its first letters do) or `{DRAFT}`; without it, the one in force")
    show.add_argument("--into", type=Path, metavar="FOLDER", help="write the files of the revision there")
    show.set_defaults(run=_show)
    compare = actions.add_parser("diff", help="what differs between two revisions, or between a file and what is in force")
    compare.add_argument("flow", metavar="NAME_OR_FILE")
    compare.add_argument("--from", dest="before", metavar="R", help="without it, the one in force")
    compare.add_argument("--to", dest="after", metavar="R", default=DRAFT, help=f"without it, the {DRAFT}")
    compare.set_defaults(run=_diff)
    _add_publish(actions)
    back = actions.add_parser("rollback", help="put an earlier revision in force again")
    back.add_argument("flow", metavar="NAME")
    back.add_argument("--to", metavar="R", help="without it, the one that was in force before")
    _add_reason(back)
    back.set_defaults(run=_roll_back)


def _add_publish(actions: Commands) -> None:
    publish = actions.add_parser("publish", help="check a flow, run its transcripts, and put it in force")
    publish.add_argument("flow", metavar="NAME_OR_FILE", help="a flow file, or the name of a flow whose draft is published")
    publish.add_argument(
        "--transcript",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="a talk that must go as written; without any, those that the flow has",
    )
    publish.add_argument("--dry-run", action="store_true", help="only say what is wrong, what differs and whom it touches")
    publish.add_argument("--replace-draft", action="store_true", help="even if somebody's draft of this flow is open")
    _add_reason(publish)
    publish.set_defaults(run=_publish)


def _add_reason(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--why", default="", metavar="TEXT", help="kept with the publication")
    parser.add_argument("--move", action="append", default=[], type=_pair, metavar="OLD=NEW", help="people at node OLD go on at NEW")


def _pair(text: str) -> tuple[str, str]:
    old, sign, new = text.partition("=")
    if not (old and sign and new):
        raise argparse.ArgumentTypeError("write it as old_node=new_node")
    return old, new


@dataclass(frozen=True, slots=True)
class _Bench:
    """What these commands work with: the use cases, and the one who works, as the audit will name them."""

    publishing: Publishing
    author: Officer

    def revision(self, name: str, given: str | None) -> str:
        """A whole revision from its first letters. Raises CommandError."""
        if given in (None, DRAFT):
            return given or self.publishing.history(name)[0].revision
        found = [each.revision for each in self.publishing.revisions(name) if each.revision.startswith(str(given))]
        if len(found) != 1:
            raise CommandError(f"{len(found)} revisions of {name} begin with {given}; look at `weerklank flows show {name}`")
        return found[0]


@contextmanager
def _bench() -> Generator[_Bench]:
    present = settings()
    with database_of(present) as database:
        writer, houses = Writer(database), Houses(database)
        operator = houses.now().programme.operator.id
        writer.start()
        try:
            publishing = publishing_of(houses, database, writer, present.keyring(), clock.now)
            yield _Bench(publishing, Officer(COMMAND_LINE, COMMAND_LINE, "", operator, "programme_admin"))
        except NoSuchFlow:
            raise CommandError("there is no flow, draft or revision by this name; look at `weerklank flows list`") from None
        except (DraftChanged, Overtaken):
            raise CommandError("somebody else changed or published a flow at the same moment; nothing was published") from None
        finally:
            writer.stop()


def _list(arguments: argparse.Namespace) -> int:
    del arguments
    with _bench() as bench:
        for each in bench.publishing.flows():
            in_force = each.publication
            since = "never published" if in_force is None else f"{in_force.revision[:_SHORT]} since {_when(in_force.at)}"
            say(f"{each.name}: {since}" + (f"; draft: {each.draft}" if each.draft not in (None, "published") else ""))
    return 0


def _when(at: int) -> str:
    return datetime.fromtimestamp(at / SECOND, UTC).strftime("%Y-%m-%d %H:%M UTC")


def _show(arguments: argparse.Namespace) -> int:
    name = arguments.flow
    with _bench() as bench:
        if arguments.into is not None:
            _write(arguments.into, _files(bench, name, bench.revision(name, arguments.revision)))
            return 0
        for each in bench.publishing.history(name):
            who = each.officer_id or "Weerklank"
            say(f"{each.number}. {each.revision[:_SHORT]} from {_when(each.at)}, by {who}" + (f": {each.why}" if each.why else ""))
        published = {each.revision for each in bench.publishing.history(name)}
        for kept in bench.publishing.revisions(name):
            if kept.revision not in published:
                say(f"never in force: {kept.revision[:_SHORT]}, kept {_when(kept.created_at)}")
    return 0


def _files(bench: _Bench, name: str, revision: str) -> Mapping[str, str]:
    return bench.publishing.drafting.find(name).source if revision == DRAFT else bench.publishing.files(name, revision)


def _write(folder: Path, files: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
        say(f"written: {folder / name}")


def _is_file(given: str) -> bool:
    return given.endswith((".yaml", ".yml"))


def _diff(arguments: argparse.Namespace) -> int:
    with _bench() as bench:
        if not _is_file(arguments.flow):
            before = bench.revision(arguments.flow, arguments.before) if arguments.before else None
            say(bench.publishing.diff(arguments.flow, before, bench.revision(arguments.flow, arguments.after)).text())
            return 0
        flow = read(sources_of(Path(arguments.flow)))
        in_force = bench.publishing.in_force(flow.name)
        revision = bench.revision(flow.name, arguments.before) if arguments.before else in_force.revision if in_force else None
        say(diff(bench.publishing.drafting.library().flow(revision or ""), flow).text())
    return 0


def _publish(arguments: argparse.Namespace) -> int:
    with _bench() as bench:
        wanted = _wanted(bench, arguments)
        if arguments.dry_run:
            return _try(bench, wanted, dict(arguments.move))
        seen = bench.publishing.drafting.save(bench.author, wanted)[0].version if _is_file(arguments.flow) else None
        order = Order(wanted.name, arguments.why, dict(arguments.move), seen)
        _tell(bench.publishing.publish(bench.author, order))
    return 0


def _wanted(bench: _Bench, arguments: argparse.Namespace) -> Wanted:
    """What is to be published: the files that are named, or the stored draft. Raises CommandError, FlowError, NoSuchFlow."""
    if not _is_file(arguments.flow):
        draft = bench.publishing.drafting.find(arguments.flow)
        return Wanted(draft.name, draft.source, draft.transcripts, draft.based_on)
    path = Path(arguments.flow)
    source = sources_of(path)
    transcripts = {each.name: each.read_text(encoding="utf-8") for each in arguments.transcript}
    wanted = Wanted(path.stem, source, transcripts or None)
    if not (arguments.replace_draft or arguments.dry_run):
        _look_for_draft(bench, wanted.name)
    return wanted


def _look_for_draft(bench: _Bench, name: str) -> None:
    try:
        draft = bench.publishing.drafting.find(name)
    except NoSuchFlow:
        return
    if draft.state != "published" and draft.officer_id != COMMAND_LINE:
        who = draft.officer_id or "a new version of Weerklank"
        raise CommandError(f"a draft of {name} by {who} is open and would be lost; give --replace-draft, or publish it by its name")


def _try(bench: _Bench, wanted: Wanted, moves: Mapping[str, str]) -> int:
    drafting = bench.publishing.drafting
    checked = drafting.check(wanted.name, wanted.source, drafting.transcripts_for(wanted))
    if checked.flow is None or checked.problems:
        raise FlowError(checked.problems)
    in_force = bench.publishing.in_force(wanted.name)
    before = bench.publishing.drafting.library().flow(in_force.revision) if in_force is not None else None
    say(diff(before, checked.flow).text())
    _say_impact(bench.publishing.impact_of(checked.flow, moves))
    return 0


def _roll_back(arguments: argparse.Namespace) -> int:
    with _bench() as bench:
        to = bench.revision(arguments.flow, arguments.to) if arguments.to else None
        _tell(bench.publishing.roll_back(bench.author, WayBack(arguments.flow, arguments.why, dict(arguments.move), to)))
    return 0


def _tell(done: Published) -> None:
    place = f" in the place of {done.before[:_SHORT]}" if done.before else ""
    say(f"{done.name}: {done.revision[:_SHORT]} is in force now{place}; running services take it up within seconds")
    _say_impact(done.impact)


def _say_impact(touched: Impact) -> None:
    say(f"{touched.people} people stand at nodes that change or vanish, {touched.untouched} where nothing changes")
    for node in touched.nodes:
        if node.count:
            where = ", ".join(_people((each.site or "no site", each.language, each.count) for each in node.people))
            goes = f"they go on at {node.moves_to}" if node.moves_to else "they finish in the revision where they stand"
            say(f"    {node.node} ({node.touched}): {where}; {goes}")


def _people(counted: Iterable[tuple[str, str, int]]) -> Iterable[str]:
    return (f"{site} {language} {count}" for site, language, count in counted)
