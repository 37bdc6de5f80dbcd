"""The pages in a real browser: nothing is blocked by our own policy, nothing runs off a small screen, and the phone rings the desk."""

import re
from collections.abc import Iterable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.api.town import CHIEF, GATE, Town, town_on

ADDRESSES = ["/desk/queue", f"/desk/cases/{GATE}", f"/desk/cases/{CHIEF}", "/desk/measures", "/desk/help", "/talk", "/desk/queue?q=none"]


@pytest.fixture
def town(sqlite_url: str) -> Iterator[Town]:
    with town_on(sqlite_url, demo=True) as made:
        yield made


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser complains of: a script that broke, a file that our policy refused."""
    heard: list[str] = []
    page.on("console", lambda message: heard.append(f"{page.url}: {message.text}") if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: heard.append(f"{page.url}: {error}"))
    return heard


def come_in(page: Page, town: Town, officer_id: str = "sanne") -> None:
    """Click a link of the demo: the token is after the # sign, and the page itself brings it in."""
    page.goto(f"{town.url}/desk/enter#{town.link(officer_id, 'demo')}")
    page.wait_for_url("**/desk/queue")


def runs_off(page: Page) -> int:
    return int(page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def too_wide(page: Page, town: Town, addresses: Iterable[str]) -> dict[str, int]:
    """Open one page after another; by how many pixels each that does not fit runs off the screen."""
    off: dict[str, int] = {}
    for address in addresses:
        page.goto(town.url + address)
        if pixels := runs_off(page):
            off[address] = pixels
    return off


def test_a_link_lets_in_and_its_token_is_nowhere_in_the_address(page: Page, town: Town, complaints: list[str]) -> None:
    come_in(page, town)

    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    assert "#" not in page.url
    assert complaints == []


def test_a_new_officer_sets_up_an_account(page: Page, town: Town, complaints: list[str]) -> None:
    page.goto(f"{town.url}/desk/enter#{town.link('karim')}")

    expect(page.get_by_role("heading", name="Welcome, Karim El Amrani")).to_be_visible()
    expect(page.locator(".qr svg")).to_be_visible()
    assert runs_off(page) == 0
    assert complaints == []


@pytest.mark.parametrize("width", [320, 640, 1280])
def test_every_page_fits_the_screen_and_breaks_no_rule_of_ours(page: Page, town: Town, complaints: list[str], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    come_in(page, town)

    assert too_wide(page, town, ADDRESSES) == {}
    assert complaints == []


def test_the_desk_works_by_keys_alone(page: Page, town: Town) -> None:
    come_in(page, town)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()

    page.goto(f"{town.url}/desk/cases/{CHIEF}")
    page.keyboard.press("r")
    expect(page.get_by_label("Your answer", exact=True)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.type("n is only a letter here")
    expect(page.get_by_label("Your answer", exact=True)).to_have_value("n is only a letter here")


def test_a_ready_sentence_fills_the_answer_and_hides_the_wording_it_does_not_need(page: Page, town: Town) -> None:
    come_in(page, town)
    page.goto(f"{town.url}/desk/cases/{CHIEF}")
    wording = page.get_by_label(re.compile("^The wording that leaves"))
    expect(wording).to_be_visible()

    page.locator("input[name=ready]").nth(2).check()

    expect(page.get_by_label("Your answer", exact=True)).to_have_value("আপনি কি এখন নিরাপদ? ১ হ্যাঁ ২ না")
    expect(wording).to_be_hidden()


def test_an_answer_goes_behind_a_knock_and_is_said_once(page: Page, town: Town) -> None:
    come_in(page, town)
    page.goto(f"{town.url}/desk/cases/{CHIEF}")
    page.locator("input[name=ready]").nth(0).check()
    page.get_by_role("button", name="Keep this answer for the worker").click()

    expect(page.get_by_role("status").filter(has_text="It waits behind a knock")).to_be_visible()
    page.reload()
    expect(page.get_by_role("status").filter(has_text="It waits behind a knock")).to_have_count(0)
    expect(page.locator(".delivery")).to_have_text("Waits behind a knock")


def test_news_is_told_politely_and_changes_nothing_by_itself(page: Page, town: Town) -> None:
    come_in(page, town)
    page.goto(f"{town.url}/desk/cases/{CHIEF}")
    page.get_by_label("Your answer", exact=True).fill("half an answer")
    town.cases.worker_writes(CHIEF, "আরও কথা", town.house.clock())

    page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")

    expect(page.locator("#news")).to_contain_text("Something new came")
    expect(page.get_by_label("Your answer", exact=True)).to_have_value("half an answer")


def test_a_phone_speaks_and_its_token_leaves_only_in_bodies(page: Page, town: Town, complaints: list[str]) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{town.url}/talk/phone#new/telegram/52746/bn")
    expect(page.locator(".bubble.mine")).to_have_text(re.compile("/start"))
    page.get_by_label("Message", exact=True).fill("They locked the gate")
    page.keyboard.press("Enter")
    expect(page.locator(".bubble.mine").nth(1)).to_contain_text("They locked the gate")

    token = page.url.rpartition("/")[2]
    messages = town.house.inbox.messages
    assert [(message.kind, message.payload or message.text) for message in messages] == [
        ("start", "52746-bn"),
        ("message", "They locked the gate"),
    ]
    assert {message.address for message in messages} == {token}
    assert not [address for address in asked if token in address]
    assert complaints == []
