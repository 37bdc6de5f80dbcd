"""Processes of an older version when the tables become a newer one's: who works in the background ends and says why, the web goes on."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from store.database import open_database
from store.migrate import newest
from tests.databases import KINDS, Databases, Kind
from tests.doubles import twilio_posts
from tests.processes import COMMAND, PUBLIC_URL, Installation
from weerklank.newer import OUTDATED

_PATIENCE = 60.0
_REFUSED = f"weerklank: {OUTDATED}"


@contextmanager
def _database_of(kind: Kind, databases: Databases, folder: Path) -> Iterator[str]:
    """A database that a test may call a newer version's; another test gets it after that as it was."""
    with databases.fresh(kind, folder) as url:
        try:
            yield url
        finally:
            _call_it(url, newest())


def _call_it(url: str, revision: str) -> None:
    database = open_database(url)
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    database.close()


def _until(seen: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.1)


def _ready(house: Installation) -> dict[str, str]:
    parts: dict[str, str] = httpx.get(f"{house.url}/readyz").json()["parts"]
    return parts


def test_a_worker_process_ends_in_good_order_and_says_why_and_the_web_still_takes_words(databases: Databases, tmp_path: Path) -> None:
    with _database_of("postgresql", databases, tmp_path) as url:
        house = Installation(tmp_path / "house", url)
        house.lay()
        house.start("serve", "work")
        try:
            house.await_up()
            _until(lambda: _ready(house)["tables"] == "ok")
            _call_it(url, "9999")
            code = house.processes["work"].wait(_PATIENCE)
            hook = twilio_posts.webhook(f"{PUBLIC_URL}/webhooks/twilio/messages", twilio_posts.sms("+447700900123", "52746 en"))
            posted = httpx.post(f"{house.url}/webhooks/twilio/messages", content=hook.body, headers=dict(hook.headers))
            tables = _ready(house)["tables"]
        finally:
            house.stop()
        said = house.log("work").read_text().splitlines()[-1]

    assert (code, said) == (1, _REFUSED)
    assert (posted.status_code, tables) == (200, OUTDATED)


@pytest.mark.parametrize("kind", KINDS)
def test_a_process_of_an_older_version_does_not_start_and_is_not_told_to_upgrade_what_is_newer(
    kind: Kind, databases: Databases, tmp_path: Path
) -> None:
    with _database_of(kind, databases, tmp_path) as url:
        house = Installation(tmp_path / "house", url)
        house.lay()
        _call_it(url, "9999")
        started = [
            subprocess.run([COMMAND, *words], env=house.environment, cwd=house.folder, capture_output=True, text=True, check=False)
            for words in (["serve", "--port", str(house.port)], ["doctor"])
        ]

    assert (started[0].returncode, started[0].stderr.splitlines()[-1]) == (1, _REFUSED)
    assert "the tables are of a newer version" in started[1].stdout
