"""What the doctor says of languages: packages that were set aside, and workers' languages that no desk gets translated."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from cases.model import Programme
from translations.index import PIVOT
from translations.packages import Installed, Packages
from weerklank.commands.findings import Finding


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
    spoken = {
        tag.split("-")[0] for tags in (programme.languages, *(place.languages for place in programme.places.values())) for tag in tags
    }
    desks = {company.desk_language.split("-")[0] for company in programme.companies.values()}
    without = sorted({f"{source} to {target}" for source in spoken for target in desks if not _carried(installed, source, target)})
    if without:
        yield Finding(
            well=True, what=f"without a model, so that officers see the original: {', '.join(without)}", do="see `weerklank languages list`"
        )


def _carried(installed: Mapping[str, Installed], source: str, target: str) -> bool:
    return source == target or f"{source}-{target}" in installed or {f"{source}-{PIVOT}", f"{PIVOT}-{target}"} <= installed.keys()
