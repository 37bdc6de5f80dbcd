"""REST: the flows that speak with workers, and their revisions; read only."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.errors import Absent
from api.guard import CaseReader, House
from api.shapes import FlowOut, RevisionOut
from store import flows

ROUTER = APIRouter(prefix="/api/v1/flows", tags=["flows"])


@ROUTER.get("")
def library(house: House, caller: CaseReader) -> tuple[FlowOut, ...]:  # noqa: ARG001 - the caller is asked for so that nobody unknown reads on
    """List the flows and the revision that new conversations start on."""
    with house.database.read() as connection:
        known = flows.current(connection)
    return tuple(FlowOut(name=name, revision=known[name]) for name in sorted(known))


@ROUTER.get("/{name}/revisions")
def revisions(house: House, caller: CaseReader, name: Annotated[str, Path(max_length=80)]) -> tuple[RevisionOut, ...]:  # noqa: ARG001 - as above
    """List a flow's revisions, newest first."""
    with house.database.read() as connection:
        current = flows.current(connection).get(name)
        kept = flows.revisions(connection, name)
    if not kept:
        raise Absent
    return tuple(RevisionOut(revision=each.revision, created_at=each.created_at, current=each.revision == current) for each in kept)
