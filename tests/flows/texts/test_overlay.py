"""An overlay is rewritten where it changed and nowhere else, however its author wrote it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import yaml_text
from flows.revisions import SHIPPED
from flows.texts.overlay import new, rewritten
from tests.flows.texts.tea import DUTCH

OVERLAYS = sorted(path for path in SHIPPED.glob("*.yaml") if path.name.count(".") == 2)
ODD = [
    "flow: tea\nlanguage: nl\nnodes: {tea: {text: Thee}}\n",
    "flow: tea\nlanguage: nl\nnodes:\n  tea: &a\n    text: Thee\n  here: *a\n",
    "nodes:\n  tea:\n    text: Thee\nflow: tea\nlanguage: nl\n",
    "---\nflow: tea\nlanguage: nl\nnodes:\n  tea:\n    text: Thee\n...\n",
    "flow: tea\nlanguage: nl\nnodes:\n    tea:\n            text: Thee\n    # end",
    "{flow: tea, language: nl, nodes: {}}",
    "flow: tea\nlanguage: nl\nnodes:\n  tea:\n    # why\n    text: |-\n      # no comment\n      Thee\n    again: Toch?",
]
_words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=200)
_label = st.fixed_dictionaries({"text": _words}, optional={"also": st.lists(_words, max_size=2)})
_node = st.fixed_dictionaries(
    {"text": _words},
    optional={
        "draft": st.just("true"),
        "sms": st.fixed_dictionaries({"text": _words}),
        "options": st.fixed_dictionaries({"no": _label | _words}),
    },
)


@pytest.mark.parametrize("path", OVERLAYS, ids=lambda path: path.name)
def test_what_is_written_anew_reads_the_same_and_every_other_line_is_untouched(path: object) -> None:
    text = next(each for each in OVERLAYS if each == path).read_text(encoding="utf-8")
    nodes = yaml_text.read(text).data["nodes"]
    first, *others = nodes
    changed = rewritten(text, {first: {**nodes[first], "draft": "true"}}, list(nodes))

    assert yaml_text.read(changed).data["nodes"] == {**nodes, first: {**nodes[first], "draft": "true"}}
    assert [line for line in text.splitlines() if line.startswith("#")] == [line for line in changed.splitlines() if line.startswith("#")]
    if others:
        rest = f"\n  {others[0]}:"
        assert text[text.index(rest) :] == changed[changed.index(rest) :]


@given(
    st.sampled_from([*ODD, DUTCH, new("tea", "nl")]),
    st.dictionaries(st.sampled_from(["tea", "here", "there"]), _node | st.none(), min_size=1),
)
def test_any_words_end_up_in_any_file_exactly(text: str, changed: dict[str, dict[str, object] | None]) -> None:
    before = yaml_text.read(text)
    after = yaml_text.read(rewritten(text, changed, ["there", "tea", "here"]))

    assert after.faults == ()
    assert after.data["nodes"] == {name: words for name, words in (before.data["nodes"] | changed).items() if words is not None}
    assert {key: value for key, value in after.data.items() if key != "nodes"} == {"flow": "tea", "language": "nl"}


def test_a_comment_inside_a_node_that_changed_stands_above_it() -> None:
    changed = rewritten(ODD[-1], {"tea": {"text": "Koffie"}}, ["tea"])

    assert changed == 'flow: tea\nlanguage: nl\nnodes:\n    # why\n  tea:\n    text: "Koffie"\n'


def test_new_nodes_come_in_the_order_of_the_flow_behind_those_that_were_there() -> None:
    changed = rewritten(new("tea", "nl"), {"here": {"text": "b"}, "tea": {"text": "a"}}, ["tea", "here"])

    assert changed == 'flow: tea\nlanguage: nl\nnodes:\n  tea:\n    text: "a"\n  here:\n    text: "b"\n'


def test_a_long_text_is_folded_and_one_with_lines_keeps_them() -> None:
    long = " ".join(["word"] * 40)
    changed = rewritten(new("tea", "nl"), {"tea": {"text": long, "again": "one\n---\ntwo"}}, ["tea"])

    assert "text: >-\n      word" in changed
    assert "again: |-\n      one\n      ---\n      two\n" in changed
    assert yaml_text.read(changed).data["nodes"]["tea"] == {"text": long, "again": "one\n---\ntwo"}
