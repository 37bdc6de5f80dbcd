"""The pages of flows: somebody who writes no YAML changes a text, sees the difference, tries it, publishes it, and goes back."""

import html
import io
import re
import zipfile
from collections.abc import Iterator

import httpx
import pytest

from bot.editing import Editing
from flows.engine import start
from flows.model import read
from flows.revisions import shipped_sources
from flows.session import Session
from flows.texts import po
from tests.api.test_pages import Page, after
from tests.api.town import Town, form_token, town_on
from tests.flows.texts.tea import NOON
from weerklank import shipping

HIDE = shipped_sources()["hide"]
AT = "/desk/flows/hide"
OLD, NEW = "Have a good day.", "Bye, and take care."
TEXT = f"{AT}/texts/hide/text"
TALK = """\
talks:
  - talk: she hides
    flow: hide
    facts: {line: Work info line}
    dialogue:
      - bot: "Thank you for using the Work info line. Have a good day."
"""


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    with town_on(sqlite_url) as made:
        made.house.services.writer.call_sync(lambda connection: shipping.store_shipped(connection, made.house.clock()))
        made.house.services.publishing.changed()
        yield made


@pytest.fixture
def nadia(town: Town) -> httpx.Client:
    return town.signed_in("nadia")


def hidden(page: str) -> dict[str, str]:
    version = re.search(r'name="version" value="(\d+)"', page)
    once = re.search(r'name="once" value="([^"]+)"', page)
    return {"csrf": form_token(page), "version": version[1] if version else "", "once": once[1] if once else ""}


def boxes(page: str) -> dict[str, str]:
    """Every text of the form that changes words, by its place."""
    places = re.findall(r'name="place" value="([^"]+)"', page)
    texts = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    return dict(zip(places, map(html.unescape, texts), strict=True))


def reworded(client: httpx.Client, address: str = TEXT, **more: str) -> httpx.Response:
    page = client.get(address).text
    words = {place: text.replace(OLD, NEW) for place, text in boxes(page).items()} | {
        place: text for place, text in more.items() if ":" in place
    }
    fields = {key: value for key, value in more.items() if ":" not in key}
    given = {**hidden(page), **fields, "place": list(words), "text": list(words.values())}
    return client.post(address, data=given)


def brought(client: httpx.Client, files: dict[str, bytes], name: str = "hide") -> httpx.Response:
    page = client.get("/desk/flows").text
    return client.post("/desk/flows", data={"csrf": form_token(page), "name": name}, files=[("files", each) for each in files.items()])


def acted(client: httpx.Client, act: str, page: str = f"{AT}/draft", **fields: str | list[str]) -> httpx.Response:
    return client.post(f"{AT}/{act}", data={**hidden(client.get(page).text), "reason": "shorter", **fields})


def says(town: Town) -> str:
    """What a worker who hides gets from now on."""
    library = town.house.services.publishing.drafting.library()
    [*_, said] = start(library, "hide", Session()).events
    assert said is not None
    flow = library.now("hide")
    assert flow is not None
    return str(flow.nodes["hide"].text)  # type: ignore[attr-defined]


def test_a_text_is_changed_compared_published_and_taken_back_without_a_line_of_yaml(town: Town, nadia: httpx.Client) -> None:
    draft = after(nadia, reworded(nadia))
    assert "Your words are kept as a draft" in draft
    assert OLD in draft
    assert NEW in draft
    assert "Nobody stands at a place that changes." in draft
    assert OLD in says(town)

    assert "It is in force now" in after(nadia, acted(nadia, "publish"))
    assert NEW in says(town)
    history = nadia.get(AT).text
    assert "shorter" in history

    assert "The earlier words are in force again" in after(nadia, acted(nadia, "rollback", AT, reason="unclear"))
    assert OLD in says(town)


def test_only_that_text_changes_in_the_files(nadia: httpx.Client) -> None:
    after(nadia, reworded(nadia))
    kept = nadia.get(f"{AT}/files/hide.yaml?of=draft").text

    assert kept.replace(NEW, OLD) == HIDE["hide.yaml"]


def test_translations_of_changed_words_are_drafts_until_somebody_says_that_they_fit(nadia: httpx.Client) -> None:
    reworded(nadia)
    assert "Draft in Dutch" in nadia.get(f"{AT}?of=draft&language=nl").text

    reworded(nadia)
    assert "Draft in Dutch" not in nadia.get(f"{AT}?of=draft&language=nl").text


def test_a_slip_of_the_pen_leaves_the_translations_alone(nadia: httpx.Client) -> None:
    reworded(nadia, fits="yes")

    assert "Draft in Dutch" not in nadia.get(f"{AT}?of=draft&language=nl").text


def test_words_that_cannot_be_kept_come_back_in_the_form_with_the_reason(nadia: httpx.Client) -> None:
    refused = reworded(nadia, **{"en:text": "Bye {line"})

    assert refused.status_code == 422
    assert "A bracket is not closed" in refused.text
    assert boxes(refused.text)["en:text"] == "Bye {line"
    assert "No draft waits" in nadia.get(f"{AT}/draft").text


def test_segments_are_counted_before_anything_is_kept(nadia: httpx.Client) -> None:
    counted = reworded(nadia, do="count", **{"en:text": "word " * 60})

    assert "Counted, and not kept yet" in counted.text
    assert "2 segments, GSM-7" in counted.text
    assert boxes(counted.text)["en:text"].startswith("word word")
    assert "No draft waits" in nadia.get(f"{AT}/draft").text


def test_who_was_faster_is_not_written_over_and_no_word_is_lost(nadia: httpx.Client) -> None:
    old = hidden(nadia.get(TEXT).text)
    reworded(nadia)
    late = nadia.post(TEXT, data={**old, "place": ["en:text"], "text": ["My own words."]})

    assert late.status_code == 412
    assert "Your words are still here" in late.text
    assert "My own words." in late.text
    assert "My own words." not in nadia.get(f"{AT}/files/hide.yaml?of=draft").text


def test_files_go_out_whole_and_come_back_as_a_draft(nadia: httpx.Client) -> None:
    packed = zipfile.ZipFile(io.BytesIO(nadia.get(f"{AT}/files/hide.zip").content))
    assert {name: packed.read(name).decode() for name in packed.namelist()} == HIDE
    assert nadia.get(f"{AT}/files/hide.xlsx").content.startswith(b"PK")
    assert nadia.get(f"{AT}/files/none.txt").status_code == 404

    changed = HIDE["hide.yaml"].replace(OLD, NEW)
    page = after(nadia, brought(nadia, {"hide (1).yaml": changed.encode()}))
    assert "Your files are kept as a draft" in page
    assert nadia.get(f"{AT}/files/hide.nl.yaml?of=draft").text == HIDE["hide.nl.yaml"]


def test_texts_come_back_from_a_translator(nadia: httpx.Client) -> None:
    out = nadia.get(f"{AT}/files/hide.nl.po").text
    assert out.split("POT-Creation")[0] == po.exported(HIDE, "nl", NOON).decode().split("POT-Creation")[0]
    came = out.replace('msgstr "Bedankt', 'msgstr "Hartelijk bedankt')
    assert came != out

    assert "Hartelijk bedankt" in after(nadia, brought(nadia, {"hide.nl.po": came.encode()}))


def test_a_broken_file_is_kept_with_every_problem_named_and_cannot_be_published(town: Town, nadia: httpx.Client) -> None:
    broken = HIDE["hide.yaml"].replace("go: hide", "go: nowhere").replace("kind: say", "kind: sing")
    page = after(nadia, brought(nadia, {"hide.yaml": broken.encode()}))

    assert "things to mend" in page or "thing to mend" in page
    assert "line " in page
    assert 'action="/desk/flows/hide/publish"' not in page
    assert acted(nadia, "publish").status_code == 422
    assert OLD in says(town)
    assert nadia.get(f"{AT}?of=draft").headers["location"].endswith("/draft")


@pytest.mark.parametrize(
    ("files", "what"),
    [
        ({"hide.yaml": b"\xff\xfe"}, "no text in UTF-8"),
        ({"photo.png": b"x"}, "no file of a flow"),
        ({"hide.nl.po": b"nonsense"}, "hide.nl.po"),
        ({"hide.xlsx": b"nonsense"}, "hide.xlsx"),
    ],
)
def test_a_file_that_is_none_changes_nothing_and_is_named(nadia: httpx.Client, files: dict[str, bytes], what: str) -> None:
    refused = brought(nadia, files)

    assert refused.status_code == 422
    assert "Nothing was kept" in refused.text
    assert what in refused.text
    assert "No draft waits" in nadia.get(f"{AT}/draft").text


def test_too_much_is_refused_in_words(nadia: httpx.Client) -> None:
    refused = brought(nadia, {"hide.yaml": b"x" * 3_000_000})

    assert refused.status_code == 422
    assert "The files are too large: 2 MB is the most" in refused.text

    flood = brought(nadia, {"hide.yaml": b"x" * 9_000_000})
    assert flood.status_code == 413
    assert "<h1>Too large</h1>" in flood.text
    assert "Nothing was kept. Send less, or smaller files." in flood.text


def test_a_flow_that_never_was_is_begun_by_bringing_its_file(nadia: httpx.Client) -> None:
    tea = b"flow: tea\nlanguage: en\nabout: Tea.\nnodes:\n  here: {kind: say, text: Tea is ready.}\n"
    page = after(nadia, brought(nadia, {"tea.yaml": tea}, name=""))

    assert "nothing is in force under its name" in page
    assert "Tea is ready." in nadia.get("/desk/flows/tea").text
    assert "Never published" in nadia.get("/desk/flows").text


def test_talks_are_held_against_the_draft_and_a_talk_that_goes_another_way_forbids_it(nadia: httpx.Client) -> None:
    kept = after(
        nadia, brought(nadia, {"talks.yaml": TALK.encode(), "hide.yaml": HIDE["hide.yaml"].replace("about: ", "about: So ").encode()})
    )
    assert "went as written" in kept

    other = after(nadia, reworded(nadia))
    assert "went another way" in other
    assert "First mend what is listed" in other


def test_a_draft_that_was_overtaken_is_looked_at_again(nadia: httpx.Client) -> None:
    reworded(nadia)
    after(nadia, acted(nadia, "publish"))
    reworded(nadia, **{"en:text": "So long, {line}."})
    acted(nadia, "rollback", AT)

    assert "Something else came into force" in nadia.get(f"{AT}/draft").text
    again = after(nadia, acted(nadia, "draft/again", words="mine"))
    assert "The draft stands on what is in force now" in again
    assert "It is in force now" in after(nadia, acted(nadia, "publish"))


def test_a_draft_is_thrown_away(nadia: httpx.Client) -> None:
    reworded(nadia)

    assert "No draft waits" in after(nadia, acted(nadia, "draft/again", words="force"))
    assert "draft waits" not in nadia.get("/desk/flows").text


def test_a_second_click_publishes_nothing_twice(nadia: httpx.Client) -> None:
    reworded(nadia)
    form = {**hidden(nadia.get(f"{AT}/draft").text), "reason": "shorter"}
    answers = [nadia.post(f"{AT}/publish", data=form) for _ in range(2)]

    assert [each.status_code for each in answers] == [303, 303]
    assert nadia.get(AT).text.count("shorter") == 1


@pytest.mark.parametrize("act", ["publish", "rollback"])
def test_nothing_is_put_in_force_without_a_reason(nadia: httpx.Client, act: str) -> None:
    reworded(nadia)
    refused = acted(nadia, act, f"{AT}/draft", reason=" ")

    assert refused.status_code == 422
    assert "nobody could tell later" in refused.text.lower()


def test_a_form_from_elsewhere_is_refused(nadia: httpx.Client) -> None:
    assert nadia.post(f"{AT}/publish", data={"csrf": "0" * 64, "reason": "x"}).status_code == 403
    assert nadia.post(TEXT, data={"place": ["en:text"], "text": ["x"]}).status_code == 403
    assert nadia.post("/desk/flows", data={"csrf": "x"}, files=[("files", ("hide.yaml", b"x"))]).status_code == 403


def test_a_rehearsal_plays_the_draft_and_leaves_no_trace(town: Town, nadia: httpx.Client) -> None:
    reworded(nadia)
    before = town.house.services.publishing.standing.everywhere()
    page = nadia.get(f"{AT}/try").text
    assert "This is a rehearsal" in page
    assert NEW in page

    first = nadia.get(f"{AT}/try?begin=first").text
    form = {"csrf": form_token(first), "begin": "first", "channel": "sms", "language": "en", "said": ["They did not pay"], "tapped": [""]}
    answer = nadia.post(f"{AT}/try", data={**form, "words": "9"}).text
    assert "the case opens" in answer
    assert NEW in answer
    assert town.house.services.publishing.standing.everywhere() == before
    assert town.house.inbox.messages == []


def test_what_is_tapped_in_a_rehearsal_is_the_answer_behind_the_button(nadia: httpx.Client) -> None:
    at = "/desk/flows/raise-concern/try"
    first = nadia.get(f"{at}?channel=telegram").text
    form = {"csrf": form_token(first), "channel": "telegram", "language": "en"}
    asked = nadia.post(at, data={**form, "words": "They did not pay"}).text
    tap = html.unescape(re.findall(r'name="tap" value="([^"]+\.no\|[^"]+)"', asked)[0])
    answer = nadia.post(at, data={**form, "said": ["They did not pay"], "tapped": [""], "tap": tap}).text

    assert "What is it about most?" in answer


def test_people_in_a_vanishing_place_are_counted_and_can_be_led_on(nadia: httpx.Client) -> None:
    tea = "flow: tea\nlanguage: en\nnodes:\n  one: {kind: say, text: One., go: two}\n  two: {kind: say, text: Two.}\n"
    after(nadia, brought(nadia, {"tea.yaml": tea.encode()}, name=""))
    page = nadia.get("/desk/flows/tea/draft").text
    after(nadia, nadia.post("/desk/flows/tea/publish", data={**hidden(page), "reason": "new"}))
    gone = "flow: tea\nlanguage: en\nnodes:\n  one: {kind: say, text: One., go: three}\n  three: {kind: say, text: Three.}\n"
    page = after(nadia, brought(nadia, {"tea.yaml": gone.encode()}, name="tea"))

    assert 'name="old" value="two"' in page
    assert '<option value="three">at three</option>' in page
    refused = nadia.post("/desk/flows/tea/publish", data={**hidden(page), "reason": "x", "old": ["two"], "new": ["nowhere"]})
    assert "The flow has no node `nowhere`" in refused.text
    after(nadia, nadia.post("/desk/flows/tea/publish", data={**hidden(page), "reason": "x", "old": ["two"], "new": ["three"]}))


def test_the_list_says_what_is_missing_and_what_waits(nadia: httpx.Client) -> None:
    reworded(nadia)
    page = nadia.get("/desk/flows").text

    assert page.count("draft waits") == 1
    assert "0 people in it now" in page
    assert "came with Weerklank" in page
    assert page.count('class="card flow-card"') == len(shipped_sources())


def test_the_flow_in_which_people_choose_their_language_lacks_no_text_in_any_it_offers(town: Town) -> None:
    shown = {each.name: each for each in Editing(town.house.services.publishing).overviews(("en", "nl", "es", "bn", "sw"))}

    assert {each.language: each.missing > 0 for each in shown["language"].spoken} == {
        **dict.fromkeys(("en", "nl", "es", "bn"), False),
        "sw": True,
    }


@pytest.mark.parametrize("officer", ["sanne", "karim", "grace"])
def test_who_does_not_run_the_line_sees_no_way_there(town: Town, nadia: httpx.Client, officer: str) -> None:
    other = town.signed_in(officer)

    assert 'href="/desk/flows"' not in other.get("/desk/help").text
    assert other.get("/desk/flows").status_code == 403
    assert 'href="/desk/flows"' in nadia.get("/desk/help").text


@pytest.mark.parametrize(
    "path", ["/desk/flows", AT, f"{AT}?channel=telegram&language=bn", f"{AT}/draft", TEXT, f"{AT}/try", "/desk/flows/raise-concern"]
)
@pytest.mark.parametrize("drafted", [True, False])
def test_a_page_of_flows_can_be_used_without_seeing_it(nadia: httpx.Client, path: str, drafted: bool) -> None:
    if drafted:
        reworded(nadia)
    text = nadia.get(path).text
    page = Page(text)

    assert (page.count("main"), page.count("header"), page.count("h1")) == (1, 1, 1)
    assert page.unlabelled == []
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", sorted(shipped_sources()))
def test_every_flow_can_be_read_and_every_text_of_it_opens(nadia: httpx.Client, name: str) -> None:
    text = nadia.get(f"/desk/flows/{name}?channel=telegram").text
    opened = set(re.findall(rf'href="(/desk/flows/{name}/texts/[^"]+)"', text))

    assert opened or not any(hasattr(node, "sms") for node in read(shipped_sources()[name]).nodes.values())
    assert [nadia.get(address).status_code for address in sorted(opened)] == [200] * len(opened)


def test_what_the_linter_would_have_looked_at_is_said_and_forbids_nothing(nadia: httpx.Client) -> None:
    page = after(nadia, reworded(nadia, **{"en:text": "{line} " + "word " * 80}))

    assert "to look at" in page
    assert "Each segment is paid for" in page
    assert 'action="/desk/flows/hide/publish"' in page


def test_the_questions_nobody_can_hear_are_listed_apart_from_what_is_wrong(nadia: httpx.Client) -> None:
    files = {name: text.replace("about:", "about: Anew.", 1).encode() for name, text in shipped_sources()["may-we"].items()}
    page = after(nadia, brought(nadia, files, "may-we"))
    notes = page[page.index("Good to know") :]

    assert "Nobody can hear this question in `en`, `bn`, `es`, `nl`" in notes
    assert "/desk/voices" in notes
