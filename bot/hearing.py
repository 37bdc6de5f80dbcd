"""What a message means before any flow sees it: an answered knock, a code, a site's digits, or words for the talk that is on."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from bot import effects
from bot.clock import MINUTE, SECOND
from bot.effects import Means
from bot.heard import Heard, NeedsHash, cleaned
from bot.knocks import LIVE
from bot.talk import CaseWork, Talk
from cases import intake, speaker
from cases.model import Place
from flows import engine
from flows import events as ev
from flows.engine import Words
from flows.phrases import saying
from store import waiting
from store.tables import case_grants, cases, workers
from words.digits import ascii_digits, case_code, site_code
from words.fold import fold

_FIRST_BLOCK = MINUTE
_LONGEST_BLOCK = 60 * MINUTE
_FIVE = re.compile(r"\d(?:[ .-]?\d){4}")
_NAMES_THE_CODE = frozenset(
    (
        *("code", "kode", "codigo", "number", "nummer", "numero", "nr", "no", "my", "mijn", "mi", "is", "the", "het", "el", "la"),
        *("site", "factory", "fabriek", "fabrica", "poster", "from", "van", "de", "del"),
        *("join", "start", "hello", "hallo", "hola", "hi", "hoi"),
    )
)
# A card or link made for those who speak for others says so beside the site's digits (docs/reference/channels.md).
_SPEAKERS = {
    **dict.fromkeys(("union", "vakbond", "sindicato", fold("ইউনিয়ন")), "union"),
    **dict.fromkeys(("rep", "representative", "vertegenwoordiger", "representante", fold("প্রতিনিধি")), "representative"),
}
_ASK_NOTHING = ("dialogue", "come-back")
_DANGER_FADES = 6 * 60 * MINUTE


def hear(at: Heard) -> None:
    """Understand one message and act on it."""
    talk, said, means = at.talk, at.said, at.means
    if talk.now < talk.live_until:
        talk.live_until = talk.now + LIVE
    talk.channel = said.channel
    talk.session = replace(talk.session, channel=said.channel)
    if said.kind in ("contact", "unsupported"):
        effects.say(talk, means.speech.notice("contact_refused" if said.kind == "contact" else "unsupported"), means)
    elif _answers_the_knock(at):
        _read(at)
    elif (digits := case_code(said.text)) is not None and said.kind != "button":
        _come_back(at, digits)
    elif (code := site_code(said.payload or said.text)) is not None and said.kind != "button":
        _at_a_site(at, code)
    else:
        _words(at)


def _answers_the_knock(at: Heard) -> bool:
    talk, said = at.talk, at.said
    if talk.knocked_at is None:
        return False
    library = at.means.house.library
    last = [library.flow(frame.revision) for frame in map(library.standing, talk.session.frames[-1:]) if frame]
    if any(flow is None or flow.serves not in _ASK_NOTHING for flow in last) and talk.state.talked_at > talk.knocked_at:
        return False  # a question was put after the knock: a bare 1 answers that one
    tapped = said.option is not None and said.option.startswith("knock.")
    return tapped or ascii_digits(said.text).strip(" .!") == "1"


def _read(at: Heard) -> None:
    """What waits is read now; a question that stood open is left with what no answer means, unless it is what waited behind the knock.

    Where the officer asked whether it is solved, the flow `feedback` waits for the answer. It does not ask again: the officer's words did.
    """
    talk = at.talk
    if not waiting.question_waits(at.connection, talk.worker.id):
        talk.session = replace(talk.session, frames=(), asked=0)
    effects.read_answers(talk)
    if talk.case is not None and talk.case.row["state"] == "proposed":
        fields = {**talk.session.fields, "case": "open", "feedback": "solved"}
        talk.session = engine.start(at.means.house.library, "feedback", replace(talk.session, fields=fields)).session


def _come_back(at: Heard, digits: str) -> None:
    """The code from any phone. Wrong, unknown and forgotten are answered alike, and each try waits longer."""
    talk, means = at.talk, at.means
    if talk.now < talk.code_blocked_until:
        _wrong_code(talk, means)
        return
    if means.guesses.are_too_many(talk.channel, talk.now):
        effects.say(talk, means.speech.notice("codes_shut"), means, about_case=False)
        return
    if digits not in at.hashes:
        raise NeedsHash(digits)
    row = _case_by_code(at.connection, at.hashes[digits])
    if row is None:
        means.guesses.note(talk.channel, talk.now)
        talk.wrong_codes += 1
        talk.code_blocked_until = talk.now + min(_FIRST_BLOCK << (talk.wrong_codes - 1), _LONGEST_BLOCK)
        _wrong_code(talk, means)
        return
    talk.wrong_codes, talk.code_blocked_until = 0, 0
    _take_over(at, row)


def _wrong_code(talk: Talk, means: Means) -> None:
    minutes = -(-(talk.code_blocked_until - talk.now) // MINUTE)
    effects.say(talk, means.speech.notice("wrong_code"), means, about_case=False, more={"wait": str(minutes)})


_BY_CODE = (
    sa.select(cases, case_grants.c.envelope)
    .join(case_grants, (case_grants.c.case_id == cases.c.id) & (case_grants.c.reader == "service"))
    .where(cases.c.code_hash == sa.bindparam("code_hash"))
    .with_for_update(of=cases)
)


def _case_by_code(connection: sa.Connection, code_hash: bytes) -> dict[str, Any] | None:
    row = connection.execute(_BY_CODE, {"code_hash": code_hash}).mappings().first()
    return None if row is None else dict(row)


def _take_over(at: Heard, row: dict[str, Any]) -> None:
    """Answers of this case come to this phone from now on; the phone before gets nothing more of it."""
    talk, means = at.talk, at.means
    envelope = row.pop("envelope")
    if talk.case is None or talk.case.row.get("id") != row["id"]:
        talk.turn_to(CaseWork(row, means.keys.open(row["public_key"], row["data_key_sealed"], envelope)))
    case = _open(talk)
    before, case_id, worker_id, channel = case.row["worker_id"], case.row["id"], talk.worker.id, talk.channel
    case.take(intake.use_code(case.row, worker_id, channel, talk.now))
    talk.waiting = waiting.waiting_with_case(at.connection, case_id)
    if before not in (None, worker_id):
        talk.orders += (partial(_let_go, worker_id=before, case_id=case_id),)
    talk.orders += (partial(waiting.follow_case, case_id=case_id, worker_id=worker_id, channel=channel),)
    talk.knocked_at = talk.now if talk.waiting else None
    language = talk.session.language if talk.state.session_sealed else case.row["language"]
    session = talk.session.anew(language, _fields_of(case.row))
    effects.take(talk, engine.start(at.flows, "come-back", session), means)


def _fields_of(case: Mapping[str, Any]) -> dict[str, str]:
    """What a flow may know of a case that is talked about again."""
    known = {"place": case["place_id"], "danger": case["danger"]}
    fields = {"case": "open", "site": "known" if case["place_id"] else "unknown", "consent": case["may_we"]}
    return fields | {name: value for name, value in known.items() if value}


_LET_GO = (
    sa.update(workers)
    .where(workers.c.id == sa.bindparam("b_id"), workers.c.current_case_id == sa.bindparam("b_case"))
    .values(current_case_id=None, knocked_at=None)
)


def _let_go(connection: sa.Connection, worker_id: str, case_id: int) -> None:
    connection.execute(_LET_GO, {"b_id": worker_id, "b_case": case_id})


def _open(talk: Talk) -> CaseWork:
    if talk.case is None:
        raise LookupError("no case is open in this talk")
    return talk.case


def _at_a_site(at: Heard, code: str) -> None:
    """The five digits of a site: they give an open case its site, or begin a new talk there."""
    talk, said, means = at.talk, at.said, at.means
    place = means.house.programme.place(code)
    if place is None:
        _words(at)
        return
    if talk.case is not None and talk.case.row["place_id"] is None:
        _place_found(at, place)
        return
    beside = _beside(said.payload or said.text, code)
    language = _language_named(beside, means) or _language_of(place, means)
    fields = {"site": "known", "place": place.id, **_speaker_named(beside, means)}
    talk.turn_to(None)
    talk.session = talk.session.anew(language, fields)
    name = means.house.first_flow_for_neighbours if place.kind == "area" else means.house.first_flow
    effects.take(talk, engine.start(at.flows, name, talk.session), means)
    if said.payload is None and _is_testimony(beside, means):
        _resume(at)


def _place_found(at: Heard, place: Place) -> None:
    talk = at.talk
    case = _open(talk)
    who = _speaker_named(_beside(at.said.payload or at.said.text, place.code), at.means).get("speaks")
    case.take(intake.give_place(case.row, place, at.means.house.programme, talk.now, who=speaker.named(who)))
    talk.session = replace(talk.session, fields={**talk.session.fields, "site": "known", "place": place.id})
    _words(at)


def _beside(text: str, code: str) -> str:
    """What stands beside the digits, folded: a language's name, a word such as `join`, or testimony."""
    return fold(ascii_digits(text).replace(code, " "))


def _speaker_named(beside: str, means: Means) -> dict[str, str]:
    """Who speaks, where nothing else stands beside the digits that could be testimony (`52746 union leader fired` is)."""
    told = _told(beside, means)
    return {"speaks": _SPEAKERS[told[0]]} if len(told) == 1 and told[0] in _SPEAKERS else {}


def _told(beside: str, means: Means) -> list[str]:
    """The words that neither name the code nor a language."""
    return [word for word in beside.split() if word not in _NAMES_THE_CODE and word not in means.house.programme.languages]


def _language_named(beside: str, means: Means) -> str | None:
    named = [tag for tag in means.house.programme.languages if tag.casefold() in beside.split()]
    return named[0] if named else None


def _language_of(place: Place, means: Means) -> str:
    spoken = [tag.partition("-")[0] for tag in place.languages]
    return next((tag for tag in spoken if tag in means.house.programme.languages), means.house.programme.languages[0])


def _is_testimony(beside: str, means: Means) -> bool:
    """What stands beside the digits is what happened, and must not be lost, unless it only names the code or is a single word."""
    return len(_told(beside, means)) > 1 or means.lexicon.danger(saying(beside)) is not None


def _words(at: Heard) -> None:
    """Words for the talk that is on, for the open case, or from a stranger without a site."""
    talk, means = at.talk, at.means
    if not _known_frames(talk, means):
        talk.session = replace(talk.session, frames=(), asked=0)
    if talk.case is None and talk.session.fields.get("case") == "open":
        talk.session = replace(talk.session, frames=(), asked=0, earlier=(), fields=_fields_of_place(talk))
    elif talk.now - talk.state.talked_at > _DANGER_FADES:
        talk.session = replace(talk.session, fields={name: value for name, value in talk.session.fields.items() if name != "danger"})
    if talk.session.frames or means.lexicon.command(saying(at.said.text)) == "stop":
        _resume(at)
    elif talk.case is not None:
        started = engine.start(at.flows, "dialogue", replace(talk.session, fields={**talk.session.fields, "case": "open"}))
        talk.session = started.session
        _resume(at)
    else:
        _stranger(at)


def _fields_of_place(talk: Talk) -> dict[str, str]:
    """What is left of a talk whose case went to another phone, or was hidden or forgotten: the place alone."""
    place = talk.session.fields.get("place")
    return {"site": "unknown"} if place is None else {"site": "known", "place": place}


def _known_frames(talk: Talk, means: Means) -> bool:
    """Whether the talk can go on: each question is there in its own revision or, where that cannot be read, in the one in force."""
    return all(means.house.library.standing(frame) is not None for frame in talk.session.frames)


def _stranger(at: Heard) -> None:
    """Someone without a site: hello with who reads, and the words they sent are kept in the same go."""
    talk, said, means = at.talk, at.said, at.means
    if _FIVE.fullmatch(ascii_digits(said.text).strip()):
        effects.say(talk, means.speech.notice("site_code_unknown"), means)
        return
    anew = talk.session.anew(talk.session.language, _fields_of_place(talk))
    started = engine.start(at.flows, means.house.first_flow, anew)
    effects.take(talk, started, means)
    if said.text.strip() and not _only_digits(said.text):
        tried = engine.resume(at.flows, talk.session, Words(said.text, today=_today(talk, means)), means.lexicon)
        if not any(isinstance(event, ev.NoCase) for event in tried.events):
            _resume(at)
        else:
            effects.apply(talk, tuple(event for event in tried.events if isinstance(event, ev.NoCase)), means)


def _only_digits(text: str) -> bool:
    """A digit from a stranger answers no question of ours, and is no testimony."""
    return len(fold(text)) <= 5 and fold(text).replace(" ", "").isdigit()


def _resume(at: Heard) -> None:
    words = Words(cleaned(at), at.said.option, today=_today(at.talk, at.means))
    effects.take(at.talk, engine.resume(at.flows, at.talk.session, words, at.means.lexicon), at.means)


def _today(talk: Talk, means: Means) -> date:
    """The day it is where the worker is: `28-12` without a year is the one nearest to it."""
    zone = means.house.programme.timezone_at(talk.session.fields.get("place"))
    return datetime.fromtimestamp(talk.now / SECOND, UTC).astimezone(ZoneInfo(zone)).date()
