"""REST: translations. A draft is put into the worker's language and carried back before anything is kept; nothing here sends."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.cases import LONGEST_TEXT, Reference, Seq, Text
from api.errors import Absent
from api.seat import Reading, Writing
from api.shapes import DraftOut, WrittenOut
from cases import desk

ROUTER = APIRouter(prefix="/api/v1/cases", tags=["cases"])
Tag = Annotated[str, Field(min_length=2, max_length=20, description="A language, as a BCP 47 tag.")]


class Draft(BaseModel):
    """An answer to look at in the worker's language. With a `wording` that one is carried back instead."""

    text: Text
    language: Tag
    wording: Annotated[str, Field(max_length=LONGEST_TEXT)] = ""


class Language(BaseModel):
    """The language that words are in, or are wanted in."""

    language: Tag


@ROUTER.put("/{reference}/draft", status_code=202)
def draft(seat: Writing, reference: Reference, given: Draft) -> DraftOut:
    """Have an answer put into the worker's language. `confidence` is waiting until that is done: ask again."""

    return DraftOut.model_validate(seat.write(lambda at: desk.draft(at, reference, given.text, given.language, given.wording)))


@ROUTER.get("/{reference}/draft")
def my_draft(seat: Reading, reference: Reference) -> DraftOut:
    """Show your own draft: the wording in the worker's language, what it is carried back, and what to look at."""
    found = seat.read(lambda at: desk.my_draft(at, reference))
    if found is None:
        raise Absent
    return DraftOut.model_validate(found)


@ROUTER.post("/{reference}/translations", status_code=202)
def ask(seat: Writing, reference: Reference, given: Language) -> dict[str, str]:
    """Have everything that was said put into a language, where nobody did so yet."""
    return {"reference": reference.upper(), "language": seat.write(lambda at: desk.ask(at, reference, given.language))}


@ROUTER.post("/{reference}/timeline/{seq}/language")
def correct_language(seat: Writing, reference: Reference, seq: Seq, given: Language) -> WrittenOut:
    """Say in which language words are; they are translated again from that. A person's translation stays."""
    saved = seat.write(lambda at: desk.correct_language(at, reference, seq, given.language))
    seat.tag(saved.version)
    return WrittenOut(reference=reference.upper(), version=saved.version)
