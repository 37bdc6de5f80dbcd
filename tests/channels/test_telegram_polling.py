"""Telegram is asked where it cannot post: every update is kept before it is confirmed, and trouble is told in words that help."""

import asyncio
import logging
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot.polling import Polling
from channels.base import Inbound
from channels.source import News, SourceError
from channels.telegram_api import TelegramApi
from channels.telegram_polling import TelegramSource
from channels.telegram_reader import TelegramReader
from store.alone import Alone
from store.database import StoreAway, open_database
from tests.doubles.carrier import Fault
from tests.doubles.telegram import TelegramDouble
from tests.doubles.telegram_posts import BOT_ID, SECRET, TOKEN, message, said, tapped, update

T = TypeVar("T")
WHO = 7012345678


@pytest.fixture
def double() -> Iterator[TelegramDouble]:
    with TelegramDouble() as opened:
        yield opened


def run(double: TelegramDouble, work: Callable[[TelegramSource], Awaitable[T]], hold: int = 0) -> T:
    async def whole() -> T:
        source = TelegramSource(TelegramApi(TOKEN, double.url, patience=5), TelegramReader("", BOT_ID), hold=hold)
        try:
            return await work(source)
        finally:
            await source.close()

    return asyncio.run(whole())


def texts(news: Sequence[News]) -> list[str]:
    return [each.text for one in news for each in one.messages]


def test_what_is_asked_is_read_as_what_is_posted(double: TelegramDouble) -> None:
    posted = said(WHO, "বেতন পাইনি 😡")
    double.bring(posted, tapped(WHO, "danger.yes"))
    first, second = run(double, lambda source: source.ask())

    assert first.messages == (
        Inbound("telegram", f"{BOT_ID}:{posted['update_id']}", str(WHO), "message", "বেতন পাইনি 😡", trace=first.messages[0].trace),
    )
    assert (second.messages[0].kind, second.messages[0].option, bool(second.tap)) == ("button", "danger.yes", True)


def test_updates_are_told_again_until_they_are_kept(double: TelegramDouble) -> None:
    double.bring(said(WHO, "one"), said(WHO, "two"))

    async def thrice(source: TelegramSource) -> list[list[str]]:
        first, again = await source.ask(), await source.ask()
        await source.kept(first)
        double.bring(said(WHO, "three"))
        return [texts(first), texts(again), texts(await source.ask())]

    assert run(double, thrice) == [["one", "two"], ["one", "two"], ["three"]]


def test_only_the_kinds_that_are_read_are_asked_for_and_the_question_stays_open(double: TelegramDouble) -> None:
    began = time.monotonic()
    assert run(double, lambda source: source.ask(), hold=1) == []

    assert time.monotonic() - began >= 1
    assert double.called("getUpdates") == [
        {"timeout": 1, "allowed_updates": ["message", "edited_message", "callback_query", "my_chat_member"]}
    ]


def test_a_question_that_is_open_is_answered_as_soon_as_something_happens(double: TelegramDouble) -> None:
    async def soon(source: TelegramSource) -> list[str]:
        asyncio.get_running_loop().call_later(0.1, double.bring, said(WHO, "now"))
        return texts(await source.ask())

    began = time.monotonic()
    assert run(double, soon, hold=20) == ["now"]
    assert time.monotonic() - began < 10


def test_a_tap_is_acknowledged_once_it_is_kept_and_one_that_is_too_old_harms_nobody(double: TelegramDouble) -> None:
    young, old = tapped(WHO, "danger.yes"), tapped(WHO, "danger.no")
    young["callback_query"]["id"], old["callback_query"]["id"] = "1", "2"  # type: ignore[index]
    double.bring(young, old)
    double.taps["2"] -= 151

    async def kept(source: TelegramSource) -> int:
        news = await source.ask()
        before = len(double.acknowledged)
        await source.kept(news)
        return before

    assert (run(double, kept), double.acknowledged) == (0, ["1"])


@pytest.mark.parametrize(
    "odd",
    [
        {"update_id": 5, "message": "Rahima"},
        {"update_id": 5, "message": {"chat": {"id": "x"}}},
        {"update_id": 5},
        {"update_id": 5, "message": {"chat": {"id": WHO, "type": "private"}, "text": 7}},
        {"update_id": 5, "message": {"chat": {"id": WHO, "type": "private"}, "photo": {"a": 1}}},
    ],
)
def test_an_update_that_nobody_can_read_holds_up_nobody(double: TelegramDouble, odd: dict[str, Any]) -> None:
    double.queue.extend([odd, said(WHO, "behind it")])

    async def on(source: TelegramSource) -> list[str]:
        news = await source.ask()
        await source.kept(news)
        return texts(news) + texts(await source.ask())

    assert [text for text in run(double, on) if text] == ["behind it"]


def test_half_a_character_is_no_reason_to_lose_the_words_around_it(double: TelegramDouble) -> None:
    double.queue.append(update(message=message(WHO, text="they shout \ud83d at us")))

    assert texts(run(double, lambda source: source.ask())) == ["they shout ? at us"]


def asked(double: TelegramDouble) -> SourceError:
    with pytest.raises(SourceError) as caught:
        run(double, lambda source: source.ask())
    return caught.value


def test_a_webhook_that_stands_in_the_way_is_said_with_the_command_that_takes_it_away(double: TelegramDouble) -> None:
    double.hook = {"url": "https://line.example/webhooks/telegram", "secret_token": SECRET}
    error = asked(double)

    assert (error.mend, "weerklank telegram webhook delete" in error.why) == (True, True)


def test_a_webhook_that_is_set_while_a_question_is_open_is_said_at_once(double: TelegramDouble) -> None:
    async def cut_off(source: TelegramSource) -> str:
        hook = {"url": "https://line.example/webhooks/telegram"}
        asyncio.get_running_loop().call_later(0.1, double.hook.update, hook)
        with pytest.raises(SourceError) as caught:
            await source.ask()
        return caught.value.why

    began = time.monotonic()
    assert "weerklank telegram webhook delete" in run(double, cut_off, hold=20)
    assert time.monotonic() - began < 10


def test_somebody_else_who_asks_is_said(double: TelegramDouble) -> None:
    async def two(source: TelegramSource) -> str:
        first = asyncio.create_task(source.ask())
        await asyncio.sleep(0.2)
        other = TelegramSource(TelegramApi(TOKEN, double.url), TelegramReader("", BOT_ID), hold=0)
        await other.ask()
        await other.close()
        with pytest.raises(SourceError) as caught:
            await first
        return caught.value.why

    assert "somebody else asks" in run(double, two, hold=10)


@pytest.mark.parametrize(
    ("fault", "wait", "mend"),
    [
        (Fault(401, text="Unauthorized"), 60, True),
        (Fault(429, text="Too Many Requests: retry after 17", retry_after=17), 17, False),
        (Fault(502, text="Bad Gateway"), 5, False),
        (Fault(drop=True), 5, False),
    ],
    ids=["wrong token", "flood", "in trouble", "hangs up"],
)
def test_trouble_says_how_long_to_wait_and_who_can_end_it(double: TelegramDouble, fault: Fault, wait: float, mend: bool) -> None:
    double.trouble["getUpdates"].append(fault)
    error = asked(double)

    assert (error.wait, error.mend) == (wait, mend)
    assert TOKEN not in repr(error)


def test_a_talk_in_the_terminal_takes_no_real_workers_words(double: TelegramDouble, tmp_path: Path) -> None:
    double.bring(said(WHO, "for the real line"))
    named = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_POLLING": "true", "TELEGRAM_API_URL": double.url}
    environment = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    environment |= {f"WEERKLANK_{name}": value for name, value in named.items()}
    command = [sys.executable, "-m", "weerklank", "talk", "raise-concern"]
    talk = subprocess.run(command, input="52746 en\nhello\n\n", env=environment, cwd=tmp_path, capture_output=True, text=True, check=True)

    assert "Work info line" in talk.stdout
    assert double.calls == []


class Kept:
    """An inbox that keeps what it is given, after the faults it was given first."""

    def __init__(self, *faults: Exception | None) -> None:
        self.faults = list(faults)
        self.texts: list[str] = []

    async def __call__(self, messages: Sequence[Inbound]) -> None:
        fault = self.faults.pop(0) if self.faults else None
        if fault is not None:
            raise fault
        if any(each.text == "poison" for each in messages):
            raise ValueError("a worker said: poison")
        self.texts += [each.text for each in messages]


@pytest.fixture
def alone(sqlite_url: str) -> Iterator[Alone]:
    database = open_database(sqlite_url)
    yield Alone(database, "telegram")
    database.close()


def test_while_the_database_is_away_nothing_is_confirmed_and_nothing_is_lost(double: TelegramDouble, alone: Alone) -> None:
    inbox = Kept(StoreAway("away"), StoreAway("away"))
    double.bring(said(WHO, "one"), said(WHO, "two"))

    async def thrice(source: TelegramSource) -> None:
        polling = Polling("telegram", source, inbox, alone)
        for _ in range(2):
            with pytest.raises(StoreAway):
                await polling.ask()
        await polling.ask()
        await polling.ask()

    run(double, thrice)

    assert inbox.texts == ["one", "two"]
    assert [each.get("offset", 0) > 0 for each in double.called("getUpdates")] == [False, False, False, True]


def test_a_message_that_breaks_the_inbox_is_passed_over_and_told_without_its_words(
    double: TelegramDouble, alone: Alone, caplog: pytest.LogCaptureFixture
) -> None:
    inbox = Kept()
    double.bring(said(WHO, "before"), said(WHO, "poison"), said(WHO, "behind"))
    run(double, lambda source: Polling("telegram", source, inbox, alone).ask())

    assert inbox.texts == ["before", "behind"]
    assert "ValueError" in caplog.text
    assert "poison" not in caplog.text


def test_a_lasting_trouble_is_told_once(double: TelegramDouble, alone: Alone, caplog: pytest.LogCaptureFixture) -> None:
    double.trouble["getUpdates"].extend([Fault(429, text="Too Many Requests: retry after 0.01", retry_after=0.01)] * 3)  # type: ignore[arg-type]
    caplog.set_level(logging.INFO)

    async def on(source: TelegramSource) -> None:
        polling = Polling("telegram", source, Kept(), alone)
        for _ in range(4):
            await polling.ask()

    run(double, on)

    assert caplog.text.count("Telegram cannot be reached") == 1


def test_one_process_asks_and_another_takes_over_when_it_is_gone(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    first, second = Alone(database, "telegram"), Alone(database, "telegram")

    assert [first.is_mine(), second.is_mine(), first.is_mine(), second.is_mine()] == [True, False, True, False]
    first.let_go()
    assert [second.is_mine(), first.is_mine()] == [True, False]
    second.let_go()
    database.close()


def test_a_process_that_lost_its_connection_lost_its_claim_too(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    first, second = Alone(database, "telegram"), Alone(database, "telegram")
    assert first.is_mine()
    with database.write() as connection:
        connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())"
        )

    assert [second.is_mine(), first.is_mine()] == [True, False]
    second.let_go()
    database.close()


def test_on_sqlite_there_is_nobody_else(alone: Alone) -> None:
    assert alone.is_mine()
    alone.let_go()
    assert alone.is_mine()
