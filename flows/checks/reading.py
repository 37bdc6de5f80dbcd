"""What keeps a flow from being read at all: the codes of those problems, and why each matters."""

from collections.abc import Mapping
from types import MappingProxyType

from flows.checks.base import Finding
from flows.problems import Problem

REASONS: Mapping[str, str] = MappingProxyType(
    {
        "not-yaml": "The file cannot be read, so nothing in it was checked.",
        "missing-key": "A flow without it cannot run.",
        "unknown-key": "Nobody reads it, so a slip of the pen would pass for a rule.",
        "unknown-kind": "Nobody knows what to do there.",
        "wrong-value": "It is not what can stand there.",
        "unknown-target": "The talk would lead nowhere.",
        "unknown-node": "Words that no node says are never read.",
        "unknown-option": "Words for an answer that is not asked are never read.",
        "same-digit": "A digit means one answer.",
        "wrong-text": "A worker would see the brackets, or a gap.",
        "other-flow": "Words of one flow would be said in another.",
        "same-language": "Only one of the two would be said.",
    }
)


def finding(problem: Problem) -> Finding:
    """A problem as a finding of the linter."""
    places = problem.where.split(".")
    node = places[1] if len(places) > 1 and places[0] == "nodes" else ""
    place = (problem.file, problem.line, node, problem.where)
    return Finding(*place, problem.code, "error", problem.what, REASONS[problem.code], problem.mend)
