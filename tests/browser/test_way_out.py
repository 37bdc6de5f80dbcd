"""The browser of these tests cannot leave this machine, so a page that asks a third party for anything is seen to."""

from playwright.sync_api import Page


def test_a_page_that_asks_a_third_party_is_seen_and_refused(page: Page) -> None:
    refused: list[str] = []
    page.on("requestfailed", lambda request: refused.append(request.url))

    page.set_content('<!doctype html><title>A page</title><script src="http://cdn.example/script.js"></script>')

    assert page.title() == "A page"
    assert refused == ["http://cdn.example/script.js"]
