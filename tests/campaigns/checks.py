"""What must hold after a campaign: nothing lost, nothing doubled, every case once, nothing backwards."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from store.statuses import RANK
from store.tables import cases, inbox, outbox
from tests.campaigns.record import Record
from tests.campaigns.workers import Streets, Worker, masked
from tests.doubles.carrier import Sent

_LEGITIMATE = frozenset({"sent", "maybe_sent"})


@dataclass(frozen=True, slots=True)
class Talk:
    """What one worker's talk left: on their phone, and in the words of their case."""

    texts: tuple[str, ...]
    words: tuple[str, ...]


class Checks:
    """Compares a storm with a quiet day. `model` is what each script left when nothing was killed."""

    def __init__(self, record: Record, streets: Streets) -> None:
        self._record = record
        self._streets = streets

    def all(self, workers: list[Worker], model: dict[str, Talk], told: dict[str, str]) -> list[str]:
        """Everything that is wrong; nothing after a good campaign. `told` is the highest status that we thanked for, by carrier's id."""
        wrong = [f"still on its way: {self._record.unended()}"] if self._record.unended() else []
        wrong += self._record.broken_chains()
        wrong += self._lost(workers)
        for worker in workers:
            wrong += [f"{worker.part} {worker.number}: {one}" for one in self._of(worker, model[worker.part])]
        return wrong + self._backwards(told) + self._unended_rows()

    def _lost(self, workers: list[Worker]) -> list[str]:
        rows = self._record.rows(sa.select(inbox.c.channel, inbox.c.key, inbox.c.state))
        states = {(row["channel"], row["key"]): row["state"] for row in rows}
        keys = [(worker.script.channel, key) for worker in workers for key in worker.accepted]
        lost = [
            f"{channel} {key} was accepted and is {states.get((channel, key))}"
            for channel, key in keys
            if states.get((channel, key)) != "done"
        ]
        extra = set(states) - set(keys)
        return lost + [f"nobody sent {channel} {key}" for channel, key in extra]

    def _of(self, worker: Worker, model: Talk) -> list[str]:
        worker_id = self._record.worker_id(worker)
        if worker_id is None:
            return ["has no pseudonym"]
        found = self._record.cases_of(worker_id)
        if len(found) != 1:
            return [f"has {len(found)} cases"]
        rows, sends = self._record.outbox_of(worker_id), self._streets.sends_to(worker)
        talk = self.talk_of(worker)
        wrong = self._accounted(rows, sends)
        words = model.words[:-1] if worker.answer is not None and not worker.knocked else model.words
        if talk.words != words:
            wrong.append(f"words are {talk.words}, not {words}")
        once = tuple(_once(rows, sends))
        if not _is_in_order(tuple(map(masked, once)), model.texts, rows):
            wrong.append(f"texts came as {once}, not {model.texts}")
        return wrong + self._answer(worker, found[0], rows, sends)

    def talk_of(self, worker: Worker) -> Talk:
        """What a worker's talk left."""
        worker_id = self._record.worker_id(worker) or ""
        [case] = self._record.cases_of(worker_id)
        words = tuple(masked(entry.body["text"]) for entry in self._record.timeline_of(case) if entry.kind == "words")
        texts = tuple(masked(text) for text in _once(self._record.outbox_of(worker_id), self._streets.sends_to(worker)))
        return Talk(texts, words)

    def _accounted(self, rows: list[dict[str, Any]], sends: list[Sent]) -> list[str]:
        """Every row that left is at the carrier once; every send more is owned by a row that says so."""
        taken = Counter(sent.id for sent in sends)
        wrong = [
            f"outbox row {row['id']} is {row['state']}"
            for row in rows
            if row["state"] not in _LEGITIMATE and "knock" not in (row["hold"], row["kind"])
        ]
        wrong += [f"row {row['id']} is sent, and the carrier has {taken[row['provider_id']]}" for row in rows if _is_lost(row, taken)]
        unknown = len(sends) - sum(row["provider_id"] in taken for row in rows)
        doubts = sum(1 if row["state"] == "sent" else 2 for row in rows if row["maybe"])
        if unknown > doubts:
            wrong.append(f"the carrier has {unknown} messages that no row owns, and only {doubts} are marked maybe")
        return wrong

    def _answer(self, worker: Worker, case: dict[str, Any], rows: list[dict[str, Any]], sends: list[Sent]) -> list[str]:
        """An officer's words: kept once, and at the carrier at most once. A knock that was cut off twice may come only an hour later."""
        if worker.answer is None:
            return self._date(worker, case, rows)
        replies = [entry.body["text"] for entry in self._record.timeline_of(case) if entry.kind == "reply"]
        states = [row["state"] for row in rows if row["kind"] == "reply"]
        came = sum(sent.body == worker.answer for sent in sends)
        wrong = [] if replies == [worker.answer] else [f"the desk kept {len(replies)} answers"]
        if not worker.knocked and not any(row["kind"] == "knock" and row["state"] == "maybe_sent" for row in rows):
            wrong.append("no knock ever came for the answer")
        if came > 1:
            wrong.append(f"an officer's answer came {came} times")
        if came == 0 and states == ["sent"]:
            wrong.append("an officer's answer is called sent and never came")
        return wrong

    def _date(self, worker: Worker, case: dict[str, Any], rows: list[dict[str, Any]]) -> list[str]:
        """The clock of a case rang once, and one notice of it was put."""
        rang = sum(entry.kind == "late" for entry in self._record.timeline_of(case))
        notices = sum(row["kind"] == "late" for row in rows)
        wanted = int(worker.waits)
        return [] if rang == notices == wanted else [f"the date was missed {rang} times and told {notices} times"]

    def _backwards(self, told: dict[str, str]) -> list[str]:
        rows = self._record.rows(sa.select(outbox.c.provider_id, outbox.c.status).where(outbox.c.provider_id.is_not(None)))
        known = {row["provider_id"]: row["status"] for row in rows}
        return [
            f"{provider_id} was told {status} and stands at {known[provider_id]}"
            for provider_id, status in told.items()
            if provider_id in known and RANK.get(known[provider_id], -1) < RANK[status]
        ] + self._deliveries()

    def _deliveries(self) -> list[str]:
        wrong: list[str] = []
        for case in self._record.rows(sa.select(cases)):
            ranks: dict[int, int] = {}
            for entry in self._record.timeline_of(case):
                if entry.kind == "delivery" and entry.body["status"] in RANK:
                    rank = RANK[entry.body["status"]]
                    if rank <= ranks.get(entry.body["seq"], -1):
                        wrong.append(f"case {case['reference']}: delivery of {entry.body['seq']} went backwards")
                    ranks[entry.body["seq"]] = rank
        return wrong

    def _unended_rows(self) -> list[str]:
        ended = outbox.c.state.in_(["failed", "dropped"]) & (outbox.c.kind != "knock")
        rows = self._record.rows(sa.select(outbox.c.id, outbox.c.state, outbox.c.hold).where(ended))
        return [f"row {row['id']} ended as {row['state']}" for row in rows]


def _is_lost(row: dict[str, Any], taken: Counter[str]) -> bool:
    return row["state"] == "sent" and taken[row["provider_id"]] != 1


def _once(rows: list[dict[str, Any]], sends: list[Sent]) -> list[str]:
    """The texts on a phone without repeats that a row admits: a send that no row owns, with the same words as its neighbour."""
    owned = {row["provider_id"] for row in rows}
    doubts = sum(row["maybe"] for row in rows)
    texts: list[str] = []
    for number, sent in enumerate(sends):
        neighbours = [sends[at].body for at in (number - 1, number + 1) if 0 <= at < len(sends)]
        if sent.id not in owned and doubts and sent.body in neighbours:
            doubts -= 1
            continue
        texts.append(sent.body)
    return texts


def _is_in_order(texts: tuple[str, ...], wanted: tuple[str, ...], rows: list[dict[str, Any]]) -> bool:
    """The texts of the flow in its order; those that may be missing are the ones in doubt, and what waits behind a knock."""
    missing = sum(row["state"] in ("maybe_sent", "held") for row in rows)
    if texts == wanted:
        return True
    at = 0
    for text in texts:
        while at < len(wanted) and wanted[at] != text:
            at, missing = at + 1, missing - 1
        if at == len(wanted) or missing < 0:
            return False
        at += 1
    return True
