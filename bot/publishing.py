"""Publishing flows: what a draft would change and whom it touches, putting it in force, and going back in one step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from bot.clock import MINUTE
from bot.drafting import Drafting, NoSuchFlow
from bot.standing import Move, Standing
from cases import audit
from cases.model import Officer
from flows import moving
from flows.diff import Diff, diff
from flows.impact import Impact, Position, impact
from flows.model import Flow
from flows.problems import FlowError, Problem
from flows.revisions import Library
from store import drafts, tasks
from store import flows as kept
from store.drafts import Draft, DraftChanged
from store.flows import Kept, Overtaken, Publication

TASK = "move_people"
DRAFT = "draft"
_LOOK_AFTER = MINUTE
Within = Callable[[sa.Connection, Callable[[], dict[str, Any]]], dict[str, Any]]


def _at_once(connection: sa.Connection, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    del connection
    return work()


@dataclass(frozen=True, slots=True)
class Order:
    """Publish the draft of a flow. `moves` leads people from an old node to a new one; `expects` is the draft's version that was seen."""

    name: str
    why: str = ""
    moves: Mapping[str, str] = field(default_factory=dict[str, str])
    expects: int | None = None


@dataclass(frozen=True, slots=True)
class WayBack:
    """Put an earlier revision in force again: `to`, or without it the one that was in force before."""

    name: str
    why: str = ""
    moves: Mapping[str, str] = field(default_factory=dict[str, str])
    to: str | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What was put in force, in whose place (None: the flow is new), and whom it touches as counted just before."""

    name: str
    number: int
    revision: str
    before: str | None
    impact: Impact


@dataclass(frozen=True, slots=True)
class _Ready:
    """Everything that was looked at outside the transaction; inside it is only made sure that it still holds."""

    flow: Flow
    before: Publication | None
    impact: Impact
    why: str
    moves: Mapping[str, str]
    act: str
    transcripts: Mapping[str, str]
    draft: Draft | None = None
    seen: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class Listed:
    """A flow as a line of a list: what is in force, and the state of its draft (None: there is none)."""

    name: str
    publication: Publication | None
    draft: drafts.State | None


@dataclass(frozen=True, slots=True)
class Publishing:
    """Publishes flows. `changed` is called when something came into force, so that this process takes it up at once."""

    drafting: Drafting
    standing: Standing
    changed: Callable[[], None]

    def flows(self) -> list[Listed]:
        """Every flow that is in force or drafted, by name."""
        with self.drafting.database.read() as connection:
            in_force, states = kept.in_force(connection), drafts.states(connection)
        return [Listed(name, in_force.get(name), states.get(name)) for name in sorted({*in_force, *states})]

    def history(self, name: str) -> list[Publication]:
        """What was in force under a name, newest first. Raises NoSuchFlow."""
        with self.drafting.database.read() as connection:
            found = kept.publications(connection, name)
        if not found:
            raise NoSuchFlow
        return found

    def revisions(self, name: str) -> list[Kept]:
        """Every kept revision of a flow, newest first, also one that was never in force. Raises NoSuchFlow."""
        with self.drafting.database.read() as connection:
            found = kept.revisions(connection, name)
        if not found:
            raise NoSuchFlow
        return found

    def files(self, name: str, revision: str) -> dict[str, str]:
        """The files of a revision of this flow, name to text. Raises NoSuchFlow."""
        if revision not in {each.revision for each in self.revisions(name)}:
            raise NoSuchFlow
        with self.drafting.database.read() as connection:
            return kept.sources(connection, [revision])[revision]

    def diff(self, name: str, before: str | None = None, after: str = DRAFT) -> Diff:
        """Compare two revisions; without `before` the one in force, and `draft` is the draft. Raises NoSuchFlow, or FlowError."""
        in_force = self.in_force(name)
        old = before or (in_force.revision if in_force is not None else None)
        return diff(None if old is None else self._flow(name, old), self._flow(name, after))

    def impact(self, name: str) -> Impact:
        """Whom the draft would touch now. Raises NoSuchFlow, or FlowError for a draft that cannot be read."""
        return self.impact_of(self._flow(name, DRAFT), {})

    def impact_of(self, flow: Flow, moves: Mapping[str, str]) -> Impact:
        """Whom this revision would touch now in the place of the one in force."""
        before = self.in_force(flow.name)
        return self._impact(before.revision if before is not None else None, flow, self.standing.count(flow.name), moves)

    def impact_between(self, name: str, before: str | None, after: str) -> Impact:
        """Whom the step from one revision to another touches, as people stand now. Raises NoSuchFlow, or FlowError."""
        return self._impact(before, self._flow(name, after), self.standing.count(name), {})

    def publish(self, author: Officer, order: Order, within: Within = _at_once) -> Published:
        """Check the draft once more, put it in force and move whom the map names. The write runs inside `within`.

        Raises NoSuchFlow without a draft, FlowError with everything that is wrong, DraftChanged or Overtaken when somebody was faster.
        """
        seen = self._stamp()
        draft = self.drafting.find(order.name)
        if draft.state == "published" or (order.expects is not None and order.expects != draft.version):
            raise DraftChanged
        flow = self._sound(order.name, draft.source, draft.transcripts)
        before = self.in_force(order.name)
        if problems := tuple(_out_of_date(draft, before, flow)):
            raise FlowError(problems)
        return self._put(author, replace(self._ready(flow, before, order, draft), seen=seen), within)

    def roll_back(self, author: Officer, way: WayBack, within: Within = _at_once) -> Published:
        """Put a revision that was in force before in force again; nobody who talks is moved unless the map says so. Raises as `publish`.

        It is checked like a draft, with its own transcripts: what others rely on today may not have been there yet.
        """
        seen, history = self._stamp(), self.history(way.name)
        earlier = [each.revision for each in history if each.revision != history[0].revision]
        to = way.to or next(iter(earlier), None)
        if to not in earlier:
            raise NoSuchFlow
        then = next(each for each in history if each.revision == to)
        flow = self._sound(way.name, self.files(way.name, then.revision), then.transcripts)
        ready = self._ready(flow, history[0], way)
        return self._put(author, replace(ready, transcripts=then.transcripts, seen=seen), within)

    def look_after(self, arguments: Mapping[str, Any]) -> None:
        """The task behind a publication with a map: move whoever was not moved because a process died in between."""
        self.changed()
        with self.drafting.database.read() as connection:
            publication = kept.in_force(connection)[arguments["name"]]
        library = self.drafting.library()
        flow = library.flow(publication.revision)
        if publication.number == arguments["number"] and flow is not None:
            self.standing.move(Move(flow, publication.number, publication.moves), library)

    def in_force(self, name: str) -> Publication | None:
        """What is in force under a name; None if nothing ever was."""
        with self.drafting.database.read() as connection:
            return kept.in_force(connection).get(name)

    def _stamp(self) -> tuple[int, int]:
        """What was published so far; to be asked for before anything is looked at, for all of it has to hold still when it is written."""
        with self.drafting.database.read() as connection:
            return kept.stamp(connection)

    def _sound(self, name: str, source: Mapping[str, str], transcripts: Mapping[str, str]) -> Flow:
        """The flow in these files. Raises FlowError with everything that keeps it from being put in force."""
        checked = self.drafting.check(name, source, transcripts)
        if checked.flow is None or checked.problems:
            raise FlowError(checked.problems)
        return checked.flow

    def _flow(self, name: str, revision: str) -> Flow:
        """A kept revision, or the draft. Raises NoSuchFlow, or FlowError with why it cannot be read."""
        if revision == DRAFT:
            draft = self.drafting.find(name)
            checked = self.drafting.check(name, draft.source, {})
            if checked.flow is None:
                raise FlowError(checked.problems)
            return checked.flow
        found = self.drafting.library().flow(revision)
        if found is None or found.name != name:
            raise NoSuchFlow
        return found

    def _impact(self, before: str | None, flow: Flow, standing: Mapping[Position, int], moves: Mapping[str, str]) -> Impact:
        library = self.drafting.library()
        return impact(library.flow(before) if before is not None else None, flow, standing, library, moves)

    def _ready(self, flow: Flow, before: Publication | None, order: Order | WayBack, draft: Draft | None = None) -> _Ready:
        standing, library = self.standing.count(flow.name), self.drafting.library()
        old = before.revision if before is not None else None
        stood_in = sorted({each.revision for each in standing})
        if problems := tuple(moving.problems(_known(library, [old or "", *stood_in]), flow, order.moves)):
            raise FlowError(problems)
        touched = self._impact(old, flow, standing, order.moves)
        if draft is None:
            return _Ready(flow, before, touched, order.why, order.moves, "flow_rolled_back", {})
        return _Ready(flow, before, touched, order.why, order.moves, "flow_published", draft.transcripts, draft)

    def _put(self, author: Officer, ready: _Ready, within: Within) -> Published:
        answer = self.drafting.writer.call_sync(lambda connection: within(connection, lambda: self._write(connection, author, ready)))
        self.changed()
        if answer["revision"] != ready.flow.revision:
            # `within` gave the answer of the same request that came a moment before: going back means the opposite once it is done.
            return Published(**answer, impact=self.impact_between(answer["name"], answer["before"], answer["revision"]))
        if ready.moves:
            self.standing.move(Move(ready.flow, answer["number"], ready.moves), self.drafting.library())
        return Published(**answer, impact=ready.impact)

    def _write(self, connection: sa.Connection, author: Officer, ready: _Ready) -> dict[str, Any]:
        now, name, before = self.drafting.clock(), ready.flow.name, ready.before
        number = before.number + 1 if before is not None else 1
        kept.one_at_a_time(connection)
        if ready.draft is not None:
            drafts.published(connection, name, ready.draft.version)
        if kept.stamp(connection) != ready.seen:
            raise Overtaken
        if ready.draft is not None:
            kept.keep(connection, Kept(ready.flow.revision, shipped=False, created_at=now), name, ready.draft.source)
        kept.publish(connection, Publication(name, number, ready.flow.revision, now, author.id, ready.why, ready.moves, ready.transcripts))
        if ready.moves:
            tasks.enqueue(connection, TASK, {"name": name, "number": number}, now + _LOOK_AFTER, f"move:{name}:{number}")
        audit.record(connection, author, ready.act, name, now)
        return {"name": name, "number": number, "revision": ready.flow.revision, "before": before.revision if before else None}


def _known(library: Library, revisions: Sequence[str]) -> list[Flow]:
    return [flow for flow in map(library.flow, revisions) if flow is not None]


def _out_of_date(draft: Draft, before: Publication | None, flow: Flow) -> list[Problem]:
    """A draft that says what is said already, or that was begun before somebody else published."""
    in_force = before.revision if before is not None else None
    file = f"{draft.name}.yaml"
    if flow.revision == in_force:
        return [Problem(file, 1, "", "this is in force already, word for word", "Change it, or leave it.")]
    if draft.based_on != in_force:
        mend = "Look at what differs, and save the draft again, based on the revision in force."
        return [Problem(file, 1, "", "another revision came into force after this draft was begun", mend)]
    return []


__all__ = ["DRAFT", "TASK", "DraftChanged", "NoSuchFlow", "Order", "Overtaken", "Published", "Publishing", "WayBack"]
