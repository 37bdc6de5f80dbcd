"""Pages in the reader's language: which one, nothing left in English, and mirrored where a script runs from right to left."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from babel.messages.catalog import Catalog

from api.desk.drawing import FOLDERS, STATIC, templates
from tests.api.bare_words import bare_words
from tests.api.bare_words import templates as every_template
from tests.api.town import CHIEF, GATE, Town, town_on
from translations.texts import Catalogues
from weerklank.texts import gathered, written

COOKIE = "weerklank-language"
PAGES = ("/desk/queue", f"/desk/cases/{GATE}", f"/desk/cases/{CHIEF}", "/desk/measures", "/desk/help", "/desk/cases/WK-ZZZZ-9999")
OPEN_PAGES = ("/desk/sign-in", "/desk/enter", "/talk", "/talk/phone")
RUNS = re.compile(r"%\(\w+\)s|\{\w+\}|<[^>]+>|[^%{<]+|.")


def accented(text: str) -> str:
    """A text that no English page holds: every letter in another alphabet, what is filled in and tags as they were."""
    letters = str.maketrans(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "αβψδεφγηιξκλμνοπϗρστθωςχυζ" + "ΑΒΨΔΕΦΓΗΙΞΚΛΜΝΟΠΘΡΣΤΥΩϜΧϒΖ"
    )
    return "".join(run if run[0] in "%{<" and len(run) > 1 else run.translate(letters) for run in RUNS.findall(text))


@pytest.fixture(scope="module")
def mirrored(tmp_path_factory: pytest.TempPathFactory) -> Catalogues:
    """A language made for these tests, in the place of Arabic: written from right to left, with six plurals."""
    catalog = Catalog(locale="ar", fuzzy=False)
    for message in gathered():
        if message.id:
            said = accented(message.id) if isinstance(message.id, str) else (accented(message.id[-1]),) * 6
            catalog.add(message.id, said, context=message.context)
    po = tmp_path_factory.mktemp("catalog") / "ar.po"
    po.write_text(written(catalog), encoding="utf-8")
    return Catalogues({"ar": po})


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    with town_on(sqlite_url, demo=True) as made:
        yield made


def choose(client: httpx.Client, language: str) -> None:
    client.cookies.clear()
    client.cookies.set(COOKIE, language)


def of_page(page: str) -> tuple[str, str]:
    found = re.search(r'<html lang="([^"]+)" dir="([^"]+)">', page)
    assert found is not None
    return found[1], found[2]


@pytest.mark.parametrize("path", every_template(FOLDERS), ids=lambda path: path.name)
def test_a_template_says_nothing_of_itself(path: Path) -> None:
    assert bare_words(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "planted",
    [
        "<p>Good morning</p>",
        "<p>{{ _('Queue') }} morning</p>",
        '<input placeholder="Your morning">',
        "<p>{{ 'morning' if late else _('Late') }}</p>",
        "<p>{{ name ~ ' morning' }}</p>",
        "{% macro part() %}<b>morning</b>{% endmacro %}",
    ],
)
def test_a_bare_word_that_is_planted_is_found(planted: str) -> None:
    assert "morning" in bare_words(planted)


def test_what_a_catalogue_says_is_no_bare_word() -> None:
    said = "<p class=\"dim\">{% trans num=n %}{{ num }} day{% pluralize %}{{ num }} days{% endtrans %} {{ _('Queue') }} {{ words|say }}</p>"

    assert bare_words(said) == []


def test_an_officer_reads_their_own_first_language(town: Town) -> None:
    sanne = town.signed_in("sanne")
    del sanne.cookies[COOKIE]

    page = sanne.get("/desk/queue", headers={"Accept-Language": "en-GB"}).text

    assert of_page(page) == ("nl", "ltr")
    assert "<h1>Wachtrij</h1>" in page


def test_an_officer_chooses_another_language_and_comes_back_to_the_page(town: Town) -> None:
    sanne = town.signed_in("sanne")
    del sanne.cookies[COOKIE]

    answer = sanne.post("/desk/language", data={"language": "en", "back": "/desk/queue?severity=4"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/queue?severity=4")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "SameSite=strict" in answer.headers["set-cookie"]
    assert "<h1>Queue</h1>" in sanne.get("/desk/queue").text


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "/desk/\\evil", "/api/v1/cases", ""])
def test_a_choice_never_leads_to_another_site(town: Town, back: str) -> None:
    answer = town.browser().post("/desk/language", data={"language": "nl", "back": back})

    assert answer.headers["location"] == "/desk/queue"


def test_another_site_cannot_choose(town: Town) -> None:
    answer = town.anyone(**{"Sec-Fetch-Site": "cross-site"}).post("/desk/language", data={"language": "nl"})

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_language_without_a_catalogue_cannot_be_chosen(town: Town) -> None:
    assert "set-cookie" not in town.browser().post("/desk/language", data={"language": "tlh"}).headers


@pytest.mark.parametrize(
    ("asked", "given"),
    [("nl-NL,nl;q=0.9,en;q=0.8", "nl"), ("fy, en;q=0.5, nl;q=0.7", "nl"), ("nl;q=0, de", "en"), ("q=;;,", "en"), ("", "en")],
)
def test_a_stranger_reads_what_the_browser_asks_for(town: Town, asked: str, given: str) -> None:
    stranger = town.browser()
    stranger.cookies.clear()

    assert of_page(stranger.get("/desk/sign-in", headers={"Accept-Language": asked}).text)[0] == given


def test_an_error_is_told_in_the_officers_language(town: Town) -> None:
    sanne = town.signed_in("sanne")
    del sanne.cookies[COOKIE]

    page = sanne.get("/desk/cases/WK-ZZZZ-9999")

    assert page.status_code == 404
    assert "Hier is niets" in page.text
    assert "Zo’n zaak is er niet." in page.text


def test_programs_are_told_in_english(town: Town) -> None:
    sanne = town.signed_in("sanne")
    choose_dutch = {"Cookie": "; ".join(f"{name}={value}" for name, value in {**dict(sanne.cookies), COOKIE: "nl"}.items())}

    assert sanne.get("/api/v1/cases/WK-ZZZZ-9999", headers=choose_dutch).json()["detail"] == "There is no such case."


# Rules stay in the words of the programme's author.
WRITTEN_DOWN = re.compile(r'<li dir="auto">[a-z-]+: [A-Z].*?</li>|<li class="event event-routed".*?</li>', re.DOTALL)


def text_of(page: str) -> str:
    """What a person reads of a page, without what is in another language or was written down before."""
    shown = WRITTEN_DOWN.sub(" ", re.sub(r"<(style|script|svg|kbd)\b.*?</\1>", " ", page, flags=re.DOTALL))
    shown = re.sub(r'<(\w+)[^>]*\blang="(?!ar")[^"]*"[^>]*>.*?</\1>', " ", shown, flags=re.DOTALL)
    attributes = re.findall(r'(?:aria-label|placeholder|alt)="([^"]*)"', shown)
    return " ".join([re.sub(r"<[^>]+>", " ", shown), *attributes])


@pytest.mark.parametrize("address", [*PAGES, *OPEN_PAGES])
def test_a_page_from_right_to_left_leaves_nothing_in_english(sqlite_url: str, mirrored: Catalogues, address: str) -> None:
    with town_on(sqlite_url, demo=True, texts=mirrored) as town:
        client = town.signed_in("sanne")
        client.cookies.set(COOKIE, "ar")
        page = client.get(address).text

    english = {word for message in gathered() if message.id for word in re.findall(r"[a-z]{4,}", str(message.id))}
    names = {"worker", "fabric", "garments", "line", "fire", "hall", "site", "canal", "dyeing", "info", "side", "work"}
    left = {word for word in re.findall(r"\b[a-z]{4,}\b", text_of(page)) if word in english - names}
    assert of_page(page) == ("ar", "rtl")
    assert left == set()


def test_no_rule_of_the_style_sheet_knows_left_from_right() -> None:
    style = (STATIC / "desk.css").read_text(encoding="utf-8")

    assert (
        re.findall(
            r"[;{ ]((?:margin|padding|border|inset)-(?:left|right)|left|right|float: (?:left|right)|text-align: (?:left|right))\s*:", style
        )
        == []
    )


def test_templates_are_compiled_once_a_language(mirrored: Catalogues) -> None:
    texts = mirrored.of("ar")

    assert templates(texts) is templates(mirrored.of("ar"))
    assert templates(texts).get_template("queue.html") is templates(texts).get_template("queue.html")
