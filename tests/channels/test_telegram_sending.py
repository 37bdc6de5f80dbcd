"""What we say over Telegram, line by line of what its Bot API carries: the real client against a double with the carrier's limits."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, TypeVar

import pytest

from channels.base import Choice, Failure, Outbound, Recording, SendError, Sent
from channels.telegram import TelegramChannel
from tests.doubles.carrier import Fault
from tests.doubles.telegram import TelegramDouble
from tests.doubles.telegram_posts import TOKEN

T = TypeVar("T")
WHO = "7012345678"
VOICE = Recording(b"OggS" + b"\x00" * 60, "https://line.example/voice/hello.ogg")
KEYS = ["chat_id", "link_preview_options", "protect_content", "text"]


@pytest.fixture
def double() -> Iterator[TelegramDouble]:
    with TelegramDouble() as opened:
        yield opened


def run(double: TelegramDouble, work: Callable[[TelegramChannel], Awaitable[T]]) -> T:
    """Open the channel, do something with it, close it."""

    async def whole() -> T:
        channel = TelegramChannel(TOKEN, double.url, patience=5)
        try:
            return await work(channel)
        finally:
            await channel.close()

    return asyncio.run(whole())


def said(text: str = "Saved.", **more: Any) -> Outbound:
    return Outbound("41", WHO, text, **more)


def send(double: TelegramDouble, message: Outbound) -> Sent:
    return run(double, lambda channel: channel.send(message))


def refused(double: TelegramDouble, message: Outbound) -> SendError:
    with pytest.raises(SendError) as caught:
        send(double, message)
    return caught.value


def choices(count: int, *, id_of: Callable[[int], str] = "node.{}".format) -> tuple[Choice, ...]:
    return tuple(Choice(id_of(number), f"Answer {number}") for number in range(count))


TEXTS = {
    "one letter": "a",
    "Bengali": "বেতন পাইনি",
    "right to left": "لم يدفعوا",
    "a face of four code points": "👩‍🏭 works",
    "what looks like a tag": "<b>not</b> & <i>bold</i>",
    "what looks like markdown": "*not* _bold_ [link](https://paper.example) `x`",
    "a link": "https://paper.example/x",
    "a mention": "@rahima_invented says",
    "a command": "/start",
    "several lines": "one\n\ntwo\n three",
    "the longest": "x" * 4096,
    "a percent and a plus": "100% + 5&a=b",
    "quotes and a backslash": "\"'\\",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_text_arrives_letter_for_letter_and_means_nothing_to_telegram(double: TelegramDouble, text: str) -> None:
    sent = send(double, said(text))
    (fields,) = double.called("sendMessage")

    assert double.texts_to(WHO) == [text]
    assert sorted(fields) == KEYS
    assert (fields["protect_content"], fields["link_preview_options"]) == (True, {"is_disabled": True})
    assert sent == Sent(sent.provider_id, "sent", ())


SHAPES = {
    "two answers": choices(2),
    "as many as the card says": choices(12),
    "the most that Telegram takes": choices(100),
    "ids of 64 bytes": choices(2, id_of=lambda number: f"{number}" + "n" * 63),
    "ids of 64 bytes in Bengali": choices(2, id_of=lambda number: f"{number}" + "ক" * 21),
}


@pytest.mark.parametrize("shown", SHAPES.values(), ids=SHAPES)
def test_choices_are_buttons_one_below_the_other(double: TelegramDouble, shown: tuple[Choice, ...]) -> None:
    send(double, said("Which one?", choices=shown))
    (fields,) = double.called("sendMessage")

    assert [len(row) for row in fields["reply_markup"]["inline_keyboard"]] == [1] * len(shown)
    assert double.taken[0].choices == tuple((each.id, each.title) for each in shown)
    assert fields["text"] == "Which one?"


UNFIT = {
    "more than Telegram takes": choices(101),
    "an id of 65 bytes": choices(2, id_of=lambda number: f"{number}" + "n" * 64),
    "an id of 22 letters of Bengali": choices(2, id_of=lambda number: f"{number}" + "ক" * 22),
    "an empty id": choices(2, id_of=lambda number: ""),
    "a button without words": (Choice("node.a", "Yes"), Choice("node.b", " ")),
}


@pytest.mark.parametrize("shown", UNFIT.values(), ids=UNFIT)
def test_choices_that_no_button_can_carry_are_numbered_lines(double: TelegramDouble, shown: tuple[Choice, ...]) -> None:
    message = said("Which one?", choices=shown)
    send(double, message)

    assert double.texts_to(WHO) == [message.numbered]
    assert "reply_markup" not in double.called("sendMessage")[0]


@pytest.mark.parametrize("length", [4097, 8192, 8193, 20_000])
def test_a_longer_text_leaves_in_parts_and_every_one_is_told(double: TelegramDouble, length: int) -> None:
    sent = send(double, said("x" * length, choices=choices(2)))
    arrived = double.taken

    assert "".join(double.texts_to(WHO)) == "x" * length
    assert [each.id for each in arrived] == [*sent.beside, sent.provider_id]
    assert [bool(each.choices) for each in arrived] == [False] * (len(arrived) - 1) + [True]


def test_a_knock_comes_without_a_sound_and_can_be_neither_forwarded_nor_saved(double: TelegramDouble) -> None:
    send(double, said("1 new message. Answer 1 to read it.", knock=True, choices=choices(1)))
    (fields,) = double.called("sendMessage")

    assert (fields["disable_notification"], fields["protect_content"]) == (True, True)


def test_words_that_answer_the_worker_may_sound(double: TelegramDouble) -> None:
    send(double, said(voice=VOICE))

    assert all("disable_notification" not in fields for _, fields in double.calls)


def test_a_recording_leaves_before_its_text_and_both_are_told(double: TelegramDouble) -> None:
    sent = send(double, said("Is anyone in danger now?", choices=choices(2), voice=VOICE))

    assert [method for method, _ in double.calls] == ["sendVoice", "sendMessage"]
    assert double.called("sendVoice")[0] == {"chat_id": int(WHO), "voice": VOICE.sound, "protect_content": True}
    assert [each.id for each in double.taken] == [*sent.beside, sent.provider_id]


@pytest.mark.parametrize(
    ("sound", "media_type"),
    [(b"ID3\x04", "audio/mpeg"), (b"\xff\xfb\x90", "audio/mpeg"), (b"\x00\x00\x00\x20ftypM4A ", "audio/mp4")],
    ids=["mp3 with a title", "mp3", "m4a"],
)
def test_every_kind_of_recording_that_admins_can_bring_is_taken(double: TelegramDouble, sound: bytes, media_type: str) -> None:
    sent = send(double, said(voice=Recording(sound, "https://line.example/voices/x", media_type)))

    assert len(sent.beside) == 1


def test_a_recording_beside_a_knock_is_as_quiet(double: TelegramDouble) -> None:
    send(double, said("1 new message.", knock=True, voice=VOICE))

    assert [fields["disable_notification"] for _, fields in double.calls] == [True, True]


def test_the_text_arrives_where_the_worker_refuses_recordings(double: TelegramDouble) -> None:
    double.mute.add(WHO)
    sent = send(double, said("Saved.", voice=VOICE))

    assert (double.texts_to(WHO), sent.beside) == (["Saved."], ())


@pytest.mark.parametrize(
    "fault",
    [Fault(500, text="Internal Server Error"), Fault(drop=True), Fault(413, text="Request Entity Too Large")],
    ids=["in trouble", "hangs up", "too large"],
)
def test_the_text_arrives_when_its_recording_does_not(double: TelegramDouble, fault: Fault) -> None:
    double.trouble["sendVoice"].append(fault)
    send(double, said("Saved.", voice=VOICE))

    assert double.texts_to(WHO) == ["Saved."]


def test_a_recording_that_is_none_costs_nobody_the_text(double: TelegramDouble) -> None:
    send(double, said("Saved.", voice=Recording(b"<html>", "https://line.example/voice/hello.ogg")))

    assert double.texts_to(WHO) == ["Saved."]


def test_a_recording_that_meets_flood_control_leaves_the_text_for_later_too(double: TelegramDouble) -> None:
    double.trouble["sendVoice"].append(Fault(429, text="Too Many Requests: retry after 9", retry_after=9))
    error = refused(double, said("Saved.", voice=VOICE))

    assert (error.failure, error.retry_after, error.ambiguous) == (Failure.RATE_LIMITED, 9, False)
    assert double.called("sendMessage") == []


def test_a_text_that_fails_after_its_recording_is_judged_alone(double: TelegramDouble) -> None:
    double.faults.extend([Fault(), Fault(429, text="Too Many Requests: retry after 9", retry_after=9)])
    error = refused(double, said("Saved.", voice=VOICE))

    assert (error.failure, error.ambiguous) == (Failure.RATE_LIMITED, False)


def test_a_worker_who_blocked_the_bot_gets_neither_recording_nor_text(double: TelegramDouble) -> None:
    double.blocked.add(WHO)
    error = refused(double, said("Saved.", voice=VOICE))

    assert (error.failure, error.code, error.ambiguous) == (Failure.BLOCKED_BY_USER, "403", False)
    assert [method for method, _ in double.calls] == ["sendVoice"]


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_nothing_to_say_is_for_the_operator(double: TelegramDouble, text: str) -> None:
    assert refused(double, said(text)).failure is Failure.BAD_CONTENT


def test_a_name_is_no_address(double: TelegramDouble) -> None:
    assert refused(double, Outbound("41", "@rahima_invented", "Saved.")).failure is Failure.UNDELIVERABLE


REFUSALS: dict[str, tuple[Fault, Failure, bool, float | None]] = {
    "flood": (Fault(429, text="Too Many Requests: retry after 35", retry_after=35), Failure.RATE_LIMITED, False, 35),
    "flood without a time": (Fault(429, text="Too Many Requests"), Failure.RATE_LIMITED, False, None),
    "blocked": (Fault(403, text="Forbidden: bot was blocked by the user"), Failure.BLOCKED_BY_USER, False, None),
    "deactivated": (Fault(403, text="Forbidden: user is deactivated"), Failure.UNDELIVERABLE, False, None),
    "never begun": (Fault(403, text="Forbidden: bot can't initiate conversation with a user"), Failure.UNDELIVERABLE, False, None),
    "a new word of 403": (Fault(403, text="Forbidden: something new"), Failure.BLOCKED_BY_USER, False, None),
    "no chat": (Fault(400, text="Bad Request: chat not found"), Failure.UNDELIVERABLE, False, None),
    "too long": (Fault(400, text="Bad Request: message is too long"), Failure.BAD_CONTENT, False, None),
    "entities": (Fault(400, text="Bad Request: can't parse entities: Unsupported start tag"), Failure.BAD_CONTENT, False, None),
    "buttons": (Fault(400, text="Bad Request: BUTTON_DATA_INVALID"), Failure.BAD_CONTENT, False, None),
    "a new word of 400": (Fault(400, text="Bad Request: something new"), Failure.BAD_CONTENT, False, None),
    "wrong token": (Fault(401, text="Unauthorized"), Failure.CONFIG, False, None),
    "no such bot": (Fault(404, text="Not Found"), Failure.CONFIG, False, None),
    "in trouble": (Fault(500, text="Internal Server Error"), Failure.TEMPORARY, True, None),
    "bad gateway": (Fault(502, text="Bad Gateway"), Failure.TEMPORARY, True, None),
    "restarting": (Fault(503, text="Service Unavailable"), Failure.TEMPORARY, True, None),
    "hangs up": (Fault(drop=True), Failure.TEMPORARY, True, None),
}


@pytest.mark.parametrize(("fault", "failure", "ambiguous", "wait"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_has_its_name_and_its_wait(
    double: TelegramDouble, fault: Fault, failure: Failure, ambiguous: bool, wait: float | None
) -> None:
    double.faults.append(fault)
    error = refused(double, said())

    assert (error.failure, error.ambiguous, error.retry_after) == (failure, ambiguous, wait)


def test_two_messages_too_close_to_the_same_worker_are_told_to_wait(double: TelegramDouble) -> None:
    double.pace = 30.0

    async def twice(channel: TelegramChannel) -> Sent:
        await channel.send(said("one"))
        return await channel.send(said("two"))

    with pytest.raises(SendError) as caught:
        run(double, twice)

    assert (caught.value.failure, caught.value.retry_after) == (Failure.RATE_LIMITED, 1)


def test_the_channel_says_what_it_can_do() -> None:
    abilities = TelegramChannel.abilities

    assert (abilities.initiate, abilities.window_seconds) == ("never", None)
    assert (abilities.deletes_seconds, abilities.purges) == (48 * 3600, True)
    assert (abilities.per_second, abilities.between_seconds) == (30.0, 1.0)
    assert abilities.media == {"voice", "photo", "video", "document", "place", "sticker"}
