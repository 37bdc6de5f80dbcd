"""The demo, as a newcomer meets it: one command, a worker at a phone, an officer at a desk, and the answer comes back."""

import re
import stat
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import httpx
import pytest

from tests.weerklank.running import Running, running


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("demo") / "var") as made:
        yield made


def test_a_worker_speaks_an_officer_answers_and_the_answer_comes_back(demo: Running) -> None:
    sanne = demo.desk("Sanne de Wit")
    before = sanne.references()
    assert len(before) == 4
    phone = demo.phone("whatsapp", "a-new-phone-in-the-story")

    assert "Your factory does not, unless you say yes" in phone.send("52746 en")
    saved = phone.send("They did not pay overtime for 2 months. 60 hours every month")
    assert re.search(r"Your code: \d{4} \d{4}", saved)
    assert "What is it about" in phone.send("2")
    assert "May we" in phone.send("1")
    assert "We ask you before anyone talks to your factory" in phone.send("2")

    [reference] = sanne.references() - before
    sheet = sanne.page(f"/desk/cases/{reference}")
    assert "They did not pay overtime for 2 months. 60 hours every month" in sheet
    assert "Ask the worker first" in sheet or "Vraag het eerst aan de werker" in sheet

    kept = sanne.write(reference, "reply", text="This is Sanne. I heard: no overtime pay for 2 months. Right? 1 Yes 2 No", language="en")
    assert "waits behind a knock" in kept
    knock = phone.wait()
    assert "1 new message" in knock
    assert "Sanne" not in knock
    assert phone.send("1") == "This is Sanne. I heard: no overtime pay for 2 months. Right? 1 Yes 2 No"
    assert "waits behind a knock" not in sanne.page(f"/desk/cases/{reference}")
    assert phone.send("1 yes that is right") == "Saved."
    assert "1 yes that is right" in sanne.page(f"/desk/cases/{reference}")


def test_an_answer_to_a_sample_case_knocks_at_its_phone(demo: Running) -> None:
    karim = demo.desk("Karim El Amrani")
    phone = demo.sample_phone("whatsapp", "Union committee")
    phone.look()
    [reference] = [
        each for each in karim.references() if "personas dos días después de formar el comité" in karim.page(f"/desk/cases/{each}")
    ]

    karim.write(reference, "reply", text="Gracias. ¿Tienen las cartas? Karim", language="es")

    assert "1" in phone.wait()
    assert phone.send("1") == "Gracias. ¿Tienen las cartas? Karim"


def test_a_link_lets_in_once_and_a_case_of_another_desk_is_not_found(demo: Running) -> None:
    femke = demo.desk("Femke Ooms")
    theirs = demo.desk("Nadia Rahman").references()
    assert len(theirs) == 1
    assert femke.client.get(f"/desk/cases/{theirs.pop()}").status_code == 404
    [token] = re.findall(r"Femke Ooms,.*?/desk/enter#(\S+)", demo.printed)
    assert demo.client().post("/desk/enter", data={"token": token}).status_code == 401


def test_what_was_printed_leads_somewhere(demo: Running) -> None:
    assert demo.client().get("/healthz").status_code == 200
    assert demo.client().get("/readyz").status_code == 200
    page = demo.client().get("/talk").raise_for_status().text
    codes = re.findall(r"^    (\d{5})  ", demo.printed, re.MULTILINE)
    assert set(codes) == {"52746", "38166", "60921", "41574", "77305", "29488"}
    assert all(code in page for code in codes)
    assert page.count("<svg") >= len(codes)


def test_mails_land_in_the_folder_and_say_nothing(demo: Running) -> None:
    mails = [message_from_bytes(path.read_bytes()) for path in sorted((demo.folder / "mail").glob("*.eml"))]
    assert mails
    assert all("overtime" not in mail.as_string() and "WK-" not in mail.as_string() for mail in mails)


def test_the_keys_are_for_the_eyes_of_this_account_only(demo: Running) -> None:
    assert stat.S_IMODE((demo.folder / "keys.env").stat().st_mode) == 0o600


def test_a_port_that_is_taken_is_told_in_one_sentence(demo: Running, tmp_path: Path) -> None:
    port = httpx.URL(demo.address).port
    done = demo.again(tmp_path, str(port))
    assert done.returncode == 1
    assert done.stderr == f"weerklank: port {port} is taken or cannot be used; choose another, as in `weerklank demo --port 8123`\n"


def test_a_demo_that_was_stopped_goes_on_where_it_was(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        desk = first.desk("Sanne de Wit")
        before = desk.references()
        token = first.sample_phone("whatsapp", "Gate locked").token
        assert first.stop() == 0
    with running(tmp_path) as second:
        assert second.desk("Sanne de Wit").references() == before
        assert second.sample_phone("whatsapp", "Gate locked").token == token
        assert second.stop() == 0
