"""Pages: the draft of a flow. What is wrong with it, what differs, whom it touches; publishing it, and the way back."""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Form, Query
from pydantic import Field
from starlette.responses import Response

from api import once
from api.desk.flow_seat import FlowForm, FlowSeat, Name, Seated, go
from api.desk.flows import Reader, context_of
from api.errors import KeyReused, problem_of
from api.flow_drafts import Once
from api.flow_shapes import MOVES_MAX
from bot.drafting import Checked
from bot.editing import Work
from bot.publishing import Order, WayBack
from flows.check import Finding, check_flow
from flows.diff import diff
from flows.impact import Impact
from flows.model import Flow
from flows.moving import hindrance
from flows.problems import FlowError, Problem
from store.drafts import Draft, DraftChanged
from store.flows import Overtaken
from words.marked import marked

ROUTER = APIRouter(prefix="/desk/flows/{name}", include_in_schema=False)
DONE = {
    "kept": marked("Your words are kept as a draft. Workers still get the earlier ones."),
    "brought": marked("Your files are kept as a draft. Workers still get what is in force."),
    "again": marked("The draft stands on what is in force now."),
    "anew": marked("The draft is gone. What is in force stays as it was."),
}
Reason = Annotated[str, Field(max_length=500)]
Node = Annotated[str, Field(max_length=40)]


class PublishForm(FlowForm):
    """Why, and where people go who stand at a node that is gone (`old` and `new` side by side); `once` makes a second click harmless."""

    reason: Reason = ""
    old: Annotated[tuple[Node, ...], Field(max_length=MOVES_MAX)] = ()
    new: Annotated[tuple[Node, ...], Field(max_length=MOVES_MAX)] = ()
    once: Annotated[str, Field(max_length=40)] = ""

    def moves(self) -> dict[str, str]:
        """The map of old node to new node."""
        return {old: new for old, new in zip(self.old, self.new, strict=False) if old and new}


class BackForm(FlowForm):
    """Why, and to which revision."""

    reason: Reason = ""
    to: Annotated[str, Field(max_length=64)] = ""
    once: Annotated[str, Field(max_length=40)] = ""


class AgainForm(FlowForm):
    """`mine` keeps the draft's words and sets them on what is in force; `force` lets them go."""

    words: Literal["mine", "force"] = "mine"


@dataclass(frozen=True, slots=True)
class Unpublished:
    """What was asked and not done: why, and what stood in the form."""

    problems: tuple[Problem, ...] = ()
    reason: str = ""
    moves: dict[str, str] = field(default_factory=dict[str, str])
    error: str = ""
    status: int = 200


@ROUTER.get("/draft")
def show(seat: Seated, name: Name, done: Annotated[str, Query(max_length=20)] = "") -> Response:
    """Show the draft; where none waits, the flow. Raises NoSuchFlow."""
    return _sheet(seat, seat.editing.work(name), Unpublished(), DONE.get(done, ""))


def _sheet(seat: FlowSeat, work: Work, unpublished: Unpublished, done: str = "") -> Response:
    if work.draft is None:
        context = {"work": work, "done": done, "error": unpublished.error}
        return seat.draw("flow_no_draft.html", context, unpublished.status)
    checked = seat.house.publishing.drafting.check(work.name, work.draft.source, work.draft.transcripts)
    context = {
        "work": work,
        "draft": work.draft,
        "flow": checked.flow,
        "done": done,
        "unpublished": unpublished,
        "sites": {place.id: place.name for place in seat.programme.places.values()},
        "once": secrets.token_urlsafe(12),
        **_looked_at(seat, work, checked.flow),
        **_problems(work.draft, checked),
        **_touched(seat, work, checked.flow),
    }
    return seat.draw("flow_draft.html", context, unpublished.status)


def _problems(draft: Draft, checked: Checked) -> dict[str, Any]:
    """What is wrong with the files, and where its talks went another way, by talk file."""
    talks: dict[str, list[Problem]] = {file: [] for file in draft.transcripts}
    for each in checked.problems:
        if each.file in talks:
            talks[each.file].append(each)
    return {"problems": [each for each in checked.problems if each.file not in talks], "talks": talks}


def _looked_at(seat: FlowSeat, work: Work, flow: Flow | None) -> dict[str, list[Finding]]:
    """What the linter would have looked at, and what it merely notes: neither keeps anything from being published."""
    found = check_flow(work.source, seat.house.publishing.drafting.library_with(flow)) if flow is not None else ()
    return {f"{severity}s": [each for each in found if each.severity == severity] for severity in ("warning", "note")}


def _touched(seat: FlowSeat, work: Work, flow: Flow | None) -> dict[str, Any]:
    """What differs from what is in force, whom it touches, and where people at a node that is gone may go."""
    if flow is None or flow.name != work.name:
        return {"diff": None, "impact": None, "ways": {}}
    publishing = seat.house.publishing
    before = publishing.drafting.library().flow(work.publication.revision) if work.publication is not None else None
    touched: Impact = publishing.impact_of(flow, {})
    gone = [each.node for each in touched.nodes if each.touched == "vanished" and before is not None and each.node in before.nodes]
    ways = {old: _ways(before, old, flow) for old in gone if before is not None}
    return {"diff": diff(before, flow), "impact": touched, "ways": ways}


def _ways(before: Flow, old: str, after: Flow) -> list[str]:
    return [name for name, node in after.nodes.items() if hindrance(before.nodes[old], node) is None]


@ROUTER.post("/draft/again")
def again(seat: Seated, name: Name, form: Annotated[AgainForm, Form()]) -> Response:
    """Set the draft on what is in force now, or let its words go. Raises DraftChanged."""
    seat.check(form)
    anew = form.words == "force"
    seat.editing.again(seat.caller.officer, name, form.version, anew=anew)
    return go(f"/desk/flows/{name}/draft?done={'anew' if anew else 'again'}")


def _once(seat: FlowSeat, act: str, name: str, form: PublishForm | BackForm) -> Once:
    asked = orjson.dumps([act, name, form.model_dump(exclude={"csrf"})], option=orjson.OPT_SORT_KEYS)
    return Once(seat.house, once.Request(seat.caller.officer.id, form.once or None, hashlib.sha256(asked).digest()))


def _reason(form: PublishForm | BackForm) -> str:
    """Why; kept with the publication. Raises FlowError when nothing was written."""
    if not form.reason.strip():
        raise FlowError(
            [Problem("reason", 1, "", marked("nobody could tell later why this was done"), marked("Write why, in a few words."))]
        )
    return form.reason.strip()


@ROUTER.post("/publish")
def publish(seat: Seated, name: Name, form: Annotated[PublishForm, Form()]) -> Response:
    """Put the draft in force; while anything is wrong with it, nothing happens and everything is listed. Raises NoSuchFlow."""
    seat.check(form)
    request, publishing = _once(seat, "publish", name, form), seat.house.publishing
    try:
        reason = _reason(form)
        order = Order(name, reason, form.moves(), form.version)
        request.answer(lambda: publishing.publish(seat.caller.officer, order, request.within))
    except FlowError as error:
        return _sheet(seat, seat.editing.work(name), Unpublished(error.problems, form.reason, form.moves(), status=422))
    except (DraftChanged, Overtaken, KeyReused) as error:
        problem = problem_of(error)
        return _sheet(seat, seat.editing.work(name), Unpublished((), form.reason, form.moves(), problem.sentence, problem.status))
    return go(f"/desk/flows/{name}?done=published")


@ROUTER.post("/rollback")
def roll_back(seat: Seated, name: Name, form: Annotated[BackForm, Form()]) -> Response:
    """Put an earlier revision in force again. Raises NoSuchFlow."""
    seat.check(form)
    request, publishing = _once(seat, "rollback", name, form), seat.house.publishing
    try:
        reason = _reason(form)
        way = WayBack(name, reason, to=form.to or None)
        request.answer(lambda: publishing.roll_back(seat.caller.officer, way, request.within))
    except (FlowError, Overtaken, KeyReused) as error:
        return _not_back(seat, name, form, error)
    return go(f"/desk/flows/{name}?done=back")


def _not_back(seat: FlowSeat, name: str, form: BackForm, error: FlowError | Overtaken | KeyReused) -> Response:
    work, problem = seat.editing.work(name), problem_of(error)
    problems = error.problems if isinstance(error, FlowError) else ()
    said = {"error": "" if problems else problem.sentence, "problems": problems, "reason": form.reason}
    return seat.draw("flow.html", context_of(seat, work, Reader(), work) | said, problem.status)
