"""`weerklank keys rotate`, as an operator types it: afterwards the first key opens everything alone, whatever happened meanwhile."""

import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from api import accounts
from bot.spool import Spool
from channels.base import Inbound
from store import codes, screens
from store.rotation import LOT, PLACES
from store.sealed_fields import SEALED
from store.sealing import Keyring, new_key
from store.tables import code_pool, workers
from tests.line import Line
from tests.processes import COMMAND
from tests.weerklank.office import NEWER, OLDER, PEPPER, Office, secrets, text

HOUSE = Path(__file__).parents[2]
NO_LONGER = "Nothing stands under key 2 of WEERKLANK_SEALING_KEYS any more: it may be taken away"


def test_every_column_under_the_ring_has_its_place() -> None:
    assert {place.name for place in PLACES} == {f"{field.table}.{field.column}" for field in SEALED if field.under == "the ring"}


def test_after_a_rotation_the_talk_goes_on_with_the_newer_key_alone(office: Office, database_url: str) -> None:
    line = Line(database_url, office.folder, sealing_keys=text(OLDER), lookup_pepper=text(PEPPER))
    try:
        phone = line.phone()
        phone.send("52746 en")
        phone.send("They did not pay overtime")
        [reference] = line.sees("sanne")
        credentials = accounts.Credentials("no password is tried here", "JBSWY3DPEHPK3PXP", 0)
        line.service.writer.call_sync(lambda connection: accounts.enrol(connection, line.service.keyring, "sanne", credentials))
        line.service.writer.call_sync(lambda connection: screens.add(connection, line.service.keyring, b"p" * 32, {"text": "hello"}, 1))
        office.settle(OLDER)
        line.settings = line.settings.model_copy(update={"sealing_keys": secrets(NEWER, OLDER)})
        line.restart()
        office.settle(NEWER, OLDER)

        code, said = office.rotate()

        assert (code, NO_LONGER in said) == (0, True)
        for place in PLACES[:-1]:
            [count] = [each.split()[0] for each in said.splitlines() if each.endswith(place.what)]
            assert int(count) > 0, place.name
        line.settings = line.settings.model_copy(update={"sealing_keys": secrets(NEWER)})
        line.restart()
        office.settle(NEWER)
        assert phone.send("It goes on every month")
        assert line.sees("sanne") == {reference}
        assert line.desk("sanne", lambda at: reference) == reference
        with office.database.read() as connection:
            account = accounts.account_by_email(connection, line.service.keyring, line.officer("sanne").email)
            [shown] = screens.shown(connection, line.service.keyring, b"p" * 32, 0)
        assert (account.totp_secret if account else None, shown.body) == (credentials.secret, {"text": "hello"})
    finally:
        line.close()


def test_a_kill_in_the_middle_leaves_every_row_whole_and_the_next_run_ends_the_work(office: Office) -> None:
    office.settle(OLDER)
    office.strangers(6000, OLDER)
    office.settle(NEWER, OLDER)
    process = subprocess.Popen([COMMAND, "keys", "rotate"], stdout=subprocess.DEVNULL, cwd=HOUSE)
    until = time.monotonic() + 60
    while office.under(NEWER)[0] <= LOT and time.monotonic() < until:
        time.sleep(0.05)
    process.kill()
    process.wait()
    done, left = office.under(NEWER, OLDER)
    assert done > LOT
    assert left > 0
    assert office.opens(NEWER, OLDER) == 6000

    code, said = office.rotate()
    assert (code, f"{left:>11,}  workers' keys" in said) == (0, True)
    assert office.opens(NEWER) == 6000

    before = office.sealed()
    code, said = office.rotate()
    assert (code, office.sealed()) == (0, before)
    assert "          0  sealed anew under the first key" in said


def test_who_was_forgotten_stays_forgotten(office: Office) -> None:
    office.settle(OLDER)
    office.strangers(3, OLDER)
    with office.database.write() as connection:
        connection.execute(sa.update(workers).values(key_sealed=None))
    office.settle(NEWER, OLDER)

    assert office.rotate()[0] == 0
    assert office.sealed() == {}


def test_a_row_that_somebody_is_at_is_left_to_them_and_the_older_key_is_needed_until_the_next_run(office: Office) -> None:
    if office.database.kind == "sqlite":
        pytest.skip("a file has one writer at a time, and the others wait")
    office.settle(OLDER)
    office.strangers(5, OLDER)
    office.settle(NEWER, OLDER)
    with office.database.write() as connection:
        busy = connection.execute(sa.select(workers.c.id).limit(1).with_for_update()).scalar_one()
        code, said = office.rotate()
        assert (code, "1 rows or messages in the spool stand under key 2 still" in said, NO_LONGER in said) == (1, True, False)
    assert [number for number, sealed in office.sealed().items() if not Keyring([NEWER], PEPPER).is_newest(sealed)] == [busy]

    assert office.rotate()[0] == 0
    assert office.opens(NEWER) == 5


def test_a_writer_of_a_moment_is_waited_for(office: Office) -> None:
    office.settle(OLDER)
    office.strangers(5, OLDER)
    office.settle(NEWER, OLDER)
    begun = threading.Event()

    def write() -> None:
        with office.database.write() as connection:
            connection.execute(sa.update(workers).values(wrong_codes=1))
            begun.set()
            time.sleep(0.7)

    writing = threading.Thread(target=write)
    writing.start()
    begun.wait()
    assert office.rotate()[0] == 0
    writing.join()
    assert office.opens(NEWER) == 5


@pytest.mark.parametrize("how", ["taken away", "damaged"])
def test_a_row_that_no_key_opens_is_named_and_left_and_the_others_are_sealed_anew(office: Office, how: str) -> None:
    office.settle(OLDER)
    office.strangers(300, OLDER)
    lost = min(office.sealed())
    bad = Keyring([new_key()], PEPPER).seal("workers.key_sealed", new_key(), lost.encode())
    bad = bad if how == "taken away" else office.sealed()[lost][:-1] + b"\x00\x00"
    with office.database.write() as connection:
        connection.execute(sa.update(workers).where(workers.c.id == lost).values(key_sealed=bad))
    office.settle(NEWER, OLDER)

    code, said = office.rotate()

    assert code == 1
    assert f"workers, row {lost}: opens under none of the keys, and was left as it is" in said
    assert (NO_LONGER in said) == (how == "taken away")
    assert office.sealed()[lost] == bad
    assert office.opens(NEWER) == 299
    assert office.rotate()[0] == 1


def test_with_one_key_there_is_nothing_to_rotate(office: Office) -> None:
    office.settle(OLDER)

    code, said = office.rotate()

    assert code == 1
    assert said.startswith("weerklank: only one sealing key is set, so there is nothing to rotate")


def test_before_any_process_knows_the_newer_key_nothing_is_sealed_under_it(office: Office) -> None:
    office.settle(OLDER)
    office.strangers(2, OLDER)
    before = office.sealed()
    office.settle(NEWER, OLDER, begun=False)

    code, said = office.rotate()

    assert (code, "start every process again with the same keys" in said) == (1, True)
    assert office.sealed() == before


def test_a_message_in_the_spool_is_told_of(office: Office) -> None:
    office.settle(OLDER)
    spool = Spool(office.folder / "spool", Keyring([OLDER], PEPPER))
    spool.put([Inbound("sms", "k", "+447700900100", "message", "words")])
    office.settle(NEWER, OLDER)

    code, said = office.rotate()
    assert (code, "1 rows or messages in the spool stand under key 2 still" in said) == (1, True)

    spool.remove([path for path, _ in spool.oldest(1)])
    assert office.rotate()[0] == 0


def told(office: Office, word: str) -> list[str]:
    return [line for line in office.run("doctor")[1].splitlines() if line.startswith(("ok ", "MEND ")) and word in line]


def test_the_doctor_says_what_an_older_key_is_there_for(office: Office) -> None:
    office.settle(OLDER)
    keyring: Any = Keyring([OLDER], PEPPER)
    with office.database.write() as connection:
        codes.stock(connection, keyring, [codes.Code("12345678", b"h" * 32)])
    assert told(office, "key 2") == []

    office.settle(NEWER, OLDER)
    assert told(office, "key 2") == [
        "ok   key 2 of WEERKLANK_SEALING_KEYS is needed by 1 rows: `weerklank keys rotate` seals them under the first"
    ]

    office.rotate()
    [line] = told(office, "key 2")
    assert line.startswith("ok   key 2 of WEERKLANK_SEALING_KEYS is no longer needed: it may be taken away")

    with office.database.write() as connection:
        connection.execute(sa.delete(code_pool))
        codes.stock(connection, keyring, [codes.Code("12345678", b"h" * 32)])
    office.settle(NEWER)
    [line] = told(office, "a key that is not set")
    assert line.startswith(
        "MEND rows are sealed under a key that is not set: 1 in code_pool.code_sealed: put the key that was taken away back"
    )
