"""More comes in than can be written: nothing is held in memory for it, nothing is lost, and nothing is kept twice."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.identity import Identity
from bot.inbox import Inbox
from bot.spool import Spool
from channels.base import Inbound
from store.database import Database, StoreAway, open_database
from store.sealing import Keyring, new_key
from store.tables import inbox as rows
from store.writer import Writer

FROM_TWILIO = Inbound("sms", "SM1", "+447700900321", "message", "They did not pay overtime")
FROM_TELEGRAM = Inbound("telegram", "1:1", "901", "message", "They did not pay overtime")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


def _kept(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(sa.select(rows.c.key).order_by(rows.c.key)).scalars())


def _done(_connection: sa.Connection, numbers: Sequence[int]) -> Sequence[int]:
    return numbers


def test_twilios_words_wait_on_disk_and_telegrams_with_telegram_until_there_is_room(database: Database, tmp_path: Path) -> None:
    keyring = Keyring([new_key()], new_key())
    writer, spool = Writer(database, capacity=1), Spool(tmp_path, keyring)
    other_work = writer.lane("other work", _done)
    inbox = Inbox(writer, Identity(keyring), spool, lambda: 1_000_000, lambda *_: None)

    async def story() -> None:
        fills_it = asyncio.ensure_future(writer.submit(other_work, 1))
        await asyncio.sleep(0)

        await inbox.accept([FROM_TWILIO])
        with pytest.raises(StoreAway, match="the carrier will call again"):
            await inbox.accept([FROM_TELEGRAM])
        assert [message.key for _, message in spool.oldest(10)] == ["SM1"]

        writer.start()
        await fills_it
        assert await inbox.replay() == 1
        for again in (FROM_TWILIO, FROM_TELEGRAM):
            await inbox.accept([again])

    asyncio.run(story())
    writer.stop()

    assert _kept(database) == ["1:1", "SM1"]
    assert spool.is_empty()
