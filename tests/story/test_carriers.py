"""From a signed webhook to the desk and back to the carrier, over real HTTP, with the whole service as processes."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
import sqlalchemy as sa
from psycopg import sql

from store.tables import inbox
from tests.databases import KINDS, Databases, Kind
from tests.doubles import telegram_posts, twilio_posts
from tests.story.street import MESSAGES, STATUS, UPDATES, Street, refused, street, until

WORKER, ANOTHER, BY_JSON = "+447700900311", "+447700900312", "+447700900313"
PERSON = 9_007_700_900


@pytest.fixture(scope="module", params=KINDS)
def running(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """One service on each kind of database for the whole page: each story has workers of its own."""
    kind: Kind = request.param
    folder = tmp_path_factory.mktemp(kind)
    with databases.fresh(kind, folder) as url, street(url, folder / "house") as opened:
        yield opened


def test_what_is_not_signed_too_large_or_no_message_is_refused_and_nothing_of_it_is_kept(running: Street) -> None:
    fields = twilio_posts.sms(WORKER, "forged")
    honest = twilio_posts.webhook(MESSAGES, fields)
    no_header = {name: value for name, value in honest.headers.items() if name != "x-twilio-signature"}
    as_json = twilio_posts.json_webhook(MESSAGES, dict(fields))
    huge = twilio_posts.webhook(MESSAGES, twilio_posts.sms(WORKER, "x" * 400_000))

    answers = {
        "another token": running.post(twilio_posts.webhook(MESSAGES, fields, "another-token")).status,
        "no header": running.post(type(honest)(MESSAGES, no_header, honest.body)).status,
        "a changed body": running.post(type(honest)(MESSAGES, honest.headers, honest.body + b"&Body=more")).status,
        "JSON with another hash": running.post(type(as_json)(as_json.url, as_json.headers, as_json.body + b" ")).status,
        "no secret": running.post(telegram_posts.webhook(UPDATES, telegram_posts.said(PERSON, "forged"), "wrong")).status,
    }

    assert answers == dict.fromkeys(answers, 403)
    assert refused(lambda: running.post(huge)) in (0, 413)
    assert running.post(telegram_posts.raw_webhook(UPDATES, b"{broken")).status in (200, 400)
    assert running.post(twilio_posts.json_webhook(MESSAGES, {"MessageSid": 5})).status in (200, 400)
    with running.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(inbox)).scalar_one() == 0


def test_words_from_a_webhook_come_out_on_the_desk_and_the_answer_at_twilio_and_telegram(running: Street) -> None:
    sanne = running.token("sanne")
    running.sms(WORKER, "52746 en")
    running.sms(WORKER, "They did not pay overtime for 2 months")
    running.telegram_says(PERSON, "/start 52746-en")
    running.telegram_says(PERSON, "The gate of the third floor is rusty")
    lines = until(lambda: found if len(found := running.cases(sanne)) == 2 else [], "two cases")
    by_channel = {line["channel"]: line["reference"] for line in lines}

    said = [entry["text"] for entry in running.timeline(by_channel["sms"], sanne) if entry["kind"] == "words"]
    assert said == ["They did not pay overtime for 2 months"]
    assert by_channel["sms"] not in {line["reference"] for line in running.cases(running.token("karim"))}

    for channel, words in (("sms", "I look at it today."), ("telegram", "Do not use the gate.")):
        assert running.reply(by_channel[channel], words, "en", sanne).status == 201
    assert "1 new message" in running.texts(running.twilio, WORKER, 3)[2]
    running.texts(running.telegram, str(PERSON), 3)
    running.sms(WORKER, "1")
    running.telegram_says(PERSON, "1")
    assert running.texts(running.twilio, WORKER, 4)[3] == "I look at it today."
    assert running.texts(running.telegram, str(PERSON), 4)[3] == "Do not use the gate."

    sid = running.twilio.taken[-1].id
    for status in ("delivered", "sent"):
        assert running.post(twilio_posts.webhook(STATUS, twilio_posts.status(sid, status, to=WORKER))).status == 200
    until(lambda: "delivered" in _deliveries(running, by_channel["sms"], sanne), "the delivery on the desk")
    assert _deliveries(running, by_channel["sms"], sanne)[-1] == "delivered"


def _deliveries(running: Street, reference: str, token: str) -> list[str]:
    return [entry["delivery"] for entry in running.timeline(reference, token) if entry["kind"] == "reply" and entry["delivery"]]


def test_a_message_as_json_is_read_like_any_other(running: Street) -> None:
    hook = twilio_posts.json_webhook(MESSAGES, dict(twilio_posts.sms(BY_JSON, "52746 en")))

    assert running.post(hook).status == 200
    assert running.texts(running.twilio, BY_JSON, 1)[0].startswith("Work info line")


def test_a_database_that_is_away_for_a_moment_loses_no_message_and_no_order(running: Street) -> None:
    karim = running.token("karim")
    running.sms(ANOTHER, "77305 en")
    running.texts(running.twilio, ANOTHER, 1)
    spool = running.house.folder / "data" / "spool"
    with away(running):
        assert running.sms(ANOTHER, "They did not pay overtime").status == 200
        assert running.sms(ANOTHER, "2").status == 200
        assert running.telegram_says(PERSON + 1, "hello").status == 503
        assert len(list(spool.glob("*.sealed"))) == 2
    assert running.sms(ANOTHER, "and the supervisor shouts at us").status == 200

    [line] = until(lambda: running.cases(karim), "the case")
    wanted = ["They did not pay overtime", "and the supervisor shouts at us"]
    until(lambda: _words(running, line["reference"], karim) == wanted, "the words in their order")
    until(lambda: not list(spool.glob("*.sealed")), "an empty spool")


def _words(running: Street, reference: str, token: str) -> list[str]:
    return [entry["text"] for entry in running.timeline(reference, token) if entry["kind"] == "words"]


@contextmanager
def away(running: Street) -> Iterator[None]:
    """Take the database away: locked by somebody else, or a server that takes no connection."""
    if running.house.embedded:
        with running.database.writing.connect() as holder, holder.begin():
            yield
        return
    url = sa.make_url(running.house.database_url)
    admin = psycopg.connect(url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False), autocommit=True)
    name = sql.Identifier(url.database or "")
    with admin:
        admin.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS false").format(name))
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [url.database])
        try:
            yield
        finally:
            admin.execute(sql.SQL("ALTER DATABASE {} WITH ALLOW_CONNECTIONS true").format(name))
