"""Page: the recorded voices that flows name, which of them are here, and a form to bring them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from starlette.responses import Response

from api.desk.flow_seat import FlowForm, FlowSeat, Seated, go
from bot.recordings import MOST_BYTES, PATH, BadRecording, checked, file_name
from flows.model import Flow
from flows.problems import Problem
from flows.texts.examples import EXAMPLES
from flows.voices import Voice, named, voices
from store import recordings
from store.recordings import Brought
from words.marked import marked

ROUTER = APIRouter(prefix="/desk/voices", include_in_schema=False)
FILES_MAX = 40


@dataclass(frozen=True, slots=True)
class Line:
    """One recording: its name, whether a flow names it, the texts it goes along with, and its address (empty: not brought yet)."""

    name: str
    wanted: bool
    reads: tuple[Voice, ...]
    heard_at: str


@ROUTER.get("")
def show(seat: Seated, done: str = "") -> Response:
    """Show every recording that a flow names, and those that are here and named by none."""
    return _page(seat, (), marked("The recordings go along from now on.") if done == "brought" else "")


def _page(seat: FlowSeat, problems: tuple[Problem, ...], done: str = "", status: int = 200) -> Response:
    with seat.house.database.read() as connection:
        here = recordings.newest(connection)
    flows = list(_flows(seat))
    wanted = frozenset(name for flow in flows for name in named(flow))
    facts = {**EXAMPLES, "line": seat.programme.name_in(seat.programme.languages[0]), "operator": seat.programme.operator.name}
    heard = [voice for flow in flows for voice in voices(flow, facts)]
    lines = [
        Line(name, name in wanted, _reads(name, heard), f"{PATH}/{file_name(here[name])}" if name in here else "")
        for name in sorted(wanted | here.keys())
    ]
    return seat.draw("voices.html", {"lines": lines, "problems": problems, "done": done, "most": MOST_BYTES // 1024}, status)


def _reads(name: str, heard: Iterable[Voice]) -> tuple[Voice, ...]:
    return tuple(dict.fromkeys(voice for voice in heard if voice.name == name))


def _flows(seat: FlowSeat) -> Iterable[Flow]:
    """Every flow as it is in force and as it is being written."""
    for listed in seat.house.publishing.flows():
        work = seat.editing.work(listed.name)
        library = seat.house.publishing.drafting.library()
        present = library.flow(work.publication.revision) if work.publication is not None else None
        draft = seat.flow_of(work)
        yield from dict.fromkeys(flow for flow in (present, draft) if flow is not None)


@ROUTER.post("", max_body_size=FILES_MAX * MOST_BYTES)
def bring(seat: Seated, files: Annotated[list[UploadFile], File()], csrf: Annotated[str, Form(max_length=100)] = "") -> Response:
    """Keep recordings, all of them or none."""
    seat.check(FlowForm(csrf=csrf))
    brought, problems = _sorted((each.filename or "", each.file.read()) for each in files[:FILES_MAX])
    if problems:
        return _page(seat, problems, status=422)
    officer, now = seat.caller.officer.id, seat.house.clock()
    seat.house.writer.call_sync(lambda connection: recordings.put(connection, brought, officer, now))
    return go("/desk/voices?done=brought")


def _sorted(files: Iterable[tuple[str, bytes]]) -> tuple[list[Brought], tuple[Problem, ...]]:
    """Those that may be kept, and what is wrong with the others."""
    brought: list[Brought] = []
    problems: list[Problem] = []
    for name, sound in files:
        try:
            brought.append(checked(name, sound))
        except BadRecording as error:
            problems.append(Problem(name[:80], 1, "", error.args[0], marked("Then bring all of them again.")))
    return brought, tuple(problems)
