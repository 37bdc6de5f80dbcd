"""The desk of a campaign: officers who answer over REST, and ask again with the same key when no answer came."""

import asyncio
import json
from itertools import count

import sqlalchemy as sa

from api import sessions
from bot import clock
from store.tables import cases, officers
from tests.campaigns.post import NoAnswer, request
from tests.campaigns.record import Record
from tests.campaigns.workers import Weather, Worker

_TOKEN_LIFE = clock.DAY


class Desk:
    """Officers of every company with a token each."""

    def __init__(self, record: Record, port: int, weather: Weather) -> None:
        self._record = record
        self._port = port
        self._weather = weather
        self._numbers = count(1)
        self._tokens: dict[str, str] = {}
        self.refused: list[int] = []
        self.no_answer = 0

    def issue_tokens(self) -> None:
        """Give one reader of each company a token, as its administrator would."""
        readers = self._record.rows(sa.select(officers).where(officers.c.active, officers.c.role != "translator").order_by(officers.c.id))
        with self._record.database.write() as connection:
            for row in readers:
                if row["company_id"] not in self._tokens:
                    new = sessions.NewToken(row["id"], "campaign", frozenset({"cases:read", "cases:write"}), clock.now() + _TOKEN_LIFE)
                    self._tokens[row["company_id"]] = sessions.make_token(connection, self._record.keyring, new, clock.now())

    async def all_handled(self, worker: Worker) -> None:
        """Return when everything that a worker said was handled and the bot's texts have left."""
        if not await self._weather.comes(lambda: self._is_handled(worker)):
            raise TimeoutError(f"worker {worker.number} ({worker.script.name}) waits too long")

    def _is_handled(self, worker: Worker) -> bool:
        worker_id = self._record.worker_id(worker)
        return worker_id is not None and not self._record.has_work_for(worker_id) and bool(self._record.cases_of(worker_id))

    def let_the_date_pass(self, worker: Worker) -> None:
        """Leave a worker's case alone until the date that was promised has passed."""
        [case] = self._record.cases_of(self._record.worker_id(worker) or "")
        self._record.change(sa.update(cases).where(cases.c.id == case["id"]).values(answer_by=clock.now() - clock.SECOND))

    async def answer(self, worker: Worker) -> str:
        """Answer a worker's case; returns the wording."""
        number = next(self._numbers)
        text = f"Answer {number} for {worker.token}: somebody looks at it."
        [case] = self._record.cases_of(self._record.worker_id(worker) or "")
        headers = {
            "authorization": f"Bearer {self._tokens[case['company_id']]}",
            "content-type": "application/json",
            "idempotency-key": f"campaign-{number}",
        }
        body = json.dumps({"text": text, "language": case["language"]}).encode()
        while True:
            try:
                reply = await request(self._port, f"POST /api/v1/cases/{case['reference']}/replies", headers, body)
            except NoAnswer:
                self.no_answer += 1
                await asyncio.sleep(0.05)
                continue
            if reply.status == 201:
                return text
            self.refused.append(reply.status)
            await asyncio.sleep(0.2)
