"""The phones for demos and tests show what a worker would see on the channel that they imitate."""

import asyncio

import pytest

from channels.base import Choice, Outbound
from channels.registry import CARDS
from channels.terminal import TerminalPhone
from channels.web import Shown, WebPhone

QUESTION = Outbound("1", "phone-7", "In danger?", (Choice("danger.yes", "Yes"), Choice("danger.no", "No")))


class Page:
    """A screen that remembers."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str, Shown]] = []

    async def append(self, channel: str, address: str, message: Shown) -> None:
        self.lines.append((channel, address, message))


@pytest.mark.parametrize("name", ["telegram", "web"])
def test_where_the_channel_has_buttons_the_web_phone_shows_buttons(name: str) -> None:
    page = Page()
    sent = asyncio.run(WebPhone(name, CARDS[name].limits, page).send(QUESTION))

    assert page.lines == [(name, "phone-7", Shown("In danger?", QUESTION.choices))]
    assert sent.status == "delivered"


@pytest.mark.parametrize("name", ["sms", "whatsapp", "http_sms"])
def test_where_it_has_none_the_options_are_numbered(name: str) -> None:
    page = Page()
    asyncio.run(WebPhone(name, CARDS[name].limits, page).send(QUESTION))

    assert page.lines == [(name, "phone-7", Shown("In danger?\n1 Yes\n2 No"))]


@pytest.mark.parametrize(("name", "shown"), [("telegram", ("In danger?", QUESTION.choices)), ("sms", ("In danger?\n1 Yes\n2 No", ()))])
def test_the_terminal_phone_shows_what_the_channel_would(name: str, shown: tuple[str, tuple[Choice, ...]]) -> None:
    lines: list[tuple[str, tuple[Choice, ...]]] = []
    phone = TerminalPhone(name, CARDS[name].limits, lambda text, choices: lines.append((text, choices)))
    sent = asyncio.run(phone.send(QUESTION))

    assert lines == [shown]
    assert (phone.name, phone.limits, sent.status) == (name, CARDS[name].limits, "delivered")


def test_each_message_has_an_id_of_its_own() -> None:
    phone = WebPhone("web", CARDS["web"].limits, Page())

    async def twice() -> set[str]:
        return {(await phone.send(QUESTION)).provider_id for _ in range(2)}

    assert len(asyncio.run(twice())) == 2
