"""A worker with a plain telephone, a SIM card in a gateway beside the farm, and the answer that comes back the same way."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from store.tables import inbox
from tests.databases import KINDS, Databases, Kind
from tests.doubles import http_sms_posts
from tests.doubles.http_sms import GatewayDouble
from tests.processes import PUBLIC_URL
from tests.story.street import Street, street, until

HOOK = f"{PUBLIC_URL}/webhooks/http-sms"
WORKER = "+254700900411"


@pytest.fixture(scope="module", params=KINDS)
def far(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Street, GatewayDouble]]:
    """A service with a gateway on each kind of database."""
    kind: Kind = request.param
    folder = tmp_path_factory.mktemp(kind)
    with databases.fresh(kind, folder) as url, GatewayDouble() as gateway:
        settings = {
            "HTTP_SMS_FILE": "android",
            "HTTP_SMS_URL": gateway.url + http_sms_posts.PATH,
            "HTTP_SMS_ACCOUNT": http_sms_posts.ACCOUNT,
            "HTTP_SMS_PASSWORD": http_sms_posts.PASSWORD,
            "HTTP_SMS_SECRET": http_sms_posts.SECRET,
        }
        with street(url, folder / "house", **settings) as opened:
            yield opened, gateway


def says(running: Street, text: str, key: str) -> int:
    return running.post(http_sms_posts.webhook(HOOK, http_sms_posts.received(WORKER, text, key))).status


def test_words_go_in_by_a_gateway_and_the_answer_comes_out_of_it(far: tuple[Street, GatewayDouble]) -> None:
    running, gateway = far
    officer = running.token("femke")
    assert says(running, "41574 en", "e-1") == 200
    assert says(running, "They did not pay overtime for 2 months", "e-2") == 200
    assert says(running, "They did not pay overtime for 2 months", "e-2") == 200
    (line,) = until(lambda: running.cases(officer), "a case")
    words = [entry["text"] for entry in running.timeline(line["reference"], officer) if entry["kind"] == "words"]

    assert (line["channel"], words) == ("http_sms", ["They did not pay overtime for 2 months"])
    assert running.reply(line["reference"], "I look at it today.", "en", officer).status == 201
    assert "1 new message" in running.texts(gateway, WORKER, 3)[2]
    assert says(running, "1", "e-3") == 200
    assert running.texts(gateway, WORKER, 4)[3] == "I look at it today."

    event = {"event": "sms:delivered", "id": "e-4", "payload": {"messageId": gateway.taken[-1].id, "phoneNumber": WORKER}}
    assert running.post(http_sms_posts.webhook(HOOK, event)).status == 200
    until(lambda: _told(running, line["reference"], officer) == "delivered", "the delivery on the desk")


def test_a_stranger_and_nonsense_leave_nothing(far: tuple[Street, GatewayDouble]) -> None:
    running, _ = far
    genuine = http_sms_posts.webhook(HOOK, http_sms_posts.received("+254700900412", "forged", "e-9"))
    forged = type(genuine)(genuine.url, {**genuine.headers, "x-signature": "0" * 64}, genuine.body)

    assert (running.post(forged).status, running.post(http_sms_posts.raw_webhook(HOOK, b"{broken")).status) == (403, 400)
    with running.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).where(inbox.c.key == "e-9")).scalar_one() == 0


def test_no_process_wrote_down_a_word_a_number_or_a_secret(far: tuple[Street, GatewayDouble]) -> None:
    logs = far[0].house.logs()

    assert [each for each in (WORKER, "overtime", http_sms_posts.SECRET, http_sms_posts.PASSWORD) if each in logs] == []


def _told(running: Street, reference: str, token: str) -> str:
    return [entry["delivery"] for entry in running.timeline(reference, token) if entry["kind"] == "reply"][-1] or ""
