"""Pages: the words that came before a model was here, of every open case of a desk at once. What is asked for is counted before."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from api.desk.pages import at_page, desk_context, render
from api.guard import CaseWriter, House, at_desk, check_form_token
from cases import desk

ROUTER = APIRouter(prefix="/desk/translations", include_in_schema=False)
LISTED = "/desk/queue?needs=translation"


class TakeUpForm(BaseModel):
    """The session's token: nothing else is asked, since it is always the whole desk."""

    csrf: Annotated[str, Field(max_length=100)] = ""


@ROUTER.get("")
def confirm(request: Request, house: House, caller: CaseWriter) -> Response:
    """Say how many cases would be translated, by what and when, before anything is asked for."""
    with house.database.read() as connection:
        at = at_page(request, connection, caller)
        found = desk.backlog(at, house.translator.models)
        return render(request, "backlog.html", desk_context(caller, at.programme, "queue") | {"backlog": found, "most": desk.MOST_AT_ONCE})


@ROUTER.post("")
def take_up(house: House, caller: CaseWriter, form: Annotated[TakeUpForm, Form()]) -> Response:
    """Have all of them translated, and lead back to the list, which counts what is still being done."""
    check_form_token(caller, form.csrf)
    taken = house.writer.call_sync(lambda connection: desk.take_up(at_desk(house, connection, caller), house.translator.models)).taken
    return RedirectResponse(f"{LISTED}&taken={taken}", status_code=303)
