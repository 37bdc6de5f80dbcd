"""An admin who writes no YAML changes a text in a real browser, sees the difference, tries it, and publishes it; a worker hears it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from flows.engine import Words as Heard
from flows.engine import begin
from flows.events import Say
from flows.session import Session
from tests.api.town import Town, town_on
from tests.browser.test_desk import come_in, complaints, too_wide
from weerklank import shipping

ADDRESSES = [
    "/desk/flows",
    "/desk/flows/raise-concern?language=bn&channel=sms",
    "/desk/flows/raise-concern?language=en&channel=telegram",
    "/desk/flows/raise-concern/texts/saved/text",
    "/desk/flows/raise-concern/texts/about/options.pay",
    "/desk/flows/may-we/draft",
    "/desk/flows/raise-concern/draft",
    "/desk/flows/raise-concern/try?channel=telegram",
]
OLD, NEW = "Keep it secret and away from this phone.", "Keep it secret. Keep it away from this phone."
__all__ = ["complaints"]


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    with town_on(sqlite_url, demo=True) as made:
        made.house.services.writer.call_sync(lambda connection: shipping.store_shipped(connection, made.house.clock()))
        made.house.services.publishing.changed()
        yield made


def change_a_text(page: Page, town: Town) -> None:
    page.goto(f"{town.url}/desk/flows")
    page.get_by_role("link", name="raise-concern", exact=True).click()
    page.get_by_role("link", name="Change the text of saved", exact=True).click()
    box = page.get_by_label("Text", exact=True).first
    box.fill(box.input_value().replace(OLD, NEW))
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.get_by_role("status").filter(has_text="kept as a draft")).to_be_visible()


def saved_words(town: Town) -> str:
    """What a worker gets after her first words, from now on."""
    library = town.house.services.publishing.drafting.library()
    said = [event for event in begin(library, "raise-concern", Session(), Heard("no pay")).events if isinstance(event, Say)]
    return str(library.revisions[said[-1].revision].nodes[said[-1].node].text)  # type: ignore[attr-defined]


def test_an_admin_changes_a_text_tries_it_and_publishes_it(page: Page, town: Town, complaints: list[str]) -> None:
    come_in(page, town, "nadia")
    change_a_text(page, town)
    expect(page.locator(".side-before .said").filter(has_text=OLD)).to_be_visible()
    expect(page.locator(".side-after .said").filter(has_text=NEW)).to_be_visible()
    expect(page.locator("ins")).to_have_text("secret. Keep it")

    page.get_by_role("link", name="Try it").last.click()
    page.get_by_label("Message", exact=True).fill("They did not pay the overtime")
    page.get_by_role("button", name="Send").click()
    expect(page.locator(".bubble").filter(has_text=NEW)).to_be_visible()
    expect(page.get_by_text("the case opens")).to_be_visible()
    assert OLD in saved_words(town)

    page.get_by_role("link", name="Back to the draft").click()
    page.get_by_label("Why", exact=True).fill("two short sentences")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("status").filter(has_text="It is in force now")).to_be_visible()
    assert NEW in saved_words(town)

    page.get_by_label("Why", exact=True).fill("the old one was clearer")
    page.get_by_role("button", name="Roll back").click()
    expect(page.get_by_role("status").filter(has_text="in force again")).to_be_visible()
    assert OLD in saved_words(town)
    assert complaints == []


def test_everything_works_without_scripts(browser: Browser, town: Town) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    enrolled = town.signed_in("nadia")
    context.add_cookies([{"name": name, "value": value, "url": town.url} for name, value in enrolled.cookies.items()])

    change_a_text(page, town)
    page.get_by_label("Why", exact=True).fill("shorter")
    page.get_by_role("button", name="Publish").click()

    expect(page.get_by_text("It is in force now")).to_be_visible()
    context.close()


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_every_page_of_flows_fits_the_screen(page: Page, town: Town, complaints: list[str], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    come_in(page, town, "nadia")
    change_a_text(page, town)

    assert too_wide(page, town, ADDRESSES) == {}
    assert complaints == []
