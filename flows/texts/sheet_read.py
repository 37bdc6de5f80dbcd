"""A spreadsheet read back: only what was changed in it, nothing that it computes, and never more than a flow can hold."""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import Any, Final

from openpyxl import load_workbook

from flows.model import LANGUAGE, Flow, read
from flows.problems import FlowError, Problem
from flows.texts.accept import Sources
from flows.texts.incoming import BYTES_MAX, Given, clean, same
from flows.texts.rows import rows
from flows.texts.sheet import DRAFT, KEY, MEMORY, PURPOSE, READY, SOURCE, STATUS, mark, unescaped

UNPACKED_MAX: Final = 20_000_000
PARTS_MAX: Final = 200
_BOUNDED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the only ones that can be unpacked up to a length
ROWS_MAX: Final = 60_000
LAST_ROW: Final = 1_048_576  # of the format itself
COLUMNS_MAX: Final = 100
_HEADING: Final = re.compile(rf"({LANGUAGE.strip('^$')})(?: \(.*\))?")
_ERRORS: Final = ("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A")
_RETURN: Final = "_x000D_"  # how Excel writes a carriage return

_Table = list[tuple[int, tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class _Column:
    """Where a language's texts stand, and its status; columns count from nought."""

    language: str
    text: int
    status: int | None


def read_back(data: bytes, file: str, sources: Sources) -> tuple[Given, ...]:
    """Read a spreadsheet of a flow: the texts whose cell or status was changed since it went out.

    Formulas are texts like any other; nothing is computed. Raises FlowError with every problem: a file that is no spreadsheet, a row or
    column that is not ours, a cell that holds no text, a text that was changed both here and in the flow.
    """
    flow = read(sources)
    texts, memory = _tables(data, file)
    if not texts:
        raise FlowError([Problem(file, 1, "", "the sheet is empty", "Export the texts anew.")])
    if memory and memory[0][1][0] != flow.name:
        what = f"these are the texts of `{memory[0][1][0]}`, and not of `{flow.name}`"
        raise FlowError([Problem(file, 1, "", what, "Choose the other file.")])
    sheet = _Sheet(file, flow, texts, _remembered(memory))
    problems = [*sheet.head_problems(), *sheet.row_problems()]
    if problems:
        raise FlowError(problems)
    return tuple(sheet.given())


def _remembered(memory: _Table) -> dict[tuple[str, str], str]:
    """What each cell held when it went out, by key and language; the source's by the word `source`."""
    head = [str(each) for each in memory[0][1]] if memory else []
    return {(str(line[0]), tag): str(each) for _, line in memory[1:] for tag, each in list(zip(head, line, strict=True))[2:] if each}


class _Sheet:
    """A sheet of texts under examination."""

    def __init__(self, file: str, flow: Flow, table: _Table, memory: dict[tuple[str, str], str]) -> None:
        self._file, self._memory = file, memory
        self._lines = [(place, [_text(cell) for cell in line]) for place, line in table[1:]]
        self._raw = dict(table[1:])
        self._head = [str(each or "").strip() for each in table[0][1]]
        self._key = self._place(KEY)
        self._source = next((place for place, name in enumerate(self._head) if name.endswith(f", {SOURCE}")), None)
        self._columns = tuple(self._found())
        self._rows = {(each.language, row.key): row for each in self._columns for row in rows(flow, each.language)}

    def head_problems(self) -> Iterator[Problem]:
        """What is wrong with the first line."""
        if self._key is None:
            yield self._problem(1, "", f"no column is headed `{KEY}`", "Leave the first line as it was.")
        languages = [column.language for column in self._columns]
        for name in sorted({each for each in languages if languages.count(each) > 1}):
            yield self._problem(1, name, f"two columns are headed `{name}`", "Keep one of the two.")
        for place, name in enumerate(self._head):
            if not self._is_known(place, name):
                mend = "Head a language's column with its name, such as `bn`, and a column of your own with `note`."
                yield self._problem(1, name[:40], "this column is not one of ours", mend)

    def row_problems(self) -> Iterator[Problem]:
        """What is wrong with the lines below it."""
        seen: dict[str, int] = {}
        for place, cells in self._lines:
            key = _at(cells, self._key)
            if key and seen.setdefault(key, place) != place:
                yield self._problem(place, key, f"this text stands on line {seen[key]} already", "Keep one of the two.")
            if not key and any(_at(cells, column.text) for column in self._columns):
                yield self._problem(place, "", f"this row has texts and no `{KEY}`", "Write there what stood there, or take the row out.")
            yield from self._cell_problems(place, key, cells)

    def given(self) -> Iterator[Given]:
        """Every text that was changed, or whose status was."""
        for place, cells in self._lines:
            key = _at(cells, self._key)
            for column in self._columns if key else ():
                text, status = clean(_at(cells, column.text)), _at(cells, column.status).lower()
                if self._is_changed(key, column.language, text, status):
                    source = clean(_at(cells, self._source)) if self._source is not None else None
                    yield Given(key, column.language, text, status == DRAFT, place, source)

    def _is_changed(self, key: str, language: str, text: str, status: str) -> bool:
        went_out = self._memory.get((key, language))
        if went_out is None:
            return bool(text)
        return went_out != mark(text, status)

    def _cell_problems(self, place: int, key: str, cells: Sequence[str | None]) -> Iterator[Problem]:
        for column in self._columns:
            where = f"{key} ({column.language})"
            if column.text < len(cells) and cells[column.text] is None:
                mend = "Set the column to the format `Text`, and type the words anew."
                yield self._problem(place, where, f"this cell holds {_kind(self._raw[place][column.text])} and no text", mend)
            if _at(cells, column.status).lower() not in ("", READY, DRAFT):
                yield self._problem(place, where, f"its status is neither `{READY}` nor `{DRAFT}`", "Choose one of the two.")
            if key and self._is_torn(key, column, cells):
                mend = "Export the texts anew, and decide which of the two words it shall be."
                yield self._problem(place, where, "this text was changed here, and in the flow as well", mend)
        went_out = self._memory.get((key, SOURCE))
        if went_out is not None and self._source is not None and mark(clean(_at(cells, self._source)), "") != went_out:
            yield self._problem(
                place, key, "the source was changed in this sheet", "Put it back; the source is changed in the flow itself."
            )

    def _is_torn(self, key: str, column: _Column, cells: Sequence[str | None]) -> bool:
        """Tell whether a text was changed in the sheet, and in the flow to something else, since it went out."""
        went_out = self._memory.get((key, column.language))
        row = self._rows.get((column.language, key))
        if went_out is None or row is None:
            return False
        text = clean(_at(cells, column.text))
        out = went_out.split(" ")[0]
        return out not in (mark(text, ""), mark(row.text, "")) and not same(row, text)

    def _place(self, name: str) -> int | None:
        return self._head.index(name) if name in self._head else None

    def _found(self) -> Iterator[_Column]:
        for place, name in enumerate(self._head):
            language = _HEADING.fullmatch(name)
            if language:
                yield _Column(language[1], place, self._place(f"{language[1]} {STATUS}"))

    def _is_known(self, place: int, name: str) -> bool:
        ours = {place for column in self._columns for place in (column.text, column.status)}
        return not name or place in ours or place in (self._key, self._source) or name == PURPOSE or name.lower().startswith("note")

    def _problem(self, place: int, where: str, what: str, mend: str) -> Problem:
        return Problem(self._file, place, where, what, mend)


def _at(cells: Sequence[str | None], place: int | None) -> str:
    return (cells[place] or "") if place is not None and place < len(cells) else ""


def _text(value: Any) -> str | None:
    """A cell's text; None where it holds something that is none."""
    if value is None:
        return ""
    if isinstance(value, str):
        return None if value in _ERRORS else unescaped(value.replace(_RETURN, ""))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return str(int(value)) if value == int(value) else repr(value)


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "yes or no"
    return "an error" if isinstance(value, str) else "a date, a time or a formula of many cells"


def _tables(data: bytes, file: str) -> tuple[_Table, _Table]:
    """The lines of the first sheet, and of the one that remembers."""
    safe = _looked_through(data, file)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about colours, fonts and rules that we do not read
            book = load_workbook(safe, read_only=True, keep_links=False)
            texts = next((sheet for sheet in book.worksheets if sheet.title != MEMORY), None)
            memory = next((sheet for sheet in book.worksheets if sheet.title == MEMORY), None)
            tables = [list(islice(_written(sheet), ROWS_MAX + 1)) if sheet is not None else [] for sheet in (texts, memory)]
    except Exception:  # noqa: BLE001  # a damaged file can break its reader in any way; whoever sent it needs a sentence all the same
        raise FlowError([Problem(file, 1, "", "this spreadsheet is damaged", "Save it once more as .xlsx.")]) from None
    if max(map(len, tables)) > ROWS_MAX:
        raise FlowError(
            [Problem(file, ROWS_MAX, "", f"it has more than {ROWS_MAX} rows", "Take out the rows that hold no text of the flow.")]
        )
    return tables[0], tables[1]


def _written(sheet: Any) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """The lines of a sheet in which something is written, each with its number; a million empty ones between two cost next to nothing."""
    blank: tuple[Any, ...] = ()
    for place, line in enumerate(sheet.iter_rows(max_row=LAST_ROW, max_col=COLUMNS_MAX, values_only=True), 1):
        if line is not blank and line.count(None) < len(line):
            yield place, line
        else:
            blank = line


def _looked_through(data: bytes, file: str) -> BytesIO:
    """The spreadsheet with exactly what was looked at in it. Raises FlowError for what is none, or would be one without end."""
    if len(data) > BYTES_MAX:
        raise _refused(file, f"the file is larger than {BYTES_MAX // 1_000_000} MB", "No flow has so many texts.")
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = _unpacked(archive, file)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        raise _refused(file, "this is no .xlsx file, or it is damaged or locked", "Save it as .xlsx, without a password.") from None
    if any(_declares(name, part) for name, part in parts.items()):
        raise _refused(file, "the file declares entities of its own", "Copy the sheet into a new file.")
    return _packed(parts)


def _unpacked(archive: zipfile.ZipFile, file: str) -> dict[str, bytes]:
    """Every part by its name: never more of it than it declares, and nothing at all where they declare too much together."""
    parts = archive.infolist()
    if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_MAX:
        raise _refused(file, "the file holds more than any flow's texts", "Copy the sheet into a new file.")
    if any(part.compress_type not in _BOUNDED for part in parts):
        raise NotImplementedError
    return {part.filename: _begin_of(archive, part) for part in parts}


def _begin_of(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """A part, as long as it says that it is. A length has to be asked for: `read` unpacks the whole part and cuts it afterwards."""
    with archive.open(part) as opened:
        return opened.read(part.file_size + 1)


def _packed(parts: Mapping[str, bytes]) -> BytesIO:
    """A new archive: the reader of spreadsheets unpacks whole parts, so it may only be given those whose length is known."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file


def _refused(file: str, what: str, mend: str) -> FlowError:
    return FlowError([Problem(file, 1, "", what, mend)])


def _declares(name: str, part: bytes) -> bool:
    """Tell whether a part declares entities, or hides behind an encoding in which that could not be seen."""
    hidden = part[:1] in (b"\xff", b"\xfe", b"\x00") or part[1:2] == b"\x00"
    return b"<!DOCTYPE" in part or (hidden and name.endswith((".xml", ".rels")))
