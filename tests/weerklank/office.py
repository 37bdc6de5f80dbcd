"""Where an operator sits who looks after keys: the settings, and what the commands answer."""

import base64
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from bot.identity import Identity
from store.database import Database
from store.rotation import standing
from store.sealing import Keyring, Unopenable, new_key
from store.tables import workers
from weerklank.__main__ import main
from weerklank.commands.common import lay_mark
from weerklank.settings import Settings

OLDER, NEWER, PEPPER = new_key(), new_key(), new_key()


def text(*keys: bytes) -> str:
    return ",".join(base64.b64encode(key).decode() for key in keys)


def secrets(*keys: bytes) -> list[SecretStr]:
    return [SecretStr(text(key)) for key in keys]


@dataclass
class Office:
    """Where the operator sits: the settings, and what the commands answered."""

    database: Database
    folder: Path
    at: pytest.MonkeyPatch
    heard: pytest.CaptureFixture[str]

    def settle(self, *keys: bytes, begun: bool = True) -> None:
        """Set the sealing keys; `begun`: a process was started with them."""
        self.at.setenv("WEERKLANK_SEALING_KEYS", text(*keys))
        if begun:
            lay_mark(self.database, Settings())

    def run(self, *words: str) -> tuple[int, str]:
        """Run a command; no key is ever in what it says."""
        code = main(list(words))
        heard = self.heard.readouterr()
        said = heard.out + heard.err
        assert not [key for key in (OLDER, NEWER, PEPPER) if text(key) in said or key.hex() in said]
        return code, said

    def rotate(self) -> tuple[int, str]:
        return self.run("keys", "rotate")

    def strangers(self, count: int, *keys: bytes) -> None:
        """Workers whose keys are sealed under the first of these keys."""
        with self.database.write() as connection:
            Identity(Keyring(keys, PEPPER)).pseudonyms(connection, [("sms", f"+4477{number:08d}") for number in range(count)])

    def sealed(self) -> dict[str, bytes]:
        """Every worker's sealed key."""
        with self.database.read() as connection:
            known = sa.select(workers.c.id, workers.c.key_sealed).where(workers.c.key_sealed.is_not(None))
            return {row.id: row.key_sealed for row in connection.execute(known)}

    def opens(self, *keys: bytes) -> int:
        """How many workers' keys these keys open."""
        identity, opened = Identity(Keyring(keys, PEPPER)), 0
        for number, sealed in self.sealed().items():
            try:
                opened += bool(identity.passer_by(number, sealed).key)
            except Unopenable:
                continue
        return opened

    def under(self, *keys: bytes) -> list[int]:
        """How many rows of all places stand under each of these keys."""
        with self.database.read() as connection:
            found = standing(connection, Keyring(keys, PEPPER))
        return [sum(counted[number] for counted in found.values()) for number in range(1, len(keys) + 1)]
