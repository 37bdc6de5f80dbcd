"""One database belongs to one set of keys: a programme with others refuses with one sentence, and writes nothing."""

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from store import codes, mark
from store.database import Database, open_database
from store.sealing import Keyring, new_key
from store.tables import marks
from weerklank.__main__ import main
from weerklank.commands.common import lay_mark
from weerklank.commands.errors import CommandError
from weerklank.settings import Settings

KEY, NEWER, PEPPER = new_key(), new_key(), new_key()
OTHERS_KEY = "this database was sealed under other keys"
OTHERS_PEPPER = "this database was begun with another look-up pepper"


def text(key: bytes) -> str:
    return base64.b64encode(key).decode()


@pytest.fixture
def database(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WEERKLANK_DATABASE_URL", database_url)
    monkeypatch.setenv("WEERKLANK_DATA_DIR", str(tmp_path))
    settle(monkeypatch)
    opened = open_database(database_url)
    yield opened
    opened.close()


def settle(monkeypatch: pytest.MonkeyPatch, *keys: bytes, pepper: bytes = PEPPER) -> None:
    """Set an installation's keys, newest first."""
    monkeypatch.setenv("WEERKLANK_SEALING_KEYS", ",".join(text(key) for key in keys or (KEY,)))
    monkeypatch.setenv("WEERKLANK_LOOKUP_PEPPER", text(pepper))


def laid(database: Database) -> list[bytes]:
    with database.read() as connection:
        return list(connection.execute(sa.select(marks.c.sealed)).scalars())


def stock(database: Database, keyring: Keyring) -> None:
    """What an older version left: a code that lies ready, and no mark."""
    with database.write() as connection:
        codes.stock(connection, keyring, [codes.draw(keyring)])


COMMANDS = (["db", "upgrade"], ["serve"], ["work"], ["tasks", "list"], ["db", "check"])


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(("other", "sentence"), [("key", OTHERS_KEY), ("pepper", OTHERS_PEPPER)])
def test_other_keys_are_refused_with_one_sentence(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: list[str],
    other: str,
    sentence: str,
) -> None:
    assert main(["db", "upgrade"]) == 0
    before = laid(database)
    settle(monkeypatch, *((new_key(),) if other == "key" else (KEY,)), pepper=new_key() if other == "pepper" else PEPPER)

    assert main(command) == 1
    [line] = [line for line in capsys.readouterr().err.splitlines() if line.startswith("weerklank: ")]
    assert sentence in line
    assert laid(database) == before


def test_the_doctor_names_keys_of_another_house(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (main(["db", "upgrade"]), len(laid(database))) == (0, 1)
    settle(monkeypatch, pepper=new_key())

    assert main(["doctor"]) == 1
    assert f"MEND the keys are not this database's: {OTHERS_PEPPER}" in capsys.readouterr().out


def test_a_newer_key_in_front_is_welcome_and_the_mark_is_sealed_under_it(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["db", "upgrade"]) == 0
    before = laid(database)
    settle(monkeypatch, NEWER, KEY)
    assert main(["tasks", "list"]) == 0
    assert laid(database) == before

    lay_mark(database, Settings())
    assert laid(database) != before
    settle(monkeypatch, NEWER)
    assert main(["tasks", "list"]) == 0
    settle(monkeypatch)
    with pytest.raises(CommandError, match=OTHERS_KEY):
        lay_mark(database, Settings())


@pytest.mark.parametrize(("key", "pepper", "sentence"), [(NEWER, PEPPER, OTHERS_KEY), (KEY, NEWER, OTHERS_PEPPER)], ids=["key", "pepper"])
def test_an_older_database_takes_a_mark_only_from_keys_that_open_it(database: Database, key: bytes, pepper: bytes, sentence: str) -> None:
    own = Keyring([KEY], PEPPER)
    stock(database, own)

    with pytest.raises(mark.OtherKeys, match=sentence), database.write() as connection:
        mark.lay(connection, Keyring([key], pepper))
    assert laid(database) == []

    with database.write() as connection:
        mark.lay(connection, own)
    assert len(laid(database)) == 1
