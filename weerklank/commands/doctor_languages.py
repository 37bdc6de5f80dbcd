"""What the doctor says of languages: packages that were set aside, and workers' languages that no desk gets translated."""

from collections.abc import Iterator
from pathlib import Path

from cases.model import Programme
from translations.packages import Packages
from weerklank.commands.findings import Finding
from weerklank.commands.languages_needed import wanted, way


def packages(folder: Path) -> Iterator[Finding]:
    """What lies in the folder of packages."""
    held = Packages(folder)
    installed = held.installed()
    if installed:
        yield Finding(well=True, what="language packages: " + ", ".join(each.hop.model for each in installed.values()))
    for aside in held.quarantined():
        yield Finding(
            well=False, what=f"the language package {aside.name} is set aside", do=f"{aside.why}; install it again, then delete it there"
        )


def untranslated(programme: Programme, folder: Path) -> Iterator[Finding]:
    """Languages of the programme that nothing carries to a desk's; no fault, since for many no model exists anywhere."""
    installed = Packages(folder).installed()
    without = [f"{source} to {target}" for source, target in wanted(programme) if not way(installed, source, target)]
    if without:
        yield Finding(
            well=True, what=f"without a model, so that officers see the original: {', '.join(without)}", do="see `weerklank languages list`"
        )
