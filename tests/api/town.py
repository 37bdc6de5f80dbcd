"""The sample programme with a few cases of its own, served over HTTP, and officers who sign in as people and as scripts do."""

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
from pyotp.totp import TOTP

from api import accounts, passwords, sessions, totp
from api.accounts import Credentials
from api.sessions import SCOPES, NewToken, Scope
from cases.intake import Danger
from cases.programme import apply
from store.database import Database
from tests.api.house import House, open_house, serving
from tests.cases.house import NOW, opening, sample, sample_text
from tests.cases.house import House as Cases

PASSWORD = "a long walk by the canal"
GATE, CHIEF, CANAL, CARDS = "WK-AAAA-2222", "WK-BBBB-3333", "WK-CCCC-4444", "WK-DDDD-5555"
# Whose desk each case lies on: Halmstra, Halmstra, Weidegaard, and those who run the line.
DESK = {GATE: "halmstra", CHIEF: "halmstra", CANAL: "weidegaard", CARDS: "ketenstem"}
HASH = passwords.hashed(PASSWORD)
# Towns are spoken to without TLS; left to itself, each client would first read every authority of this machine (40 ms).
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def code_at(secret: str, now: int) -> str:
    """The code an officer's app shows at a time (ms)."""
    return TOTP(secret).at(now // 1000)


@dataclass
class Town:
    """A house that is served, with cases in it."""

    house: House
    url: str
    cases: Cases
    secrets: dict[str, str] = field(default_factory=dict[str, str])
    clients: list[httpx.Client] = field(default_factory=list[httpx.Client])

    def anyone(self, **headers: str) -> httpx.Client:
        """A client that nobody knows, who reads English; it is closed with the town."""
        client = httpx.Client(base_url=self.url, verify=PLAIN, timeout=20, headers=headers, cookies={"weerklank-language": "en"})
        self.clients.append(client)
        return client

    def browser(self) -> httpx.Client:
        """A client that says what a browser says when a page of ours posts a form."""
        return self.anyone(**{"Sec-Fetch-Site": "same-origin"})

    def enrol(self, officer_id: str, password_hash: str = HASH) -> str:
        """Give an officer the password of these tests and a second factor; returns its secret."""
        secret = totp.new_secret()
        services = self.house.services
        services.writer.call_sync(lambda c: accounts.enrol(c, services.keyring, officer_id, Credentials(password_hash, secret, 0)))
        self.secrets[officer_id] = secret
        return secret

    def code(self, officer_id: str) -> str:
        """A code that was not used yet: the clock goes on by a step first."""
        self.house.clock.pass_by(totp.SECONDS * 1000)
        return code_at(self.secrets[officer_id], self.house.clock())

    def proof(self, officer_id: str) -> dict[str, str]:
        return {"email": self.cases.programme.officers[officer_id].email, "password": PASSWORD, "totp": self.code(officer_id)}

    def signed_in(self, officer_id: str) -> httpx.Client:
        """A browser of an officer who signed in through the door that everybody uses."""
        if officer_id not in self.secrets:
            self.enrol(officer_id)
        client = self.browser()
        answer = client.post("/api/v1/sessions", json=self.proof(officer_id))
        assert answer.status_code == 201, answer.text
        return client

    def script(self, officer_id: str, scopes: frozenset[Scope] = SCOPES) -> httpx.Client:
        """A script with an API token of an officer."""
        services, now = self.house.services, self.house.clock()
        new = NewToken(officer_id, "tests", scopes, now + 86_400_000)
        token = services.writer.call_sync(lambda c: sessions.make_token(c, services.keyring, new, now))
        return self.anyone(Authorization=f"Bearer {token}")

    def link(self, officer_id: str, purpose: accounts.Purpose = "enrol") -> str:
        services, now = self.house.services, self.house.clock()
        return services.writer.call_sync(lambda c: accounts.make_link(c, services.keyring, officer_id, purpose, now))

    def cases_open(self) -> None:
        speak = self.cases.worker_speaks
        speak(
            opening(
                GATE,
                words="tin tolar gate rate tala mara thake",
                language="bn-Latn",
                channel="whatsapp",
                danger=Danger("fire", "danger words: fire"),
            )
        )
        speak(opening(CHIEF, words="লাইন চিফ খারাপ কথা বলে", language="bn", channel="whatsapp"))
        speak(opening(CANAL, words="খালের পানি কালো", language="bn", channel="telegram", place_id="dyeing-canal"))
        speak(opening(CARDS, words="office keep our NID card", place_id=None, floor=("papers",)))


@contextmanager
def town_on(url: str, *, demo: bool = False, public_url: str = "http://127.0.0.1", **more: object) -> Iterator[Town]:
    """Serve the sample programme on a database; http as its public address, so that a test's client keeps the cookie."""
    with open_house(url, demo=demo) as opened:
        house = opened.with_(public_url=public_url, **more)
        house.clock.now = NOW
        database: Database = house.services.database
        with database.write() as connection:
            apply(connection, sample(), sample_text(), NOW)
        with serving(house.services) as address:
            town = Town(house, address, Cases(database, sample()))
            town.cases_open()
            yield town
            for client in town.clients:
                client.close()


def form_token(page: str) -> str:
    """The hidden token of a page's forms."""
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]
