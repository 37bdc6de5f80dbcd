"""What leaves over Twilio through the real SDK, against a double that refuses what Twilio refuses, and what Twilio then holds of it."""

import asyncio
import dataclasses
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import orjson
import pytest

from channels.base import (
    Attachment,
    Channel,
    Choice,
    Failure,
    FetchError,
    Outbound,
    Pattern,
    Purged,
    Recording,
    SendError,
    Sent,
    Trace,
)
from channels.registry import ChannelConfig, open_channels
from channels.twilio_standing import Point, standing
from tests.channels.carriers import PUBLIC, config
from tests.doubles import twilio_posts
from tests.doubles.twilio import TwilioDouble

T = TypeVar("T")
TEMPLATE = "HX" + "7" * 32
WORKER, PHONE = "BD.1349120865530274", "+447700900123"
MEDIA = f"/2010-04-01/Accounts/{twilio_posts.ACCOUNT}/Messages/MM1/Media/ME1"
VOICE = Recording(b"OggS", f"{PUBLIC}/voices/hello.ogg")
YES_NO = (Choice("danger.yes", "Yes"), Choice("danger.no", "No"))
ASKED = Outbound(
    "1", WORKER, "Is the gate of Dhaka 4 locked?", YES_NO, pattern=Pattern("Is the gate of {{1}} locked?", ("Dhaka 4",)), language="en"
)
PLAIN = Outbound("1", WORKER, "hello")


@pytest.fixture
def double() -> Iterator[TwilioDouble]:
    with TwilioDouble() as standing_in:
        standing_in.desk.templates.add(TEMPLATE)
        yield standing_in


def run(double: TwilioDouble, work: Callable[[Channel], Awaitable[T]], name: str = "whatsapp", **more: object) -> T:
    """Open one channel, do something with it, and close it."""

    async def whole() -> T:
        settings = dataclasses.replace(config(twilio_url=double.url), **{"twilio_knock_content_sid": TEMPLATE, **more})  # type: ignore[arg-type]
        channels = open_channels(settings).senders
        try:
            return await work(channels[name])
        finally:
            for channel in channels.values():
                await channel.close()

    return asyncio.run(whole())


def send(double: TwilioDouble, *messages: Outbound, name: str = "whatsapp", **more: object) -> list[Sent]:
    async def each(channel: Channel) -> list[Sent]:
        return [await channel.send(message) for message in messages]

    return run(double, each, name, **more)


def refused(double: TwilioDouble, message: Outbound, name: str = "whatsapp", **more: object) -> SendError:
    with pytest.raises(SendError) as caught:
        send(double, message, name=name, **more)
    return caught.value


def test_a_question_with_few_answers_has_buttons_and_twilio_keeps_no_fact_of_hers(double: TwilioDouble) -> None:
    send(double, ASKED)
    (arrived,) = double.taken
    (form,) = double.desk.forms.values()

    assert (arrived.body, arrived.choices) == (ASKED.text, (("danger.yes", "Yes"), ("danger.no", "No")))
    assert "Body" not in arrived.fields
    assert list(form["types"]) == ["twilio/quick-reply"]
    assert "Dhaka" not in orjson.dumps(form).decode()


@pytest.mark.parametrize("count", range(4, 11))
def test_a_question_with_more_answers_has_a_list(double: TwilioDouble, count: int) -> None:
    choices = tuple(Choice(f"about.{number}", f"Answer {number}") for number in range(count))
    send(double, dataclasses.replace(ASKED, choices=choices))
    (form,) = double.desk.forms.values()

    assert len(form["types"]["twilio/list-picker"]["items"]) == count
    assert double.taken[0].choices == tuple((each.id, each.title) for each in choices)


@pytest.mark.parametrize(
    "change",
    [
        {"pattern": None},
        {"pattern": Pattern("{{1}} is locked?", ("The gate",))},
        {"pattern": Pattern("What is locked: {{1}}", ("gate",))},
        {"pattern": Pattern("Is {{1}} {{2}} locked?", ("gate", "3"))},
        {"pattern": Pattern("Is {{1}} locked?", ())},
        {"pattern": Pattern("Is {{1}} locked?", ("",))},
        {"pattern": Pattern("Is {{1}} locked?", ("two\nlines",))},
        {"pattern": Pattern("Is it locked?" + "x" * 1020)},
        {"choices": tuple(Choice(f"a.{number}", f"Answer {number}") for number in range(11))},
        {"choices": (Choice("a.1", "x" * 25), Choice("a.2", "No"))},
        {"choices": (Choice("a" * 201, "Yes"), Choice("a.2", "No"))},
        {"choices": (Choice("a.1", "Same"), Choice("a.2", "Same"))},
    ],
    ids=range(12),
)
def test_what_twilio_would_refuse_as_a_form_leaves_with_numbers(double: TwilioDouble, change: dict[str, object]) -> None:
    message = dataclasses.replace(ASKED, **change)  # type: ignore[arg-type]
    send(double, message)

    assert double.taken[0].body == message.numbered
    assert double.desk.forms == {}


def test_a_title_too_long_for_a_button_makes_a_list(double: TwilioDouble) -> None:
    send(double, dataclasses.replace(ASKED, choices=(Choice("a.1", "x" * 24), Choice("a.2", "No"))))

    assert list(next(iter(double.desk.forms.values()))["types"]) == ["twilio/list-picker"]


def test_a_form_is_made_once_and_found_again_after_a_restart(double: TwilioDouble) -> None:
    others = [dataclasses.replace(ASKED, language=language) for language in ("nl", "es", "bn", "fr", "so")]
    send(double, *others, ASKED, ASKED)
    made = len(double.desk.forms)
    send(double, ASKED, *others)

    assert made == len(double.desk.forms) == 6


def test_many_questions_at_once_make_one_form(double: TwilioDouble) -> None:
    async def burst(channel: Channel) -> None:
        await asyncio.gather(*(channel.send(ASKED) for _ in range(20)))

    run(double, burst)

    assert (len(double.taken), len(double.desk.forms)) == (20, 1)


def test_while_forms_cannot_be_made_questions_have_numbers_and_twilio_is_left_alone(double: TwilioDouble) -> None:
    double.desk.refuses_forms = True
    send(double, ASKED, ASKED, ASKED)

    assert [each.body for each in double.taken] == [ASKED.numbered] * 3
    assert double.desk.asked.count(("POST", "/v1/Content")) == 1


def test_a_form_that_somebody_deleted_costs_nobody_the_question(double: TwilioDouble) -> None:
    async def twice(channel: Channel) -> None:
        await channel.send(ASKED)
        double.desk.forms.clear()
        await channel.send(ASKED)

    run(double, twice)

    assert [bool(each.choices) for each in double.taken] == [True, False]
    assert double.taken[-1].body == ASKED.numbered


def test_the_knock_leaves_as_its_template_when_the_window_is_shut(double: TwilioDouble) -> None:
    double.desk.shut.add(f"whatsapp:{WORKER}")
    send(double, dataclasses.replace(PLAIN, knock=True, window_open=False))
    fields = double.taken[0].fields

    assert fields["ContentSid"] == TEMPLATE
    assert "Body" not in fields


@pytest.mark.parametrize("template", [TEMPLATE, None])
def test_nothing_but_the_knock_leaves_when_the_window_is_shut(double: TwilioDouble, template: str | None) -> None:
    error = refused(double, dataclasses.replace(PLAIN, window_open=False), twilio_knock_content_sid=template)

    assert (error.failure, error.ambiguous, double.sends) == (Failure.WINDOW_CLOSED, False, [])


def test_without_a_template_the_knock_waits_too(double: TwilioDouble) -> None:
    error = refused(double, dataclasses.replace(PLAIN, knock=True, window_open=False), twilio_knock_content_sid=None)

    assert (error.failure, double.sends) == (Failure.WINDOW_CLOSED, [])


def test_a_window_that_shut_unseen_is_named(double: TwilioDouble) -> None:
    double.desk.shut.add(f"whatsapp:{WORKER}")

    assert refused(double, PLAIN).failure is Failure.WINDOW_CLOSED


@pytest.mark.parametrize("name", ["sms", "whatsapp"])
def test_who_told_twilio_to_stop_is_named(double: TwilioDouble, name: str) -> None:
    address = PHONE if name == "sms" else WORKER
    double.desk.opted_out.add(PHONE if name == "sms" else f"whatsapp:{WORKER}")

    assert refused(double, Outbound("1", address, "hello"), name).failure is Failure.OPT_OUT


def test_a_recording_follows_its_text_and_both_ids_are_told(double: TwilioDouble) -> None:
    (sent,) = send(double, dataclasses.replace(PLAIN, voice=VOICE))
    text, sound = double.taken

    assert (text.body, sound.fields["MediaUrl"]) == ("hello", VOICE.url)
    assert (sent.provider_id, sent.beside) == (text.id, (sound.id,))


def test_a_recording_that_fails_costs_nobody_the_text(double: TwilioDouble) -> None:
    (sent,) = send(double, dataclasses.replace(PLAIN, voice=Recording(b"", "no address")))

    assert (sent.provider_id, sent.beside) == (double.taken[0].id, ())


@pytest.mark.parametrize(("name", "change"), [("sms", {"address": PHONE}), ("whatsapp", {"again": True}), ("whatsapp", {"knock": True})])
def test_a_recording_stays_behind(double: TwilioDouble, name: str, change: dict[str, object]) -> None:
    send(double, dataclasses.replace(PLAIN, voice=VOICE, **change), name=name)  # type: ignore[arg-type]

    assert ["MediaUrl" in each.fields for each in double.taken] == [False]


@pytest.mark.parametrize(("asked", "told"), [(None, "14400"), (900, "900"), (0, "1"), (100_000, "36000")])
@pytest.mark.parametrize("name", ["sms", "whatsapp"])
def test_twilio_is_told_how_long_it_may_keep_trying(double: TwilioDouble, name: str, asked: int | None, told: str) -> None:
    send(double, Outbound("1", PHONE, "hello", valid_seconds=asked), name=name)

    assert double.taken[0].fields["ValidityPeriod"] == told


def test_with_redaction_twilio_keeps_neither_words_nor_numbers(double: TwilioDouble) -> None:
    double.desk.redacts = True
    send(double, PLAIN, twilio_redaction=True)
    fields = double.taken[0].fields

    assert (fields["ContentRetention"], fields["AddressRetention"]) == ("discard", "obfuscate")


def test_redaction_that_the_account_does_not_have_is_for_the_operator(double: TwilioDouble) -> None:
    error = refused(double, PLAIN, twilio_redaction=True)

    assert (error.failure, error.code) == (Failure.CONFIG, "30029")


def test_media_are_fetched_with_the_accounts_token(double: TwilioDouble) -> None:
    double.desk.redirects[MEDIA] = f"{double.url}/files/1"

    assert run(double, lambda channel: channel.fetch(Attachment("voice", double.url + MEDIA), 1000)) == b'{"file": "/files/1"}'


def test_the_token_goes_nowhere_else(double: TwilioDouble) -> None:
    with TwilioDouble() as stranger:
        double.desk.redirects[MEDIA] = f"{stranger.url}/files/1"
        for url in (double.url + MEDIA, f"{stranger.url}/files/1", "https://evil.example/api.twilio.com", "file:///etc/passwd", "http://["):
            with pytest.raises(FetchError) as caught:
                run(double, lambda channel, url=url: channel.fetch(Attachment("photo", url), 1000))  # type: ignore[misc]
            assert not caught.value.temporary

        assert stranger.desk.asked == []


@pytest.mark.parametrize(("path", "most", "why"), [("/files/1", 5, "it is too large"), (MEDIA, 1000, "the carrier has it no more")])
def test_a_file_that_cannot_be_had_is_named(double: TwilioDouble, path: str, most: int, why: str) -> None:
    with pytest.raises(FetchError, match=why):
        run(double, lambda channel: channel.fetch(Attachment("photo", double.url + path), most))


def test_a_file_that_leads_in_a_circle_is_given_up(double: TwilioDouble) -> None:
    double.desk.redirects[MEDIA] = MEDIA

    with pytest.raises(FetchError, match="circle"):
        run(double, lambda channel: channel.fetch(Attachment("photo", double.url + MEDIA), 1000))


def _purged(double: TwilioDouble, *ids: str) -> list[Purged]:
    traces = [Trace(each, WORKER, 0, ours=True) for each in ids]
    return list(run(double, lambda channel: channel.purge(traces)))


def test_a_message_is_deleted_at_twilio_and_one_that_is_gone_counts_as_done(double: TwilioDouble) -> None:
    (sent,) = send(double, PLAIN)
    theirs = double.desk.keep("they lock the gate")

    assert [each.outcome for each in _purged(double, sent.provider_id, theirs, "SM404")] == ["done"] * 3
    assert double.desk.messages == {}


def test_a_message_under_way_loses_its_words_now_and_its_row_later(double: TwilioDouble) -> None:
    (sent,) = send(double, PLAIN)
    double.desk.in_flight.add(sent.provider_id)
    (purged,) = _purged(double, sent.provider_id)

    assert (purged.outcome, purged.retry_after, double.desk.messages) == ("later", 120.0, {sent.provider_id: ""})


def test_a_twilio_that_is_away_is_asked_to_purge_later(double: TwilioDouble) -> None:
    double.stop()

    assert [each.outcome for each in _purged(double, "SM1")] == ["later"]


def test_nothing_is_logged_of_forms_files_and_purges(double: TwilioDouble, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    (sent,) = send(double, ASKED)
    _purged(double, sent.provider_id)
    run(double, lambda channel: channel.fetch(Attachment("voice", double.url + "/files/1"), 1000))

    assert [secret for secret in (twilio_posts.TOKEN, WORKER, "Dhaka", "locked", "/files/1") if secret in caplog.text] == []


def _stands(double: TwilioDouble, **more: object) -> list[Point]:
    settings: ChannelConfig = dataclasses.replace(config(twilio_url=double.url), **more)  # type: ignore[arg-type]
    return list(asyncio.run(standing(settings)))


def test_an_operator_is_told_which_address_to_paste(double: TwilioDouble) -> None:
    ours = f"{PUBLIC}/webhooks/twilio/messages"
    number = {"phone_number": twilio_posts.OUR_NUMBER, "sms_url": ours, "sms_fallback_url": "", "sms_method": "POST"}
    double.desk.numbers.append(number)

    assert [point.well for point in _stands(double)] == [True, True, False, True]
    assert ours in _stands(double)[2].do


def test_a_wrong_token_and_a_number_of_somebody_else_are_named(double: TwilioDouble) -> None:
    assert [point.well for point in _stands(double)] == [True, False]
    assert [point.well for point in _stands(double, twilio_auth_tokens=("wrong",))] == [False]
