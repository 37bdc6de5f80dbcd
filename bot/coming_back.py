"""Coming back with the code: from any phone, one phone at a time, with tries that grow slower."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import sqlalchemy as sa

from bot import discretion, effects
from bot.clock import MINUTE
from bot.effects import Means
from bot.heard import Heard
from bot.talk import CaseWork, Talk
from cases import intake
from flows import engine
from store import waiting
from store.tables import case_grants, cases, workers

_FIRST_BLOCK = MINUTE
_LONGEST_BLOCK = 60 * MINUTE


def come_back(at: Heard, digits: str) -> None:
    """The code from any phone. Wrong, unknown and forgotten are answered alike, and each try waits longer."""
    talk, means = at.talk, at.means
    if talk.now < talk.code_blocked_until:
        say_wrong(talk, means, "wrong_code")
        return
    if means.guesses.are_too_many(talk.channel, talk.now):
        effects.say(talk, means.speech.notice("codes_shut"), means, about_case=False)
        return
    row = _case_by_code(at.connection, at.hash_of(digits))
    if row is None:
        means.guesses.note(talk.channel, talk.now)
        slow_down(talk)
        say_wrong(talk, means, "wrong_code")
        return
    talk.wrong_codes, talk.code_blocked_until = 0, 0
    if talk.pin_hash is not None:
        discretion.take_pin_away(talk)
        effects.say(talk, means.speech.notice("pin_gone"), means, about_case=False)
    _take_over(at, row)


def slow_down(talk: Talk) -> None:
    """A code or a PIN was wrong: the next try waits, and longer each time."""
    talk.wrong_codes += 1
    talk.code_blocked_until = talk.now + min(_FIRST_BLOCK << (talk.wrong_codes - 1), _LONGEST_BLOCK)


def say_wrong(talk: Talk, means: Means, notice: str) -> None:
    """The same answer to every wrong try, and to every try while the next one waits."""
    minutes = -(-(talk.code_blocked_until - talk.now) // MINUTE)
    effects.say(talk, means.speech.notice(notice), means, about_case=False, more={"wait": str(minutes)})


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
    case = talk.opened()
    before, case_id, worker_id, channel = case.row["worker_id"], case.row["id"], talk.worker.id, talk.channel
    case.take(intake.use_code(case.row, worker_id, channel, talk.now))
    talk.waiting = waiting.waiting_with_case(at.connection, case_id)
    if before not in (None, worker_id):
        talk.orders += (partial(_let_go, worker_id=before, case_id=case_id, now=talk.now),)
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


def _let_go(connection: sa.Connection, worker_id: str, case_id: int, now: int) -> None:
    connection.execute(_LET_GO, {"b_id": worker_id, "b_case": case_id})
    waiting.look_again(connection, worker_id, now)
