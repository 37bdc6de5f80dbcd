"""Every scalar in a flow file is text, exactly as it is written: `no` is a word, `1` is a digit that people type, `19:30` is no number."""

import pytest

from flows import yaml_text
from flows.engine import Words, resume, start
from flows.model import Flow, read
from flows.revisions import library_of
from flows.session import Session
from tests.flows.shelf import LEXICON

AS_WRITTEN = (
    *("no", "No", "NO", "n", "N", "yes", "Yes", "y", "on", "On", "off", "OFF", "true", "True", "false", "FALSE"),
    *("~", "null", "Null", "NULL", "1", "0", "007", "08", "+1", "-1", "1_000", "1.0", "1.", ".5", "1e3", "1E3", "0x1F", "0o17", "0b101"),
    *("19:30", "7:05:09", "190:20:30", "2026-01-01", "2026-01-01T10:00:00Z", "01-02-2026", ".inf", "-.inf", ".NaN", "<<", "=", "১"),
)


@pytest.mark.parametrize("written", AS_WRITTEN)
@pytest.mark.parametrize("form", ["{}", "'{}'", '"{}"'], ids=["bare", "single", "double"])
def test_a_scalar_stays_as_it_is_written(written: str, form: str) -> None:
    document = yaml_text.read(f"key: {form.format(written)}\nlist: [{form.format(written)}]\n")

    assert document.faults == ()
    assert document.data == {"key": written, "list": [written]}


@pytest.mark.parametrize("written", AS_WRITTEN)
def test_a_key_stays_as_it_is_written(written: str) -> None:
    assert yaml_text.read(f"{written}: x\n").data == {written: "x"}


@pytest.mark.parametrize("written", ["!!int 5", "!!bool no", "!!timestamp 2026-01-01", "!!float 1e3", "!!null ~"])
def test_even_a_scalar_that_is_called_something_else_is_text(written: str) -> None:
    assert yaml_text.read(f"key: {written}\n").data == {"key": written.partition(" ")[2]}


def test_nothing_written_is_an_empty_text() -> None:
    assert yaml_text.read("key:\n").data == {"key": ""}


@pytest.mark.parametrize(
    ("written", "text"),
    [("|\n  7:05\n  no\n", "7:05\nno\n"), (">-\n  1e3\n  on\n", "1e3 on"), ("|-\n  ~\n", "~")],
    ids=["as it stands", "in one line", "without its end"],
)
def test_a_long_text_stays_as_it_is_written(written: str, text: str) -> None:
    assert yaml_text.read(f"key: {written}").data == {"key": text}


def _asking(answer: str) -> Flow:
    """A flow whose first answer is called, shown and answered with a word that YAML would take for something else."""
    options = f"    options:\n      {answer}: {{text: {answer}, also: [{answer}], go: here}}\n      other: {{text: Else, go: there}}\n"
    nodes = f"  q:\n    kind: choose\n    text: When?\n{options}  here: {{kind: say, text: A}}\n  there: {{kind: say, text: B}}\n"
    return read({"x.yaml": f"flow: x\nlanguage: en\nnodes:\n{nodes}"})


@pytest.mark.parametrize("answer", ["no", "yes", "on", "off", "true", "null", "n", "y"])
def test_an_answer_called_like_a_truth_value_is_found_by_its_own_word(answer: str) -> None:
    library = library_of([_asking(answer)])
    after = resume(library, start(library, "x", Session()).session, Words(answer), LEXICON)

    assert next(getattr(event, "node", None) for event in after.events) == "here"


@pytest.mark.parametrize("text", ["19:30", "2026-01-01", "1e3", "0x1F", "1"])
def test_a_text_that_looks_like_a_number_is_shown_as_it_is_written(text: str) -> None:
    flow = read({"x.yaml": f"flow: x\nlanguage: en\nnodes:\n  q: {{kind: say, text: {text}}}\n"})

    assert [wording.text for wordings in flow.wordings("q", "en", "web") for wording in wordings][-1] == text
