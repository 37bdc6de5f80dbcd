"""The desk's pages: what an officer meets, and that nothing they write is ever lost."""

import re
from html.parser import HTMLParser

import httpx
import pytest

from cases import desk, intake
from tests.api.town import CHIEF, GATE, Town, form_token, town_on
from tests.cases.house import HOUR

FIELDS = {"input", "select", "textarea"}


class Page(HTMLParser):
    """A page as somebody who cannot see it meets it: landmarks, labelled fields, headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.unlabelled: list[str] = []
        self._labels = 0
        self._labelled_ids = set(re.findall(r'<label[^>]* for="([^"]+)"', html))
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.tags.append((tag, known))
        self._labels += tag == "label"
        if (
            tag in FIELDS
            and known.get("type") != "hidden"
            and not {"aria-hidden", "aria-label"} & set(known)
            and not self._is_labelled(known)
        ):
            self.unlabelled.append(str(known.get("name")))

    def _is_labelled(self, known: dict[str, str | None]) -> bool:
        return self._labels > 0 or known.get("id") in self._labelled_ids

    def handle_endtag(self, tag: str) -> None:
        self._labels -= tag == "label"

    def count(self, tag: str) -> int:
        return sum(1 for name, _ in self.tags if name == tag)


def fields(page: str) -> dict[str, str]:
    """The hidden fields that every form of a sheet carries."""
    version = re.search(r'name="version" value="(\d+)"', page)
    return {"csrf": form_token(page), "version": version[1] if version else ""}


def post(client: httpx.Client, reference: str, form: str, **given: str) -> httpx.Response:
    sheet = client.get(f"/desk/cases/{reference}").text
    return client.post(f"/desk/cases/{reference}/{form}", data=fields(sheet) | given)


def after(client: httpx.Client, answer: httpx.Response) -> str:
    assert answer.status_code == 303, answer.text
    return client.get(answer.headers["location"]).text


@pytest.mark.parametrize(
    "path", ["/desk/queue", f"/desk/cases/{GATE}", f"/desk/cases/{CHIEF}", "/desk/measures", "/desk/help", "/desk/none"]
)
def test_a_page_can_be_used_without_seeing_it(small_town: Town, path: str) -> None:
    html = small_town.signed_in("sanne").get(path).text
    page = Page(html)

    assert (page.count("main"), page.count("header"), page.count("h1")) == (1, 1, 1)
    assert page.unlabelled == []
    assert '<html lang="en" dir="ltr">' in html
    assert 'href="#main">Skip to the content' in html
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("path", ["/desk/sign-in", "/desk/enter"])
def test_the_door_can_be_used_without_seeing_it(small_town: Town, path: str) -> None:
    page = Page(small_town.anyone().get(path).text)

    assert (page.count("main"), page.count("h1"), page.unlabelled) == (1, 1, [])


def test_the_queue_shows_danger_first_with_its_clock_in_words(small_town: Town) -> None:
    page = small_town.signed_in("sanne").get("/desk/queue").text

    assert page.index(GATE) < page.index(CHIEF)
    assert "Danger: fire" in page
    assert re.search(r'class="due due-soon">2[34] hours left<', page)


def test_a_late_case_is_late_in_words_and_not_in_colour_alone(small_town: Town) -> None:
    sanne = small_town.signed_in("sanne")
    small_town.house.clock.pass_by(29 * 60_000)
    with small_town.house.services.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE cases SET answer_by = {small_town.house.clock() - 49 * HOUR} WHERE reference = '{GATE}'")

    assert re.search(r'class="due due-late">2 days late<', sanne.get("/desk/queue").text)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("q=none", "Nothing fits these filters"),
        ("due=nonsense", "Write `due` as late"),
        ("severity=", GATE),
        ("status=&site=&due=&q=", GATE),
    ],
)
def test_filters_are_forgiving_and_an_empty_queue_says_why(small_town: Town, query: str, said: str) -> None:
    answer = small_town.signed_in("sanne").get(f"/desk/queue?{query}")

    assert answer.status_code == 200
    assert said in answer.text


def test_a_translator_is_told_why_the_queue_is_empty(small_town: Town) -> None:
    assert "No text waits for you" in small_town.signed_in("grace").get("/desk/queue").text


def test_what_the_worker_allows_stands_above_the_answer(small_town: Town) -> None:
    small_town.cases.happens(CHIEF, intake.give_consent(small_town.cases.case(CHIEF), "never", small_town.house.clock()))
    page = small_town.signed_in("sanne").get(f"/desk/cases/{CHIEF}").text

    assert page.index("Never tell the factory. Nobody talks to it about this.</p>") < page.index('id="reply-text"')


def test_both_texts_stand_side_by_side_and_say_what_they_are(small_town: Town) -> None:
    with small_town.cases.desk("sanne") as at:
        desk.translate(at, CHIEF, 2, "De lijnchef zegt vieze dingen")
    page = small_town.signed_in("sanne").get(f"/desk/cases/{CHIEF}").text

    assert 'lang="bn" dir="ltr">লাইন চিফ খারাপ কথা বলে</p>' in page
    assert 'lang="nl" dir="ltr">De lijnchef zegt vieze dingen</p>' in page
    assert "translated by Sanne de Wit" in page


def test_words_nobody_can_read_yet_are_shown_with_an_honest_not_translated(small_town: Town) -> None:
    page = small_town.signed_in("sanne").get(f"/desk/cases/{GATE}").text

    assert "tin tolar gate rate tala mara thake" in page
    assert "Not translated" in page
    assert "no machine guesses at them" in page


def test_a_workers_words_are_never_markup(small_town: Town) -> None:
    small_town.cases.worker_writes(CHIEF, "<script>alert(1)</script><b>x</b>", small_town.house.clock())
    page = small_town.signed_in("sanne").get(f"/desk/cases/{CHIEF}").text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_an_answer_with_a_wording_waits_behind_a_knock_and_is_never_called_sent(town: Town) -> None:
    sanne = town.signed_in("sanne")

    page = after(sanne, post(sanne, CHIEF, "reply", text="Dank je wel", language="nl", approved="ধন্যবাদ", once="k1"))

    assert "Waits behind a knock" in page
    assert not re.search(r"\bsent\b", page.partition('<ol class="timeline">')[2].partition("</ol>")[0])
    assert town.house.rung == ["outbox"]


def test_an_answer_without_a_wording_is_kept_and_asks_for_one(town: Town) -> None:
    sanne = town.signed_in("sanne")
    page = after(sanne, post(sanne, CHIEF, "reply", text="Dank je wel", language="nl"))
    assert "It waits for a wording in the worker" in page

    seq = re.search(r'name="seq" value="(\d+)">\s*<label>The wording that leaves', page)
    assert seq is not None
    page = after(sanne, post(sanne, CHIEF, "approve", seq=seq[1], text="ধন্যবাদ"))

    assert "Waits behind a knock" in page
    assert [row["hold"] for row in town.cases.waiting(CHIEF)] == ["knock"]


def test_a_ready_sentence_goes_in_the_workers_language_without_any_script(town: Town) -> None:
    sanne = town.signed_in("sanne")
    page = sanne.get(f"/desk/cases/{CHIEF}").text
    assert "Ready sentences in B" in page
    assert "not yet read by a native speaker" in page

    after(sanne, post(sanne, CHIEF, "reply", ready="safe", text="", language="nl"))

    assert [row["hold"] for row in town.cases.waiting(CHIEF)] == ["knock"]
    assert "আপনি কি এখন নিরাপদ? ১ হ্যাঁ ২ না" in sanne.get(f"/desk/cases/{CHIEF}").text


def test_send_as_is_must_be_said_and_is_kept(town: Town) -> None:
    sanne = town.signed_in("sanne")

    after(sanne, post(sanne, CHIEF, "reply", text="Dank je wel", language="nl", as_is="yes"))

    assert [row["hold"] for row in town.cases.waiting(CHIEF)] == ["knock"]


def test_a_second_click_answers_once(town: Town) -> None:
    sanne = town.signed_in("sanne")
    given = fields(sanne.get(f"/desk/cases/{CHIEF}").text) | {"text": "Dank je wel", "language": "nl", "once": "k1"}

    answers = [sanne.post(f"/desk/cases/{CHIEF}/reply", data=given).status_code for _ in range(2)]

    assert answers == [303, 303]
    assert len(town.cases.waiting(CHIEF)) == 1


def test_an_answer_written_while_the_worker_wrote_comes_back_with_its_words_and_the_news(town: Town) -> None:
    sanne = town.signed_in("sanne")
    given = fields(sanne.get(f"/desk/cases/{CHIEF}").text)
    town.cases.worker_writes(CHIEF, "আরও তিনজন", town.house.clock())

    answer = sanne.post(f"/desk/cases/{CHIEF}/reply", data=given | {"text": "Mijn lange antwoord", "language": "nl", "approved": "ধন্যবাদ"})

    assert answer.status_code == 412
    assert all(
        words in answer.text
        for words in ("Look again before you write", "আরও তিনজন", ">Mijn lange antwoord</textarea>", ">ধন্যবাদ</textarea>")
    )
    assert town.cases.waiting(CHIEF) == []


def test_a_note_stands_apart_and_goes_nowhere(town: Town) -> None:
    sanne = town.signed_in("sanne")

    page = after(sanne, post(sanne, CHIEF, "note", text="Geen contact via HR"))

    note = page.partition('class="entry entry-note"')[2].partition("</li>")[0]
    assert "only colleagues see this" in note
    assert "Geen contact via HR" in note
    assert town.cases.waiting(CHIEF) == []


def test_only_moves_that_are_allowed_are_offered_and_none_of_them_closes(town: Town) -> None:
    sanne = town.signed_in("sanne")
    offered = re.findall(
        r'<option value="([a-z_]+)"', sanne.get(f"/desk/cases/{CHIEF}").text.partition('id="form-move"')[2].partition("</form>")[0]
    )

    refused = post(sanne, CHIEF, "move", to="closed_agreed", reason="klaar")
    done = post(sanne, CHIEF, "move", to=offered[0], reason="gelezen")

    assert offered == ["answer_needed", "waiting_supplier"]
    assert (refused.status_code, 'value="klaar"' in refused.text) == (409, True)
    assert "The case is moved." in after(sanne, done)


def test_a_case_changes_hands(town: Town) -> None:
    sanne = town.signed_in("sanne")

    page = after(sanne, post(sanne, CHIEF, "assign", to="jeroen", reason="hij kent de fabriek"))

    assert "In the hands of Jeroen Valk: hij kent de fabriek" in page


def test_who_speaks_is_written_down_and_a_number_that_is_none_comes_back_with_its_words(town: Town) -> None:
    sanne = town.signed_in("sanne")

    refused = post(sanne, CHIEF, "speaker", to="union", people="veel", reason="vakbond belde")
    page = after(sanne, post(sanne, CHIEF, "speaker", to="union", people="14", reason="vakbond belde"))

    assert (refused.status_code, 'value="vakbond belde"' in refused.text) == (400, True)
    assert "Union representative, for 14 people" in page
    assert "Who speaks: union representative, for 14 people. vakbond belde" in page


def test_the_pulse_beats_differently_only_when_something_came(town: Town) -> None:
    sanne = town.signed_in("sanne")
    known = sanne.get("/desk/pulse").json()
    again = sanne.get("/desk/pulse").json()
    town.cases.worker_writes(CHIEF, "আরও কথা", town.house.clock())

    assert known == again
    assert sanne.get("/desk/pulse").json() != known


def test_files_are_asked_for_by_their_hash_and_kept_for_good(small_town: Town) -> None:
    page = small_town.anyone().get("/desk/sign-in").text
    found = re.search(r'href="(/desk/static/desk\.css\?v=[0-9a-f]{16})"', page)
    assert found is not None

    assert "immutable" in small_town.anyone().get(found[1]).headers["cache-control"]


def test_a_forgotten_case_says_what_happened_and_takes_nothing_more(town: Town) -> None:
    with town.house.services.database.write() as connection:
        connection.exec_driver_sql(f"UPDATE cases SET state = 'forgotten', data_key_sealed = NULL WHERE reference = '{CHIEF}'")

    page = town.signed_in("sanne").get(f"/desk/cases/{CHIEF}").text

    assert "The words were destroyed" in page
    assert 'id="reply-text"' not in page


def test_a_database_without_a_programme_says_so(sqlite_url: str) -> None:
    with town_on(sqlite_url) as town:
        sanne = town.signed_in("sanne")
        with town.house.services.database.write() as connection:
            connection.exec_driver_sql("DELETE FROM programmes")

        assert sanne.get("/desk/queue").status_code == 503
