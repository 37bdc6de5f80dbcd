"""The offer to translate what came before a model, over REST and as an officer meets it on the desk."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from store.tables import tasks
from tests.api.town import CHIEF, Town, form_token, town_on
from tests.translations.pairs import tiny_translator

LISTED = "/desk/queue?needs=translation"


@pytest.fixture
def translating(database_url: str, tmp_path: Path) -> Iterator[Town]:
    """The town on a machine with models from Bengali and Spanish to Dutch."""
    with tiny_translator(tmp_path / "languages") as translator, town_on(database_url, translator=translator) as town:
        yield town


def waiting(town: Town) -> list[dict[str, object]]:
    with town.house.services.database.read() as connection:
        return [dict(row.arguments) for row in connection.execute(sa.select(tasks.c.arguments).order_by(tasks.c.id))]


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", "", page).split())


def test_a_script_counts_and_takes_up_its_own_desk_once(translating: Town) -> None:
    script = translating.script("sanne")
    counted = script.get("/api/v1/translations").json()
    first = script.post("/api/v1/translations")
    second = script.post("/api/v1/translations")

    # The other case of this desk is Bengali in Latin letters, which no model for Bengali reads.
    assert counted == {"language": "nl", "offered": 1, "waiting": 0, "tried": 0, "without": 1, "taken": 0}
    assert (first.status_code, first.json()) == (202, counted | {"offered": 0, "waiting": 1, "taken": 1})
    assert second.json() == counted | {"offered": 0, "waiting": 1}
    assert waiting(translating) == [{"case_id": translating.cases.case(CHIEF)["id"], "target": "nl"}]


def test_an_officer_finds_the_offer_where_words_wait_sees_a_count_and_confirms(translating: Town) -> None:
    sanne = translating.signed_in("sanne")

    queue = sanne.get(LISTED).text
    asked = sanne.get("/desk/translations").text
    after = sanne.post("/desk/translations", data={"csrf": form_token(asked)}, follow_redirects=True)

    assert "1 open case holds words that a model here can put into Dutch by now." in plain(queue)
    assert 'href="/desk/translations"' in queue
    assert "Translate the words of 1 case" in plain(asked)
    assert "1 more case waits for a person: no model here reads its language." in plain(asked)
    assert str(after.url).endswith(f"{LISTED}&taken=1")
    assert "1 case was taken up just now.1 case is being translated into Dutch, behind whatever comes in meanwhile." in plain(after.text)
    assert 'href="/desk/translations"' not in after.text
    assert "There is nothing to take up" in sanne.get("/desk/translations").text


def test_a_second_click_does_nothing_more(translating: Town) -> None:
    sanne = translating.signed_in("sanne")
    token = form_token(sanne.get("/desk/translations").text)

    pages = [sanne.post("/desk/translations", data={"csrf": token}, follow_redirects=True).text for _ in range(2)]

    assert "1 case was taken up just now." in plain(pages[0])
    assert "0 cases were taken up just now." in plain(pages[1])
    assert len(waiting(translating)) == 1


def test_a_form_from_elsewhere_takes_nothing_up(translating: Town) -> None:
    assert translating.signed_in("sanne").post("/desk/translations", data={"csrf": "0" * 64}).status_code == 403
    assert waiting(translating) == []


def test_without_a_model_nothing_is_offered(small_town: Town) -> None:
    sanne = small_town.signed_in("sanne")

    assert "by now" not in sanne.get(LISTED).text
    assert "There is nothing to take up" in sanne.get("/desk/translations").text


def test_the_whole_queue_is_shown_without_counting_what_waits(translating: Town) -> None:
    assert "by now" not in translating.signed_in("sanne").get("/desk/queue").text


def test_in_dutch_it_is_said_in_dutch(translating: Town) -> None:
    sanne = translating.signed_in("sanne")
    sanne.cookies.set("weerklank-language", "nl")

    assert "1 open zaak heeft woorden die een model hier nu naar het Nederlands kan vertalen." in plain(sanne.get(LISTED).text)
