"""`weerklank languages list|install|remove`: what can be understood and translated, and by which model."""

import argparse
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from translations import index
from translations.index import PIVOT, Entry, IndexAway
from translations.package_file import PackageRefused
from translations.packages import AlreadyThere, Installed, NotInstalled, Packages
from weerklank.commands.common import Commands, say, settings
from weerklank.commands.errors import CommandError


def add_parser(commands: Commands) -> None:
    """Add `languages`."""
    top = commands.add_parser("languages", help="language packages: what can be translated, and by which model")
    actions = top.add_subparsers(required=True, metavar="ACTION")
    actions.add_parser("list", help="each pair: direct or by way of English, model and version").set_defaults(run=_list)
    install = actions.add_parser("install", help="install a package from a file, or what a pair needs from the index of packages")
    install.add_argument("what", nargs="+", metavar="FILE | FROM TO", help="a file, or two languages such as `es nl`")
    install.add_argument("--sha256", help="the digest that the file must have")
    install.set_defaults(run=_install)
    remove = actions.add_parser("remove", help="take a package away")
    remove.add_argument("pair", metavar="PAIR", help="such as `es-en`")
    remove.set_defaults(run=_remove)


def ways(installed: Mapping[str, Installed]) -> Iterator[tuple[str, str, tuple[Installed, ...]]]:
    """Every pair of languages that can be translated, with the packages on the way: one, or two by way of English."""
    codes = sorted({code for each in installed.values() for code in (each.record.source, each.record.target)})
    for source in codes:
        for target in codes:
            if source == target:
                continue
            if (direct := installed.get(f"{source}-{target}")) is not None:
                yield source, target, (direct,)
                continue
            first, second = installed.get(f"{source}-{PIVOT}"), installed.get(f"{PIVOT}-{target}")
            yield source, target, (first, second) if first is not None and second is not None else ()


def _list(arguments: argparse.Namespace) -> int:
    del arguments
    packages = Packages(settings().languages_dir)
    installed = packages.installed()
    if not installed:
        say("no language package is installed; every message stays as it came")
    for source, target, way in ways(installed):
        how = {0: "none", 1: "direct", 2: "by pivot"}[len(way)]
        say(f"{source} to {target}: {how}" + (": " + ", then ".join(each.hop.model for each in way) if way else ""))
    for each in installed.values():
        say(f"{each.hop.model}  sha256 {each.record.sha256}")
    for aside in packages.quarantined():
        say(f"set aside: {aside.name}: {aside.why}")
    return 0


def _install(arguments: argparse.Namespace) -> int:
    present = settings()
    packages = Packages(present.languages_dir)
    try:
        if len(arguments.what) == 1:
            _told(packages.install(Path(arguments.what[0]), arguments.sha256))
        elif len(arguments.what) == 2 and arguments.sha256 is None:
            source, target = arguments.what
            for entry in index.needed(index.read_index(present.argos_index_url), source, target):
                _fetch(packages, entry)
            say(f"for the way back: weerklank languages install {target} {source}")
        else:
            raise CommandError("name one file, or two languages such as `es nl`; a digest goes with a file")
    except (PackageRefused, IndexAway) as error:
        raise CommandError(str(error)) from error
    return 0


def _fetch(packages: Packages, entry: Entry) -> None:
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
