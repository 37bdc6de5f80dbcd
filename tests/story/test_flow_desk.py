"""A worker stands in a talk while an admin changes its words: she is counted, never named, and the next worker hears them."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api import accounts, totp
from api.accounts import Credentials
from tests.api.house import serving
from tests.api.test_flow_pages import hidden, reworded
from tests.api.test_pages import after
from tests.api.town import HASH, PASSWORD, code_at
from tests.line import Line
from weerklank.web import services

ADDRESS = "+447700900201"
FLOW = "/desk/flows/raise-concern"
SITE = "nodirpar-sewing"
OLD, NEW = "What is it about most?", "What is it mostly about?"


@pytest.fixture
def line(database_url: str, tmp_path: Path) -> Iterator[Line]:
    opened = Line(database_url, tmp_path / "data", public_url="http://127.0.0.1")
    yield opened
    opened.close()


@pytest.fixture
def nadia(line: Line) -> Iterator[httpx.Client]:
    secret = totp.new_secret()
    line.service.writer.call_sync(
        lambda connection: accounts.enrol(connection, line.service.keyring, "nadia", Credentials(HASH, secret, 0))
    )
    with (
        serving(services(line.service)) as url,
        httpx.Client(base_url=url, timeout=20, headers={"Sec-Fetch-Site": "same-origin"}) as client,
    ):
        proof = {"email": line.officer("nadia").email, "password": PASSWORD, "totp": code_at(secret, line.clock())}
        assert client.post("/api/v1/sessions", json=proof).status_code == 201
        yield client


def test_who_stands_where_the_words_change_is_counted_by_site_and_language_and_finishes_in_hers(line: Line, nadia: httpx.Client) -> None:
    phone = line.phone(address=ADDRESS)
    for said in ("52746 en", "They did not pay overtime", "2"):
        phone.send(said)
    place = f"{FLOW}/texts/about/text"
    words = nadia.get(place).text
    assert OLD in words

    draft = after(nadia, reworded(nadia, place, **{"en:text": f"{NEW} {{options}}. More to say? Just write."}))
    assert "<b>1 person stands</b>" in draft
    assert f"<td>{line.programme.places[SITE].name}</td>" in draft
    assert "<td>English</td>" in draft
    assert ADDRESS[-6:] not in draft

    after(nadia, nadia.post(f"{FLOW}/publish", data={**hidden(draft), "reason": "plainer"}))
    assert OLD not in "".join(phone.send("1"))
    other = line.phone(address="+447700900202")
    heard = [text for said in ("52746 en", "They did not pay me", "2") for text in other.send(said)]
    assert any(text.startswith(NEW) for text in heard)


def test_the_list_counts_who_is_in_a_flow_now(line: Line, nadia: httpx.Client) -> None:
    line.phone(address=ADDRESS).send("52746 en")

    assert nadia.get("/desk/flows").text.count("1 person in it now") == 1


def test_a_rehearsal_opens_no_case_and_sends_nothing(line: Line, nadia: httpx.Client) -> None:
    page = nadia.get(f"{FLOW}/try").text
    answer = nadia.post(f"{FLOW}/try", data={**hidden(page), "channel": "sms", "language": "en", "words": "They did not pay me"})
    line.quiet()

    assert "the case opens" in answer.text
    assert line.sees("sanne") == set()
    assert [carrier.sent for carrier in line.carriers.values() if carrier.sent] == []
