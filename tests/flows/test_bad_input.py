"""Whatever stands in a flow file, its author gets one list of all that is wrong, with file, line, place and mend; never a crash."""

import subprocess
import sys
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.check import check_flow
from flows.model import read
from flows.problems import FlowError, Problem
from flows.revisions import shipped, shipped_sources
from tests.flows.test_check import DUTCH, TEA

LIBRARY = shipped()
SOURCES = list(shipped_sources().values())
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
NODE = "flow: tea\nlanguage: en\nnodes:\n  a: "
TABLE: dict[str, tuple[str, list[tuple[int, str, str]]]] = {
    "an error of YAML": ("flow: tea\nnodes: [\n", [(2, "", "this is not YAML")]),
    "a tab": ("flow: tea\n\tlanguage: en\n", [(2, "", "this is not YAML")]),
    "two documents": ("flow: tea\n---\nflow: tea\n", [(2, "", "this is not YAML")]),
    "a bomb of aliases": (BOMB, [(1, "", "its repeats counted")]),
    "an alias of itself": ("flow: &a [*a]\n", [(1, "", "its repeats counted")]),
    "ten megabytes of text": (NODE + "{kind: say, text: '" + "x" * 10_000_000 + "'}\n", [(1, "", "longer than 2000000 letters")]),
    "nesting without end": ("flow: " + "[" * 500_000, [(1, "", "nests more than")]),
    "blocks nested without end": ("- " * 900_000, [(1, "", "nests more than")]),
    "a zero byte": ("flow: tea\nlanguage: e\x00n\n", [(2, "", "the letter U+0000 cannot stand in a file")]),
    "half a letter": ("flow: tea\n\nlanguage: \ud800\n", [(3, "", "the letter U+D800 cannot stand in a file")]),
    "a key that is a list": ("? [a, b]\n: c\n", [(1, "", "a key must be one text")]),
    "nothing": ("", [(1, "flow", "missing"), (1, "language", "missing"), (1, "nodes", "missing")]),
    "a bare word": ("tea", [(1, "", "`key: value` lines")]),
    "a list": ("- tea\n- milk\n", [(1, "", "`key: value` lines")]),
    "wrong types": (
        "flow: [a]\nlanguage: {a: b}\nnodes: 7\n",
        [(1, "flow", "one text"), (2, "language", "one text"), (3, "nodes", "`key: value` lines")],
    ),
    "a node that is a text": (NODE + "hello\n", [(4, "nodes.a", "`key: value` lines")]),
    "a kind that is a list": (NODE + "{kind: [say]}\n", [(4, "nodes.a", "no node is of this kind")]),
    "a text that is a list": (NODE + "{kind: say, text: [a]}\n", [(4, "nodes.a.text", "one text")]),
    "options that are a list": (NODE + "{kind: choose, text: a, options: [b]}\n", [(4, "nodes.a.options", "`key: value` lines")]),
    "synonyms that are a text": (
        NODE + "{kind: choose, text: a, options: {b: {also: c, go: a}}}\n",
        [(4, "nodes.a.options.b.also", "a list")],
    ),
    "a mark that is neither yes nor no": (NODE + "{kind: ask, sensitive: maybe, go: a}\n", [(4, "nodes.a.sensitive", "yes or no")]),
    "an unknown key": (NODE + "{kind: say, tekst: Hi}\n", [(4, "nodes.a.tekst", "nothing of this name")]),
    "an id used twice": (NODE + "{kind: end}\n  a: {kind: end}\n", [(5, "", "`a` is written twice")]),
    "a missing target": (NODE + "{kind: say, text: Hi, go: b}\n", [(4, "nodes.a.go", "no node is called `b`")]),
    "two missing targets": (
        NODE + "{kind: say, text: Hi, go: b}\n  c: {kind: say, text: Hi, go: d}\n",
        [(4, "nodes.a.go", "`b`"), (5, "nodes.c.go", "`d`")],
    ),
    "too many nodes": (
        "flow: tea\nlanguage: en\nnodes:\n" + "".join(f"  n{number}: {{kind: end}}\n" for number in range(2001)),
        [(3, "nodes", "too many")],
    ),
    "brackets that never close": (NODE + "{kind: say, text: '" + "[wait: one{" * 300 + "'}\n", [(4, "nodes.a.text", "bracket")]),
    "a merge of YAML 1.1": (NODE + "{kind: end}\n<<: {about: x}\n", [(5, "<<", "nothing of this name")]),
    "a tag that would build something": (
        "flow: !!python/name:os.system\nlanguage: en\nnodes: {a: {kind: end}}\n",
        [(1, "flow", "pattern")],
    ),
}


def _problems(sources: Mapping[str, str]) -> tuple[Problem, ...]:
    with pytest.raises(FlowError) as refused:
        read(sources)
    return refused.value.problems


@pytest.mark.parametrize("case", TABLE)
def test_a_bad_file_is_one_list_of_all_that_is_wrong(case: str) -> None:
    text, expected = TABLE[case]
    problems = _problems({"tea.yaml": text})

    assert [(problem.line, problem.where) for problem in problems] == [(line, where) for line, where, _ in expected]
    assert all(said in problem.what for problem, (_, _, said) in zip(problems, expected, strict=True)), problems
    assert all(problem.file == "tea.yaml" and problem.mend for problem in problems)
    assert [(each.line, each.where, each.severity) for each in check_flow({"tea.yaml": text}, LIBRARY)] == [
        (line, where, "error") for line, where, _ in expected
    ]


def test_a_mark_of_byte_order_and_the_lines_of_other_systems_are_read() -> None:
    plain = read({"tea.yaml": TEA, "tea.nl.yaml": DUTCH}).revision

    assert read({"tea.yaml": "\ufeff" + TEA, "tea.nl.yaml": DUTCH.replace("\n", "\r\n")}).revision == plain


@pytest.mark.parametrize("deep", ["[", "{a: ", "- ", "? ", "&a [", "[[", "'a': ["])
def test_no_depth_ends_the_process(deep: str) -> None:
    """In a process of its own: what builds YAML recurses in C, and would take the whole service with it."""
    program = f"from flows import yaml_text; print(bool(yaml_text.read({deep!r} * 100_000).faults))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stdout) == (0, "True\n"), done.stderr[-300:]


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, str]:
    """The files of a flow we ship after a clumsy hand: lines lost, doubled, moved, indented, or with odd letters in them."""
    sources = dict(draw(st.sampled_from(SOURCES)))
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(sorted(sources)))
        lines = sources[name].split("\n")
        place = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(("cut", "double", "swap", "indent", "letter", "word", "outdent"))):
            case "cut":
                del lines[place]
            case "double":
                lines.insert(place, lines[place])
            case "swap":
                other = draw(st.integers(0, len(lines) - 1))
                lines[place], lines[other] = lines[other], lines[place]
            case "indent":
                lines[place] = "  " + lines[place]
            case "outdent":
                lines[place] = lines[place].removeprefix("  ")
            case "word":
                words = lines[place].split(" ")
                words[draw(st.integers(0, len(words) - 1))] = draw(
                    st.sampled_from(("go:", "kind:", "[x", "{", "*a", "&a", "no", "'", '"', "<<:", "---", "!!int"))
                )
                lines[place] = " ".join(words)
            case _:
                at = draw(st.integers(0, len(lines[place])))
                lines[place] = lines[place][:at] + draw(st.characters()) + lines[place][at:]
        sources[name] = "\n".join(lines)
    return sources


@given(mutated())
def test_a_flow_after_a_clumsy_hand_is_checked_without_a_crash(sources: dict[str, str]) -> None:
    for finding in check_flow(sources, LIBRARY):
        assert finding.file in sources
        assert 1 <= finding.line <= max(1, len(sources[finding.file].splitlines()))
        assert finding.what
        assert finding.reason
        assert finding.mend
        assert str(finding)
