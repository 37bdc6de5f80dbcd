"""A sprint under way: the frames, fields and facts, and how they move from node to node until one waits."""

from dataclasses import replace

from flows.ceilings import BYTES_MAX, FRAMES_MAX, OF_THE_HOUSE, STEPS_MAX
from flows.clock import Clock
from flows.events import Ended, Event, ForgetAsked, Hidden, OpenCase, Say
from flows.model import Flow
from flows.model_check import NOTICES
from flows.nodes import Node, Waiting
from flows.nodes.base import Heard, Here, Step, keep
from flows.nodes.call import Call
from flows.questions import where
from flows.revisions import Library
from flows.session import Frame, Session
from flows.way_back import WayBack

Visit = tuple[str, str, str]
"""Where a talk came: flow, node, and the option that was taken there, or nothing when it was entered."""


class Run:
    """A session being moved on. It lives for one sprint, inside the engine."""

    def __init__(self, library: Library, session: Session) -> None:
        self._library = library
        self._before = session
        self._steps = 0
        self._broken = False
        self.frames = [frame for frame in map(library.standing, session.frames) if frame]
        self._way = WayBack(library, session.earlier)
        self.fields = dict(session.fields)
        self.language = session.language
        self.events: list[Event] = []
        self.heard: Heard | None = None
        self._asked = session.asked
        self._clock = Clock(session)
        self.trail: list[Visit] = []

    def session(self) -> Session:
        """The session as it is now; words that were no answer to the question that waits are counted."""
        frames = tuple(self.frames)
        asked = self._asked if frames == self._before.frames else 0
        return replace(
            self._before,
            frames=frames,
            language=self.language,
            fields=dict(self.fields),
            asked=asked,
            earlier=self._way.earlier,
            timers=self._clock.timers,
        )

    def finish(self) -> None:
        """Keep words that no node kept, start the clock of what waits for time, and let no session grow beyond its ceiling."""
        if self.heard is not None and not (self.heard.noted and self.fields.get("case") != "open"):
            kept = keep(self.heard, self.session())
            self.heard = None
            self._note(kept)
            self.events = [*kept, *self.events]
        if len(self.session().to_bytes()) > BYTES_MAX:
            self.fields = {name: value for name, value in self.fields.items() if name in OF_THE_HOUSE}
            self._break(f"the session has more than {BYTES_MAX} bytes{where(self.frames)}")
        self.events += self._clock.start(self.frames, self._nodes())
        if not self.frames and not any(isinstance(event, Ended) for event in self.events):
            self.events.append(Ended())

    def apply(self, step: Step) -> None:
        """Take over what a step reports and sets."""
        self._note(step.events)
        self.events += step.events
        for name, value in step.fields.items():
            if value:
                self.fields[name] = value
            else:
                self.fields.pop(name, None)
        self.language = step.language or self.language
        if step.noted and self.heard is not None:
            self.heard = replace(self.heard, noted=True)
        self.heard = None if step.kept else self.heard
        self._asked += step.missed

    def repeat(self) -> None:
        """Say the question that waits as it was said, but never a code twice in one thread."""
        if self.frames:
            node = self._node(self.frames[-1])
            twice = isinstance(node, Waiting) and "{code}" in node.text
            self.events.append(self._here(self.frames[-1]).say("again" if twice else "text"))

    def notice(self, node: str) -> None:
        """Say one of the house's own notices."""
        flow = self._library.now(NOTICES)
        if flow is not None and node in flow.nodes:
            self.trail.append((flow.name, node, ""))
            self.events.append(Say(flow.name, flow.revision, node))

    def _go_on(self, step: Step) -> None:
        self._asked = self._asked if step.missed else 0
        if self._follow(step):
            self._run()

    def _run(self) -> None:
        """Enter node after node until one waits or all has ended."""
        while self.frames:
            self._steps += 1
            if self._steps > STEPS_MAX:
                self._break(f"more than {STEPS_MAX} steps without a question{where(self.frames)}")
                return
            frame = self.frames[-1]
            self.trail.append((frame.flow, frame.node, ""))
            node = self._node(frame)
            self._clock.came_to(node)
            if not self._follow(node.enter(self._here(frame))):
                return

    def _follow(self, step: Step) -> bool:
        """Go where a step leads; False when the talk waits, or is over."""
        self.apply(step)
        if step.aside is not None:
            return self._push(step.aside, None)
        if step.wait:
            return False
        if step.go is not None:
            self.frames[-1] = Frame(self.frames[-1].flow, self.frames[-1].revision, step.go)
            return True
        if step.call is not None and self._push(*step.call):
            return True
        if step.jump is not None and self._push(*step.jump, instead=True):
            return True
        if step.stop:
            self.frames.clear()
            self._way.clear()
        return self._return(repeat=step.repeat)

    def _return(self, *, repeat: bool) -> bool:
        """End the flow; what waits behind it goes on waiting, and what called it goes on."""
        while self.frames:
            self.frames.pop()
            behind = self._node(self.frames[-1]) if self.frames else None
            if isinstance(behind, Waiting):
                if repeat:
                    self.repeat()
                return False
            if isinstance(behind, Call) and behind.go is not None:
                self.frames[-1] = Frame(self.frames[-1].flow, self.frames[-1].revision, behind.go)
                return True
        return False

    def _push(self, name: str, at: str | None, *, instead: bool = False) -> bool:
        flow = self._library.now(name)
        node = at or (flow.first if flow is not None else "")
        if flow is None or node not in flow.nodes:
            self.events.append(Ended(f"there is no flow {name} that begins at {at or 'its first node'}"))
            return False
        if instead:
            self.frames.pop()
        if len(self.frames) >= FRAMES_MAX:
            self._break(f"more than {FRAMES_MAX} flows inside one another, on the way to {name}{where(self.frames)}")
            return False
        self.frames.append(Frame(flow.name, flow.revision, node))
        return True

    def _break(self, sentence: str) -> None:
        """End the run: a sentence for the operator, and the truth for the worker."""
        self.frames.clear()
        self._way.clear()
        self._broken = True
        self.events.append(Ended(sentence))
        self.notice("broken")

    def _note(self, events: tuple[Event, ...]) -> None:
        if any(isinstance(event, OpenCase) for event in events):
            self.fields["case"] = "open"
            self.fields.pop("hidden", None)
        if any(isinstance(event, Hidden | ForgetAsked) for event in events):
            self._way.clear()

    def _flow(self, frame: Frame) -> Flow:
        return self._library.revisions[frame.revision]

    def _node(self, frame: Frame) -> Node:
        return self._flow(frame).nodes[frame.node]

    def _nodes(self) -> list[Node]:
        return [self._node(frame) for frame in self.frames]

    def _here(self, frame: Frame) -> Here:
        return Here(frame.flow, frame.revision, frame.node, self.session(), self.heard)
