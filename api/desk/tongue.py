"""A page's language, chosen by whoever reads it."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from api.guard import House, refuse_other_sites
from api.tongue import keep_choice
from translations.locales import language_name, locale_of
from translations.texts import Catalogues

ROUTER = APIRouter(include_in_schema=False)
_ENTRANCES = {"/desk/sign-in": "/desk/sign-in", "/desk/enter": "/desk/enter", "/desk/enrol": "/desk/enter"}


class ChoiceForm(BaseModel):
    """The language, and the page to come back to."""

    language: Annotated[str, Field(max_length=20)] = ""
    back: Annotated[str, Field(max_length=600)] = ""


@ROUTER.post("/desk/language")
def choose(request: Request, house: House, given: Annotated[ChoiceForm, Form()]) -> Response:
    """Keep a reader's choice, of the languages there are, and lead back to the page. Anybody may: it changes nothing but their pages."""
    refuse_other_sites(request)
    response = RedirectResponse(inside(given.back), status_code=303)
    chosen = house.texts.fitting((given.language,))
    if chosen is not None:
        keep_choice(response, house, chosen)
    return response


def inside(path: str) -> str:
    """Give a page of ours to come back to; anything else leads to the queue, never to another site."""
    ours = path in {"/talk", "/desk"} or path.startswith(("/desk/", "/talk/", "/talk?"))
    return path if ours and "//" not in path and "\\" not in path and path.isprintable() else "/desk/queue"


def way_back(request: Request) -> str:
    """Name the page that a reader is on. A page that answers a form has no address of its own: its form's page is come back to."""
    path = request.url.path
    if request.method != "GET":
        return _ENTRANCES.get(path, "/desk/queue")
    query = urlencode([each for each in request.query_params.multi_items() if each[0] not in {"done", "ended"}])
    return f"{path}?{query}" if query else path


def choices(catalogues: Catalogues) -> tuple[tuple[str, str], ...]:
    """List the languages there are, each by its own name for itself."""
    return tuple((tag, language_name(tag, locale_of(tag)).capitalize()) for tag in catalogues.languages)
