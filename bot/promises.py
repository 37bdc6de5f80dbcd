"""Promises with a date: a missed one is told to a superior, then once to the worker, and the new date is kept too."""

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa

from bot.clock import Clock
from bot.speech import House, Speech, place_facts, told
from cases import clocks, desk_reply, timeline
from cases.change import CaseChange, NewEntry
from cases.save import save
from store import doorbell, outbox, statuses, waiting
from store.casekeys import load_data_key
from store.mails import Mail
from store.sealing import Keyring, Unopenable
from store.tables import cases

_AT_ONCE = 100


class Promises:
    """Keeps the clocks of cases and what follows when a notice ended."""

    def __init__(self, keyring: Keyring, speech: Speech, house: Callable[[], House], clock: Clock) -> None:
        self._keyring = keyring
        self._speech = speech
        self._house = house
        self._clock = clock

    def mark_missed(self, connection: sa.Connection) -> bool:
        """Mark the promises that were missed; each puts one notice to a superior. True when more may wait."""
        now = self._clock()
        missed = clocks.overdue(connection, now, _AT_ONCE)
        for case in missed:
            clocks.mark_late(connection, self._keyring, self._house().programme, case, now)
        return len(missed) == _AT_ONCE

    def notices_ended(self, connection: sa.Connection, mails: Sequence[Mail], *, left: bool) -> None:
        """Notices to officers left, or will not: what the bot may say now is said now."""
        waiting.mails_ended(connection, [mail.id for mail in mails], left=left, now=self._clock())
        for mail in mails:
            if mail.kind == "late" and mail.case_id is not None:
                self._tell_worker(connection, mail, superior_told=left)
        doorbell.ring(connection, doorbell.ANSWERS)

    def _tell_worker(self, connection: sa.Connection, mail: Mail, *, superior_told: bool) -> None:
        """The one late notice of a missed promise: with the superior in it only if she was really told."""
        case = dict(connection.execute(sa.select(cases).where(cases.c.id == mail.case_id).with_for_update()).mappings().one())
        if case["data_key_sealed"] is None or case["late_at"] is None or case["answer_by"] is None:
            return
        now = self._clock()
        text = self._late_text(case, clocks.date_missed(mail.key), superior_told=superior_told)
        entry = NewEntry("bot", "bot", now, {"flow": "notices", "node": "late", "wording": text})
        saved = save(connection, self._keyring, case, CaseChange(entries=(entry,)))
        waiting.drop_unread_late(connection, case["id"])
        outbox.put(connection, [outbox.with_case(case, saved.last_seq, "late", now)])

    def _late_text(self, case: dict[str, Any], missed: int, *, superior_told: bool) -> str:
        programme, language = self._house().programme, case["language"]
        zone = programme.timezone_at(case["place_id"])
        facts = place_facts(programme, programme.place_of(case["place_id"]), case["company_id"], language)
        facts |= {"answer_by": told(missed, zone), "new_answer_by": told(case["answer_by"], zone)}
        if superior_told:
            facts["warned"] = "1"
        return self._speech.wording("late", case["channel"], language, facts)

    def delivered(self, connection: sa.Connection, moved: Sequence[statuses.Moved]) -> None:
        """Write carriers' words on an officer's answer into its case."""
        for one in moved:
            if one.kind in ("reply", "late") and one.case_id is not None:
                self._note_delivery(connection, one)

    def _note_delivery(self, connection: sa.Connection, moved: statuses.Moved) -> None:
        row = connection.execute(sa.select(cases).where(cases.c.id == moved.case_id).with_for_update()).mappings().first()
        if row is None:
            return
        entry = NewEntry("delivery", "carrier", self._clock(), {"seq": moved.seq, "status": moved.status})
        try:
            save(connection, self._keyring, dict(row), CaseChange(entries=(entry,)))
        except Unopenable:
            return

    def wording(self, connection: sa.Connection, row: outbox.Row) -> str:
        """The wording that leaves: what the officer approved, or a notice as it was rendered. Raises Unopenable for a forgotten case."""
        case_id, seq = row.case_id or 0, row.seq or 0
        if row.kind == "reply":
            return desk_reply.wording_of(connection, self._keyring, case_id, seq)
        case = connection.execute(sa.select(cases.c.id, cases.c.reference).where(cases.c.id == case_id)).mappings().one()
        entries = timeline.read(connection, dict(case), load_data_key(connection, self._keyring, case_id))
        return str(next(entry.body["wording"] for entry in entries if entry.seq == seq))
