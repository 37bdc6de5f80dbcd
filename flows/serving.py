"""Which flow serves which channel: of those that stand in the place of one flow, each channel has one, and none is left without."""

from collections.abc import Iterable, Iterator

from flows.model import Flow
from flows.problems import Problem
from flows.wording import CHANNELS


def serving_problems(flows: Iterable[Flow]) -> Iterator[Problem]:
    """Every channel that two of these flows claim in the place of the same one, or that none of them serves."""
    special: dict[str, list[Flow]] = {}
    general: set[str] = set()
    for flow in flows:
        if flow.instead_of is None:
            general.add(flow.name)
        else:
            special.setdefault(flow.instead_of, []).append(flow)
    for name, rivals in special.items():
        yield from _claimed_twice(name, rivals)
        if name not in general:
            yield from _unserved(name, rivals)


def _claimed_twice(name: str, rivals: list[Flow]) -> Iterator[Problem]:
    claimed: dict[str, str] = {}
    for flow in rivals:
        for channel in flow.channels:
            first = claimed.setdefault(channel, flow.name)
            if first != flow.name:
                what = f"`{first}` stands in the place of `{name}` on {channel} too"
                yield Problem(f"{flow.name}.yaml", 1, "channels", what, "Leave each channel to one of them.", "wrong-place")


def _unserved(name: str, rivals: list[Flow]) -> Iterator[Problem]:
    missing = [channel for channel in CHANNELS if not any(channel in flow.channels for flow in rivals)]
    if missing:
        what = f"there is no flow `{name}`, and nothing in its place serves {', '.join(missing)}"
        yield Problem(f"{rivals[0].name}.yaml", 1, "channels", what, f"Write the flow `{name}`, or name these channels too.", "wrong-place")
