"""The flows that can run: which revision of each is current, and every revision a session may still stand in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from flows.events import Say
from flows.model import Flow, read, sources_of
from flows.model_check import NOTICES
from flows.problems import FlowError
from flows.serving import serving_problems
from flows.session import Frame
from flows.wording import SPOKEN_AS

SHIPPED = Path(__file__).with_name("library")
# Flows that were called otherwise in an earlier version. Sessions stay pinned to revisions that call them by the old name.
RENAMED = MappingProxyType({"danger": "urgent"})


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """Every flow by revision, and the revision that is current for each name, whatever the channel.

    `on` gives the library of one channel, in which a flow that stands in the place of another is begun and called by that other's name.
    """

    current: Mapping[str, str]
    revisions: Mapping[str, Flow]

    def now(self, name: str) -> Flow | None:
        """The current revision of a flow, if there is one of that name, or of the name it has today."""
        revision = self.current.get(name) or self.current.get(RENAMED.get(name, ""), "")
        return self.revisions.get(revision)

    def on(self, channel: str) -> "Library":
        """The flows that serve a channel. Talks that stand in another revision go on in it as ever."""
        special = [flow for flow in map(self.revisions.get, self.current.values()) if flow is not None and flow.instead_of]
        if not special:
            return self
        here = [flow for flow in special if SPOKEN_AS.get(channel, channel) in flow.channels]
        elsewhere = {flow.name for flow in special} - {flow.name for flow in here}
        general = {name: revision for name, revision in self.current.items() if name not in elsewhere}
        return Library(general | {flow.serves: flow.revision for flow in here}, self.revisions)

    def flow(self, revision: str) -> Flow | None:
        """A revision, current or not."""
        return self.revisions.get(revision)

    def standing(self, frame: Frame) -> Frame | None:
        """The frame, or its like in the current revision when its own cannot be had; None when there is none."""
        flow = self.flow(frame.revision) or self.now(frame.flow)
        if flow is None or frame.node not in flow.nodes:
            return None
        return frame if flow.revision == frame.revision else Frame(flow.name, flow.revision, frame.node, frame.was)

    def notice(self, node: str) -> Say:
        """The event that says one of the house's own notices (`knock`, `late` ...). Raises KeyError for one that is not there."""
        return Say(NOTICES, self.current[NOTICES], node)


def library_of(flows: Iterable[Flow]) -> Library:
    """Make a library in which each of these flows is current; of two with one name, the later."""
    every = tuple(flows)
    return Library({flow.name: flow.revision for flow in every}, {flow.revision: flow for flow in every})


def shipped_sources(folder: Path = SHIPPED) -> dict[str, dict[str, str]]:
    """Give the files of the flows we ship, by flow: what is stored at start as revisions."""
    return {path.stem: sources_of(path) for path in sorted(folder.glob("*.yaml")) if path.name.count(".") == 1}


def shipped(folder: Path = SHIPPED) -> Library:
    """Read the flows we ship. Raises FlowError with every problem of the first one that has any, or of how they share the channels."""
    library = library_of(read(sources) for sources in shipped_sources(folder).values())
    problems = [*serving_problems(library.revisions.values())]
    if problems:
        raise FlowError(problems)
    return library
