"""What the REST API gives, as shapes that also write its OpenAPI document."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from api.times import Moment


class Shape(BaseModel):
    """Anything we give: read from the house's own values, never more than the fields named here."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class OfficerOut(Shape):
    """Somebody who signs in."""

    id: str
    name: str
    email: str
    company_id: str
    role: str
    languages: tuple[str, ...]


class SessionOut(Shape):
    """A session: whose it is."""

    officer: OfficerOut


class LineOut(Shape):
    """A case as a line of the queue."""

    reference: str
    state: str
    state_words: str
    severity: int
    danger: str | None
    groups: tuple[str, ...]
    place_id: str | None
    place: str
    country: str | None
    who: str
    channel: str
    language: str
    may_we: str
    allowed: str
    officer_id: str | None
    officer: str | None
    opened_at: Moment
    answer_by: Moment | None
    late: bool
    clock: str
    unread: bool


class QueueOut(Shape):
    """Cases in the order they should be taken up, and the cursor for more."""

    cases: tuple[LineOut, ...]
    next_cursor: str | None


class SentenceOut(Shape):
    """One sentence and what became of it: good, unsure or not_translated, and why.

    In words of several languages `language` is the one it is in, and `by` names the models that carried it; both are empty where they are
    the whole's.
    """

    source: str
    text: str
    confidence: str
    marks: tuple[str, ...]
    language: str
    by: str


class TranslationOut(Shape):
    """A text in another language, by whom or what (`engine`: person, none, or a machine's name), and how sure.

    `confidence` is good, unsure, partly (a sentence is in a language that no model here reads) or not_translated. `source` is the language
    that most of it was made from, `back` the text carried back; both are empty where nobody knows. `sent`: this is the wording of an answer
    that an officer let leave.
    """

    text: str
    language: str
    engine: str
    author: str
    confidence: str
    source: str
    sentences: tuple[SentenceOut, ...]
    back: str
    sent: bool


class DraftOut(Shape):
    """An answer that is not kept yet, and its wording in the worker's language. `confidence` is waiting until the machine did it."""

    text: str
    language: str
    wording: str
    wording_language: str
    author: str
    confidence: str
    back: str
    marks: tuple[str, ...]
    sentences: tuple[SentenceOut, ...]


class AttachmentOut(Shape):
    """A file beside an entry; its state is wanted, kept, refused or gone. `shows` is sound, film, picture or paper, or empty for none.

    `seconds` is how long a sound or a film plays, null where that cannot be told; `language` is the worker's, beside a sound.
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


class EntryOut(Shape):
    """An entry of a timeline. `translated` false: nobody has put these words, or not all of them, in the desk's language yet.

    `languages` are all that it is in, in their order; `language` is the one most of it is in.
    """

    seq: int
    kind: str
    at: Moment
    author: str
    author_name: str
    text: str
    language: str | None
    heard_by: str
    languages: tuple[str, ...]
    translations: tuple[TranslationOut, ...]
    translated: bool
    private: bool
    words: str
    delivery: str | None
    waits_for_wording: bool
    body: dict[str, Any]
    attachment: AttachmentOut | None


class TimelineOut(Shape):
    """A case's entries, oldest first."""

    reference: str
    entries: tuple[EntryOut, ...]


class ReadyOut(Shape):
    """A ready sentence in the worker's language, with its meaning in the desk's."""

    id: str
    text: str
    language: str
    meaning: str
    proposes: bool
    native: bool


class CaseOut(Shape):
    """A case. What the worker allowed stands in `may_we` and, in words, in `allowed`."""

    reference: str
    version: int
    state: str
    state_words: str
    severity: int
    danger: str | None
    groups: tuple[tuple[str, str], ...]
    place_id: str | None
    place: str
    town: str
    country: str | None
    supplier: str | None
    company_id: str
    company: str
    who: str
    who_words: str
    on_behalf_of: int | None
    channel: str
    language: str
    language_name: str
    desk_language: str
    may_we: str
    allowed: str
    officer_id: str | None
    officer: str | None
    opened_at: Moment
    answer_by: Moment | None
    answered_at: Moment | None
    late: bool
    clock: str
    hidden: bool
    readable: bool
    because: tuple[str, ...]
    moves: tuple[tuple[str, str], ...]
    colleagues: tuple[tuple[str, str], ...]
    ready: tuple[ReadyOut, ...]
    who_reads: tuple[str, ...]
    linked: tuple[str, ...]
    draft: DraftOut | None


class WrittenOut(Shape):
    """Something was written: the case's version now."""

    reference: str
    version: int


class ReplyOut(Shape):
    """A reply was kept: its entry, the case's version now, and where it waits (`knock`, `translation`, `hidden`); it is not sent yet."""

    reference: str
    seq: int
    version: int
    hold: str
    delivery: str


class SiteOut(Shape):
    """A site, or an area beside one."""

    id: str
    code: str
    kind: str
    name: str
    town: str
    country: str
    timezone: str
    languages: tuple[str, ...]
    channels: tuple[str, ...]
    supplier_id: str | None
    beside: str | None
    lead: str
    people: int | None
    women: int | None


class SupplierOut(Shape):
    """Who owns sites."""

    id: str
    name: str
    country: str


class CompanyOut(Shape):
    """A buying company."""

    id: str
    name: str
    country: str
    desk_language: str
    timezone: str
