"""One sprint under way: the frames, fields and facts that the engine works on until the next question is put."""

from dataclasses import replace
from typing import Final

from flows.clock import Clock
from flows.events import Ended, Event, OpenCase, Say
from flows.match import answers
from flows.model import Flow
from flows.nodes import Node, Waiting
from flows.nodes.base import Heard, Here, Step, keep
from flows.nodes.call import Call
from flows.nodes.choose import Choice
from flows.questions import asked_before, gives_back, home
from flows.revisions import NOTICES, Library
from flows.session import Frame, Session

STEPS_MAX: Final = 100
FRAMES_MAX: Final = 8

Visit = tuple[str, str, str]
"""Where a talk came: flow, node, and the option that was taken there, or nothing when it was entered."""


class Talk:
    """A session being moved on. It lives for one sprint, inside the engine."""

    def __init__(self, library: Library, session: Session) -> None:
        self._library = library
        self._before = session
        self._steps = 0
        self.frames = [frame for frame in map(library.standing, session.frames) if frame]
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
            self._before, frames=frames, language=self.language, fields=dict(self.fields), asked=asked, timers=self._clock.timers
        )

    def finish(self) -> None:
        """Keep words that no node kept, and tell if nothing waits any more."""
        if self.heard is not None and not (self.heard.noted and self.fields.get("case") != "open"):
            kept = keep(self.heard, self.session())
            self.heard = None
            self._note(kept)
            self.events = [*kept, *self.events]
        self.events += self._clock.start(self.frames, self._nodes())
        if not self.frames and not any(isinstance(event, Ended) for event in self.events):
            self.events.append(Ended())

    def time_passed(self, timer: int) -> bool:
        """Go on behind the wait that set this timer. False, and nothing moves, if it is an old one or nothing waits for time any more.

        If another question was asked meanwhile, its answer comes first: the timer rings again after the same time.
        """
        rung = self._clock.rung(timer, self._nodes())
        if rung is None:
            return False
        depth, wait = rung
        if all(map(gives_back, self._nodes()[depth + 1 :])):
            del self.frames[depth + 1 :]
            self._go_on(wait.passed())
        else:
            self._clock.again()
        return True

    def begin(self, name: str, at: str | None = None) -> None:
        """Begin a flow in the place of everything that waited."""
        self.frames.clear()
        self._push(name, at)
        self._run()

    def at_home(self) -> None:
        """If nothing waits, let the flow wait that hears whatever comes."""
        if not self.frames:
            self.begin(home(self.fields))

    def interrupt(self, name: str) -> bool:
        """Let another flow speak first; the question that waits goes on waiting behind it."""
        self._drop_asides()
        if not self._push(name, None):
            return False
        self._run()
        return True

    def within(self, name: str) -> bool:
        """Tell whether a flow is under way."""
        return any(frame.flow == name for frame in self.frames)

    def answer(self, folded: str, *, whole: bool) -> str | None:
        """Find the option these words mean, in the question that waits or in one behind it that gets words handed back."""
        for frame in reversed(self.frames):
            option = answers(self._flow(frame), frame.node, self.language).find(folded, whole=whole)
            if option is not None:
                return option if "." in option else f"{frame.node}.{option}"
            if not gives_back(self._node(frame)):
                break
        return None

    def is_answer(self, heard: Heard) -> bool:
        """Tell whether the question that waits asked for just these words."""
        waiting = self._node(self.frames[-1]) if self.frames else None
        return isinstance(waiting, Waiting) and waiting.is_answer(heard)

    def choose(self, node: str, option: str) -> bool:
        """Take an option of the question that waits, or of one behind it."""
        for depth, frame in reversed(list(enumerate(self.frames))):
            waiting = self._node(frame)
            if frame.node == node and isinstance(waiting, Waiting) and option in waiting.choices():
                del self.frames[depth + 1 :]
                self.trail.append((frame.flow, node, option))
                self._go_on(waiting.chosen(self._here(frame), option))
                return True
            if not gives_back(self._node(frame)):
                break
        return False

    def choose_late(self, node: str, option: str) -> bool:
        """Take a tap on a question that was answered before: it counts as if it were asked now, and what waits goes on waiting behind it.

        A tap is never testimony. One that would only lead to questions that were put already is reported, and nothing else moves.
        """
        flow = asked_before(self._library, reversed(self.frames), (node, option))
        asked = flow.nodes[node] if flow is not None else None
        if flow is None or not isinstance(asked, Choice):
            return False
        frame = Frame(flow.name, flow.revision, node)
        self.trail.append((flow.name, node, option))
        step = asked.chosen(self._here(frame), option)
        if asked.about_case and self.fields.get("case") != "open":
            self.put_again()
        elif not asked.goes_on_late(step):
            self.apply(Step(events=step.events, fields=step.fields, wait=True))
            self.put_again()
        else:
            self._drop_asides()
            self.frames = [*self.frames[-FRAMES_MAX + 1 :], frame]
            self._go_on(step)
        return True

    def ask_which(self, folded: str) -> bool:
        """Ask which answer is meant, where these words could mean two or more; they are kept all the same, for they may be testimony."""
        frame = self.frames[-1] if self.frames else None
        if frame is None or not isinstance(self._node(frame), Choice):
            return False
        alike = answers(self._flow(frame), frame.node, self.language).alike(folded)
        if not alike:
            return False
        which = self._here(frame).say("again", alike)
        self.apply(Step(events=(*keep(self.heard, self.session()), which), wait=True, kept=True, missed=True))
        return True

    def listen(self) -> None:
        """Take words that are no option to the question that waits."""
        while True:
            self.at_home()
            if not self.frames:
                return
            frame = self.frames[-1]
            waiting = self._node(frame)
            step = waiting.listened(self._here(frame)) if isinstance(waiting, Waiting) else Step(back=True)
            if not step.back:
                self._go_on(step)
                return
            self.frames.pop()

    def put_again(self) -> None:
        """Put the question that waits once more, as one puts it who has understood that something was said."""
        if self.frames:
            self.events.append(self._here(self.frames[-1]).say("again"))

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

    def _note(self, events: tuple[Event, ...]) -> None:
        if any(isinstance(event, OpenCase) for event in events):
            self.fields["case"] = "open"
            self.fields.pop("hidden", None)

    def _go_on(self, step: Step) -> None:
        self._asked = self._asked if step.missed else 0
        if self._follow(step):
            self._run()

    def _run(self) -> None:
        """Enter node after node until one waits or all has ended."""
        while self.frames:
            self._steps += 1
            if self._steps > STEPS_MAX:
                self._break(f"more than {STEPS_MAX} steps without a question in the flow {self.frames[-1].flow}")
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
            self._break(f"more than {FRAMES_MAX} flows inside one another, at {name}")
            return False
        self.frames.append(Frame(flow.name, flow.revision, node))
        return True

    def _break(self, sentence: str) -> None:
        self.frames.clear()
        self.events.append(Ended(sentence))

    def _flow(self, frame: Frame) -> Flow:
        return self._library.revisions[frame.revision]

    def _node(self, frame: Frame) -> Node:
        return self._flow(frame).nodes[frame.node]

    def _nodes(self) -> list[Node]:
        return [self._node(frame) for frame in self.frames]

    def _here(self, frame: Frame) -> Here:
        return Here(frame.flow, frame.revision, frame.node, self.session(), self.heard)

    def _drop_asides(self) -> None:
        while self.frames and gives_back(self._node(self.frames[-1])):
            self.frames.pop()
