"""Files that a worker sent, as the desk may have them: found only through their case, and a voice never by a supplier's people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from cases.access import AtDesk, case_for
from cases.change import Case
from cases.errors import NotFound
from cases.model import Officer, Programme
from cases.wording import Wording
from store.casekeys import load_data_key
from store.files import Files, NoFile, open_file
from store.sealing import Unopenable, open_with
from store.tables import attachments

_ENDINGS: Mapping[str, str] = {
    "audio/ogg": "ogg",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/amr": "amr",
    "audio/wav": "wav",
    "image/jpeg": "jpg",
    "image/png": "png",
    "video/mp4": "mp4",
    "video/3gpp": "3gp",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.oasis.opendocument.text": "odt",
    "text/plain": "txt",
}


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """A file beside an entry: `number` is the entry's, `state` is wanted, kept, refused or gone, `size` is in bytes.

    `seconds` is how long a sound or a film plays, None where that cannot be told. `language` is the one that the worker's talk is in, and
    stands beside a sound alone; what is spoken, nobody heard yet.
    `shows` says what a page makes of it: sound, film, picture, or paper to take away; empty where there is nothing to have. `words` says
    how it stands.
    """

    number: int
    kind: str
    state: str
    shows: str
    media_type: str | None
    size: int | None
    seconds: int | None
    language: str | None
    words: str


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file to hand over: its content, what it is, and a name that says nothing of anybody."""

    content: bytes
    media_type: str
    name: str


def may_have(case: Case, officer: Officer, programme: Programme, media_type: str | None) -> bool:
    """Say whether an officer who may read a case may have a file of this kind: a voice is known at once to those who work beside it.

    Whoever reads for a supplier has neither sound nor film; words and pictures are judged by `cases.access` alone (issue 4, point 8).
    """
    suppliers = {*programme.suppliers, case["supplier_id"]}
    return officer.company_id not in suppliers or shown_as(media_type) not in ("sound", "film")


def shown_as(media_type: str | None) -> str:
    """Say what a page makes of a kind of file."""
    group = (media_type or "").partition("/")[0]
    return {"audio": "sound", "video": "film", "image": "picture", "": ""}.get(group, "paper")


def of_case(at: AtDesk, case: Case) -> dict[int, AttachmentView]:
    """Give what came with each entry of a case that this officer may read, by the entry's number."""
    found = at.connection.execute(sa.select(attachments).where(attachments.c.case_id == case["id"], attachments.c.seq.is_not(None)))
    return {row.seq: _view(at, case, row) for row in found}


def _view(at: AtDesk, case: Case, row: Any) -> AttachmentView:
    if row.state == "kept" and may_have(case, at.officer, at.programme, row.media_type):
        shows = shown_as(row.media_type)
        language = _spoken(case["language"]) if shows == "sound" else None
        return AttachmentView(row.seq, row.kind, row.state, shows, row.media_type, row.size, row.seconds, language, "")
    return AttachmentView(row.seq, row.kind, row.state, "", None, None, None, None, _stands(at.wording, row.state, row.why))


def _spoken(language: str) -> str | None:
    """The language of a voice: as the talk's, without the letters it is written in. Not told where nobody named one (BCP 47: `und`)."""
    tag = language.partition("-")[0]
    return tag if tag != "und" else None


def _stands(wording: Wording, state: str, why: str | None) -> str:
    return wording.files.get(why or "", wording.files[state])


def read(at: AtDesk, files: Files, reference: str, number: int) -> OpenedFile:
    """Open a file of a case. Raises NotFound, alike for one that is absent, closed to this officer, destroyed, or not there yet."""
    case = case_for(at.connection, at.officer, reference)
    here = (attachments.c.case_id == case["id"]) & (attachments.c.seq == number) & (attachments.c.state == "kept")
    row = at.connection.execute(sa.select(attachments).where(here)).first()
    if row is None or not may_have(case, at.officer, at.programme, row.media_type):
        raise NotFound
    try:
        key = open_with(load_data_key(at.connection, at.keyring, case["id"]), row.key_sealed, row.file.encode())
        content = open_file(key, row.file, files.get(row.file))
    except (Unopenable, NoFile):
        raise NotFound from None
    return OpenedFile(content, row.media_type, f"{case['reference']}-{number}.{_ENDINGS[row.media_type]}")
