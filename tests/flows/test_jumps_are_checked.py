"""The linter looks through a jump as it looks through a call."""

import pytest

from flows.check import Scope, check_flows

_OTHER = "flow: other\nlanguage: en\nnodes:\n  first: {kind: jump, flow: tiny}\n  middle: {kind: say, text: Hello}\n"


@pytest.mark.parametrize(
    ("jump", "code"),
    [
        ("flow: nowhere", "unknown-flow"),
        ("flow: other, at: nowhere", "unknown-flow"),
        ("flow: other", "loop-without-wait"),
    ],
)
def test_a_jump_to_what_is_not_there_or_in_a_circle_is_found(jump: str, code: str) -> None:
    tiny = f"flow: tiny\nlanguage: en\nnodes:\n  it: {{kind: jump, {jump}}}\n"
    found = check_flows({"tiny": {"tiny.yaml": tiny}, "other": {"other.yaml": _OTHER}}, Scope())

    assert code in {each.code for each in found["tiny"]}
