"""REST: work that nobody tries again by itself, for the admin who mended its cause. A task's arguments are shown to nobody."""

from typing import Annotated

import sqlalchemy as sa
from fastapi import APIRouter, Path, Query
from pydantic import Field

from api.errors import Absent
from api.guard import Admin, House
from api.shapes import Shape
from api.times import Moment
from cases import audit
from store import tasks

ROUTER = APIRouter(prefix="/api/v1/tasks", tags=["reports"])
_LARGEST = 2**53


class LetterOut(Shape):
    """A task that was tried as often as it may be: which work it is, since when it rests, and the kind of fault, never what it said."""

    id: int
    task: str
    attempts: int
    since: Moment
    reason: str


class LettersOut(Shape):
    """The tasks that rest, the newest first."""

    dead: tuple[LetterOut, ...]


class RunsAgainOut(Shape):
    """A task that runs again, as soon as a process is free."""

    id: Annotated[int, Field(description="The task's number, as it was listed.")]


@ROUTER.get("")
def every(house: House, caller: Admin, limit: Annotated[int, Query(ge=1, le=200)] = 100) -> LettersOut:  # noqa: ARG001 - only an admin comes this far
    """List the tasks that nobody tries again by themselves."""
    with house.database.read() as connection:
        found = tasks.dead_letters(connection, limit)
    return LettersOut(dead=tuple(LetterOut.model_validate(letter) for letter in found))


@ROUTER.post("/{task_id}/again", status_code=202)
def again(house: House, caller: Admin, task_id: Annotated[int, Path(ge=1, le=_LARGEST)]) -> RunsAgainOut:
    """Let one of them run anew, with every attempt before it. Raises Absent for a task that does not rest."""
    now = house.clock()

    def revive(connection: sa.Connection) -> None:
        if not tasks.again(connection, now, task_id):
            raise Absent
        audit.record(connection, caller.officer, "task_again", f"task {task_id}", now)

    house.writer.call_sync(revive)
    return RunsAgainOut(id=task_id)
