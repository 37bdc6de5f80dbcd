"""What is posted: whole first talks of many workers, as Twilio posts them, signed; and the codes that lie ready for them."""

import os
import pickle
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

from store.database import Database
from store.sealing import Keyring
from store.tables import code_pool
from tests.doubles import twilio_posts
from tests.processes import PUBLIC_URL

MESSAGES = f"{PUBLIC_URL}/webhooks/twilio/messages"
FIRST_TALK = ("52746 en", "They did not pay overtime for 2 months. 60 hours every month", "2", "1", "2")
FIRST_REPORT = ("52746 they did not pay us overtime for two months",)


def request(sender: str, text: str) -> bytes:
    """One signed post of Twilio, as bytes on the wire."""
    hook = twilio_posts.webhook(MESSAGES, twilio_posts.sms(sender, text))
    head = [f"POST {urlsplit(hook.url).path} HTTP/1.1", f"host: {urlsplit(PUBLIC_URL).netloc}", f"content-length: {len(hook.body)}"]
    head += [f"{name}: {value}" for name, value in hook.headers.items()]
    return "\r\n".join([*head, "", ""]).encode() + hook.body


def workers(first: int, count: int, says: tuple[str, ...] = FIRST_TALK) -> list[list[bytes]]:
    """The posts of `count` workers, who are strangers to the service; invented numbers longer than any real one."""
    return [[request(f"+447700900{number:06d}", text) for text in says] for number in range(first, first + count)]


def write_requests(path: Path, posts: list[list[bytes]]) -> Path:
    """Put posts where the load generator finds them."""
    path.write_bytes(pickle.dumps(posts))
    return path


def lay_codes(database: Database, keyring: Keyring, count: int) -> None:
    """Lay codes ready, as the service does ahead of need (`codes_ahead`).

    Each has a random value in the place of its slow hash: those 40 ms are spent before anybody writes, and nothing here looks a code up.
    """
    rows = []
    for _ in range(count):
        code_hash, digits = os.urandom(32), f"{secrets.randbelow(10**8):08d}"
        rows.append({"code_hash": code_hash, "code_sealed": keyring.seal("code_pool.code_sealed", digits.encode(), code_hash)})
    with database.write() as connection:
        connection.execute(sa.insert(code_pool), rows)
