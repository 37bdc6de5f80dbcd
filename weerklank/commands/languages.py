"""`weerklank languages list|install|remove`: what can be understood and translated, and by which model."""

import argparse
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from translations import index
from translations.index import Entry, IndexAway, NotPublished
from translations.package_file import PackageRefused, version_order
from translations.packages import AlreadyThere, Installed, NotInstalled, Packages
from weerklank.commands.common import Commands, database_of, say, settings
from weerklank.commands.errors import CommandError
from weerklank.commands.languages_needed import of_line, way
from weerklank.settings import Settings


def add_parser(commands: Commands) -> None:
    """Add `languages`."""
    top = commands.add_parser("languages", help="language packages: what can be translated, and by which model")
    actions = top.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("list", help="each pair, and each this line needs: direct, by pivot or none, model and version").set_defaults(
        run=_list
    )
    install = actions.add_parser("install", help="install a package from a file, or what a pair needs, there and back, from the index")
    install.add_argument("what", nargs="+", metavar="FILE | FROM TO", help="a file, or two languages such as `es nl`")
    install.add_argument("--sha256", help="the digest that the file must have")
    install.set_defaults(run=_install)
    remove = actions.add_parser("remove", help="take a package away")
    remove.add_argument("pair", metavar="PAIR", help="such as `es-en`")
    remove.set_defaults(run=_remove)


def ways(installed: Mapping[str, Installed]) -> Iterator[tuple[str, str]]:
    """Every pair of languages that the packages know."""
    codes = sorted({code for each in installed.values() for code in (each.record.source, each.record.target)})
    return ((source, target) for source in codes for target in codes if source != target)


def _list(arguments: argparse.Namespace) -> int:
    del arguments
    present = settings()
    packages = Packages(present.languages_dir)
    installed = packages.installed()
    if not installed:
        say("no language package is installed; every message stays as it came")
    _list_needed(present, installed)
    if installed:
        say("what the packages here can do:")
    for source, target in ways(installed):
        say(_told_way(installed, source, target))
    for each in installed.values():
        say(f"{each.hop.model}  sha256 {each.record.sha256}")
    for aside in packages.quarantined():
        say(f"set aside: {aside.name}: {aside.why}")
    return 0


def _list_needed(present: Settings, installed: Mapping[str, Installed]) -> None:
    try:
        with database_of(present) as database, database.read() as connection:
            pairs = of_line(database, connection)
    except CommandError as error:
        say(f"what this line needs is not known: {error}")
        return
    if not pairs:
        say("what this line needs is not known: no programme is in force")
        return
    say("what this line needs, from what workers can speak to what its desks read, and back for the answers:")
    both = dict.fromkeys(each for there, desk in pairs for each in ((there, desk), (desk, there)))
    for source, target in both:
        say(_told_way(installed, source, target))


def _told_way(installed: Mapping[str, Installed], source: str, target: str) -> str:
    found = way(installed, source, target)
    how = {0: "none", 1: "direct", 2: "by pivot"}[len(found)]
    return f"{source} to {target}: {how}" + (": " + ", then ".join(each.hop.model for each in found) if found else "")


def _install(arguments: argparse.Namespace) -> int:
    present = settings()
    packages = Packages(present.languages_dir)
    before = packages.installed()
    try:
        if len(arguments.what) == 1:
            _told(packages.install(Path(arguments.what[0]), arguments.sha256))
            lacking: tuple[str, ...] = ()
        elif len(arguments.what) == 2 and arguments.sha256 is None:
            lacking = _install_pair(packages, index.read_index(present.argos_index_url), *arguments.what)
        else:
            raise CommandError("name one file, or two languages such as `es nl`; a digest goes with a file")
    except (PackageRefused, IndexAway) as error:
        raise CommandError(str(error)) from error
    if packages.installed() != before:
        say("open cases with words that it can read are now offered to be translated (desk, queue, `Words to translate`)")
    if lacking:
        raise CommandError("; ".join(lacking))
    return 0


def _install_pair(packages: Packages, published: Sequence[Entry], source: str, target: str) -> tuple[str, ...]:
    """Fetch what a dialogue needs, there and back; gives what the index does not have."""
    needed: dict[tuple[str, str], Entry] = {}
    lacking: list[str] = []
    for start, end in ((source, target), (target, source)):
        try:
            found = index.needed(published, start, end)
        except NotPublished as error:
            lacking.append(str(error))
        else:
            needed |= {(entry.from_code, entry.to_code): entry for entry in found}
    for entry in needed.values():
        _fetch(packages, entry)
    if needed:
        installed = packages.installed()
        say(_told_way(installed, source, target))
        say(_told_way(installed, target, source))
    return tuple(lacking)


def _fetch(packages: Packages, entry: Entry) -> None:
    held = packages.installed().get(f"{entry.from_code}-{entry.to_code}")
    if held is not None and version_order(held.record.version) >= entry.order:
        say(f"{held.hop.model} is there already")
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "fetched.argosmodel"
        index.fetch(entry, file)
        try:
            _told(packages.install(file))
        except AlreadyThere as error:
            say(str(error))


def _told(installed: Installed) -> None:
    say(f"{installed.hop.model} is installed; sha256 {installed.record.sha256}")


def _remove(arguments: argparse.Namespace) -> int:
    try:
        Packages(settings().languages_dir).remove(arguments.pair)
    except NotInstalled as error:
        raise CommandError(str(error)) from error
    say(f"{arguments.pair} is taken away")
    return 0
