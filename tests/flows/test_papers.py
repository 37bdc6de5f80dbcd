"""What is made from the code is up to date: the schemas that editors use, and the reference page of the format."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fastjsonschema
import pytest
import yaml

from flows.check import EVERY_CHECK, Scope, check_flows
from flows.model import read
from flows.nodes import KINDS
from flows.papers import HOUSE, papers
from flows.reference import EXAMPLE, OVERLAY, example, page
from flows.revisions import shipped_sources
from flows.schema import FOLDER

SOURCES = [(name, text) for sources in shipped_sources().values() for name, text in sources.items()]
WRONG = {
    "a key nobody knows": ("    go: keep\n", "    goto: keep\n"),
    "a node without a kind": ("    kind: ask\n", ""),
    "a kind nobody knows": ("kind: ask", "kind: aks"),
    "a name that is none": ("  where:\n", "  Where is it:\n"),
    "an answer that leads nowhere": (", go: where}\n      cold", "}\n      cold"),
    "no nodes": (EXAMPLE[EXAMPLE.index("nodes:") :], ""),
}


@pytest.mark.parametrize("path", papers(), ids=lambda path: path.name)
def test_a_paper_is_what_the_code_says_now(path: Path) -> None:
    """If this fails: run `python -m flows.papers`."""
    assert path.read_text(encoding="utf-8") == papers()[path]


@pytest.fixture(scope="module")
def fits() -> dict[str, Callable[[Any], Any]]:
    return {
        name: fastjsonschema.compile(json.loads((FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")))
        for name in ("flow", "overlay")
    }


def underlined(fits: Callable[[Any], Any], text: str) -> str:
    """What an editor underlines in a file; nothing in a good one."""
    try:
        fits(yaml.safe_load(text))
    except fastjsonschema.JsonSchemaValueException as error:
        return str(error.message)
    return ""


@pytest.mark.parametrize(("name", "text"), [*SOURCES, ("tea.yaml", EXAMPLE), ("tea.nl.yaml", OVERLAY)], ids=lambda each: each[:40])
def test_an_editor_accepts_every_flow_we_ship(name: str, text: str, fits: dict[str, Callable[[Any], Any]]) -> None:
    assert underlined(fits["flow" if name.count(".") == 1 else "overlay"], text) == ""


@pytest.mark.parametrize("case", sorted(WRONG))
def test_an_editor_underlines_what_the_reader_refuses(case: str, fits: dict[str, Callable[[Any], Any]]) -> None:
    before, after = WRONG[case]
    assert before in EXAMPLE

    assert underlined(fits["flow"], EXAMPLE.replace(before, after, 1)) != ""


def test_an_editor_lets_every_scalar_stand_as_text(fits: dict[str, Callable[[Any], Any]]) -> None:
    assert "text: Hot tea" in EXAMPLE
    assert underlined(fits["flow"], EXAMPLE.replace("text: Hot tea", "text: no, digit: 9")) == ""


def test_the_examples_of_the_page_are_flows_without_a_finding_but_that_nobody_can_hear_them() -> None:
    found = check_flows({"tea": {"tea.yaml": EXAMPLE, "tea.nl.yaml": OVERLAY}}, Scope())

    assert [str(each) for each in found["tea"] if each.code != "unheard"] == []
    assert len(EXAMPLE.splitlines()) < 30


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_node_has_an_example_that_reads_and_its_place_on_the_page(kind: str) -> None:
    node = yaml.load(example(KINDS[kind]), Loader=yaml.BaseLoader)
    (name, fields), *more = node.items()
    targets = {target for _, target in KINDS[kind].model_validate(fields).targets()} - {name}
    others = "".join(f"  {target}: {{kind: end}}\n" for target in targets)
    flow = f"flow: tea\nlanguage: en\nnodes:\n{yaml.safe_dump(node, allow_unicode=True, sort_keys=False)}"
    indented = flow.replace("\n", "\n  ").replace("\n  language", "\nlanguage").replace("\n  nodes", "\nnodes").rstrip() + "\n"

    assert more == []
    assert fields["kind"] == kind
    assert read({"tea.yaml": indented + others}).first == name
    assert f"### `{kind}`" in page()


def test_every_check_and_every_field_has_its_line_on_the_page() -> None:
    text = page()

    assert [each.code for each in EVERY_CHECK if f"| `{each.code}` |" not in text] == []
    assert [name for kind in KINDS.values() for name in kind.model_fields if f"| `{name}` |" not in text] == []
    assert (HOUSE / "docs" / "reference" / "flow-format.md").exists()
