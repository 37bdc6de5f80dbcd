"""What must hold after a simulated day, where time has passed over people and some words were set aside."""

from collections import Counter, defaultdict
from dataclasses import replace

import sqlalchemy as sa

from bot import clock
from store.tables import inbox
from tests.campaigns.checks import Checks, Talk
from tests.campaigns.day_picture import Sample
from tests.campaigns.record import Record
from tests.campaigns.workers import Streets, Worker

TEMPLATE = "HX" + "7" * 32
_KNOCK = -3
"""Where the knock stands in a talk with an officer: before the answer, and the thanks for the last word."""


class DayChecks(Checks):
    """Everybody is judged word for word; two kinds of people by what must hold for them.

    `aside` holds the pseudonyms of those of whom a message was set aside: what they wrote meanwhile was handled before it; `again` holds
    the messages themselves, which ran again. `evening` are the workers of the quiet day before: where a date passes that was promised to
    them, one more knock comes, which nobody answers.
    """

    def __init__(self, record: Record, streets: Streets) -> None:
        super().__init__(record, streets)
        self.aside: set[str] = set()
        self.again: set[int] = set()
        self.evening: set[Worker] = set()

    def words(self, hour: float, now: int) -> list[Sample]:
        """How the inbox stands: the age (minutes) of a word that ran again counts from when it came, so it is in a queue of its own."""
        new = sa.select(inbox.c.id, inbox.c.channel, inbox.c.received_at).where(inbox.c.state == "new")
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        for row in self._record.rows(new):
            found["again" if row["id"] in self.again else "inbox", row["channel"]].append(row["received_at"])
        return [
            Sample(hour, queue, channel, len(came), max(0.0, (now - min(came)) / clock.MINUTE)) for (queue, channel), came in found.items()
        ]

    def _of(self, worker: Worker, model: Talk) -> list[str]:
        worker_id = self._record.worker_id(worker) or ""
        if worker_id in self.aside:
            return self._in_any_order(worker, worker_id)
        if worker in self.evening and any(row["kind"] == "late" for row in self._record.outbox_of(worker_id)):
            # What a template says stands at Twilio: the double shows no words for it.
            knock = "" if worker.script.channel == "whatsapp" else model.texts[_KNOCK]
            return super()._of(worker, replace(model, texts=(*model.texts, knock)))
        return super()._of(worker, model)

    def _in_any_order(self, worker: Worker, worker_id: str) -> list[str]:
        """One case with each of a worker's sentences once and nothing foreign; at the carrier nothing lost and nothing doubled."""
        found = self._record.cases_of(worker_id)
        if len(found) != 1:
            return [f"was set aside and has {len(found)} cases"]
        rows, sends = self._record.outbox_of(worker_id), self._streets.sends_to(worker)
        kept = Counter(entry.body["text"] for entry in self._record.timeline_of(found[0]) if entry.kind == "words")
        owed = [text for text in worker.said if worker.token in text]
        wrong = self._accounted(rows, sends) + self._answer(worker, found[0], rows, sends)
        wrong += [f"was set aside, and the case has {text!r} {kept[text]} times" for text in owed if kept[text] != 1]
        wrong += [f"was set aside, and the case has {text!r}" for text in kept if text not in worker.said]
        codes = Counter(sent.body for sent in sends if "Your code" in sent.body)
        return wrong if len(codes) == 1 else [*wrong, f"was set aside and got {len(codes)} codes"]
