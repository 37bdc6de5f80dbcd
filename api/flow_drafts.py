"""REST: drafts of flows, whom they would touch, publishing them, and the way back. For the operator's own admins."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import orjson
import sqlalchemy as sa
from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from api import once
from api.cases import OnceKey
from api.deps import Services
from api.flow_shapes import DraftForm, DraftOut, ImpactOut, ProblemOut, PublishedOut, PublishForm, RollbackForm
from api.flows import Name
from api.guard import FlowWriter, House, etag, expected_version
from api.seat import IfMatch
from api.sessions import Caller
from bot.drafting import Checked, NoSuchFlow, Wanted
from bot.publishing import Order, Overtaken, Published, WayBack
from flows.problems import FlowError
from store.drafts import Draft, DraftChanged

ROUTER = APIRouter(prefix="/api/v1/flows", tags=["flows"])
DRAFT_BYTES = 2 * 1024 * 1024  # a flow in forty languages with its transcripts is larger than any form


@dataclass(frozen=True, slots=True)
class Editor:
    """Who writes, under which key a request is done once, and the version of the draft that they saw (None: not said)."""

    house: Services
    caller: Caller
    response: Response
    key: str | None = None
    expects: int | None = None


def _editor(house: House, caller: FlowWriter, response: Response, key: OnceKey = None, if_match: IfMatch = None) -> Editor:
    return Editor(house, caller, response, key, expected_version(if_match))


Editing = Annotated[Editor, Depends(_editor)]


def _shown(editor: Editor, draft: Draft, checked: Checked) -> DraftOut:
    editor.response.headers["ETag"] = etag(draft.version)
    return DraftOut(
        name=draft.name,
        version=draft.version,
        state=draft.state,
        sources=dict(draft.source),
        transcripts=dict(draft.transcripts),
        based_on=draft.based_on,
        officer_id=draft.officer_id,
        saved_at=draft.saved_at,
        problems=tuple(map(ProblemOut.model_validate, checked.problems)),
    )


@ROUTER.get("/{name}/draft")
def draft(editor: Editing, name: Name) -> DraftOut:
    """Show the draft of a flow with everything that is wrong with it now; its ETag is its version."""
    drafting = editor.house.publishing.drafting
    found = drafting.find(name)
    return _shown(editor, found, drafting.check(name, found.source, found.transcripts))


@ROUTER.put("/{name}/draft", max_body_size=DRAFT_BYTES)
def save(editor: Editing, name: Name, given: DraftForm) -> DraftOut:
    """Save a draft, also one with problems, and list them. With `If-Match`, only over the version you saw."""
    wanted = Wanted(name, given.sources, given.transcripts, given.based_on, editor.expects)
    return _shown(editor, *editor.house.publishing.drafting.save(editor.caller.officer, wanted))


@ROUTER.get("/{name}/impact")
def impact(editor: Editing, name: Name) -> ImpactOut:
    """Count the people who stand at nodes that the draft changes or takes away, by site and language."""
    return ImpactOut.model_validate(editor.house.publishing.impact(name))


@dataclass(frozen=True, slots=True)
class Once:
    """A request that puts a flow in force: sent again under the same key, it gives the same answer and does nothing."""

    house: Services
    request: once.Request

    def within(self, connection: sa.Connection, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Do the work, unless it was done meanwhile."""
        return once.run(connection, self.request, self.house.clock(), work)

    def earlier(self) -> PublishedOut | None:
        """The answer that was given before; whom it touches is counted again, since no count is kept. Raises KeyReused."""
        with self.house.database.read() as connection:
            answer = once.earlier(connection, self.request)
        if answer is None:
            return None
        touched = self.house.publishing.impact_between(answer["name"], answer["before"], answer["revision"])
        return PublishedOut.model_validate(Published(**answer, impact=touched))

    def answer(self, work: Callable[[], Published]) -> PublishedOut:
        """The answer that was given before, or else that of `work`.

        Of two that come at once the later finds the flow changed, by none other than the earlier: it gets the earlier one's answer.
        """
        done = self.earlier()
        if done is not None:
            return done
        try:
            return PublishedOut.model_validate(work())
        except (DraftChanged, Overtaken, NoSuchFlow, FlowError):
            meanwhile = self.earlier()
            if meanwhile is None:
                raise
            return meanwhile


def _once(editor: Editor, act: str, name: str, given: BaseModel) -> Once:
    asked = orjson.dumps([act, name, given.model_dump()], option=orjson.OPT_SORT_KEYS)
    return Once(editor.house, once.Request(editor.caller.officer.id, editor.key, hashlib.sha256(asked).digest()))


@ROUTER.post("/{name}/publish", status_code=201)
def publish(editor: Editing, name: Name, given: PublishForm) -> PublishedOut:
    """Check the draft once more, put it in force and move whom the map names. Refused whole while anything is wrong with it."""
    request = _once(editor, "publish", name, given)
    order = Order(name, given.reason, given.moves, editor.expects)
    return request.answer(lambda: editor.house.publishing.publish(editor.caller.officer, order, request.within))


@ROUTER.post("/{name}/rollback", status_code=201)
def roll_back(editor: Editing, name: Name, given: RollbackForm) -> PublishedOut:
    """Put an earlier revision in force again. Whoever is in the middle of the later one finishes in it, unless the map moves them."""
    request = _once(editor, "rollback", name, given)
    way = WayBack(name, given.reason, given.moves, given.to)
    return request.answer(lambda: editor.house.publishing.roll_back(editor.caller.officer, way, request.within))
