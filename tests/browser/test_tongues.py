"""The desk in another language, in a real browser: it fits a small screen, mirrors from right to left, and is chosen at the foot."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.api.town import GATE, Town, town_on
from tests.browser.test_desk import come_in, runs_off, too_wide

ADDRESSES = ["/desk/queue", f"/desk/cases/{GATE}", "/desk/measures", "/desk/help", "/talk", "/talk/phone#new/sms/77305/nl"]


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    with town_on(sqlite_url, demo=True) as made:
        yield made


def test_an_officer_chooses_dutch_at_the_foot_of_a_page_and_keeps_it(page: Page, town: Town) -> None:
    come_in(page, town)
    page.get_by_role("button", name="Nederlands").click()
    expect(page.get_by_role("heading", name="Wachtrij")).to_be_visible()

    page.goto(f"{town.url}/desk/help")

    expect(page.locator("html")).to_have_attribute("lang", "nl")


def test_every_dutch_page_fits_a_small_screen(page: Page, town: Town) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    come_in(page, town)
    page.get_by_role("button", name="Nederlands").click()

    assert too_wide(page, town, ADDRESSES) == {}


def test_a_page_from_right_to_left_is_mirrored(page: Page, town: Town) -> None:
    page.set_viewport_size({"width": 1000, "height": 800})
    come_in(page, town)
    mark = page.locator(".wordmark")
    before = mark.bounding_box()
    page.evaluate("() => { document.documentElement.dir = 'rtl'; }")
    after = mark.bounding_box()

    assert before is not None
    assert after is not None
    assert abs(before["x"] - (1000 - after["x"] - after["width"])) < 20
    assert runs_off(page) == 0
