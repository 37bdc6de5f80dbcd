"""REST: the flows that speak with workers, their revisions, and what differs between two of them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.flow_shapes import DiffOut, FlowOut, PublicationOut, RevisionOut, Sides, SourcesOut
from api.guard import FlowReader, FlowWriter, House
from bot.publishing import Listed

ROUTER = APIRouter(prefix="/api/v1/flows", tags=["flows"])
Name = Annotated[str, Path(pattern="^[a-z][a-z0-9-]{0,39}$")]
PathRevision = Annotated[str, Path(pattern="^[0-9a-f]{64}$")]


def _line(listed: Listed) -> FlowOut:
    publication = listed.publication
    revision, since = (None, None) if publication is None else (publication.revision, publication.at)
    return FlowOut(name=listed.name, revision=revision, since=since, draft=listed.draft)


@ROUTER.get("")
def library(house: House, caller: FlowReader) -> tuple[FlowOut, ...]:  # noqa: ARG001 - the caller is asked for so that nobody unknown reads on
    """List the flows and the revision that new conversations start on."""
    return tuple(map(_line, house.publishing.flows()))


@ROUTER.get("/{name}/revisions")
def revisions(house: House, caller: FlowReader, name: Name) -> tuple[RevisionOut, ...]:  # noqa: ARG001 - as above
    """List a flow's revisions, newest first."""
    kept = house.publishing.revisions(name)
    current = house.publishing.in_force(name)
    return tuple(
        RevisionOut(
            revision=each.revision,
            created_at=each.created_at,
            current=current is not None and each.revision == current.revision,
            shipped=each.shipped,
        )
        for each in kept
    )


@ROUTER.get("/{name}/revisions/{revision}")
def sources(house: House, caller: FlowReader, name: Name, revision: PathRevision) -> SourcesOut:  # noqa: ARG001 - as above
    """Give the files of a revision."""
    return SourcesOut(name=name, revision=revision, sources=house.publishing.files(name, revision))


@ROUTER.get("/{name}/publications")
def publications(house: House, caller: FlowWriter, name: Name) -> tuple[PublicationOut, ...]:  # noqa: ARG001 - only an admin comes this far
    """List what was in force since when, by whom and why, newest first."""
    return tuple(map(PublicationOut.model_validate, house.publishing.history(name)))


@ROUTER.get("/{name}/diff")
def diff(house: House, caller: FlowWriter, name: Name, sides: Annotated[Sides, Query()]) -> DiffOut:  # noqa: ARG001 - as above
    """Compare two revisions, or a revision and the draft."""
    found = house.publishing.diff(name, sides.before, sides.after)
    fields = {field: getattr(found, field) for field in DiffOut.model_fields if field != "text"}
    return DiffOut.model_validate(fields | {"text": found.text()})
