"""Pages: one text of a flow, in every language and on every channel, to be said in other words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Path
from pydantic import Field
from starlette.responses import Response

from api.desk.flow_seat import FlowForm, FlowSeat, Name, Seated, go
from api.errors import Absent, problem_of
from bot.editing import Rewording, Work
from flows.model import Flow, read
from flows.nodes.base import Spoken, Waiting
from flows.problems import FlowError, Problem
from flows.texts.about import costs, facts, over_budget
from flows.texts.reword import Edit, base, of_part, reworded
from flows.texts.rows import OPTIONAL, Row
from flows.wording import Slot
from store.drafts import DraftChanged
from words.marked import marked
from words.segments import Segments

ROUTER = APIRouter(prefix="/desk/flows/{name}/texts", include_in_schema=False)
Node = Annotated[str, Path(pattern="^[a-z][a-z0-9_]{0,39}$")]
Part = Annotated[str, Path(pattern=r"^(text|again|offers|options\.[a-z][a-z0-9_]{0,39})$")]
Short = Annotated[str, Field(max_length=120)]


class WordsForm(FlowForm):
    """The texts of the form (`place` is `LANGUAGE:SLOT`), the languages that are drafts, and what to do: keep them, or only count."""

    place: Annotated[tuple[Short, ...], Field(max_length=2000)] = ()
    text: Annotated[tuple[Annotated[str, Field(max_length=20_000)], ...], Field(max_length=2000)] = ()
    draft: Annotated[tuple[Short, ...], Field(max_length=200)] = ()
    fits: Annotated[str, Field(max_length=5)] = ""
    do: Literal["keep", "count"] = "keep"


@dataclass(frozen=True, slots=True)
class Box:
    """One text of the form: its place, its words, what they cost as an SMS and whether that is too much."""

    row: Row
    place: str
    words: str
    costs: tuple[Segments, ...]
    over: bool


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language of the form."""

    language: str
    draft: bool
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Unkept:
    """What was written and not kept: nothing of it is lost."""

    words: Mapping[str, str] = field(default_factory=dict[str, str])
    drafts: frozenset[str] | None = None
    fits: bool = False
    problems: tuple[Problem, ...] = ()
    counted: bool = False
    status: int = 200


@ROUTER.get("/{node}/{part}")
def show(seat: Seated, name: Name, node: Node, part: Part) -> Response:
    """Show a text in every language. Raises NoSuchFlow, Absent."""
    return _sheet(seat, seat.editing.work(name), (node, part), Unkept())


@ROUTER.post("/{node}/{part}")
def change(seat: Seated, name: Name, node: Node, part: Part, form: Annotated[WordsForm, Form()]) -> Response:
    """Keep a text in other words as a draft; what cannot be kept comes back with its words still in the form."""
    seat.check(form)
    words, drafts = dict(zip(form.place, form.text, strict=False)), frozenset(form.draft)
    given = Rewording(node, _edits(words, drafts), form.version, bool(form.fits))
    work = seat.editing.work(name)
    try:
        if form.do == "count":
            counted = Unkept(words, drafts, given.fits, counted=True)
            return _sheet(seat, work, (node, part), counted, _flow(seat, work, reworded(work.source, node, given.edits, fits=given.fits)))
        seat.editing.reword(seat.caller.officer, name, given)
    except FlowError as error:
        return _sheet(seat, work, (node, part), Unkept(words, drafts, given.fits, error.problems, status=422))
    except DraftChanged as error:
        problem = Problem("", 1, "", problem_of(error).sentence, marked("Your words are still here: copy them, and open this text anew."))
        return _sheet(seat, work, (node, part), Unkept(words, drafts, given.fits, (problem,), status=412))
    return go(f"/desk/flows/{name}/draft?done=kept")


def _flow(seat: FlowSeat, work: Work, sources: Mapping[str, str] | None = None) -> Flow:
    """The flow as it is, or as it would be with these files. Raises Absent, or FlowError."""
    flow = read(sources) if sources is not None else seat.flow_of(work)
    if flow is None:
        raise Absent
    return flow


def _edits(words: Mapping[str, str], drafts: frozenset[str]) -> tuple[Edit, ...]:
    by_language: dict[str, dict[Slot, str]] = {}
    for place, text in words.items():
        language, _, slot = place.partition(":")
        by_language.setdefault(language, {})[tuple(slot.split("."))] = text
    return tuple(Edit(language, texts, draft=language in drafts) for language, texts in by_language.items())


def _sheet(seat: FlowSeat, work: Work, place: tuple[str, str], unkept: Unkept, counted: Flow | None = None) -> Response:
    flow, (node, part) = _flow(seat, work), place
    own = flow.nodes.get(node)
    if not isinstance(own, Spoken):
        raise Absent
    slot = tuple(part.split("."))
    tongues = [tongue for each in seat.languages(flow) if (tongue := _tongue((flow, counted or flow), (node, slot), each, unkept)).boxes]
    if not tongues:
        raise Absent
    told = dict.fromkeys(line for row in of_part(flow, node, slot, flow.language) for line in facts(row, flow.language))
    context = {
        "work": work,
        "flow": flow,
        "node": node,
        "part": part,
        "option": slot[1] if slot[0] == "options" else "",
        "asks": isinstance(own, Waiting),
        "tongues": tongues,
        "told": tuple(told),
        "unkept": unkept,
    }
    return seat.draw("flow_words.html", context, unkept.status)


def _tongue(before_and_now: tuple[Flow, Flow], place: tuple[str, Slot], language: str, unkept: Unkept) -> Tongue:
    before, now = before_and_now
    node, slot = place
    words = before.overlays.get(language, {}).get(node)
    draft = words.draft if words is not None else language != before.language
    after = {row.slot: row for row in _rows(now, node, slot, language)}
    boxes = (_box(now, after.get(row.slot, row), language, unkept) for row in _rows(before, node, slot, language))
    return Tongue(language, draft if unkept.drafts is None else language in unkept.drafts, tuple(boxes))


def _box(flow: Flow, row: Row, language: str, unkept: Unkept) -> Box:
    place = f"{language}:{'.'.join(row.slot)}"
    found = costs(flow, row, language) if row.text else ()
    return Box(row, place, unkept.words.get(place, row.text), found, over_budget(found))


def _rows(flow: Flow, node: str, slot: Slot, language: str) -> tuple[Row, ...]:
    """The texts of a part, and those that may be written beside them: what stands on an answer's button, what people type instead."""
    found = of_part(flow, node, slot, language)
    return (*found, *_more(found, node, slot)) if slot[0] == "options" and language == flow.language else found


def _more(found: tuple[Row, ...], node: str, slot: Slot) -> Iterator[Row]:
    there = {base(row.slot) for row in found}
    source = next((row.text for row in found), "")
    yield from (Row(node, (*slot, part), source, needed=False) for part in OPTIONAL if (*slot, part) not in there and there)
