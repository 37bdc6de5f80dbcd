"""A whole service as processes, carriers' doubles around it, and workers and officers who use it over HTTP alone."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from api import sessions
from bot import clock
from store.database import Database, open_database
from tests.campaigns.post import NoAnswer, Reply, request, webhook
from tests.doubles import telegram_posts, twilio_posts
from tests.doubles.carrier import CarrierDouble, Webhook
from tests.doubles.telegram import TelegramDouble
from tests.doubles.twilio import TwilioDouble
from tests.processes import PUBLIC_URL, Installation
from tests.story.post_office import PostOffice

MESSAGES = f"{PUBLIC_URL}/webhooks/twilio/messages"
STATUS = f"{PUBLIC_URL}/webhooks/twilio/status"
UPDATES = f"{PUBLIC_URL}/webhooks/telegram"
PATIENCE = 25.0
T = TypeVar("T")


def until(found: Callable[[], T], what: str) -> T:
    """Wait for something to be there."""
    end = time.monotonic() + PATIENCE
    while not (result := found()):
        if time.monotonic() > end:
            raise TimeoutError(f"waited in vain for {what}")
        time.sleep(0.05)
    return result


@dataclass
class Street:
    """A running service and everybody around it."""

    house: Installation
    twilio: TwilioDouble
    telegram: TelegramDouble
    mails: PostOffice
    database: Database

    def post(self, hook: Webhook) -> Reply:
        """Post as a carrier; once."""
        return asyncio.run(webhook(self.house.port, hook))

    def sms(self, sender: str, text: str, **more: str) -> Reply:
        return self.post(twilio_posts.webhook(MESSAGES, twilio_posts.sms(sender, text, **more)))

    def whatsapp(self, sender: str, text: str, **more: str) -> Reply:
        return self.post(twilio_posts.webhook(MESSAGES, twilio_posts.whatsapp(sender, text, **more)))

    def telegram_says(self, person: int, text: str) -> Reply:
        return self.post(telegram_posts.webhook(UPDATES, telegram_posts.said(person, text)))

    def web(self, path: str, **body: Any) -> dict[str, Any]:
        """Use the phone on a page."""
        reply = self.call("POST", path, body)
        assert reply.status < 300, reply
        return reply.json()

    def call(self, method: str, path: str, body: object = None, token: str = "", **headers: str) -> Reply:
        """Use the API as a program does."""
        sent = {"content-type": "application/json", **headers} | ({"authorization": f"Bearer {token}"} if token else {})
        raw = b"" if body is None else json.dumps(body).encode()
        return asyncio.run(request(self.house.port, f"{method} {path}", sent, raw))

    def token(self, officer_id: str) -> str:
        """An API token of an officer, as the administrator would make it."""
        new = sessions.NewToken(officer_id, "story", frozenset({"cases:read", "cases:write"}), clock.now() + clock.DAY)
        with self.database.write() as connection:
            return sessions.make_token(connection, self.house.keyring(), new, clock.now())

    def texts(self, double: CarrierDouble, to: str, count: int) -> list[str]:
        """The texts that arrived at an address, once there are so many."""
        return until(lambda: found if len(found := double.texts_to(to)) >= count else [], f"{count} texts")

    def cases(self, token: str) -> list[dict[str, Any]]:
        """The cases an officer finds."""
        found: list[dict[str, Any]] = self.call("GET", "/api/v1/cases", token=token).json()["cases"]  # type: ignore[assignment]
        return found

    def timeline(self, reference: str, token: str) -> list[dict[str, Any]]:
        """Everything that happened in a case."""
        found: list[dict[str, Any]] = self.call("GET", f"/api/v1/cases/{reference}/timeline", token=token).json()["entries"]  # type: ignore[assignment]
        return found

    def reply(self, reference: str, text: str, language: str, token: str) -> Reply:
        return self.call("POST", f"/api/v1/cases/{reference}/replies", {"text": text, "language": language}, token)


@contextmanager
def street(url: str, folder: Path, **more: str) -> Iterator[Street]:
    """Lay and start a whole service."""
    with TwilioDouble() as twilio, TelegramDouble() as telegram, PostOffice() as mails:
        wanted = {"CODES_AHEAD": "12", "SMTP_URL": mails.url, "WEB_PHONE": "true", "SEND_LEASE_SECONDS": "6", **more}
        house = Installation(folder, url, twilio.url, telegram.url, wanted)
        house.lay()
        database = open_database(url)
        house.start()
        try:
            house.await_up()
            yield Street(house, twilio, telegram, mails, database)
        finally:
            house.stop()
            database.close()


def refused(call: Callable[[], Reply]) -> int:
    """The status of a request that may also be cut off before its answer (a body that is too large); 0 when it was cut."""
    try:
        return call().status
    except NoAnswer:
        return 0
