"""Texts go out as a spreadsheet anyone can work in; only what was changed in it comes back, and nothing that it computes."""

import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Mapping
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet.formula import ArrayFormula

from flows.problems import FlowError
from flows.revisions import shipped_sources
from flows.texts.accept import Change, Outcome, accepted
from flows.texts.sheet import escaped, exported, unescaped
from flows.texts.sheet_read import read_back
from tests.flows.texts.tea import DUTCH, SOURCES, TEA, drafts, every_row, texts, translations

SHIPPED = shipped_sources()
ROWS = {row.key: row for row in every_row(SOURCES, "nl")}
Cells = Mapping[tuple[str, str], Any]


def saved(book: Workbook) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def worked_on(data: bytes, cells: Cells) -> bytes:
    """The sheet with these cells typed over, by row and heading."""
    book = load_workbook(BytesIO(data))
    sheet = book.worksheets[0]
    head = {str(cell.value).split(" (")[0]: place for place, cell in enumerate(sheet[1], 1)}
    line = {str(cell.value): place for place, cell in enumerate(sheet["A"], 1)}
    for (key, heading), value in cells.items():
        sheet.cell(line[key], head[heading]).value = value
    return saved(book)


def changed(change: Callable[[Any], object], sources: Mapping[str, str] = SOURCES) -> bytes:
    book = load_workbook(BytesIO(exported(sources, ("es",))))
    change(book)
    return saved(book)


def taken(data: bytes, sources: Mapping[str, str] = SOURCES) -> Outcome:
    return accepted(sources, read_back(data, "tea.xlsx", sources), "tea.xlsx")


def problems(data: bytes, sources: Mapping[str, str] = SOURCES) -> list[str]:
    with pytest.raises(FlowError) as refused:
        taken(data, sources)
    return [str(each) for each in refused.value.problems]


@pytest.mark.parametrize("name", SHIPPED)
def test_what_goes_out_and_comes_back_changes_nothing(name: str) -> None:
    sources = SHIPPED[name]

    assert read_back(exported(sources, ("ar",)), "x.xlsx", sources) == ()
    assert read_back(worked_on(exported(sources, ("ar",)), {}), "x.xlsx", sources) == ()


def test_it_is_a_page_that_people_can_work_in() -> None:
    book = load_workbook(BytesIO(exported(SOURCES, ("ar",))))
    sheet = book.worksheets[0]
    head = [cell.value for cell in sheet[1]]
    arabic = sheet.cell(2, head.index("ar (العربية)") + 1)

    assert head == ["text", "what it is for", "en (English), source", "nl (Nederlands)", "nl status", "ar (العربية)", "ar status"]
    assert sheet.freeze_panes == "B2"
    assert (arabic.alignment.readingOrder, arabic.alignment.horizontal, arabic.number_format) == (2, "right", "@")
    assert all(cell.alignment.wrap_text for line in sheet for cell in line)
    assert {cell.alignment.readingOrder for cell in sheet["D"]} == {0}
    assert sheet.column_dimensions["C"].width == 60
    assert sheet.data_validations.dataValidation[0].formula1 == '"ready,draft"'
    assert [each.sheet_state for each in book.worksheets] == ["visible", "hidden"]


def test_a_row_says_what_a_text_is_for_and_what_it_costs_now_in_each_language() -> None:
    book = load_workbook(BytesIO(exported(SOURCES)))
    purpose = next(line[1].value for line in book.worksheets[0] if line[0].value == "here.text")

    assert str(purpose).split("\n")[0] == "Said; nothing is asked."
    assert "SMS: at most 2 segments. The source takes 1 segment, GSM-7." in str(purpose)
    assert str(purpose).endswith("nl: 1 segment, GSM-7.")


@settings(max_examples=30)
@given(st.fixed_dictionaries({}, optional={(key, "nl"): translations(row) for key, row in ROWS.items()}))
def test_a_sheet_that_was_worked_on_gives_exactly_its_texts(cells: dict[tuple[str, str], str]) -> None:
    outcome = taken(worked_on(exported(SOURCES), {place: escaped(text) or None for place, text in cells.items()}))
    new = {key: text for (key, _), text in cells.items()}

    assert texts(outcome.sources, "nl") == {key: text for key, text in (texts(SOURCES, "nl") | new).items() if text}
    assert read_back(exported(outcome.sources), "x.xlsx", outcome.sources) == ()


@given(st.text())
def test_what_looks_like_a_formula_is_a_text_there_and_back(text: str) -> None:
    assert not escaped(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unescaped(escaped(text)) == ILLEGAL_CHARACTERS_RE.sub("", text)


@pytest.mark.parametrize("text", ["=1+1", "+31", "-1", "@here", "'=x", "'s Avonds", "''", "#REF!", "#hash"])
def test_no_cell_that_goes_out_can_be_computed(text: str) -> None:
    sources = {**SOURCES, "tea.nl.yaml": DUTCH.replace("no: Nee", f'no: "{text}"')}
    data = exported(sources)
    book = load_workbook(BytesIO(data))

    assert {cell.data_type for sheet in book.worksheets for line in sheet for cell in line} <= {"s", "n"}
    assert all(cell.value is None for sheet in book.worksheets for line in sheet for cell in line if cell.data_type == "n")
    assert read_back(data, "x.xlsx", sources) == ()
    assert (
        texts(taken(worked_on(data, {("tea.options.no.text", "nl"): escaped(text + "!")}), sources).sources, "nl")["tea.options.no.text"]
        == text + "!"
    )


def test_a_formula_that_comes_in_is_the_text_it_is_written_with() -> None:
    outcome = taken(worked_on(exported(SOURCES), {("tea.options.no.text", "nl"): '=HYPERLINK("http://x.example")'}))

    assert texts(outcome.sources, "nl")["tea.options.no.text"] == '=HYPERLINK("http://x.example")'


def test_a_number_is_the_text_it_looks_like() -> None:
    outcome = taken(worked_on(exported(SOURCES), {("tea.options.no.text", "nl"): 2, ("tea.options.yes_please.text", "nl"): 1.5}))

    assert (texts(outcome.sources, "nl")["tea.options.no.text"], texts(outcome.sources, "nl")["tea.options.yes_please.text"]) == (
        "2",
        "1.5",
    )


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (date(2026, 11, 25), "a date, a time or a formula"),
        (True, "yes or no"),
        ("#REF!", "an error"),
        (ArrayFormula("D2:D3", "=A2:A3"), "a date, a time or a formula"),
    ],
)
def test_a_cell_that_holds_no_text_is_refused_with_its_line(value: object, kind: str) -> None:
    found = problems(worked_on(exported(SOURCES), {("here.text", "nl"): value}))

    assert len(found) == 1
    assert found[0].startswith("tea.xlsx:12: here.text (nl): this cell holds " + kind)


def test_only_cells_that_were_changed_are_taken_over() -> None:
    """The flow went on while the translator worked: her one new text comes in, and undoes nothing."""
    out = exported(SOURCES)
    now = {**SOURCES, "tea.nl.yaml": DUTCH.replace("Graag", "Heel graag")}
    outcome = taken(worked_on(out, {("tea.options.no.text", "nl"): "Nee hoor"}), now)

    assert outcome.changes == (Change("nl", "tea.options.no.text", "changed"),)
    assert texts(outcome.sources, "nl")["tea.options.yes_please.text"] == "Heel graag"


def test_a_text_that_was_changed_in_both_places_is_refused() -> None:
    now = {**SOURCES, "tea.nl.yaml": DUTCH.replace("no: Nee", "no: Niets")}
    data = worked_on(exported(SOURCES), {("tea.options.no.text", "nl"): "Nee hoor"})

    assert "changed here, and in the flow as well" in problems(data, now)[0]
    assert taken(worked_on(exported(SOURCES), {("tea.options.no.text", "nl"): "Niets"}), now).changes == (), "the same change is none"


def test_a_new_language_is_a_new_column() -> None:
    outcome = taken(worked_on(exported(SOURCES, ("es",)), {("here.text", "es"): "Aquí.[code: {code}]"}))

    assert texts(outcome.sources, "es") == {"here.text": "Aquí.[code: {code}]"}
    assert drafts(outcome.sources, "es") == set()


def test_a_draft_is_marked_and_accepted_by_its_status_a_node_as_a_whole() -> None:
    draft = taken(
        worked_on(exported(SOURCES), {("tea.options.no.text", "nl"): "Nee hoor", ("tea.options.no.text", "nl status"): "draft"})
    ).sources
    keys = [key for key in texts(draft, "nl") if key.startswith("tea.")]
    one = taken(worked_on(exported(draft), {(keys[0], "nl status"): "ready"}), draft)
    every = taken(worked_on(exported(draft), {(key, "nl status"): "ready" for key in keys}), draft)

    assert drafts(draft, "nl") == {"tea"}
    assert (one.changes, [each.what for each in one.warnings]) == ((), ["this stays a draft, for its node has another"])
    assert drafts(every.sources, "nl") == set()


def test_a_text_made_from_an_older_source_comes_in_as_a_draft() -> None:
    data = worked_on(exported(SOURCES), {("here.text", "nl"): "Daar.[code: {code}]"})
    outcome = taken(data, {**SOURCES, "tea.yaml": TEA.replace("Here.", "Here it is.")})

    assert drafts(outcome.sources, "nl") == {"here"}
    assert outcome.warnings[0].what == "the source says something else by now"


def test_a_sheet_that_lost_its_memory_is_compared_with_the_flow() -> None:
    data = changed(lambda book: book.remove(book.worksheets[1]))

    assert taken(data).changes == ()
    assert taken(worked_on(data, {("here.text", "nl"): "Daar.[code: {code}]"})).changes == (Change("nl", "here.text", "changed"),)


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({("here.text", "nl"): "Hier."}, ["{code} of the source is missing", "[code:...] of the source is missing"]),
        ({("here.text", "nl status"): "fine"}, ["neither `ready` nor `draft`"]),
        ({("here.text", "en"): "There."}, ["the source was changed in this sheet"]),
        ({("here.text", "text"): "there.text"}, ["no text of this name"]),
        ({("here.text", "text"): None, ("tea.text", "nl status"): "?"}, ["neither `ready` nor `draft`", "row has texts and no `text`"]),
        ({("here.text", "text"): "tea.text"}, ["this text stands on line 2 already"]),
    ],
)
def test_what_is_wrong_in_a_row_is_listed_and_nothing_is_taken(cells: Cells, says: list[str]) -> None:
    found = problems(worked_on(exported(SOURCES), cells))

    assert all(any(words in each for each in found) for words in says), found


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda book: setattr(book.worksheets[0]["A1"], "value", "key"), "no column is headed `text`"),
        (lambda book: setattr(book.worksheets[0]["H1"], "value", "Dutch?"), "this column is not one of ours"),
        (lambda book: setattr(book.worksheets[0]["H1"], "value", "nl"), "two columns are headed `nl`"),
        (lambda book: setattr(book.worksheets[1]["A1"], "value", "coffee"), "the texts of `coffee`, and not of `tea`"),
        (lambda book: book.worksheets[0].delete_rows(1, 100), "the sheet is empty"),
    ],
)
def test_a_sheet_that_is_not_this_flow_s_is_refused_in_words(change: Callable[[Any], object], says: str) -> None:
    assert any(says in each for each in problems(changed(change)))


def test_a_translator_may_keep_notes_beside_the_texts() -> None:
    assert taken(changed(lambda book: setattr(book.worksheets[0]["H1"], "value", "Notes of mine"))).changes == ()


def archive(parts: Mapping[str, bytes]) -> bytes:
    """The exported sheet with these parts in it in place of its own."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(exported(SOURCES))) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys([*old.namelist(), *parts]):
            new.writestr(name, parts[name] if name in parts else old.read(name))
    return file.getvalue()


SPREADSHEET = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;&x;">]><worksheet>&z;</worksheet>'


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no .xlsx file"),
        (b"PK\x03\x04 and then nothing", "no .xlsx file"),
        (b"text,nl\nhere.text,Hier\n", "no .xlsx file"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "no .xlsx file"),
        (b"x" * 5_000_001, "larger than 5 MB"),
        (archive({"xl/worksheets/sheet1.xml": b" " * 20_000_001}), "more than any flow's texts"),
        (archive({f"xl/more/{number}.xml": b"<a/>" for number in range(200)}), "more than any flow's texts"),
        (archive({"xl/worksheets/sheet1.xml": BOMB}), "declares entities"),
        (archive({"xl/worksheets/sheet1.xml": BOMB.decode().encode("utf-16")}), "declares entities"),
        (archive({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row r='x'>"}), "damaged"),
        (archive({"xl/workbook.xml": b"<a/>"}), "the sheet is empty"),
        (archive({"[Content_Types].xml": b""}), "damaged"),
    ],
)
def test_no_file_ends_in_a_stack_trace_or_fills_the_machine(data: bytes, says: str) -> None:
    assert says in problems(data)[0]


def lying(name: str, part: bytes, says: int) -> bytes:
    """The exported sheet with a part that is longer than it says, and whose checksum is right for what it says."""
    file = BytesIO(archive({name: part}))
    with zipfile.ZipFile(file, "a") as bomb:
        told = bomb.getinfo(name)
        told.file_size, told.CRC = says, zlib.crc32(part[:says])
        bomb.comment = b"the list of parts is written anew"
    return file.getvalue()


@pytest.mark.parametrize("name", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "[Content_Types].xml"])
def test_a_part_that_is_longer_than_it_says_never_fills_the_machine(name: str) -> None:
    data = lying(name, b" " * 60_000_000, says=1000)
    assert len(data) < 100_000

    tracemalloc.start()
    try:
        [problem] = problems(data)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "damaged" in problem
    assert most < 30_000_000


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_part_that_can_only_be_unpacked_whole_is_not_unpacked(way: int) -> None:
    file = BytesIO(exported(SOURCES))
    with zipfile.ZipFile(file, "a", way) as sheet:
        sheet.writestr("xl/more.bin", b" " * 1000)

    assert "damaged or locked" in problems(file.getvalue())[0]


@settings(max_examples=60)
@given(st.integers(0, 5000), st.binary(min_size=1, max_size=40))
def test_a_damaged_file_is_taken_whole_or_refused_in_words(place: int, junk: bytes) -> None:
    good = exported(SOURCES)
    data = good[:place] + junk + good[place + len(junk) :]

    try:
        outcome = taken(data)
    except FlowError as refused:
        outcome = Outcome(SOURCES, (), refused.problems)
    assert outcome.sources.keys() >= SOURCES.keys()


def put(cell: str, text: str) -> Callable[[Any], object]:
    return lambda book: setattr(book.worksheets[0][cell], "value", text)


def test_a_row_is_read_however_far_below_the_others_it_stands() -> None:
    assert problems(changed(put("D1048576", "lost"))) == [
        "tea.xlsx:1048576: this row has texts and no `text`. Write there what stood there, or take the row out."
    ]


def test_a_sheet_with_more_rows_than_any_flow_has_texts_is_refused() -> None:
    line = b'<row><c t="inlineStr"><is><t>x</t></is></c></row>'
    data = archive(
        {"xl/worksheets/sheet1.xml": b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (SPREADSHEET, line * 60_002)}
    )

    assert "more than 60000 rows" in problems(data)[0]


def test_a_row_with_a_number_beyond_all_sheets_does_not_keep_the_machine_counting() -> None:
    line = b'<row r="999999999999"><c t="inlineStr"><is><t>x</t></is></c></row>'
    data = archive({"xl/worksheets/sheet1.xml": b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (SPREADSHEET, line)})

    assert "the sheet is empty" in problems(data)[0]
