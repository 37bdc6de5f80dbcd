"""Keys are rotated beside the traffic: nobody who writes meanwhile notices, and the talk goes on when the older key is gone."""

import base64
import subprocess
import time
from pathlib import Path

import sqlalchemy as sa

from bot.identity import Identity
from store.rotation import standing
from store.sealing import new_key
from store.tables import inbox
from tests.processes import COMMAND, Installation
from tests.story.street import Street, street, until

HOUSE = Path(__file__).parents[2]
KEYS = "WEERKLANK_SEALING_KEYS"
OTHERS = 3000
FIRST = 70_001
SLOWEST = 10.0


def again(house: Installation, *keys: str) -> None:
    """Start every process again with these keys."""
    house.stop()
    house.environment[KEYS] = ",".join(keys)
    house.start()
    house.await_up()


def waits(place: Street) -> int:
    with place.database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).where(inbox.c.state != "done")).scalar_one()


def written_meanwhile(place: Street, rotating: "subprocess.Popen[str]") -> list[int]:
    """Strangers write, and one worker goes on talking, until the rotation has ended; gives the strangers."""
    wrote: list[int] = []
    for person in range(70_002, 70_200):
        began = time.monotonic()
        assert place.telegram_says(person, "52746 en").status == 200
        assert place.telegram_says(FIRST, f"They did not pay person {person}").status == 200
        assert time.monotonic() - began < SLOWEST
        wrote.append(person)
        if rotating.poll() is not None:
            break
    return wrote


def test_workers_who_write_while_keys_are_rotated_are_answered_and_nothing_needs_the_older_key(database_url: str, tmp_path: Path) -> None:
    with street(database_url, tmp_path) as place:
        house = place.house
        older, newer = house.environment[KEYS], base64.b64encode(new_key()).decode()
        place.telegram_says(FIRST, "52746 en")
        place.texts(place.telegram, str(FIRST), 1)
        with place.database.write() as connection:
            Identity(house.keyring()).pseudonyms(connection, [("sms", f"+4477{number:08d}") for number in range(OTHERS)])

        # First behind the older key, so that every process can open it before any seals under it; then in front.
        again(house, older, newer)
        again(house, newer, older)
        rotating = subprocess.Popen([COMMAND, "keys", "rotate"], env=house.environment, cwd=HOUSE, stdout=subprocess.PIPE, text=True)
        wrote = written_meanwhile(place, rotating)
        said, _ = rotating.communicate(timeout=60)
        assert rotating.returncode == 0, said
        assert len(wrote) >= 5
        until(lambda: waits(place) == 0, "everything to be handled")
        for person in wrote:
            place.texts(place.telegram, str(person), 1)

        again(house, newer)
        before = len(place.telegram.texts_to(str(FIRST)))
        assert place.telegram_says(FIRST, "And once more").status == 200
        place.texts(place.telegram, str(FIRST), before + 1)
        with place.database.read() as connection:
            found = standing(connection, house.keyring())
        assert sum(counted.total() for counted in found.values()) == sum(counted[1] for counted in found.values()) > OTHERS
        assert [key for key in (older, newer) if key in house.logs() + said] == []
