"""What lies at Telegram is brought from there and deleted there: files within bounds, messages while they are young enough."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels import telegram
from channels.base import Attachment, FetchError, Purged, Trace
from channels.telegram import TelegramChannel
from channels.telegram_api import TelegramApi
from tests.doubles.carrier import Fault
from tests.doubles.telegram import TelegramDouble
from tests.doubles.telegram_posts import SECRET, TOKEN, message, tapped, update

T = TypeVar("T")
WHO, OTHER = "7012345678", "7055555555"
VOICE = Attachment("voice", "AwACAgIAAxkBAAIBiWQ", "audio/ogg", 9)
HOUR = 3600
FLOOD = Fault(429, text="Too Many Requests: retry after 11", retry_after=11)
DONE = Purged("done")
TOO_OLD = Purged("impossible", telegram.TOO_OLD)


@pytest.fixture
def double() -> Iterator[TelegramDouble]:
    with TelegramDouble() as opened:
        yield opened


def run(double: TelegramDouble, work: Callable[[TelegramChannel], Awaitable[T]], token: str = TOKEN) -> T:
    async def whole() -> T:
        channel = TelegramChannel(token, double.url, patience=5)
        try:
            return await work(channel)
        finally:
            await channel.close()

    return asyncio.run(whole())


def fetch(double: TelegramDouble, attachment: Attachment = VOICE, most: int = 1000) -> bytes:
    return run(double, lambda channel: channel.fetch(attachment, most))


def unfetched(double: TelegramDouble, attachment: Attachment = VOICE, most: int = 1000) -> FetchError:
    with pytest.raises(FetchError) as caught:
        fetch(double, attachment, most)
    return caught.value


def test_a_voice_note_is_brought_byte_for_byte(double: TelegramDouble) -> None:
    content = bytes(range(256)) * 3
    double.lay(VOICE.ref, content)

    assert fetch(double) == content


@pytest.mark.parametrize("path", ["voice/file_1.oga", "photos/file_22.jpg", "documents/pay slip.pdf", "file_3"])
def test_a_file_is_brought_from_wherever_telegram_says_it_lies(double: TelegramDouble, path: str) -> None:
    double.lay(VOICE.ref, b"OggS", path=path)

    assert fetch(double) == b"OggS"


@pytest.mark.parametrize(
    "path",
    [
        "https://stranger.example/x",
        "//stranger.example/x",
        "/etc/passwd",
        "../../bot/getMe",
        "voice/../../x",
        "",
        "@stranger.example",
        "voice/x?y",
    ],
)
def test_a_file_is_never_brought_from_anywhere_but_telegrams_own_folder(double: TelegramDouble, path: str) -> None:
    double.lay(VOICE.ref, b"OggS", path=path)

    assert unfetched(double).why == "Telegram named no place where the file lies"


def test_a_file_that_says_it_is_too_large_is_not_brought(double: TelegramDouble) -> None:
    double.lay(VOICE.ref, b"x" * 10, claimed=1001)
    error = unfetched(double)

    assert (error.why, error.temporary) == ("the file is larger than is taken here", False)


def test_a_file_that_lies_about_its_size_is_cut_off(double: TelegramDouble) -> None:
    double.lay(VOICE.ref, b"x" * 5_000_000, claimed=10)
    error = unfetched(double)

    assert (error.why, error.temporary) == ("the file is larger than is taken here", False)


def test_a_file_above_twenty_megabytes_is_said_to_be_so(double: TelegramDouble) -> None:
    double.lay(VOICE.ref, b"x", claimed=20 * 1024 * 1024 + 1)

    assert unfetched(double).why == "the file is larger than the 20 MB that Telegram gives to bots"


def test_a_file_that_is_gone_from_its_place_may_be_there_later(double: TelegramDouble) -> None:
    async def gone(channel: TelegramChannel) -> bytes:
        double._download = lambda path: b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"  # type: ignore[method-assign]
        return await channel.fetch(VOICE, 1000)

    double.lay(VOICE.ref, b"OggS")
    with pytest.raises(FetchError) as caught:
        run(double, gone)

    assert caught.value.temporary


@pytest.mark.parametrize("fault", [FLOOD, Fault(500, text="Internal Server Error"), Fault(drop=True)], ids=["flood", "trouble", "hangs up"])
def test_a_file_that_cannot_be_asked_for_now_is_asked_for_again(double: TelegramDouble, fault: Fault) -> None:
    double.lay(VOICE.ref, b"OggS")
    double.trouble["getFile"].append(fault)

    assert unfetched(double).temporary
    assert fetch(double) == b"OggS"


def test_a_file_that_telegram_does_not_know_may_only_be_away(double: TelegramDouble) -> None:
    assert unfetched(double).temporary


def test_a_file_of_another_bot_is_never_given(double: TelegramDouble) -> None:
    double.trouble["getFile"].append(Fault(400, text="Bad Request: wrong remote file identifier specified"))
    error = unfetched(double)

    assert (error.why, error.temporary) == ("Telegram does not give this file", False)


def test_a_place_has_nothing_to_fetch(double: TelegramDouble) -> None:
    assert not unfetched(double, Attachment("place", "23.810300,90.412500")).temporary
    assert double.calls == []


def there(double: TelegramDouble, *numbers: int, who: str = WHO, age: float = HOUR) -> list[Trace]:
    """Messages that lie in a chat, and how we know of them."""
    sent = time.time() - age
    double.messages.update({(who, number): sent for number in numbers})
    return [Trace(str(number), who, int(sent * 1000), ours=bool(number % 2)) for number in numbers]


def purge(double: TelegramDouble, traces: Sequence[Trace]) -> list[Purged]:
    return list(run(double, lambda channel: channel.purge(traces)))


def test_the_bots_and_the_workers_messages_are_deleted_for_both(double: TelegramDouble) -> None:
    traces = there(double, 1, 2, 3)

    assert purge(double, traces) == [DONE] * 3
    assert double.messages == {}
    assert double.called("deleteMessages") == [{"chat_id": int(WHO), "message_ids": [1, 2, 3]}]


@pytest.mark.parametrize(("count", "calls"), [(0, []), (1, [1]), (100, [100]), (101, [100, 1]), (250, [100, 100, 50])])
def test_at_most_a_hundred_are_deleted_at_once(double: TelegramDouble, count: int, calls: list[int]) -> None:
    assert purge(double, there(double, *range(1, count + 1))) == [DONE] * count
    assert [len(each["message_ids"]) for each in double.called("deleteMessages")] == calls


def test_each_worker_is_asked_for_apart_and_outcomes_keep_their_order(double: TelegramDouble) -> None:
    double.blocked.add(OTHER)
    mine, others = there(double, 1, 2), there(double, 7, 8, who=OTHER)
    outcomes = purge(double, [mine[0], others[0], mine[1], others[1]])

    assert outcomes == [DONE, Purged("impossible", telegram.NOT_OURS)] * 2


def test_what_is_older_than_two_days_is_said_to_be_impossible_without_asking(double: TelegramDouble) -> None:
    young, old = there(double, 1), there(double, 2, age=48 * HOUR + 1)

    assert purge(double, [*old, *young]) == [TOO_OLD, DONE]
    assert [each["message_ids"] for each in double.called("deleteMessages")] == [[1]]


def test_what_was_gone_already_is_done(double: TelegramDouble) -> None:
    traces = there(double, 1, 2)
    double.messages.clear()

    assert purge(double, traces) == [DONE] * 2


def test_one_message_that_telegram_does_not_delete_keeps_none_of_the_others(double: TelegramDouble) -> None:
    traces = there(double, *range(1, 101))
    double.messages[WHO, 37] = time.time() - 49 * HOUR
    outcomes = purge(double, traces)

    assert [place for place, outcome in enumerate(outcomes, start=1) if outcome == TOO_OLD] == [37]
    assert outcomes.count(DONE) == 99
    assert len(double.called("deleteMessages")) <= 16


def test_flood_control_leaves_the_rest_for_as_long_as_telegram_asks(double: TelegramDouble) -> None:
    double.trouble["deleteMessages"].append(FLOOD)
    outcomes = purge(double, [*there(double, *range(1, 251)), *there(double, 900, age=72 * HOUR)])

    assert outcomes == [Purged("later", "Telegram takes no deletions now", 11.0)] * 250 + [TOO_OLD]
    assert len(double.messages) == 251


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (Fault(500, text="Internal Server Error"), "later"),
        (Fault(drop=True), "later"),
        (Fault(401, text="Unauthorized"), "later"),
        (Fault(403, text="Forbidden: user is deactivated"), "impossible"),
        (Fault(400, text="Bad Request: chat not found"), "impossible"),
        (Fault(400, text="Bad Request: message to delete not found"), "done"),
        (Fault(400, text="Bad Request: message can't be deleted"), "impossible"),
    ],
    ids=lambda value: value.text or "hangs up" if isinstance(value, Fault) else None,
)
def test_a_refused_deletion_has_its_outcome(double: TelegramDouble, fault: Fault, outcome: str) -> None:
    double.trouble["deleteMessages"].append(fault)

    assert [each.outcome for each in purge(double, there(double, 5))] == [outcome]


def test_what_was_never_telegrams_is_impossible(double: TelegramDouble) -> None:
    assert purge(double, [Trace("SM41", WHO, int(time.time() * 1000), ours=True)]) == [Purged("impossible", telegram.UNKNOWN)]


@given(st.lists(st.tuples(st.sampled_from([WHO, OTHER]), st.integers(1, 400), st.booleans()), max_size=300))
def test_whatever_is_to_be_purged_has_one_outcome_each(asked: list[tuple[str, int, bool]]) -> None:
    """Duplicates too; and what is too old never costs what is young."""
    with TelegramDouble() as double:
        traces = [each for who, number, old in asked for each in there(double, number, who=who, age=(60 if old else 1) * HOUR)]
        outcomes = purge(double, traces)

    assert len(outcomes) == len(traces)
    assert all(outcome == TOO_OLD for outcome, (_, _, old) in zip(outcomes, asked, strict=True) if old)


def test_no_reason_holds_an_address(double: TelegramDouble) -> None:
    double.trouble["deleteMessages"].append(Fault(400, text=f"Bad Request: chat {WHO} is strange"))

    assert all(WHO not in repr(each) for each in purge(double, there(double, 5)))


def test_the_token_is_in_no_log_no_error_and_no_value_whatever_is_called(double: TelegramDouble, caplog: pytest.LogCaptureFixture) -> None:
    """At DEBUG, with the loggers of the libraries as they are in the service."""
    double.lay(VOICE.ref, b"x" * 2000, claimed=5)
    logging.getLogger().setLevel(logging.DEBUG)
    api = TelegramApi(TOKEN, double.url, patience=0.5)
    told: list[str] = [repr(api), str(api)]

    async def everything() -> None:
        for fault in (None, Fault(400, text=f"Bad Request: {WHO} {TOKEN}"), Fault(500), Fault(drop=True), Fault(seconds=2.0)):
            for method, call in (
                ("sendMessage", lambda: api.say(WHO, "Saved by Rahima.")),
                ("deleteMessages", lambda: api.delete(WHO, [1])),
                ("getFile", lambda: api.file(VOICE.ref, 1000)),
                ("getUpdates", lambda: api.updates(None, 0, ("message",))),
                ("getWebhookInfo", api.webhook),
                ("setWebhook", lambda: api.set_webhook("https://line.example/webhooks/telegram", SECRET, ("message",), 40)),
                ("deleteWebhook", api.delete_webhook),
                ("answerCallbackQuery", lambda: api.acknowledge("30117")),
            ):
                if fault is not None:
                    double.trouble[method].append(fault)
                try:
                    await call()
                except Exception as error:
                    told.append(f"{error} {error!r} {error.args}")
                    logging.getLogger("weerklank").exception("it broke")
        await api.close()

    double.bring(update(message=message(int(WHO), text="They shout at Rahima")), tapped(int(WHO), "danger.yes"))
    asyncio.run(everything())
    everything_said = caplog.text + "".join(told)

    assert "it broke" in caplog.text
    assert [each for each in (TOKEN, TOKEN.partition(":")[2], SECRET, WHO, "Rahima") if each in everything_said] == []
