"""REST: the words that came before a model was here, of every open case of a desk at once. Nothing here translates or sends."""

from fastapi import APIRouter

from api.seat import Reading, Writing
from api.shapes import Shape
from cases import desk

ROUTER = APIRouter(prefix="/api/v1/translations", tags=["cases"])


class BacklogOut(Shape):
    """Open cases with words that nobody put into the desk's language, counted.

    `offered` have a model now, `waiting` are being translated, `tried` were and some of their words stay as they came, `without` have no
    model. `taken` is how many were taken up by this request.
    """

    language: str
    offered: int
    waiting: int
    tried: int
    without: int
    taken: int


@ROUTER.get("")
def backlog(seat: Reading) -> BacklogOut:
    """Count your open cases with words that nobody put into the desk's language, and those that a model can read by now."""
    return BacklogOut.model_validate(seat.read(lambda at: desk.backlog(at, seat.house.translator.models)))


@ROUTER.post("", status_code=202)
def take_up(seat: Writing) -> BacklogOut:
    """Have the words of all of them translated, behind whatever comes in meanwhile. Asked twice, it does nothing more."""
    return BacklogOut.model_validate(seat.write(lambda at: desk.take_up(at, seat.house.translator.models)))
