"""The linter: everything that is wrong with a flow, or may be, each with file, line, node, reason and mend."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from flows.checks import human, languages, later, options, reads, sizes, structure
from flows.checks.base import CHECKS, Check, Finding, Found, Scope, Sheet, check
from flows.checks.reading import finding
from flows.model import Accepted, Flow, opened
from flows.problems import FlowError, Problem
from flows.revisions import Library, library_of, shipped
from flows.transcript import MEASURES

__all__ = ["EVERY_CHECK", "Finding", "Scope", "check_flow", "check_flows", "refusals"]

_ROOMS: Final = (structure, options, sizes, languages, human, reads, later)


@check(
    "accepted-nothing",
    "warning",
    reason="What was let stand is not found any more, and the reason beside it misleads.",
    mend="Take the entry out of `accepted`.",
)
def accepted_nothing(sheet: Sheet) -> Iterator[Found]:
    """An entry of `accepted` that no warning answers to."""
    found = [each for every in EVERY_CHECK if every.find is not accepted_nothing for each in every.findings(sheet)]
    for place, entry in enumerate(sheet.flow.accepted):
        if not any(_stands(entry, each) for each in found):
            yield Found(("accepted", str(place)), f"nothing is found of `{entry.check}`{f' at `{entry.node}`' if entry.node else ''}")


EVERY_CHECK: Final[tuple[Check, ...]] = tuple(CHECKS)


def check_flow(sources: Mapping[str, str], library: Library, scope: Scope | None = None) -> tuple[Finding, ...]:
    """Check one flow among the others of a library. Never raises for what a file holds: that is the first finding."""
    try:
        sheet = Sheet(opened(sources), library, MEASURES, scope or Scope())
    except FlowError as error:
        return tuple(map(finding, error.problems))
    found = [_weighed(each, sheet.flow) for every in EVERY_CHECK for each in every.findings(sheet)]
    return tuple(sorted(found, key=lambda each: (each.file != next(iter(sources)), each.file, each.line, each.code, each.channel)))


def refusals(sources: Mapping[str, str], library: Library) -> tuple[Problem, ...]:
    """What forbids publishing a flow among the others of a library: the linter's errors."""
    errors = (each for each in check_flow(sources, library) if each.severity == "error")
    return tuple(
        Problem(each.file, each.line, each.where, f"{each.what}. {each.reason.removesuffix('.')}", each.mend, each.code) for each in errors
    )


def check_flows(sources: Mapping[str, Mapping[str, str]], scope: Scope | None = None) -> dict[str, tuple[Finding, ...]]:
    """Check several flows, by any name, each among the others and those we ship."""
    known = shipped()
    read = [flow for each in sources.values() if (flow := _readable(each)) is not None]
    library = library_of([*(known.revisions[revision] for revision in known.current.values()), *read])
    return {name: check_flow(each, library, scope) for name, each in sources.items()}


def _readable(sources: Mapping[str, str]) -> Flow | None:
    try:
        return opened(sources).flow
    except FlowError:
        return None


def _weighed(found: Finding, flow: Flow) -> Finding:
    """The finding, as a note if it is a warning that the author lets stand."""
    entry = next((each for each in flow.accepted if _stands(each, found)), None)
    return found if entry is None else replace(found, severity="note", accepted=entry.because)


def _stands(entry: Accepted, found: Finding) -> bool:
    return found.severity != "error" and entry.check == found.code and entry.node in (None, found.node)
