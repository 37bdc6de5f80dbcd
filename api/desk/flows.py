"""Pages: the flows that speak with workers, each as a dialogue to read, and its files to take along and bring back."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, Path, Query, UploadFile
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.desk.flow_seat import CHANNELS, FlowForm, FlowSeat, Name, Seated, Tag, go
from api.errors import Absent
from api.flow_drafts import DRAFT_BYTES
from bot.drafting import NoSuchFlow
from bot.editing import Brought, Work
from flows.problems import FlowError, Problem
from flows.reading import reading
from flows.texts import po, sheet
from store.drafts import DraftChanged
from store.flows import Publication
from words.marked import marked

ROUTER = APIRouter(prefix="/desk/flows", include_in_schema=False)
FILES_MAX = 100
READ_MAX = 4 * DRAFT_BYTES  # what is larger than a draft may be is refused in words, what is larger than this without any
DONE = {"published": marked("It is in force now: new talks begin with it."), "back": marked("The earlier words are in force again.")}
_KINDS = {
    ".yaml": "application/yaml",
    ".po": "text/x-gettext-translation",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}
_CHANGED = marked("somebody saved this draft while you worked. Look at it, and bring your files once more")


class Reader(BaseModel):
    """In which language and on which channel a flow is read, and whether as the draft that waits or as it is in force."""

    language: Tag = ""
    channel: Annotated[str, Field(max_length=20)] = "sms"
    of: Literal["", "draft"] = ""
    done: Annotated[str, Field(max_length=20)] = ""


@ROUTER.get("")
def library(seat: Seated) -> Response:
    """List the flows."""
    return _list(seat, ())


def _list(seat: FlowSeat, problems: tuple[Problem, ...], status: int = 200) -> Response:
    lines = seat.editing.overviews(seat.programme.languages)
    return seat.draw("flows.html", {"lines": lines, "problems": problems}, status)


@ROUTER.get("/{name}")
def show(seat: Seated, name: Name, reader: Annotated[Reader, Query()]) -> Response:
    """Show a flow as a dialogue. Raises NoSuchFlow."""
    work = seat.editing.work(name)
    if work.publication is None or (reader.of == "draft" and work.draft is not None):
        return _show_draft(seat, work, reader)
    return _page(seat, work, reader, _in_force(seat, work.publication, work))


def _in_force(seat: FlowSeat, publication: Publication, work: Work) -> Work:
    """The words in force, whatever is being written meanwhile."""
    files = seat.house.publishing.files(work.name, publication.revision)
    return Work(work.name, files, publication.transcripts, work.version, None, publication)


def _show_draft(seat: FlowSeat, work: Work, reader: Reader) -> Response:
    if seat.flow_of(work) is None:
        return go(f"/desk/flows/{work.name}/draft")
    return _page(seat, work, reader, work)


def _page(seat: FlowSeat, work: Work, reader: Reader, shown: Work) -> Response:
    return seat.draw("flow.html", context_of(seat, work, reader, shown))


def context_of(seat: FlowSeat, work: Work, reader: Reader, shown: Work) -> dict[str, Any]:
    """Give what the page of a flow shows: `work` is what is being worked on, `shown` what is read. Raises NoSuchFlow."""
    flow = seat.flow_of(shown)
    if flow is None:
        raise NoSuchFlow
    view = seat.view(flow, reader.language, reader.channel)
    history = seat.house.publishing.history(work.name) if work.publication is not None else []
    return {
        "work": work,
        "shown": shown,
        "flow": flow,
        "reading": reading(flow, view),
        "languages": seat.languages(flow),
        "channels": CHANNELS,
        "history": history,
        "earlier": {each.revision: each for each in reversed(history) if each.revision != history[0].revision},
        "done": DONE.get(reader.done, ""),
        "error": "",
        "problems": (),
        "reason": "",
    }


@ROUTER.get("/{name}/files/{file}")
def download(
    seat: Seated,
    name: Name,
    file: Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$")],
    of: Annotated[Literal["", "draft"], Query()] = "",
) -> Response:
    """Give a file of a flow, all of them in one (`NAME.zip`), or its texts (`NAME.xlsx`, `NAME.LANGUAGE.po`). Raises Absent."""
    work = seat.editing.work(name)
    shown = work if of == "draft" or work.publication is None else _in_force(seat, work.publication, work)
    data = _file(seat, shown, file)
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return Response(data, media_type=_KINDS[PurePath(file).suffix], headers=headers)


def _file(seat: FlowSeat, work: Work, file: str) -> bytes:
    if file in work.source:
        return work.source[file].encode()
    if file == f"{work.name}.zip":
        return _zipped(work)
    if file == f"{work.name}.xlsx":
        flow = seat.flow_of(work)
        return sheet.exported(work.source, [each for each in seat.programme.languages if flow is not None and each != flow.language])
    if file.startswith(f"{work.name}.") and file.endswith(".po"):
        return po.exported(work.source, file.removeprefix(f"{work.name}.").removesuffix(".po"), datetime.now(UTC))
    raise Absent


def _zipped(work: Work) -> bytes:
    """Every file of a flow, and its talks, in one."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file, text in {**work.source, **work.transcripts}.items():
            archive.writestr(zipfile.ZipInfo(file), text)
    return packed.getvalue()


@ROUTER.post("", max_body_size=READ_MAX)
def upload(
    seat: Seated,
    files: Annotated[list[UploadFile], File()],
    csrf: Annotated[str, Form(max_length=100)] = "",
    name: Annotated[str, Form(pattern="^([a-z][a-z0-9-]{0,39})?$")] = "",
    version: Annotated[int | None, Form(ge=0, le=1_000_000_000)] = None,
) -> Response:
    """Keep files as a draft, and show what is wrong with it. A file that is none of a flow's changes nothing."""
    seat.check(FlowForm(csrf=csrf))
    brought = {each.filename: each.file.read() for each in files[:FILES_MAX] if each.filename}
    flow = name or min(brought, default="", key=lambda file: (file.count("."), file)).partition(".")[0]
    try:
        _check_size(brought)
        seat.editing.take(seat.caller.officer, flow, Brought(brought, version))
    except (FlowError, DraftChanged) as error:
        problems = error.problems if isinstance(error, FlowError) else (Problem(flow, 1, "", _CHANGED, ""),)
        return _list(seat, problems, 422)
    return go(f"/desk/flows/{flow}/draft?done=brought")


def _check_size(files: dict[str, bytes]) -> None:
    """Refuse files that are larger together than a draft may be. Raises FlowError."""
    if sum(map(len, files.values())) > DRAFT_BYTES:
        largest = max(files, key=lambda file: len(files[file]))
        mend = marked("A flow is words: a file of this size holds something else, or words many times over.")
        what = marked("the files are too large: {most} MB is the most", most=DRAFT_BYTES // 1024 // 1024)
        raise FlowError([Problem(largest[:80], 1, "", what, mend)])
