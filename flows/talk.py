"""What can happen to a talk in one sprint: words, taps, ways out, time that passes."""

from flows.ceilings import ASKED_MAX, FRAMES_MAX
from flows.home import OPEN, home
from flows.match import answers
from flows.nodes import Waiting
from flows.nodes.base import Heard, Step, keep
from flows.nodes.choose import Choice
from flows.questions import asked_before, asks, gives_back, where
from flows.run import Run
from flows.session import Frame


class Talk(Run):
    """A sprint as the engine sees it: what waits, and what an answer, a tap, a command or time does to it."""

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

    def is_answer(self, heard: Heard) -> bool:
        """Tell whether the question that waits asked for just these words."""
        waiting = self._node(self.frames[-1]) if self.frames else None
        return isinstance(waiting, Waiting) and waiting.is_answer(heard)

    def choose(self, node: str, option: str) -> bool:
        """Take an option of the question that waits, or of one behind it."""
        for depth, frame in reversed(list(enumerate(self.frames))):
            waiting = self._node(frame)
            if node in (frame.node, *frame.was) and isinstance(waiting, Waiting) and option in waiting.choices():
                del self.frames[depth + 1 :]
                self.trail.append((frame.flow, frame.node, option))
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

    def back(self) -> None:
        """Put the question before this one, its answer open again; from an aside, the question that it broke in on."""
        behind = next((depth for depth in range(len(self.frames) - 1, 0, -1) if asks(self._node(self.frames[depth - 1]))), 0)
        way = self.frames[:behind] or self._way.take()
        if way:
            self.frames = way
            self.repeat()
        else:
            self.notice("no_question")

    def _is_too_much(self, frame: Frame) -> bool:
        """Tell whether a question was put again so often that nobody can believe it is understood."""
        return asks(self._node(frame)) and self._before.asked >= ASKED_MAX and self._before.frames == tuple(self.frames)

    def _remember(self) -> None:
        """Keep the question that was answered just now for the way back, unless it broke in on another one."""
        if not any(isinstance(self._node(frame), Waiting) for frame in self.frames[:-1]):
            self._way.keep(self.frames)

    def _drop_asides(self) -> None:
        while self.frames and gives_back(self._node(self.frames[-1])):
            self.frames.pop()
