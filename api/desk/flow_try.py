"""Pages: a flow rehearsed on a phone in the browser. Nothing is sent, no case opens, and nothing written here is kept."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.desk.flow_seat import CHANNELS, FlowForm, FlowSeat, Name, Seated, Tag, go
from bot.editing import Work
from flows.engine import Words
from flows.home import FIRST
from flows.model import Flow
from flows.rehearsal import Stage, rehearse

ROUTER = APIRouter(prefix="/desk/flows/{name}/try", include_in_schema=False)
TURNS_MAX = 60
Said = Annotated[str, Field(max_length=1600)]


class Scene(BaseModel):
    """In which language and on which channel, and whether it begins as a worker's first talk."""

    language: Tag = ""
    channel: Annotated[str, Field(max_length=20)] = "sms"
    begin: Literal["here", "first"] = "here"


class TurnForm(FlowForm, Scene):
    """What was said before (`said`, and the button behind it, if any, in `tapped`), and what is said or tapped now."""

    said: Annotated[tuple[Said, ...], Field(max_length=TURNS_MAX)] = ()
    tapped: Annotated[tuple[Annotated[str, Field(max_length=120)], ...], Field(max_length=TURNS_MAX)] = ()
    words: Said = ""
    tap: Annotated[str, Field(max_length=400)] = ""

    def turns(self) -> list[Words]:
        """Everything that the worker of this rehearsal did, the newest last."""
        before = [Words(text, option or None) for text, option in zip(self.said, self.tapped, strict=False)]
        option, _, title = self.tap.partition("|")
        now = Words(title, option) if self.tap else Words(self.words.strip())
        return [*before, now] if now.text and len(before) < TURNS_MAX else before


@ROUTER.get("")
def begin(seat: Seated, name: Name, scene: Annotated[Scene, Query()]) -> Response:
    """Show the phone with the first message. Raises NoSuchFlow."""
    return _phone(seat, name, scene, [])


@ROUTER.post("")
def go_on(seat: Seated, name: Name, form: Annotated[TurnForm, Form()]) -> Response:
    """Take a turn: the talk is played again from its beginning, with this turn at its end. Raises NoSuchFlow."""
    seat.check(form)
    return _phone(seat, name, form, form.turns())


def _phone(seat: FlowSeat, name: str, scene: Scene, turns: Sequence[Words]) -> Response:
    work = seat.editing.work(name)
    flow = seat.flow_of(work)
    if flow is None:
        return go(f"/desk/flows/{name}/draft")
    stage = _stage(seat, work, flow, scene)
    lines = rehearse(stage, turns)
    context = {
        "work": work,
        "flow": flow,
        "stage": stage,
        "scene": scene,
        "lines": lines,
        "choices": lines[-1].choices if lines and lines[-1].who == "bot" else (),
        "turns": turns,
        "full": len(turns) >= TURNS_MAX,
        "languages": seat.languages(flow),
        "channels": CHANNELS,
        "first": FIRST in stage.library.current and name != FIRST,
    }
    return seat.draw("flow_try.html", context)


def _stage(seat: FlowSeat, work: Work, flow: Flow, scene: Scene) -> Stage:
    drafting = seat.house.publishing.drafting
    whole = drafting.library_with(flow) if work.draft is not None else drafting.library()
    view = seat.view(flow, scene.language, scene.channel)
    library = whole.on(view.limits.channel)
    begun = flow.serves if library.current.get(flow.serves) == flow.revision else flow.name
    library = library if begun in library.current else whole  # a flow for other channels is rehearsed by its own name
    return Stage(library, FIRST if scene.begin == "first" and FIRST in library.current else begun, view, drafting.lexicon)
