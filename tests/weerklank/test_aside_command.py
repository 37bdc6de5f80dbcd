"""`weerklank aside`, as an operator types it: words that could not be handled are listed without a word of them, and are handled again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from store import inbox as kept
from store.database import Database, open_database
from store.tables import inbox
from weerklank.__main__ import main
from weerklank.commands.keys import fresh_lines

WORDS = {"worker_id": "w1", "sealed": b"sealed", "received_at": 1_700_000_000_000, "attempts": 5, "state": "aside"}


@pytest.fixture
def database(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.chdir(tmp_path)
    for line in [*fresh_lines(), f"WEERKLANK_DATABASE_URL={database_url}", f"WEERKLANK_DATA_DIR={tmp_path}"]:
        monkeypatch.setenv(*line.split("=", 1))
    opened = open_database(database_url)
    with opened.write() as connection:
        connection.execute(sa.insert(inbox), [WORDS | {"channel": "sms", "key": f"k{number}", "reason": "KeyError"} for number in (1, 2)])
        kept.keep(connection, [kept.NewMessage("sms", "k3", "w2", b"sealed", 1)])
    yield opened
    opened.close()


def states(database: Database) -> list[tuple[str, int, str | None]]:
    with database.read() as connection:
        rows = connection.execute(sa.select(inbox.c.state, inbox.c.attempts, inbox.c.reason).order_by(inbox.c.id))
        return [(row.state, row.attempts, row.reason) for row in rows]


def test_what_was_set_aside_is_listed_in_the_order_it_came(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["aside", "list"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "1  sms  since 2023-11-14 22:13 UTC, 5 attempts: KeyError",
        "2  sms  since 2023-11-14 22:13 UTC, 5 attempts: KeyError",
    ]
    assert len(states(database)) == 3


def test_one_is_handled_again_by_its_number(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["aside", "again", "2"]) == 0
    assert capsys.readouterr().out == "1 message is handled again as soon as the service is free\n"
    assert states(database) == [("aside", 5, "KeyError"), ("new", 0, None), ("new", 0, None)]

    assert main(["aside", "again", "3"]) == 1
    assert capsys.readouterr().err.endswith("weerklank: no message 3 is set aside; `weerklank aside list` shows those that are\n")


def test_all_are_handled_again_on_one_word(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["aside", "again", "--all"]) == 0
    assert capsys.readouterr().out == "2 messages are handled again as soon as the service is free\n"
    assert states(database) == [("new", 0, None)] * 3

    assert main(["aside", "again", "--all"]) == 0
    assert main(["aside", "list"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "no message is set aside"
