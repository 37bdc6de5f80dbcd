"""REST and carriers: the recorded voices that stand beside texts, brought by the operator's admins and fetched by whoever sends them on."""

from typing import Annotated

from fastapi import APIRouter, Body, Path
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from api.errors import Absent
from api.guard import FlowWriter, House
from api.times import Moment
from bot.recordings import MOST_BYTES, PATH, checked
from store import recordings

ROUTER = APIRouter(tags=["flows"])
Name = Annotated[str, Path(max_length=80)]
Sound = Annotated[bytes, Body(media_type="application/octet-stream")]
# What a sound is called never changes what it says, so a carrier may keep it.
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable", "Content-Disposition": "inline"}


class RecordingOut(BaseModel):
    """A recording: its name in flows, a hash of name and sound, what kind of file it is, who brought it and when."""

    model_config = ConfigDict(from_attributes=True)
    name: str
    digest: Annotated[str, Field(description="It changes with the sound.")]
    media_type: str
    officer_id: str | None
    at: Moment


@ROUTER.get(PATH + "/{digest}.{ending}", include_in_schema=False)
def sound(
    house: House, digest: Annotated[str, Path(pattern="^[0-9a-f]{64}$")], ending: Annotated[str, Path(pattern="^(ogg|mp3|m4a)$")]
) -> Response:
    """Give a sound to whoever has its address: it says to everybody what the text beside it says. Raises Absent."""
    with house.database.read() as connection:
        found = recordings.sound(connection, digest)
    if found is None or not ending:
        raise Absent
    return Response(found[1], media_type=found[0], headers=_FOR_EVER)


@ROUTER.get("/api/v1/recordings")
def every(house: House, caller: FlowWriter) -> tuple[RecordingOut, ...]:  # noqa: ARG001 - only an admin comes this far
    """List the recordings that messages take along now, by name."""
    with house.database.read() as connection:
        found = recordings.newest(connection)
    return tuple(RecordingOut.model_validate(found[name]) for name in sorted(found))


@ROUTER.put("/api/v1/recordings/{name}", max_body_size=MOST_BYTES + 1024)
def bring(house: House, caller: FlowWriter, name: Name, sound: Sound) -> RecordingOut:
    """Bring the recording of a name, as the request's body: messages take it along from now on. Raises BadRecording."""
    brought, officer, now = checked(name, sound), caller.officer.id, house.clock()
    (kept,) = house.writer.call_sync(lambda connection: recordings.put(connection, [brought], officer, now))
    return RecordingOut.model_validate(kept)
