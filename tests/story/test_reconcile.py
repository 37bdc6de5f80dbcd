"""A line that Twilio could not reach for hours asks Twilio what it missed: words, files, a STOP, and how answers fared."""

import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa

from store.tables import inbox, outbox, workers
from tests.databases import KINDS, Databases, Kind
from tests.doubles import twilio_posts
from tests.media import makings
from tests.story.street import MESSAGES, STATUS, Street, street, until
from weerklank.__main__ import main

WORDS = "They did not pay overtime"
BEFORE, MISSED, FILED = "+447700900431", "+447700900432", "+447700900433"
STOPPED, BACK, OTHERS = "+447700900434", "+447700900435", "+447700900436"
BY_ID = "BD.13491208655302741977"


@dataclass(frozen=True)
class Known:
    """A line with one case, made before Twilio lost sight of it."""

    running: Street
    officer: str
    reference: str


@pytest.fixture(scope="module", params=KINDS)
def line(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    kind: Kind = request.param
    folder = tmp_path_factory.mktemp(kind)
    with databases.fresh(kind, folder) as url, street(url, folder / "house", LOG_LEVEL="DEBUG") as opened:
        officer = opened.token("sanne")
        for text in ("52746 en", WORDS):
            came = twilio_posts.sms(BEFORE, text)
            opened.twilio.desk.heard(came, timedelta(hours=3))
            assert opened.post(twilio_posts.webhook(MESSAGES, came)).status == 200
        [case] = until(lambda: opened.cases(officer), "the case")
        yield Known(opened, officer, case["reference"])
        logs = opened.house.logs()
        assert [each for each in (BEFORE, MISSED, BY_ID, WORDS, twilio_posts.TOKEN) if each in logs] == []


@dataclass(frozen=True)
class Done:
    """How the command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def reconcile(running: Street, *more: str) -> Done:
    """Give the command with the settings of the running service, beside it."""
    out, errors = io.StringIO(), io.StringIO()
    with pytest.MonkeyPatch.context() as there, redirect_stdout(out), redirect_stderr(errors):
        there.chdir(running.house.folder)
        for name, value in running.house.environment.items():
            there.setenv(name, value)
        code = main(["twilio", "reconcile", *more])
    return Done(code, out.getvalue(), errors.getvalue())


def count(running: Street, key: str) -> int:
    with running.database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).where(inbox.c.key == key)).scalar_one())


def test_what_came_already_is_not_taken_up_again(line: Known) -> None:
    """In a process of its own, as an operator runs it."""
    house = line.running.house
    asked = [sys.executable, "-m", "weerklank", "twilio", "reconcile"]
    done = subprocess.run(asked, env=house.environment, cwd=house.folder, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert "0 of workers had not come here" in done.stdout


def test_words_that_never_came_open_a_case_once_also_if_their_post_comes_after_all(line: Known) -> None:
    running = line.running
    hello, told = twilio_posts.sms(MISSED, "52746 en"), twilio_posts.sms(MISSED, "The gate is locked at night")
    running.twilio.desk.heard(told, timedelta(hours=1))
    running.twilio.desk.heard(hello, timedelta(hours=2))
    first, second = reconcile(running), reconcile(running)

    assert "2 of workers had not come here" in first.stdout
    assert "0 of workers had not come here" in second.stdout
    running.post(twilio_posts.webhook(MESSAGES, told))
    assert count(running, told["MessageSid"]) == 1

    def texts() -> list[list[str]]:
        lines = [running.timeline(case["reference"], line.officer) for case in running.cases(line.officer)]
        return [[each["text"] for each in entries if each["kind"] == "words"] for entries in lines]

    until(lambda: ["The gate is locked at night"] in texts(), "the case")
    assert sorted(texts()) == [["The gate is locked at night"], [WORDS]]


def test_what_is_older_than_asked_for_and_what_came_to_other_numbers_is_left(line: Known) -> None:
    old = twilio_posts.sms(OTHERS, "an old word")
    elsewhere = twilio_posts.sms(OTHERS, "for the canteen", To="+447700900099")
    line.running.twilio.desk.heard(old, timedelta(hours=6))
    line.running.twilio.desk.heard(elsewhere)
    done = reconcile(line.running, "--since", "5")
    del line.running.twilio.desk.log[-2:]

    assert done.returncode == 0
    assert (count(line.running, old["MessageSid"]), count(line.running, elsewhere["MessageSid"])) == (0, 0)


def test_a_photo_that_never_came_lies_on_the_desk_and_one_that_is_gone_is_asked_for_again(line: Known) -> None:
    running = line.running
    path = running.twilio.desk.lay(makings.photo())
    media = {"NumMedia": "1", "MediaUrl0": running.twilio.url + path, "MediaContentType0": "image/jpeg"}
    post = twilio_posts.whatsapp_without_number
    for ago, fields in ((3, post(BY_ID, "52746 en")), (2, post(BY_ID, "See the stairs", **media)), (1, post(BY_ID, ""))):
        running.twilio.desk.heard(fields, timedelta(minutes=ago))
    assert "3 of workers had not come here" in reconcile(running).stdout

    def photos() -> list[bytes]:
        lines = {case["reference"]: running.timeline(case["reference"], line.officer) for case in running.cases(line.officer)}
        seen = [
            (name, each["seq"]) for name, line in lines.items() for each in line if (each.get("attachment") or {}).get("kind") == "photo"
        ]
        got = [running.call("GET", f"/api/v1/cases/{name}/attachments/{seq}", token=line.officer) for name, seq in seen]
        return [reply.body for reply in got if reply.status == 200]

    [picture] = until(photos, "the photo")
    assert makings.MAKER.encode() not in picture
    assert running.texts(running.twilio, f"whatsapp:{BY_ID}", 3)


def test_a_stop_that_was_missed_shuts_the_way_unless_she_wrote_since(line: Known) -> None:
    running = line.running
    for number, texts in ((STOPPED, ["52746 en", "STOP"]), (BACK, ["52746 en", "STOP", "The stairs are blocked"])):
        for place, text in enumerate(texts):
            running.twilio.desk.heard(twilio_posts.sms(number, text), timedelta(minutes=30 - place))
    assert "5 of workers had not come here" in reconcile(running).stdout

    def shut() -> list[str]:
        with running.database.read() as connection:
            return list(connection.execute(sa.select(workers.c.closed_to).where(workers.c.closed_to.is_not(None))).scalars())

    until(shut, "the way that is shut")
    assert running.texts(running.twilio, BACK, 2)
    assert shut() == ["opt_out"]


def test_how_answers_fared_is_made_up_for_and_never_goes_backwards(line: Known) -> None:
    running = line.running
    sent = until(lambda: [each for each in running.twilio.taken if each.to == BEFORE], "our texts")
    told = twilio_posts.webhook(STATUS, twilio_posts.status(sent[0].id, "delivered", to=BEFORE))
    assert running.post(told).status == 200
    running.twilio.desk.fared(sent[0].id, BEFORE, "sent")
    running.twilio.desk.fared(sent[1].id, BEFORE, "undelivered", 30007)
    running.twilio.desk.fared(twilio_posts.sid(), BEFORE, "delivered")
    first, second = reconcile(running), reconcile(running)

    assert "1 of ours had a fate that was not known here" in first.stdout
    assert "0 of ours had a fate that was not known here" in second.stdout
    with running.database.read() as connection:
        rows = connection.execute(sa.select(outbox.c.provider_id, outbox.c.status, outbox.c.failure)).all()
    fates = {row.provider_id: (row.status, row.failure) for row in rows}
    assert fates[sent[0].id] == ("delivered", None)
    assert fates[sent[1].id] == ("undelivered", "filtered")


@pytest.mark.parametrize("hours", ["0", "721", "soon"])
def test_a_time_that_is_none_is_wrong_usage(hours: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["twilio", "reconcile", "--since", hours])

    assert ended.value.code == 2
