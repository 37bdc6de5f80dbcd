"""A file that came back from a translator, whatever its form, taken over into a flow's files: what a command and a page both call."""

from flows.model import read
from flows.problems import FlowError, Problem
from flows.texts import po, sheet_read
from flows.texts.accept import Outcome, Sources, accepted
from flows.texts.incoming import Given


def taken_over(sources: Sources, data: bytes, file: str) -> Outcome:
    """Take a PO file or a spreadsheet over; `file` is its name, and its ending says which it is.

    `sources` are a flow's files, name to text, as they lie in a folder or in a draft; the outcome holds them as they are then. Raises
    FlowError with every problem, and then nothing is changed.
    """
    return accepted(sources, _given(sources, data, file), file)


def _given(sources: Sources, data: bytes, file: str) -> tuple[Given, ...]:
    if file.lower().endswith(".po"):
        return po.read_back(data, file, read(sources).name)
    if file.lower().endswith(".xlsx"):
        return sheet_read.read_back(data, file, sources)
    raise FlowError([Problem(file, 1, "", "it ends neither in .po nor in .xlsx", "Save it as one of the two.")])
