"""A wire to PostgreSQL that goes silent is given up after seconds: every connection of a real process asks the kernel to look.

The kernel itself cannot be made to lose packets here, so what is read is the kernel's own timer on each socket, not the end of a wait.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from store.database import PATIENCE, Database, StoreAway, open_database
from store.wire import SUSPECT_AFTER
from store.writer import Writer
from tests.campaigns.wire import Wire
from tests.databases import Databases
from tests.processes import Installation

_WAIT = 40.0
_ESTABLISHED, _KEEPALIVE = "01", "02"
_TICKS = 100
_TOGETHER = 5
"""The writer, a reader, the doorbell and the engine's two at least."""

pytestmark = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux shows its timers")


@pytest.fixture
def database(databases: Databases, tmp_path: Path) -> Iterator[Database]:
    with databases.fresh("postgresql", tmp_path) as url:
        opened = open_database(url)
        yield opened
        opened.close()


def _sockets(pid: int) -> set[str]:
    found: set[str] = set()
    for each in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.add(str(each.readlink()).removeprefix("socket:[").removesuffix("]"))
        except FileNotFoundError:
            continue
    return found


def _timers(pid: int, port: int) -> list[float | None]:
    """Seconds until the kernel asks the other end, for each connection of a process to a port; None where it does not."""
    own = _sockets(pid)
    rows = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    found = [row[5].split(":") for row in rows if row[3] == _ESTABLISHED and int(row[2].split(":")[1], 16) == port and row[9] in own]
    return [int(left, 16) / _TICKS if kind == _KEEPALIVE else None for kind, left in found]


def test_every_connection_of_a_process_looks_after_its_wire(database: Database, tmp_path: Path) -> None:
    house, port = Installation(tmp_path / "house", database.url), sa.make_url(database.url).port or 0
    house.lay()
    house.start("work")
    try:
        until, timers = time.monotonic() + _WAIT, list[float | None]()
        while time.monotonic() < until:
            # A connection in the middle of a statement has another timer for that moment.
            timers = _timers(house.processes["work"].pid, port)
            if len(timers) >= _TOGETHER and None not in timers:
                break
            time.sleep(0.05)
    finally:
        house.stop()

    assert len(timers) >= _TOGETHER
    assert max(left for left in timers if left is not None) <= PATIENCE["keepalives_idle"]
    assert None not in timers


def test_both_doors_and_the_address_have_the_same_patience(database: Database) -> None:
    wanted = {name: str(value) for name, value in PATIENCE.items()}
    for engine in (database.writing, database.reading):
        with engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            # libpq leaves out what is its own default, as `keepalives` is.
            assert {**driver.info.get_parameters(), "keepalives": "1"}.items() >= wanted.items()
    assert sa.make_url(database.address).query == wanted


_GIVEN_UP = SUSPECT_AFTER + 12.0
"""The look, the question to the server that is not answered, and a busy machine."""


def _over(wire: Wire, url: str) -> str:
    return sa.make_url(url).set(port=wire.port).render_as_string(hide_password=False)


def test_a_wire_that_confirms_all_and_carries_nothing_is_given_up_and_the_next_one_taken(databases: Databases, tmp_path: Path) -> None:
    with databases.fresh("postgresql", tmp_path) as url, Wire(sa.make_url(url).port or 0) as wire:
        database = open_database(_over(wire, url))
        writer = Writer(database)
        writer.start()
        try:
            writer.call_sync(lambda connection: connection.execute(sa.text("SELECT 1")).scalar_one())
            wire.silence()
            began = time.monotonic()
            with pytest.raises(StoreAway):
                writer.call_sync(lambda connection: connection.execute(sa.text("SELECT 2")).scalar_one())
            silent = time.monotonic() - began
            wire.speak()
            began = time.monotonic()
            came = writer.call_sync(lambda connection: connection.execute(sa.text("SELECT 3")).scalar_one())
            back = time.monotonic() - began
        finally:
            writer.stop()
            database.close()

    assert SUSPECT_AFTER < silent < _GIVEN_UP
    assert (came, back < _GIVEN_UP) == (3, True)


def _seconds_of_a_lost_answer(database: Database, wire: Wire) -> float:
    began = time.monotonic()
    try:
        with database.read() as connection:
            connection.execute(sa.text("SELECT 1"))
            wire.silence()
            wire.speak()
            connection.execute(sa.text("SELECT 2"))
    except StoreAway:
        return time.monotonic() - began
    return 0.0


def test_an_answer_that_was_lost_is_not_waited_for_although_the_server_can_be_reached(databases: Databases, tmp_path: Path) -> None:
    with databases.fresh("postgresql", tmp_path) as url, Wire(sa.make_url(url).port or 0) as wire:
        database = open_database(_over(wire, url))
        try:
            took = _seconds_of_a_lost_answer(database, wire)
            with database.read() as connection:
                came = connection.execute(sa.text("SELECT 3")).scalar_one()
        finally:
            database.close()

    assert (SUSPECT_AFTER < took < _GIVEN_UP, came) == (True, 3)


def test_a_statement_that_the_server_works_on_may_take_as_long_as_it_takes(database: Database) -> None:
    with database.read() as connection:
        connection.execute(sa.text("SELECT pg_sleep(:seconds)"), {"seconds": SUSPECT_AFTER + 4.0})
        assert connection.execute(sa.text("SELECT 1")).scalar_one() == 1


def test_the_server_does_not_keep_the_rows_of_a_transaction_of_which_it_hears_no_more(database: Database) -> None:
    with database.write() as connection:
        assert connection.execute(sa.text("SHOW idle_in_transaction_session_timeout")).scalar_one() == "1min"
