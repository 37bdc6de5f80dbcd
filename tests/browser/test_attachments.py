"""What a worker sent, on the sheet of its case in a real browser: the photo is drawn, the voice has a player, the paper is taken away."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.api.attached import attach_beside
from tests.api.town import GATE, Town, town_on
from tests.browser.test_desk import come_in, runs_off
from tests.media import makings


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    with town_on(sqlite_url, demo=True) as made:
        attach_beside(made.house, GATE, "voice", makings.opus())
        attach_beside(made.house, GATE, "photo", makings.photo(size=(640, 480)))
        attach_beside(made.house, GATE, "document", makings.pdf())
        yield made


def test_the_sheet_of_a_case_plays_shows_and_hands_over_what_came(page: Page, town: Town) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
    come_in(page, town)
    page.goto(f"{town.url}/desk/cases/{GATE}")

    assert (page.locator("audio").get_attribute("aria-label") or "").startswith("The worker sent a voice message")
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
