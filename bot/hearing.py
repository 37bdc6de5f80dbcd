"""What a message means before any flow sees it: an answered knock, a code, a site's digits, or words for the talk that is on."""

import re
from collections.abc import Mapping
from dataclasses import replace

import sqlalchemy as sa

from bot import effects
from bot.clock import MINUTE
from bot.effects import Means
from bot.knocks import LIVE
from bot.talk import CaseWork, Talk
from cases import intake
from cases.model import Place
from channels.base import Inbound
from flows import engine
from flows import events as ev
from flows.engine import Sprint, Words
from flows.session import Session
from store import outbox
from store.tables import case_grants, cases, workers
from words.digits import ascii_digits, case_code, site_code, without_digits_of, without_number
from words.fold import fold

_FIRST_BLOCK = MINUTE
_LONGEST_BLOCK = 60 * MINUTE
_EIGHT = re.compile(r"(?<!\d)\d(?:[ .\u00a0-]?\d){7}(?!\d)")
_LONG_NUMBER = re.compile(r"\d(?:[ ().\u00a0-]?\d){6,}")
_WORDS_BESIDE_A_CODE = 2
_MOST_NUMBERS = 3


class NeedsHash(Exception):
    """These digits must be hashed before the message can be understood."""

    def __init__(self, digits: str) -> None:
        super().__init__("digits must be hashed first")
        self.digits = digits


def hear(connection: sa.Connection, talk: Talk, said: Inbound, hashes: Mapping[str, bytes], means: Means) -> None:
    """Understand one message and act on it."""
    if talk.now < talk.live_until:
        talk.live_until = talk.now + LIVE
    talk.channel = said.channel
    if said.kind in ("contact", "unsupported"):
        effects.say(talk, means.speech.notice("contact_refused" if said.kind == "contact" else "unsupported"), means)
    elif _answers_the_knock(talk, said):
        _read(talk)
    elif (digits := case_code(said.text)) is not None and said.kind != "button":
        _come_back(connection, talk, digits, hashes, means)
    elif (code := site_code(said.payload or said.text)) is not None and said.kind != "button":
        _at_a_site(connection, talk, said, code, hashes, means)
    else:
        _words(connection, talk, said, hashes, means)


def _answers_the_knock(talk: Talk, said: Inbound) -> bool:
    if talk.knocked_at is None:
        return False
    return said.option is not None and said.option.startswith("knock.") or ascii_digits(said.text).strip(" .!") == "1"


def _read(talk: Talk) -> None:
    """What waits is read now; a question of a flow that stood open is left with what no answer means."""
    effects.read_answers(talk)
    talk.session = replace(talk.session, frames=(), asked=0)


def _come_back(connection: sa.Connection, talk: Talk, digits: str, hashes: Mapping[str, bytes], means: Means) -> None:
    """The code from any phone. Wrong, unknown and forgotten are answered alike, and each try waits longer."""
    if talk.now < talk.code_blocked_until:
        _wrong_code(talk, means)
        return
    if digits not in hashes:
        raise NeedsHash(digits)
    row = _case_by_code(connection, hashes[digits])
    if row is None:
        talk.wrong_codes += 1
        talk.code_blocked_until = talk.now + min(_FIRST_BLOCK << (talk.wrong_codes - 1), _LONGEST_BLOCK)
        _wrong_code(talk, means)
        return
    talk.wrong_codes, talk.code_blocked_until = 0, 0
    _take_over(connection, talk, row, means)


def _wrong_code(talk: Talk, means: Means) -> None:
    effects.say(talk, means.speech.notice("wrong_code"), means, about_case=False)


_BY_CODE = (
    sa.select(cases, case_grants.c.envelope)
    .join(case_grants, (case_grants.c.case_id == cases.c.id) & (case_grants.c.reader == "service"))
    .where(cases.c.code_hash == sa.bindparam("code_hash"))
    .with_for_update(of=cases)
)


def _case_by_code(connection: sa.Connection, code_hash: bytes) -> dict[str, object] | None:
    row = connection.execute(_BY_CODE, {"code_hash": code_hash}).mappings().first()
    return None if row is None else dict(row)


def _take_over(connection: sa.Connection, talk: Talk, row: dict[str, object], means: Means) -> None:
    """Answers of this case come to this phone from now on; the phone before gets nothing more of it."""
    envelope = row.pop("envelope")
    if talk.case is None or talk.case.row.get("id") != row["id"]:
        talk.turn_to(CaseWork(row, means.keys.open(row["public_key"], row["data_key_sealed"], envelope)))  # type: ignore[arg-type]
    case = _open(talk)
    before, case_id, worker_id, channel = case.row["worker_id"], case.row["id"], talk.worker.id, talk.channel
    case.take(intake.use_code(case.row, worker_id, channel, talk.now))
    talk.waiting = outbox.waiting_with_case(connection, case_id)
    if before not in (None, worker_id):
        talk.orders += (lambda c: c.execute(_LET_GO, {"b_id": before, "b_case": case_id}) and None,)
    talk.orders += (lambda c: outbox.follow_case(c, case_id, worker_id, channel),)
    talk.knocked_at = talk.now if talk.waiting else None
    fields = {"case": "open", "site": "known" if case.row["place_id"] else "unknown", "consent": case.row["may_we"]}
    if case.row["place_id"]:
        fields["place"] = case.row["place_id"]
    if case.row["danger"]:
        fields["danger"] = case.row["danger"]
    session = Session(language=talk.session.language if talk.state.session_sealed else case.row["language"], fields=fields)
    _take(talk, engine.start(means.house.library, "come-back", session), means)


_LET_GO = (
    sa.update(workers)
    .where(workers.c.id == sa.bindparam("b_id"), workers.c.current_case_id == sa.bindparam("b_case"))
    .values(current_case_id=None, knocked_at=None)
)


def _open(talk: Talk) -> CaseWork:
    if talk.case is None:
        raise LookupError("no case is open in this talk")
    return talk.case


def _at_a_site(connection: sa.Connection, talk: Talk, said: Inbound, code: str, hashes: Mapping[str, bytes], means: Means) -> None:
    """The five digits of a site: they give an open case its site, or begin a new talk there."""
    place = means.house.programme.place(code)
    if place is None:
        _words(connection, talk, said, hashes, means)
        return
    if talk.case is not None and talk.case.row["place_id"] is None:
        _place_found(connection, talk, said, place, hashes, means)
        return
    beside = _beside(said.payload or said.text, code)
    language = _language_named(beside, means) or _language_of(place, means)
    fields = {"site": "known", "place": place.id}
    talk.turn_to(None)
    talk.session = Session(language=language, fields=fields)
    name = "raise-concern-neighbours" if place.kind == "area" else "raise-concern"
    _take(talk, engine.start(means.house.library, name, talk.session), means)
    if said.payload is None and _is_testimony(beside, means):
        _resume(connection, talk, said, hashes, means)


def _place_found(connection: sa.Connection, talk: Talk, said: Inbound, place: Place, hashes: Mapping[str, bytes], means: Means) -> None:
    case = _open(talk)
    case.take(intake.give_place(case.row, place, means.house.programme, talk.now))
    talk.session = replace(talk.session, fields={**talk.session.fields, "site": "known", "place": place.id})
    _words(connection, talk, said, hashes, means)


def _beside(text: str, code: str) -> str:
    """What stands beside the digits, folded: a language's name, a word such as `join`, or testimony."""
    return fold(ascii_digits(text).replace(code, " "))


def _language_named(beside: str, means: Means) -> str | None:
    named = [tag for tag in means.house.programme.languages if tag.casefold() in beside.split()]
    return named[0] if named else None


def _language_of(place: Place, means: Means) -> str:
    spoken = [tag.partition("-")[0] for tag in place.languages]
    return next((tag for tag in spoken if tag in means.house.programme.languages), means.house.programme.languages[0])


def _is_testimony(beside: str, means: Means) -> bool:
    """More than a word or two beside the digits is what happened, and must not be lost; so is any word of danger."""
    return len(beside.split()) > _WORDS_BESIDE_A_CODE or means.lexicon.hears_danger(beside)


def _words(connection: sa.Connection, talk: Talk, said: Inbound, hashes: Mapping[str, bytes], means: Means) -> None:
    """Words for the talk that is on, for the open case, or from a stranger without a site."""
    if not _known_frames(talk, means):
        talk.session = replace(talk.session, frames=(), asked=0)
    if talk.session.frames:
        _resume(connection, talk, said, hashes, means)
    elif talk.case is not None:
        started = engine.start(means.house.library, "dialogue", replace(talk.session, fields={**talk.session.fields, "case": "open"}))
        talk.session = started.session
        _resume(connection, talk, said, hashes, means)
    else:
        _stranger(connection, talk, said, hashes, means)


def _known_frames(talk: Talk, means: Means) -> bool:
    return all(frame.revision in means.house.library.revisions for frame in talk.session.frames)


def _stranger(connection: sa.Connection, talk: Talk, said: Inbound, hashes: Mapping[str, bytes], means: Means) -> None:
    """Someone without a site: hello with who reads, and the words they sent are kept in the same go."""
    started = engine.start(means.house.library, "raise-concern", Session(language=talk.session.language, fields={"site": "unknown"}))
    _take(talk, started, means)
    if said.text.strip() and not _only_digits(said.text):
        tried = engine.resume(means.house.library, talk.session, Words(said.text), means.lexicon)
        if not any(isinstance(event, ev.NoCase) for event in tried.events):
            _resume(connection, talk, said, hashes, means)
        else:
            effects.apply(talk, tuple(event for event in tried.events if isinstance(event, ev.NoCase)), means)


def _only_digits(text: str) -> bool:
    """A digit from a stranger answers no question of ours, and is no testimony."""
    return len(fold(text)) <= 5 and fold(text).replace(" ", "").isdigit()


def _resume(connection: sa.Connection, talk: Talk, said: Inbound, hashes: Mapping[str, bytes], means: Means) -> None:
    text = _cleaned(connection, talk, said.text, hashes, means)
    _take(talk, engine.resume(means.house.library, talk.session, Words(text, said.option), means.lexicon), means)


def _cleaned(connection: sa.Connection, talk: Talk, text: str, hashes: Mapping[str, bytes], means: Means) -> str:
    """Strike the worker's own code and number out of her words: nothing that is stored may lead to her."""
    plain = ascii_digits(text)
    if not _LONG_NUMBER.search(plain):
        return text
    if talk.case is not None and talk.case.row["code_hash"] is not None:
        for match in _EIGHT.findall(plain)[:_MOST_NUMBERS]:
            digits = "".join(filter(str.isdigit, match))
            if digits not in hashes:
                raise NeedsHash(digits)
            if hashes[digits] == talk.case.row["code_hash"]:
                text = without_digits_of(text, digits)
    reach = means.identity.address_of(connection, [talk.worker.id]).get(talk.worker.id)
    return text if reach is None else without_number(text, reach.address)


def _take(talk: Talk, sprint: Sprint, means: Means) -> None:
    """Act on a sprint; texts are said in the language that holds when they come."""
    before = talk.session.language
    talk.session = replace(sprint.session, language=before)
    effects.apply(talk, sprint.events, means)
    talk.session = replace(talk.session, language=sprint.session.language)
