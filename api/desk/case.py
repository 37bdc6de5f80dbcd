"""Pages: one case, with everything an officer needs to answer it on one sheet."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api.cases import Reference
from api.deps import Services
from api.desk.kept import kept_in
from api.desk.pages import at_page, desk_context, render
from api.desk.queue import pulse_of
from api.guard import CaseReader, House
from cases import desk
from cases.access import AtDesk
from cases.carrying import NOT_WHOLLY
from cases.desk import CaseView
from cases.lifecycle import OPEN
from cases.model import same_language
from translations.base import Translator
from words.letters import has_letters
from words.marked import marked

ROUTER = APIRouter(prefix="/desk/cases", include_in_schema=False)
DONE: Mapping[str, str] = {
    "reply": marked("Your answer is kept. It waits behind a knock: the worker gets it when they open it."),
    "held": marked("Your answer is kept, and not sent. It waits for a wording in the worker's language."),
    "hidden": marked("Your answer is kept. It waits until the worker comes back with the code."),
    "approve": marked("The wording is kept, and leaves when the worker opens it."),
    "translate": marked("Your translation stands beside the worker's words."),
    "note": marked("Your note is kept. Only colleagues see it."),
    "move": marked("The case is moved."),
    "assign": marked("The case changed hands."),
    "speaker": marked("Who speaks is written down."),
    "language": marked("The language is written down. The words are translated anew where there is a model."),
    "carry": marked("It is being translated. Look again in a moment."),
    "exclude": marked("They can no longer read this case."),
}


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What an officer wrote that could not be kept: nothing of it is lost, and `error` says why."""

    form: str = ""
    error: str = ""
    fields: Mapping[str, str] = field(default_factory=dict[str, str])

    def of(self, form: str, name: str, otherwise: str = "") -> str:
        """Give what stood in a field of a form."""
        return self.fields.get(name, otherwise) if form == self.form else otherwise


def _languages(found: CaseView) -> tuple[str, ...]:
    """List the languages a draft may be in: the worker's, the desk's, English."""
    return tuple(dict.fromkeys((found.desk_language, found.language.partition("-")[0], "en")))


def _draft_language(at: AtDesk, found: CaseView) -> str:
    """Guess in which language an officer writes: the worker's where they can, else the desk's."""
    spoken = found.language.partition("-")[0]
    return spoken if spoken in at.officer.languages else found.desk_language


def _carried(at: AtDesk, found: CaseView, translator: Translator) -> dict[str, Any]:
    """Say what the models here can do for a case: its answers, its words for this reader, and the languages words may be in."""
    spoken = {found.language, *(language for entry in found.entries if entry.kind == "words" for language in entry.languages)}
    wanted = [found.desk_language]
    if found.desk_language not in at.officer.languages:
        wanted += at.officer.languages
    return {
        "carries": any(translator.knows(tag, found.language) for tag in _languages(found)),
        "readable_in": [tag for tag in wanted if any(translator.knows(each, tag) for each in spoken) and _lacks(found, tag)],
        "tongues": sorted({*at.programme.tongues(), *spoken, *translator.languages_into(found.desk_language)}),
    }


def _lacks(found: CaseView, tag: str) -> bool:
    """Whether some words of the worker stand in a case that nobody put into a language."""
    return any(
        entry.kind == "words"
        and not all(same_language(language, tag) for language in entry.languages)
        and has_letters(entry.text)
        and not any(each.language == tag and each.confidence not in NOT_WHOLLY for each in entry.translations)
        for entry in found.entries
    )


def context_of(at: AtDesk, reference: str, unsaved: Unsaved, house: Services) -> dict[str, Any]:
    """Give what the sheet of a case shows. Raises NotFound."""
    found = desk.view(at, reference)
    return {
        **_carried(at, found, house.translator),
        "writes_down": house.transcriber.knows,
        "case": found,
        "kept": kept_in(found.entries, at.programme),
        "is_open": found.state in OPEN,
        "languages": _languages(found),
        "draft_language": _draft_language(at, found),
        "reads": at.officer.languages,
        "speakers": tuple(at.wording.who.items()),
        "unsaved": unsaved,
        "once": secrets.token_urlsafe(12),
        "now": at.now,
        "pulse": pulse_of(at.connection, at.officer),
    }


@ROUTER.get("/{reference}")
def show(
    request: Request, house: House, caller: CaseReader, reference: Reference, done: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """Show a case. Raises NotFound."""
    with house.database.read() as connection:
        at = at_page(request, connection, caller)
        context = desk_context(caller, at.programme, "case") | context_of(at, reference, Unsaved(), house)
        return render(request, "case.html", context | {"done": DONE.get(done, "")})
