"""A browser that reaches this machine and nothing else."""

import os
import shutil
from collections.abc import Generator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

# Left to itself, chromium looks up its maker's hosts at every start.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
    "--no-first-run",
)


def read_english(context: BrowserContext) -> None:
    """Choose English, as at the foot of any page: most officers of the sample read Dutch first."""
    context.add_cookies([{"name": "weerklank-language", "value": "en", "domain": "127.0.0.1", "path": "/"}])


@pytest.fixture(scope="session")
def browser() -> Generator[Browser]:
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium here; Debian's package of that name is what these tests drive")
    with sync_playwright() as playwright:
        # Chromium's own sandbox refuses to run as root.
        started = playwright.chromium.launch(executable_path=chromium, args=list(QUIET), chromium_sandbox=os.geteuid() != 0)
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser) -> Generator[BrowserContext]:
    """A person who has never been here, but for having chosen English: most officers of the sample read Dutch first."""
    made = browser.new_context(locale="en-GB", timezone_id="Europe/Amsterdam")
    made.set_default_timeout(10_000)
    read_english(made)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
