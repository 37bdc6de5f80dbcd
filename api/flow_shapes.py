"""What the REST API takes and gives about flows: their revisions, drafts, differences, and whom a publication touches."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.shapes import Shape
from api.times import Moment

FILES_MAX = 100
MOVES_MAX = 500
Revision = Annotated[str, Field(pattern="^[0-9a-f]{64}$", description="The hash of what a revision says.")]
Side = Annotated[str, Field(pattern="^(draft|[0-9a-f]{64})$", description="A revision, or `draft`.")]
FileName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$")]


def _whole(text: str) -> str:
    """Refuse half a letter: JSON can spell a lone surrogate, and no file and no database holds one."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("the text holds half a letter, a lone surrogate") from None
    return text


Files = Annotated[dict[FileName, Annotated[str, AfterValidator(_whole)]], Field(max_length=FILES_MAX)]
NodeId = Annotated[str, Field(pattern="^[a-z][a-z0-9_]{0,39}$")]
Reason = Annotated[
    str, Field(min_length=1, max_length=500, description="Why; kept with the publication. Nothing about a case or a worker.")
]


class DraftForm(BaseModel):
    """A draft: the flow's files (`NAME.yaml`, `NAME.LANGUAGE.yaml`), its transcripts, and the revision it was begun from."""

    model_config = ConfigDict(extra="forbid")
    sources: Annotated[Files, Field(min_length=1)]
    transcripts: Annotated[Files | None, Field(description="Without it, those that the flow has; `{}` for none.")] = None
    based_on: Annotated[Revision | None, Field(description="Without it, the one in force.")] = None


class PublishForm(BaseModel):
    """Why the draft is published, and where people who stand at a node go. Whoever is not in the map stays in the revision she began."""

    model_config = ConfigDict(extra="forbid")
    reason: Reason
    moves: Annotated[dict[NodeId, NodeId], Field(alias="map", max_length=MOVES_MAX, description="Old node to new node.")] = {}


class RollbackForm(PublishForm):
    """Why, and to which revision; without it to the one that was in force before."""

    to: Revision | None = None


class Sides(BaseModel):
    """Which two to compare; without `from` the revision in force, without `to` the draft."""

    before: Annotated[Side | None, Field(alias="from")] = None
    after: Annotated[Side, Field(alias="to")] = "draft"


class FlowOut(Shape):
    """A flow, the revision that new conversations start on and since when (None: never published), and the state of its draft."""

    name: str
    revision: str | None
    since: Moment | None
    draft: str | None


class RevisionOut(Shape):
    """A revision of a flow, named by the hash of its content. `shipped`: it came with a version of Weerklank."""

    revision: str
    created_at: Moment
    current: bool
    shipped: bool


class PublicationOut(Shape):
    """From `at` on a revision was in force. `officer_id` None: it came with a version of Weerklank."""

    number: int
    revision: str
    at: Moment
    officer_id: str | None
    why: str
    moves: dict[str, str]


class SourcesOut(Shape):
    """The files of a revision."""

    name: str
    revision: str
    sources: dict[str, str]


class ProblemOut(Shape):
    """One thing to mend, as in every list of problems: the file, the line, the place; `code` names the check that found it, if one did."""

    file: str
    line: int
    where: str
    what: str
    mend: str
    code: str = ""


class DraftOut(Shape):
    """A draft. `state`: `checked` when nothing was wrong at its last saving, `published` once it is in force; `problems` are found now."""

    name: str
    version: int
    state: str
    sources: dict[str, str]
    transcripts: dict[str, str]
    based_on: str | None
    officer_id: str | None
    saved_at: Moment
    problems: tuple[ProblemOut, ...]


class PlaceOut(Shape):
    """Where in a node: `language` is empty for what is no text, `channel` for what holds on every channel."""

    path: str
    language: str
    channel: str


class ValueOut(Shape):
    """A value before and after; null where there is none."""

    place: PlaceOut
    before: str | None
    after: str | None


class NodeDiffOut(Shape):
    """A node that is `added`, `removed` or `changed`."""

    node: str
    change: str
    kind_before: str | None
    kind_after: str | None
    targets: tuple[ValueOut, ...]
    texts: tuple[ValueOut, ...]
    settings: tuple[ValueOut, ...]


class DiffOut(Shape):
    """Two revisions compared; `text` is the same for people to read."""

    name: str
    before: str | None
    after: str
    first: tuple[str, str] | None
    languages_added: tuple[str, ...]
    languages_removed: tuple[str, ...]
    nodes: tuple[NodeDiffOut, ...]
    text: str


class PeopleOut(Shape):
    """How many people stand somewhere, at one site (empty: not known) and in one language."""

    site: str
    language: str
    count: int


class NodeImpactOut(Shape):
    """A node that is `changed`, `vanished` or `added`, who stands there, and where the map moves them (null: they stay)."""

    node: str
    touched: str
    count: int
    people: tuple[PeopleOut, ...]
    moves_to: str | None


class ImpactOut(Shape):
    """Whom a publication touches. `untouched` counts those who stand in the flow and for whom nothing changes."""

    people: int
    untouched: int
    nodes: tuple[NodeImpactOut, ...]


class PublishedOut(Shape):
    """What is in force now, in whose place, and whom it touched as they stood just before (asked again: as they stand now)."""

    name: str
    number: int
    revision: str
    before: str | None
    impact: ImpactOut
