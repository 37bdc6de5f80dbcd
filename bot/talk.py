"""One worker's talk while a batch is handled: everything it will leave behind, so that a message that fails leaves nothing."""

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import sqlalchemy as sa

from bot.people import Worker
from bot.sealed import seal_session
from cases import carrying, timeline
from cases.change import CaseChange, NewEntry, NewMail
from channels.base import Attachment
from flows.session import Session
from store import waiting
from store.batch import Batch, ChangedCase, Message, NewCase
from store.casekeys import CaseKeys
from store.inbox import WorkerState
from store.traces import NewTrace


@dataclass(slots=True)
class CaseWork:
    """A case as this talk has it: the row with all changes so far, and what was not written yet."""

    row: dict[str, Any]
    data_key: bytes
    keys: CaseKeys | None = None
    entries: tuple[NewEntry, ...] = ()
    mails: tuple[NewMail, ...] = ()
    changed: bool = False
    files: tuple[tuple[int, dict[str, Any]], ...] = ()
    """Rows of attachments, each with the place of its entry in `entries`."""

    def take(self, change: CaseChange) -> None:
        """Apply a change."""
        self.row = {**self.row, **change.columns}
        self.entries += change.entries
        self.mails += change.mails
        self.changed = self.changed or bool(change.columns or change.entries)

    def leave(self, batch: Batch) -> None:
        """Hand over what must be written."""
        if self.keys is None and not self.changed:
            return
        tail = timeline.fresh(self.row["reference"]) if self.keys is not None else timeline.tail_of(self.row)
        appended = timeline.append(tail, self.data_key, self.entries)
        row = {**self.row, **appended.columns}
        numbered = [{**file, "reference": row["reference"], "seq": appended.rows[place]["seq"]} for place, file in self.files]
        batch.attachments.extend(numbered)
        batch.annotations.extend(self._wordless([row["seq"] for row in appended.rows]))
        mails = [_mail_row(mail, row) for mail in self.mails]
        if self.keys is not None:
            batch.new_cases.append(NewCase(row, self.keys, appended.rows, mails))
        else:
            batch.changed_cases.append(ChangedCase(row, appended.rows, mails))

    def _wordless(self, numbers: Sequence[int]) -> Iterator[dict[str, Any]]:
        """What stands beside entries that need no translation; the batch knows the case's id."""
        for seq, entry in zip(numbers, self.entries, strict=True):
            note = carrying.wordless(seq, entry)
            if note is not None:
                reference = self.row["reference"]
                yield {**timeline.annotation(reference, self.data_key, 0, note), "reference": reference}


def _mail_row(mail: NewMail, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "key": mail.key,
        "kind": mail.kind,
        "officer_ids": list(mail.officer_ids),
        "due_at": row["updated_at"],
        "reference": row["reference"],
    }


@dataclass(slots=True)
class Talk:
    """A worker's talk: who, on which channel, where they stand, their case, and what goes out."""

    worker: Worker
    channel: str
    now: int
    state: WorkerState
    session: Session
    case: CaseWork | None = None
    left: tuple[CaseWork, ...] = ()
    messages: tuple[Message, ...] = ()
    waiting: int = 0
    live_until: int = 0
    knocked_at: int | None = None
    wrong_codes: int = 0
    code_blocked_until: int = 0
    pin_hash: bytes | None = None
    pin_open_until: int = 0
    closed_to: str | None = None
    heard_at: int = 0
    used_codes: tuple[bytes, ...] = ()
    handled: tuple[int, ...] = ()
    no_cases: tuple[tuple[str, str, str], ...] = ()
    signals: tuple[dict[str, Any], ...] = ()
    timer: dict[str, Any] | None = None
    traces: tuple[NewTrace, ...] = ()
    arrived: tuple[Attachment, ...] = ()
    """What came with the message that is heard now, and stands in no case yet."""
    orders: tuple[Callable[[sa.Connection], None], ...] = field(default=())

    def fork(self) -> "Talk":
        """A copy to try a message on; the original stays as it is."""
        twin = copy.copy(self)
        twin.case = copy.copy(self.case)
        return twin

    def opened(self) -> CaseWork:
        """The case that is talked about. Raises LookupError where none is."""
        if self.case is None:
            raise LookupError("no case is open in this talk")
        return self.case

    def turn_to(self, case: CaseWork | None) -> None:
        """Talk about another case from now on; what changed of the one before is kept."""
        if self.case is not None:
            self.left += (self.case,)
        self.case = case

    def leave(self, batch: Batch) -> None:
        """Hand over what must be written."""
        for case in (*self.left, *([self.case] if self.case is not None else [])):
            case.leave(batch)
        batch.messages.extend(self.messages)
        batch.used_codes.extend(self.used_codes)
        batch.no_cases.extend(self.no_cases)
        batch.signals.extend(self.signals)
        batch.orders.extend(self.orders)
        if self._is_to_be_knocked_for():
            batch.orders.append(partial(waiting.look_again, worker_id=self.worker.id, now=self.now))
        batch.timers.extend([self.timer] if self.timer is not None else [])
        batch.traces.extend(self.traces)
        batch.handled.extend(self.handled)
        sealed = seal_session(self.worker.key, self.worker.id, self.session)
        batch.sessions.append({"worker_id": self.worker.id, "channel": self.channel, "sealed": sealed, "updated_at": self.now})
        batch.workers.append(self._worker_row())

    def _is_to_be_knocked_for(self) -> bool:
        """Whether a knock could be given now that could not before: the last one is answered or void, or her door is open again."""
        could = self.state.knocked_at is None and self.state.closed_to is None
        return not could and self.knocked_at is None and self.closed_to is None

    def _worker_row(self) -> dict[str, Any]:
        return {
            "b_id": self.worker.id,
            "b_current_case_id": None if self.case is None else self.case.row.get("id", self.case.row["reference"]),
            "b_live_until": self.live_until,
            "b_knocked_at": self.knocked_at,
            "b_wrong_codes": self.wrong_codes,
            "b_code_blocked_until": self.code_blocked_until,
            "b_pin_hash": self.pin_hash,
            "b_pin_open_until": self.pin_open_until,
            "b_closed_to": self.closed_to,
            "b_heard_at": self.heard_at,
        }
