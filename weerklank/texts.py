"""Gathers what pages and mails say into the template of the catalogues, and brings every catalogue up to it: `make texts`.

`python -m weerklank.texts LANGUAGE` begins the catalogue of a language first.

Texts are found by Babel's own readers of Jinja and Python, and by asking the tables whose texts stand in values.
"""

import io
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from api.desk.drawing import EXTENSIONS, FOLDERS
from cases.wording_tongue import messages
from translations.texts import CATALOG, DOMAIN, TEMPLATE

HOUSE = Path(__file__).parent.parent
_SOURCES = ("api/**/*.py", "bot/mail.py", "bot/recordings.py", "cases/*.py", "flows/reading.py", "translations/quality.py")
_KEYWORDS: Mapping[str, Any] = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "marked": None,
    "Refused": None,
    "Unclear": None,
}
_OPTIONS = {"extensions": ",".join(EXTENSIONS), "newstyle_gettext": "true", "trimmed": "true", "trim_blocks": "true", "silent": "false"}
_TABLES = "cases/wording.py"
_WIDTH = 120
Message = str | tuple[str, ...]


def gathered() -> Catalog:
    """Gather every text into a new template, with the files it stands in, in the order of the files."""
    catalog = Catalog(project="Weerklank", version="desk", charset="utf-8", fuzzy=False)
    catalog.header_comment = (
        "# What the desk, the web phone and the mails of Weerklank say. Made by `make texts`: change the source, not this file."
    )
    for file, message, context, comments in _found():
        catalog.add(message, None, [(file, 0)], auto_comments=comments, context=context)
    return catalog


def _found() -> Iterator[tuple[str, Message, str | None, list[str]]]:
    for path in sorted(path for folder in FOLDERS for path in folder.glob("*.html")):
        yield from _read(path, babel_extract)
    for path in sorted({path for pattern in _SOURCES for path in HOUSE.glob(pattern)}):
        yield from _read(path, "python")
    for message in messages():
        yield _TABLES, message, None, []


def _read(path: Path, method: Any) -> Iterator[tuple[str, Message, str | None, list[str]]]:
    options = _OPTIONS if method is babel_extract else {}
    with path.open("rb") as opened:
        found = list(extract(method, opened, dict(_KEYWORDS), ("For translators:",), options))
    for _, message, comments, context in found:
        yield str(path.relative_to(HOUSE)), message, context, comments


def written(catalog: Catalog, *, template: bool = False) -> str:
    """Write a catalogue, the same every time: places are files without lines, and nothing tells when or by whom."""
    made = io.BytesIO()
    write_po(made, catalog, width=_WIDTH, include_lineno=False, sort_by_file=False, omit_header=False)
    dated = (
        "POT-Creation-Date",
        "Generated-By",
        "Report-Msgid-Bugs-To",
        *(("PO-Revision-Date", "Last-Translator", "Language-Team") if template else ()),
    )
    kept = [line for line in made.getvalue().decode().splitlines() if not line.startswith(tuple(f'"{name}:' for name in dated))]
    return "\n".join(kept).rstrip() + "\n"


def brought_up(po: Path, template: Catalog) -> str:
    """Bring a catalogue up to the template: new texts are empty, those like an old one are fuzzy, old ones stay at the end."""
    with po.open("rb") as opened:
        catalog = read_po(opened, locale=po.parent.parent.name)
    catalog.update(template, update_creation_date=False)
    return written(catalog)


def catalogues() -> list[Path]:
    """Every catalogue there is."""
    return sorted(CATALOG.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def begin(language: str) -> Path:
    """Begin the catalogue of a language, with every text empty; one that is there stays. Gives its place."""
    po = CATALOG / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    if not po.exists():
        po.parent.mkdir(parents=True)
        fresh = Catalog(locale=language, project="Weerklank", charset="utf-8", fuzzy=False, revision_date=datetime.now(UTC))
        fresh.update(gathered())
        po.write_text(written(fresh), encoding="utf-8")
    return po


def bring_up_to_date() -> list[str]:
    """Write the template and every catalogue; gives a line about each."""
    template = gathered()
    CATALOG.mkdir(exist_ok=True)
    TEMPLATE.write_text(written(template, template=True), encoding="utf-8")
    lines = [f"{TEMPLATE.name}: {len(template)} texts"]
    for po in catalogues():
        text = brought_up(po, template)
        po.write_text(text, encoding="utf-8")
        lines.append(f"{po.parent.parent.name}: {_standing(read_po(io.StringIO(text)))}")
    return lines


def _standing(catalog: Catalog) -> str:
    """Say how far a catalogue is."""
    texts = [each for each in catalog if each.id]
    ready = [each for each in texts if each.string and all(_forms(each.string)) and not each.fuzzy]
    doubtful = sum(each.fuzzy for each in texts)
    return f"{len(ready)} of {len(texts)} texts" + (f", {doubtful} to look at again" if doubtful else "")


def _forms(string: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)


if __name__ == "__main__":
    for wanted in sys.argv[1:]:
        begin(wanted)
    sys.stdout.write("\n".join(bring_up_to_date()) + "\n")
