"""The texts of a flow as a gettext catalogue (PO), as every translation tool opens it, and such a catalogue read back."""

import re
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from typing import Final

from babel.core import Locale, UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po

from flows import yaml_text
from flows.model import LANGUAGE, Flow, read
from flows.problems import FlowError, Problem
from flows.texts.about import about, comment
from flows.texts.accept import Sources
from flows.texts.incoming import BYTES_MAX, Given, check_language, clean
from flows.texts.rows import rows

_QUOTED: Final = r'"(?:[^"\\]|\\[ntr\\"])*"'
_LINE: Final = re.compile(rf"#.*|(?:(?:msgctxt|msgid|msgstr)\s+)?{_QUOTED}|")
_NAME: Final = re.compile(r'msgctxt\s+"(.+)"')
_CHARSET: Final = re.compile(rb'"Content-Type:[^"\n]*charset=([A-Za-z0-9._-]{1,40})', re.IGNORECASE)
_PLURAL: Final = re.compile(r"msgid_plural|msgstr\[")


def exported(sources: Sources, language: str, moment: datetime) -> bytes:
    """Write a flow's texts for a language, with what it has now. A draft, or what was made from another source, is marked fuzzy.

    `moment` is when this is done, with its zone. Raises FlowError for sources that are no flow, or a language that is none.
    """
    flow = read(sources)
    check_language(flow, language)
    main = min(sources, key=lambda name: (name.count("."), name))
    document, lines = yaml_text.read(sources[main]), sources[main].splitlines()
    catalog = _catalog(flow, language, moment)
    catalog.header_comment = _header(flow, language, " ".join(str(document.data.get("about", "")).split()))
    told: set[str] = set()
    for row in rows(flow, language):
        notes = [comment(document, row.node, lines)] if row.node not in told else []
        told.add(row.node)
        message = catalog.add(
            row.source,
            row.text,
            locations=[(main, document.line(("nodes", row.node, *row.slot)))],
            auto_comments=[note for note in (*notes, *about(flow, row, language)) if note],
            context=row.key,
            flags=("fuzzy",) if row.draft else (),
        )
        # Ours are no format strings of a programming language: a translator's tool would check them by the wrong rules.
        message.flags -= {"python-format", "python-brace-format"}
    file = BytesIO()
    write_po(file, catalog, width=100)
    return file.getvalue()


def read_back(data: bytes, file: str, flow: str) -> tuple[Given, ...]:
    """Read a catalogue of a flow, known as `file`. Raises FlowError with every line that is none of PO's, or if it is of another flow."""
    text = _decoded(data, file)
    problems = list(_line_problems(text, file))
    if problems:
        raise FlowError(problems)
    catalog = _parsed(text, file)
    language = (catalog.locale_identifier or "").replace("_", "-")
    if catalog.project != flow:
        what = f"these are the texts of `{catalog.project}`, and not of `{flow}`"
        raise FlowError([Problem(file, 1, "Project-Id-Version", what, "Name that flow, or choose the other file.")])
    if not re.fullmatch(LANGUAGE, language):
        raise FlowError([Problem(file, 1, "Language", "the header does not say which language this is", "Write `Language: bn` there.")])
    return tuple(_given(message, language) for message in catalog if message.id)


def _catalog(flow: Flow, language: str, moment: datetime) -> Catalog:
    tag = language.replace("-", "_")
    return Catalog(
        locale=tag,
        project=flow.name,
        version=flow.revision[:12],
        creation_date=moment,
        revision_date=moment,
        last_translator="-",
        msgid_bugs_address="-",
        language_team=_name(tag),
        fuzzy=False,
        charset="utf-8",
    )


def _header(flow: Flow, language: str, purpose: str) -> str:
    name = _name(language.replace("-", "_"))
    return (
        f"# The texts of the flow {flow.name} in {name}, made from {flow.language}.\n"
        f"# {purpose}\n"
        "# What stands in brackets is filled in by the machine: keep it as it is.\n"
        "# Fuzzy means: nobody who speaks the language has read it yet. A node is read as a whole:\n"
        "# while one of its texts is fuzzy, all of it is a draft."
    )


def _name(tag: str) -> str:
    try:
        return Locale.parse(tag).get_display_name("en") or tag
    except (UnknownLocaleError, ValueError):
        return tag


def _decoded(data: bytes, file: str) -> str:
    if len(data) > BYTES_MAX:
        raise FlowError([Problem(file, 1, "", f"the file is larger than {BYTES_MAX // 1_000_000} MB", "No flow has so many texts.")])
    found = _CHARSET.search(data)
    charset = found[1].decode("ascii") if found else "utf-8"
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8" if charset.upper() == "CHARSET" else charset)
    except (UnicodeDecodeError, LookupError, ValueError):
        raise FlowError([Problem(file, 1, "", f"its letters are not written in {charset}", "Save it as UTF-8.")]) from None


def _line_problems(text: str, file: str) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for number, line in enumerate(map(str.strip, text.split("\n")), 1):
        name = _NAME.fullmatch(line)
        if _PLURAL.match(line):
            mend = "A count stands inside the text, as `[wait: one{...} other{...}]`."
            yield Problem(file, number, "", "there are no plural entries in these files", mend)
        elif _LINE.fullmatch(line) is None:
            yield Problem(
                file, number, "", "this line is none of a PO file", "Look for a quote or a backslash that is missing or too many."
            )
        elif name and seen.setdefault(name[1], number) != number:
            yield Problem(file, number, name[1], f"this text stands on line {seen[name[1]]} already", "Keep one of the two.")


def _parsed(text: str, file: str) -> Catalog:
    try:
        return read_po(text.split("\n"), ignore_obsolete=True, abort_invalid=True)
    except PoFileError as error:
        what = "an entry is not complete: it has a msgctxt, a msgid and a msgstr"
        raise FlowError([Problem(file, error.lineno + 1, "", what, "Write what is missing.")]) from None
    except (ValueError, IndexError, AttributeError):
        raise FlowError([Problem(file, 1, "", "its entries or its header are not in order", "Export the texts anew.")]) from None


def _given(message: Message, language: str) -> Given:
    key = message.context or ""
    return Given(key, language, clean(str(message.string)), message.fuzzy, message.lineno or 1, str(message.id))
