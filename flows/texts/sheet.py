"""The texts of a flow as one spreadsheet: a row a text, a column a language; whoever knows no other tool can translate in it."""

import hashlib
import re
from collections.abc import Sequence
from io import BytesIO
from typing import Final

from babel.core import Locale, UnknownLocaleError
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from flows.model import Flow, read
from flows.texts.about import about, cost_in_words, costs, over_budget
from flows.texts.accept import Sources
from flows.texts.incoming import check_language
from flows.texts.rows import Row, rows

# The sheet that remembers what every cell held when it went out, so that only changed ones are taken back.
MEMORY: Final = "weerklank"
KEY, PURPOSE, STATUS, SOURCE = "text", "what it is for", "status", "source"
DRAFT, READY = "draft", "ready"
FIRST_LANGUAGE: Final = 4  # the column of the first translation, the key, the purpose and the source being before it

# What makes a spreadsheet take a text for a formula (OWASP ASVS 5.0, 1.2.10) or an error; a quote before it makes it a text.
_FORMULA: Final = re.compile(r"'*(?:[=+\-@\t\r]|#[A-Z])")
_QUOTED: Final = re.compile(r"'+(?:[=+\-@\t\r]|#[A-Z])")
_WIDTHS: Final = (30, 44, 60)
_HEAD: Final = PatternFill("solid", fgColor="DDE7EE")
_DRAFT: Final = PatternFill("solid", fgColor="FFF2CC")


def exported(sources: Sources, languages: Sequence[str] = ()) -> bytes:
    """Write a flow's texts as an .xlsx file: every language it has, and these more. Raises FlowError for a language that is none."""
    flow = read(sources)
    for language in languages:
        check_language(flow, language)
    tongues = tuple(dict.fromkeys((*flow.overlays, *languages)))
    book = Workbook()
    book.properties.creator = MEMORY
    sheet: Worksheet = book.create_sheet("texts", 0)
    book.remove(book.worksheets[1])
    by_language = {language: rows(flow, language) for language in tongues}
    keys = _keys(flow, by_language)
    _fill(sheet, flow, by_language, keys)
    _dress(sheet, flow, tongues, len(keys))
    _remember(book, flow, sheet)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def escaped(text: str) -> str:
    """The text as a cell holds it: what looks like a formula gets a quote before it, and letters no spreadsheet holds are left out."""
    text = ILLEGAL_CHARACTERS_RE.sub("", text)
    return f"'{text}" if _FORMULA.match(text) else text


def unescaped(cell: str) -> str:
    """The text that a cell holds."""
    return cell[1:] if _QUOTED.match(cell) else cell


def mark(text: str, status: str) -> str:
    """What is remembered of a text and its status."""
    return f"{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:12]} {status}".strip()


def _keys(flow: Flow, by_language: dict[str, tuple[Row, ...]]) -> list[Row]:
    """A row for every text that the flow or one of the languages has, in the order of the flow."""
    every = {row.key: row for row in rows(flow, "")}
    found = {row.key: row for each in by_language.values() for row in each}
    order = {name: place for place, name in enumerate(flow.nodes)}
    return sorted((every | found).values(), key=lambda row: order[row.node])


def _fill(sheet: Worksheet, flow: Flow, by_language: dict[str, tuple[Row, ...]], keys: list[Row]) -> None:
    texts = {(language, row.key): row for language, each in by_language.items() for row in each}
    heads = [heading(language, part) for language in by_language for part in ("", STATUS)]
    _put(sheet, [KEY, PURPOSE, f"{heading(flow.language)}, {SOURCE}", *heads])
    for row in keys:
        cells = [row.key, "\n".join(_purpose(flow, row, tuple(by_language))), row.source]
        for language in by_language:
            there = texts.get((language, row.key))
            cells += [there.text, _status(there)] if there else ["", ""]
        _put(sheet, cells)


def _purpose(flow: Flow, row: Row, languages: tuple[str, ...]) -> list[str]:
    """What a translator is told, with what each language's SMS cost now."""
    found = {language: costs(flow, row, language) for language in languages}
    now = [f"{language}: {cost_in_words(each)}{' - OVER BUDGET' if over_budget(each) else ''}." for language, each in found.items() if each]
    return [*about(flow, row, flow.language), *now]


def _status(row: Row) -> str:
    return "" if not row.text else DRAFT if row.draft else READY


def _put(sheet: Worksheet, texts: Sequence[str]) -> None:
    """Write a line of texts, in a format in which nothing that is typed over them becomes a number or a date."""
    cells = [WriteOnlyCell(sheet, escaped(text) or None) for text in texts]
    for cell in cells:
        cell.number_format = "@"
    sheet.append(cells)


def heading(language: str, part: str = "") -> str:
    """What stands above a language's column: its tag first, then its own name."""
    if part:
        return f"{language} {part}"
    locale = _locale(language)
    name = locale.get_display_name() if locale else None
    return f"{language} ({name})" if name else language


def _locale(language: str) -> Locale | None:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return None


def _dress(sheet: Worksheet, flow: Flow, languages: tuple[str, ...], count: int) -> None:
    """Make it a page that people can work in: the head stays, texts wrap, right-to-left languages run so."""
    columns = [(flow.language, width) for width in _WIDTHS]
    columns += [(language, width) for language in languages for width in (60, 10)]
    for column, (language, width) in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        is_text = column >= FIRST_LANGUAGE - 1 and width == _WIDTHS[-1]
        locale = _locale(language)
        leftward = is_text and locale is not None and locale.text_direction == "rtl"
        aligned = Alignment(wrap_text=True, vertical="top", horizontal="right" if leftward else None, readingOrder=2 if leftward else 0)
        for place in range(1, count + 2):
            cell = sheet.cell(place, column)
            cell.alignment = aligned
            if place == 1:
                cell.font, cell.fill = Font(bold=True), _HEAD
            elif column >= FIRST_LANGUAGE and width == columns[FIRST_LANGUAGE][1] and cell.value == DRAFT:
                cell.fill = _DRAFT
    sheet.freeze_panes = "B2"
    choice = DataValidation(type="list", formula1=f'"{READY},{DRAFT}"', allow_blank=True)
    sheet.add_data_validation(choice)
    for column in range(FIRST_LANGUAGE + 1, len(columns) + 1, 2):
        letter = get_column_letter(column)
        choice.add(f"{letter}2:{letter}{count + 1}")  # pyright: ignore[reportUnknownMemberType]


def _remember(book: Workbook, flow: Flow, sheet: Worksheet) -> None:
    """Write down, on a hidden sheet, which flow this is and what every cell held."""
    memory = book.create_sheet(MEMORY)
    memory.sheet_state = "hidden"
    lines = sheet.iter_rows(values_only=True)
    head = [str(value) for value in next(lines)]
    tags = [each.split()[0] for each in head[FIRST_LANGUAGE - 1 :: 2]]
    _put(memory, [flow.name, flow.revision, SOURCE, *tags])
    for line in lines:
        cells = [unescaped(str(value or "")) for value in line]
        pairs = zip(cells[FIRST_LANGUAGE - 1 :: 2], cells[FIRST_LANGUAGE::2], strict=True)
        _put(memory, [cells[0], "", mark(cells[2], ""), *(mark(text, status) for text, status in pairs)])
