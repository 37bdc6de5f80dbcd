"""Acts on what the flow engine found: one branch for every event, and the type checker says when one is missing."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, assert_never

from bot import attachments, discretion
from bot.clock import MINUTE, SECOND
from bot.discretion import LIVE
from bot.guesses import Guesses
from bot.people import AddressBook
from bot.sealed import Wording, seal_message
from bot.speech import Facts, House, Speech, place_facts, told
from bot.talk import CaseWork, Talk
from cases import clocks, entries, intake, speaker
from cases.change import CaseChange
from flows import events as ev
from flows.engine import Sprint
from flows.lexicon import Lexicon
from store import casekeys, waiting
from store.batch import Message
from store.casekeys import KeyCache
from store.codes import opened
from store.references import new_reference
from store.sealing import Keyring

_log = logging.getLogger(__name__)
NOTICE_WAIT = 4 * SECOND
"""How long an urgent text waits for the officers' notice to leave, before it goes without claiming that it did."""


class NoCodeReady(Exception):
    """The pool of codes is empty: this worker's message waits until it is filled, nobody else's does."""


@dataclass(slots=True)
class Codes:
    """The codes that lie ready for one batch."""

    ready: list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Means:
    """What effects need besides the talk."""

    house: House
    speech: Speech
    keyring: Keyring
    keys: KeyCache
    addresses: AddressBook
    lexicon: Lexicon
    codes: Codes
    guesses: Guesses = field(default_factory=Guesses)


def apply(talk: Talk, found: tuple[ev.Event, ...], means: Means) -> None:
    """Act on every event of a sprint, in order; what a PIN keeps shut is asked for first."""
    for event in discretion.veiled(talk, found, means.speech.notice("pin_asked")):
        _apply(talk, event, means)


def take(talk: Talk, sprint: Sprint, means: Means) -> None:
    """Act on a sprint and stand where it ended; texts are said in the language that holds when they come."""
    before = talk.session.language
    talk.session = replace(sprint.session, language=before)
    apply(talk, sprint.events, means)
    talk.session = replace(talk.session, language=sprint.session.language)


def _apply(talk: Talk, event: ev.Event, means: Means) -> None:
    match event:
        case ev.Say():
            say(talk, event, means)
        case ev.OpenCase(words):
            _open_case(talk, words, means)
        case ev.AddToCase(words):
            _add_words(talk, words, means)
        case ev.DangerFound():
            _danger(talk, event, means)
        case ev.FloorRaised(because):
            _change(talk, lambda case: intake.raise_floor(case, because, means.house.programme, talk.now))
        case ev.GroupChosen(group):
            _change(talk, lambda case: intake.choose_group(case, group, means.house.programme, talk.now))
        case ev.ConsentGiven(scope):
            _change(talk, lambda case: intake.give_consent(case, scope, talk.now))
        case ev.LanguageChosen(language):
            _choose_language(talk, language)
        case ev.NoCase(kind):
            _note_no_case(talk, kind)
        case ev.PersonWanted():
            _change(talk, lambda case: intake.ask_for_person(case, talk.now))
        case ev.Judged(answer):
            _change(talk, lambda case: intake.judge(case, answer, means.house.programme, talk.now))
        case ev.StatusWanted():
            _tell_status(talk)
        case ev.AnswersWanted():
            _want_answers(talk, means)
        case ev.Stopped():
            talk.live_until = 0
        case ev.Hidden() | ev.ForgetAsked() | ev.QuietChosen() | ev.PinUnwanted():
            _of_this_phone(talk, event, means)
        case ev.Ended(broke):
            _note_end(broke)
        case ev.WaitBegun():
            _wait(talk, event)
        case ev.SiteUnknown():
            return
        case _:
            assert_never(event)


def _change(talk: Talk, change: Callable[[dict[str, object]], CaseChange]) -> None:
    if talk.case is not None:
        talk.case.take(change(talk.case.row))


def _open_case(talk: Talk, words: str, means: Means) -> None:
    reference = new_reference()
    opening = intake.Opening(
        reference=reference,
        words=words,
        language=talk.session.language,
        channel=talk.channel,
        place_id=talk.session.fields.get("place"),
        who=speaker.named(talk.session.fields.get("speaks")) or "affected",
    )
    new = intake.open_case(opening, means.house.programme, talk.now)
    keys = casekeys.create(means.keyring)
    means.keys.remember(keys)
    row = {**new.case, "worker_id": talk.worker.id, "code_hash": None}
    talk.turn_to(CaseWork(row, keys.data_key, keys, new.entries, new.mails, changed=True))
    attachments.put(talk)


def _add_words(talk: Talk, words: str, means: Means) -> None:
    _change(talk, lambda case: intake.add_words(case, words, means.house.programme, talk.now))
    attachments.put(talk)


def _wait(talk: Talk, begun: ev.WaitBegun) -> None:
    """Set the worker's timer: its clock runs at once if nothing is to be sent before, else as soon as all of that has left."""
    lasts = begun.seconds * SECOND
    talk.timer = {
        "worker_id": talk.worker.id,
        "channel": talk.channel,
        "timer": begun.timer,
        "lasts": lasts,
        "set_at": talk.now,
        "due_at": None if talk.messages else talk.now + lasts,
    }


def _danger(talk: Talk, found: ev.DangerFound, means: Means) -> None:
    danger = intake.Danger(found.kind, found.because, found.happening)
    talk.orders += (partial(waiting.hurry, worker_id=talk.worker.id, now=talk.now),)
    _change(talk, lambda case: intake.raise_to_danger(case, danger, means.house.programme, talk.now))


def _note_no_case(talk: Talk, kind: ev.NotACase) -> None:
    place = talk.session.fields.get("place", "")
    day = datetime.fromtimestamp(talk.now / SECOND, UTC).strftime("%Y-%m-%d")
    talk.no_cases += ((day, place, kind),)
    if kind == "identity_hunt":
        talk.signals += ({"place_id": place or None, "kind": "retaliation.identity_hunt", "at": talk.now - talk.now % (60 * MINUTE)},)


def _choose_language(talk: Talk, language: str) -> None:
    talk.session = replace(talk.session, language=language)
    _change(talk, lambda case: intake.choose_language(case, language, talk.now))


def _note_end(broke: str | None) -> None:
    """The operator hears of a flow that broke; no word of a worker stands in such a sentence."""
    if broke is not None:
        _log.error("the run of a flow was ended: %s", broke)


def _tell_status(talk: Talk) -> None:
    if talk.knocked_at is not None:
        talk.knocked_at = talk.now  # the text says "send 1 to read": from now on that is true, whatever was asked before


def _want_answers(talk: Talk, means: Means) -> None:
    if talk.waiting:
        read_answers(talk)
    else:
        say(talk, means.speech.notice("nothing_new"), means)


def read_answers(talk: Talk) -> None:
    """The worker is here and wants to read: what waits is let go, and for a while nothing more is knocked for."""
    talk.orders += (partial(waiting.release, worker_ids=[talk.worker.id], now=talk.now),)
    talk.knocked_at, talk.live_until, talk.waiting = None, talk.now + LIVE, 0


def _of_this_phone(talk: Talk, event: ev.Hidden | ev.ForgetAsked | ev.QuietChosen | ev.PinUnwanted, means: Means) -> None:
    match event:
        case ev.Hidden():
            discretion.hide(talk, means.keyring)
        case ev.ForgetAsked():
            discretion.forget(talk, means.keyring, means.keys, means.addresses)
        case ev.QuietChosen():
            discretion.choose_quiet(talk)
        case ev.PinUnwanted():
            discretion.take_pin_away(talk)
            say(talk, means.speech.notice("pin_gone"), means, about_case=False)


def facts_of(talk: Talk, means: Means, more: Mapping[str, str]) -> Facts:
    """What is true for this worker now, and what the caller knows more."""
    programme = means.house.programme
    case = talk.case.row if talk.case is not None else None
    place = programme.place_of(case["place_id"] if case is not None else talk.session.fields.get("place"))
    company = case["company_id"] if case is not None else None
    known = place_facts(programme, place, company, talk.session.language)
    zone = programme.timezone_at(place.id if place is not None else None)
    answer_by = case["answer_by"] if case is not None else clocks.first_answer_by(programme, place, talk.now)
    if answer_by is not None:
        known["answer_by"] = told(answer_by, zone)
    if case is not None:
        known |= _standing(case)
    known |= means.speech.able(talk.channel) | discretion.quiet_told(talk) | dict(more)
    if talk.waiting:
        known["waiting"] = str(talk.waiting)
    if talk.knocked_at is not None:
        known["unread"] = "1"
    untold = talk.case is not None and talk.case.row["code_hash"] is None
    return Facts(known, (lambda: _take_code(talk, means)) if untold else None)


_STANDS = {
    "new": "stands_new",
    "answer_needed": "stands_taken",
    "waiting_worker": "stands_asked",
    "waiting_supplier": "stands_others",
    "proposed": "stands_proposed",
    "closed_agreed": "stands_closed",
    "closed_no_answer": "stands_closed",
}


def _standing(case: Mapping[str, Any]) -> dict[str, str]:
    """How a case stands, as facts that texts may ask for; never what is in it."""
    known = {_STANDS[case["state"]]: "1"} if case["state"] in _STANDS else {}
    return known | ({"stands_late": "1"} if case["late_at"] is not None and case["answer_by"] is not None else {})


def _take_code(talk: Talk, means: Means) -> str:
    if not means.codes.ready:
        raise NoCodeReady
    hashed, sealed = means.codes.ready.pop(0)
    talk.used_codes += (hashed,)
    if talk.case is not None:
        talk.case.row = {**talk.case.row, "code_hash": hashed}
        talk.case.changed = True
    return opened(means.keyring, hashed, sealed)


def say(talk: Talk, event: ev.Say, means: Means, *, about_case: bool = True, more: Mapping[str, str] | None = None) -> None:
    """Render a text and put it in the outbox; one that speaks of a notice waits for it, with a truthful wording for either end."""
    facts = facts_of(talk, means, more or {})
    language = talk.session.language
    plain = means.speech.render(event, talk.channel, language, facts)
    urgent = _urgent_mail(talk)
    claimed = means.speech.render(event, talk.channel, language, facts.with_notice()) if urgent else plain
    mail_key = urgent if claimed != plain else None
    for number, wording in enumerate(claimed):
        otherwise = plain[number] if number < len(plain) else plain[-1]
        talk.messages += (_message(talk, wording, otherwise if mail_key else None, mail_key),)
    if talk.case is not None and about_case and not discretion.is_private(means.house.library.revisions[event.revision].serves):
        talk.case.take(CaseChange(entries=(entries.said(talk.now, event.flow, event.node),)))


def _urgent_mail(talk: Talk) -> str | None:
    mails = talk.case.mails if talk.case is not None else ()
    return next((mail.key for mail in mails if mail.kind == "danger"), None)


def _message(talk: Talk, claimed: Wording, otherwise: Wording | None, mail_key: str | None) -> Message:
    worker = talk.worker
    row = {
        "worker_id": worker.id,
        "channel": talk.channel,
        "kind": "flow",
        "state": "due",
        "due_at": talk.now + (NOTICE_WAIT if mail_key else 0),
        "created_at": talk.now,
        "sealed": seal_message(worker.key, worker.id, claimed),
        "sealed_else": seal_message(worker.key, worker.id, otherwise) if otherwise is not None else None,
    }
    return Message(row, mail_key=mail_key)
