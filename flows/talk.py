"""One sprint under way: the frames, fields and facts that the engine works on until the next question is put."""

from flows.ceilings import ASKED_MAX, BYTES_MAX, FRAMES_MAX, OF_THE_HOUSE, STEPS_MAX
from flows.events import Ended, Event, ForgetAsked, Hidden, OpenCase, Say
from flows.home import OPEN, home
from flows.match import answers
from flows.model import Flow
from flows.model_check import NOTICES
from flows.nodes import Node, Waiting
from flows.nodes.base import Heard, Here, Step, keep
from flows.nodes.call import Call
from flows.nodes.choose import Choice
from flows.questions import asked_before, asks, gives_back, where
from flows.revisions import Library
from flows.session import Frame, Session
from flows.way_back import WayBack

Visit = tuple[str, str, str]
"""Where a talk came: flow, node, and the option that was taken there, or nothing when it was entered."""


class Talk:
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
        self.trail: list[Visit] = []

    def session(self) -> Session:
        """The session as it is now; a question put again is counted."""
        frames = tuple(self.frames)
        asked = self._before.asked + 1 if frames and frames == self._before.frames else 0
        return Session(frames, self.language, dict(self.fields), asked, self._way.earlier)

    def finish(self) -> None:
        """Keep words that no node kept, tell if nothing waits any more, and let no session grow beyond its ceiling."""
        if self.heard is not None:
            kept = keep(self.heard, self.session())
            self.heard = None
            self._note(kept)
            self.events = [*kept, *self.events]
        if len(self.session().to_bytes()) > BYTES_MAX:
            self.fields = {name: value for name, value in self.fields.items() if name in OF_THE_HOUSE}
            self._break(f"the session has more than {BYTES_MAX} bytes{where(self.frames)}")
        if not self.frames and not any(isinstance(event, Ended) for event in self.events):
            self.events.append(Ended())

    def begin(self, name: str, at: str | None = None) -> None:
        """Begin a flow in the place of everything that waited. Unless it only listens, the questions before it are out of reach."""
        self.frames.clear()
        self._steps, self._broken = 0, False
        if name != OPEN:
            self._way.clear()
        self._push(name, at)
        self._run()

    def at_home(self) -> None:
        """If nothing waits, let the flow wait that hears whatever comes."""
        if not self.frames and not self._broken:
            self.begin(home(self.fields))

    def interrupt(self, name: str) -> None:
        """Let another flow speak first; the question that waits goes on waiting behind it."""
        self._drop_asides()
        if self._push(name, None):
            self._run()

    def has(self, name: str) -> bool:
        """Tell whether there is a flow of this name."""
        return self._library.now(name) is not None

    def at(self, name: str) -> bool:
        """Tell whether the question that waits is one of this flow."""
        return bool(self.frames) and self._flow(self.frames[-1]).serves == name

    def within(self, name: str) -> bool:
        """Tell whether a flow is under way."""
        return any(self._flow(frame).serves == name for frame in self.frames)

    def answer(self, folded: str, *, whole: bool) -> str | None:
        """Find the option these words mean, in the question that waits or in one behind it that gets words handed back."""
        for frame in reversed(self.frames):
            option = answers(self._flow(frame), frame.node, self.language).find(folded, whole=whole)
            if option is not None:
                return option if "." in option else f"{frame.node}.{option}"
            if not gives_back(self._node(frame)):
                break
        return None

    def choose(self, node: str, option: str) -> bool:
        """Take an option of the question that waits, or of one behind it."""
        for depth, frame in reversed(list(enumerate(self.frames))):
            waiting = self._node(frame)
            if frame.node == node and isinstance(waiting, Waiting) and option in waiting.choices():
                del self.frames[depth + 1 :]
                self.trail.append((frame.flow, node, option))
                self._remember()
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
        self.apply(Step(events=(*keep(self.heard, self.session()), which), wait=True, kept=True))
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
                if not step.wait:
                    self._remember()
                elif self._is_too_much(frame):
                    self._break(f"a question was put more than {ASKED_MAX} times without an answer{where(self.frames)}")
                    return
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

    def back(self) -> None:
        """Put the question before this one, its answer open again; from an aside, the question that it broke in on."""
        behind = next((depth for depth in range(len(self.frames) - 1, 0, -1) if asks(self._node(self.frames[depth - 1]))), 0)
        way = self.frames[:behind] or self._way.take()
        if way:
            self.frames = way
            self.repeat()
        else:
            self.notice("no_question")

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
        self.heard = None if step.kept else self.heard

    def _note(self, events: tuple[Event, ...]) -> None:
        if any(isinstance(event, OpenCase) for event in events):
            self.fields["case"] = "open"
            self.fields.pop("hidden", None)
        if any(isinstance(event, Hidden | ForgetAsked) for event in events):
            self._way.clear()

    def _go_on(self, step: Step) -> None:
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
            if not self._follow(self._node(frame).enter(self._here(frame))):
                return

    def _follow(self, step: Step) -> bool:
        """Go where a step leads; False when the talk waits, or is over."""
        self.apply(step)
        if step.wait:
            return False
        if step.go is not None:
            self.frames[-1] = Frame(self.frames[-1].flow, self.frames[-1].revision, step.go)
            return True
        if step.call is not None and self._push(*step.call):
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

    def _push(self, name: str, at: str | None) -> bool:
        flow = self._library.now(name)
        node = at or (flow.first if flow is not None else "")
        if flow is None or node not in flow.nodes:
            self.events.append(Ended(f"there is no flow {name} that begins at {at or 'its first node'}"))
            return False
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

    def _is_too_much(self, frame: Frame) -> bool:
        """Tell whether a question was put again so often that nobody can believe it is understood."""
        return asks(self._node(frame)) and self._before.asked >= ASKED_MAX and self._before.frames == tuple(self.frames)

    def _remember(self) -> None:
        """Keep the question that was answered just now for the way back, unless it broke in on another one."""
        if not any(isinstance(self._node(frame), Waiting) for frame in self.frames[:-1]):
            self._way.keep(self.frames)

    def _flow(self, frame: Frame) -> Flow:
        return self._library.revisions[frame.revision]

    def _node(self, frame: Frame) -> Node:
        return self._flow(frame).nodes[frame.node]

    def _here(self, frame: Frame) -> Here:
        return Here(frame.flow, frame.revision, frame.node, self.session(), self.heard)

    def _drop_asides(self) -> None:
        while self.frames and gives_back(self._node(self.frames[-1])):
            self.frames.pop()
