"""Make the pictures of docs/tutorial/first-flow.md anew: `python -m tests.browser.make_screenshots [FOLDER]`."""

import sys
import tempfile
from contextlib import closing
from pathlib import Path

from playwright.sync_api import Locator, Page, ViewportSize, sync_playwright

from store.database import open_database
from store.migrate import upgrade
from tests.api.town import Town, town_on
from tests.browser.conftest import QUIET, read_english
from tests.browser.test_desk import come_in
from tests.browser.test_flows import NEW, OLD
from weerklank import shipping

FOLDER = Path(__file__).parents[2] / "docs" / "tutorial"
WIDE = ViewportSize(width=1020, height=640)


def picture(place: Page | Locator, folder: Path, name: str) -> None:
    """Take one picture, as small as it can be."""
    place.screenshot(path=str(folder / f"first-flow-{name}.png"), animations="disabled", scale="css")


def walk(page: Page, town: Town, folder: Path) -> None:
    """Go the way of the tutorial, and take a picture at each step."""
    come_in(page, town, "nadia")
    page.goto(f"{town.url}/desk/flows")
    picture(page, folder, "1-list")
    page.get_by_role("link", name="raise-concern", exact=True).click()
    page.locator("#n-saved").scroll_into_view_if_needed()
    picture(page.locator("#n-saved"), folder, "2-read")
    page.get_by_role("link", name="Change the text of saved", exact=True).click()
    box = page.get_by_label("Text", exact=True).first
    box.fill(box.input_value().replace(OLD, NEW))
    page.get_by_role("button", name="Only count the segments").click()
    page.evaluate("() => scrollTo(0, 0)")
    picture(page, folder, "3-change")
    page.get_by_role("button", name="Keep as a draft").click()
    page.evaluate("() => scrollTo(0, 0)")
    picture(page, folder, "4-draft")
    page.get_by_role("link", name="Try it").last.click()
    page.get_by_label("Message", exact=True).fill("They did not pay the overtime")
    page.get_by_role("button", name="Send").click()
    picture(page.locator(".rehearsal"), folder, "5-try")
    page.get_by_role("link", name="Back to the draft").click()
    page.get_by_label("Why", exact=True).fill("two short sentences are read more easily")
    page.get_by_role("button", name="Publish").click()
    page.locator("#h-history").scroll_into_view_if_needed()
    picture(page.locator("section", has=page.locator("#h-history")).last, folder, "6-history")


def main(folder: Path = FOLDER) -> None:
    """Serve the sample programme on loopback and walk through it."""
    with tempfile.TemporaryDirectory() as place, sync_playwright() as playwright:
        url = f"sqlite:///{place}/pictures.db"
        with closing(open_database(url)) as database:
            upgrade(database)
        with town_on(url, demo=True) as town:
            town.house.services.writer.call_sync(lambda connection: shipping.store_shipped(connection, town.house.clock()))
            town.house.services.publishing.changed()
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(QUIET), chromium_sandbox=False)
            page = browser.new_page(viewport=WIDE, locale="en-GB", timezone_id="Europe/Amsterdam")
            read_english(page.context)
            walk(page, town, folder)
            browser.close()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
