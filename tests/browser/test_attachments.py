"""What a worker sent, on the sheet of its case in a real browser: the photo is drawn, the voice has a player, the paper is taken away."""

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from bot.media.clean import clean
from tests.api.attached import attach_beside
from tests.api.town import GATE, Town, town_on
from tests.browser.test_desk import come_in, runs_off
from tests.media import makings, test_lengths

PLAYER_SAYS = """() => new Promise((told, failed) => {
  const player = document.querySelector("audio");
  player.addEventListener("loadedmetadata", () => told(Math.round(player.duration)));
  player.addEventListener("error", () => failed(new Error(player.error.message)));
  player.preload = "metadata";
  player.load();
})"""


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    with town_on(sqlite_url, demo=True) as made:
        attach_beside(made.house, GATE, "voice", makings.opus(seconds=62))
        attach_beside(made.house, GATE, "photo", makings.photo(size=(640, 480)))
        attach_beside(made.house, GATE, "document", makings.pdf())
        yield made


def test_the_sheet_of_a_case_plays_shows_and_hands_over_what_came(page: Page, town: Town) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
    come_in(page, town)
    page.goto(f"{town.url}/desk/cases/{GATE}")

    assert (page.locator("audio").get_attribute("aria-label") or "").startswith("The worker sent a voice message")
    beside = page.locator("figure.attached", has=page.locator("audio")).locator("figcaption")
    assert beside.locator(".plays").inner_text().startswith("1:02")
    assert "Not transcribed" in beside.inner_text()
    assert page.evaluate(PLAYER_SAYS) == 62
    photo = page.locator("figure.attached img")
    photo.scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('figure.attached img').naturalWidth > 0")
    assert (photo.get_attribute("alt") or "").startswith("The worker sent a photo")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Download the document").click()
    assert taken.value.suggested_filename.startswith(GATE)
    assert taken.value.suggested_filename.endswith(".pdf")
    page.set_viewport_size({"width": 360, "height": 740})
    assert runs_off(page) <= 0
    assert complaints == []


COUNTED = {
    "opus": makings.opus(seconds=42),
    "opus whose end is cut off": test_lengths.LENGTHS["opus of which the end is cut off"][0],
    "mp3": test_lengths.LENGTHS["mp3"][0],
    "mp3 of the lower rates": test_lengths.LENGTHS["mp3 of the lower rates"][0],
    "wav": test_lengths.LENGTHS["wav"][0],
}


@pytest.mark.parametrize("made", COUNTED)
def test_a_player_reckons_the_lengths_that_we_tell(page: Page, made: str) -> None:
    cleaned = clean(COUNTED[made])
    page.set_content(f'<audio src="data:{cleaned.media_type};base64,{base64.b64encode(cleaned.content).decode()}"></audio>')

    assert page.evaluate(PLAYER_SAYS) == cleaned.seconds
