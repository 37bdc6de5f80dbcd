"""Whoever edits flows, at their desk: what each of those pages is given, and how it is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, Path, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from api.deps import Services
from api.desk.pages import desk_context, render
from api.guard import FlowWriter, House, check_form_token, programme_in_force
from api.sessions import Caller
from bot.editing import Editing, Work
from cases.model import Programme
from flows.model import Flow, read
from flows.problems import FlowError
from flows.render import View
from flows.texts.examples import EXAMPLES
from flows.transcript import MEASURES

Name = Annotated[str, Path(pattern="^[a-z][a-z0-9-]{0,39}$")]
Tag = Annotated[str, Field(max_length=35)]
CHANNELS = tuple(MEASURES)


class FlowForm(BaseModel):
    """Every form of these pages: the session's token, and the version of the draft that was seen."""

    csrf: Annotated[str, Field(max_length=100)] = ""
    version: Annotated[int, Field(ge=0, le=1_000_000_000)] = 0


@dataclass(frozen=True)
class FlowSeat:
    """Who edits flows, and in which house."""

    request: Request
    house: Services
    caller: Caller

    @cached_property
    def editing(self) -> Editing:
        """The use cases."""
        return Editing(self.house.publishing)

    @cached_property
    def programme(self) -> Programme:
        """The programme in force. Raises NoProgramme."""
        with self.house.database.read() as connection:
            return programme_in_force(connection)

    def check(self, form: FlowForm) -> None:
        """Check that a form is ours. Raises CrossSite."""
        check_form_token(self.caller, form.csrf)

    def draw(self, template: str, context: Mapping[str, Any], status: int = 200) -> Response:
        """Draw a page of flows."""
        base = desk_context(self.caller, self.programme, "flows") | {"officers": self._officers()}
        return render(self.request, template, base | dict(context), status=status)

    def view(self, flow: Flow, language: str, channel: str) -> View:
        """Whoever reads a flow in these words; where there are none, in the flow's own language, by text message. Names are the line's."""
        tongue = language if language in (*flow.languages, *self.programme.languages) else flow.language
        facts = {**EXAMPLES, "line": self.programme.name_in(tongue), "operator": self.programme.operator.name}
        return View(tongue, MEASURES.get(channel, MEASURES["sms"]), facts)

    def languages(self, flow: Flow) -> tuple[str, ...]:
        """The languages that a flow has, and those that the line speaks."""
        return tuple(dict.fromkeys((*flow.languages, *self.programme.languages)))

    def flow_of(self, work: Work) -> Flow | None:
        """The flow that is being worked on; None where its files cannot be read."""
        if work.draft is None:
            library = self.house.publishing.drafting.library()
            return library.flow(work.publication.revision) if work.publication is not None else None
        try:
            return read(work.source)
        except FlowError:
            return None

    def _officers(self) -> dict[str | None, str]:
        return {None: "Weerklank", **{officer.id: officer.name for officer in self.programme.officers.values()}}


def go(address: str) -> Response:
    """Lead on after a form was taken."""
    return RedirectResponse(address, status_code=303)


def _seated(request: Request, house: House, caller: FlowWriter) -> FlowSeat:
    return FlowSeat(request, house, caller)


Seated = Annotated[FlowSeat, Depends(_seated)]
