"""The web phone: a worker's side of a demo, on the same path as a carrier's message."""

from collections.abc import Iterator

import pytest

from api.deps import Phone
from channels.base import Inbound
from store import screens
from tests.api.town import Town, town_on

TOKEN = "kX9-fQ2_mT7vLb4nZ1wR8sYa"
AT = {"channel": "whatsapp", "token": TOKEN}
SAMPLE = (Phone("+447700900101", "whatsapp", "The gate is locked", "gate-locked"),)


@pytest.fixture
def demo(database_url: str) -> Iterator[Town]:
    with town_on(database_url, demo=True) as town:
        yield town


def came(town: Town) -> list[Inbound]:
    return town.house.inbox.messages


def test_what_is_written_on_the_phone_comes_in_like_a_carriers_message(demo: Town) -> None:
    phone = demo.browser()

    assert phone.post("/talk/send", json=AT | {"text": "They locked the gate"}).status_code == 202

    message = came(demo)[0]
    assert (message.channel, message.address, message.kind, message.text) == ("whatsapp", TOKEN, "message", "They locked the gate")
    assert len(message.key) >= 20


def test_the_same_words_twice_are_two_messages(demo: Town) -> None:
    for _ in range(2):
        demo.browser().post("/talk/send", json=AT | {"text": "1"})

    assert len({message.key for message in came(demo)}) == 2


def test_a_tapped_button_brings_its_option(demo: Town) -> None:
    demo.browser().post("/talk/send", json=AT | {"kind": "button", "text": "Yes", "option": "saved.yes"})

    assert (came(demo)[0].kind, came(demo)[0].option, came(demo)[0].text) == ("button", "saved.yes", "Yes")


@pytest.mark.parametrize(
    ("channel", "kind", "text", "payload"), [("telegram", "start", "", "52746-bn"), ("whatsapp", "message", "52746-bn", None)]
)
def test_a_posters_link_does_on_each_channel_what_it_does_on_a_phone(
    demo: Town, channel: str, kind: str, text: str, payload: str | None
) -> None:
    demo.browser().post("/talk/send", json={"channel": channel, "token": TOKEN, "kind": "start", "text": "52746-bn"})

    assert (came(demo)[0].kind, came(demo)[0].text, came(demo)[0].payload) == (kind, text, payload)


def test_the_screen_shows_both_sides_and_only_what_is_new(demo: Town) -> None:
    services, phone = demo.house.services, demo.browser()
    phone.post("/talk/send", json=AT | {"text": "hello"})
    where = services.keyring.lookup("screen", "whatsapp", TOKEN)
    answer = {"text": "Yes, this works.", "choices": [{"id": "a.b", "title": "OK"}]}
    services.writer.call_sync(lambda c: screens.add(c, services.keyring, where, answer, services.clock()))

    first = phone.post("/talk/screen", json=AT).json()["bubbles"]
    second = phone.post("/talk/screen", json=AT | {"after": first[0]["id"]}).json()["bubbles"]

    assert [(bubble.get("mine", False), bubble["text"]) for bubble in first] == [(True, "hello"), (False, "Yes, this works.")]
    assert second == first[1:]


def test_another_token_sees_another_screen(demo: Town) -> None:
    demo.browser().post("/talk/send", json=AT | {"text": "hello"})

    assert demo.browser().post("/talk/screen", json=AT | {"token": TOKEN + "x"}).json()["bubbles"] == []
    assert demo.browser().post("/talk/screen", json=AT | {"channel": "telegram"}).json()["bubbles"] == []


WRONG = (
    {"token": "a b"}, {"token": "<x>"}, {"token": "ab"}, {"token": "x" * 65}, {"channel": "../x"}, {"text": "x" * 1601},
    {"kind": "contact"},
)  # fmt: skip


def test_a_phone_that_is_none_is_refused(demo: Town) -> None:
    phone = demo.browser()

    assert [phone.post("/talk/send", json=AT | {"text": "x"} | wrong).status_code for wrong in WRONG] == [422] * len(WRONG)
    assert came(demo) == []


def test_another_sites_page_writes_in_nobodys_name(demo: Town) -> None:
    assert demo.anyone(**{"Sec-Fetch-Site": "cross-site"}).post("/talk/send", json=AT | {"text": "x"}).status_code == 403


def test_every_site_has_its_code_links_and_picture(demo: Town) -> None:
    page = demo.anyone().get("/talk").text

    for place in demo.cases.programme.places.values():
        assert place.code in page
        assert all(f"/talk/phone#new/{channel}/{place.code}/" in page for channel in place.channels)
    assert page.count("<svg") > 10


def test_the_phones_of_the_sample_cases_are_listed_with_their_token_in_the_fragment_alone(sqlite_url: str) -> None:
    with town_on(sqlite_url, demo=True, phones=SAMPLE) as town:
        page = town.anyone().get("/talk").text
        title = town.browser().post("/talk/screen", json={"channel": "whatsapp", "token": "+447700900101"}).json()["title"]

    assert 'href="/talk/phone#whatsapp/%2B447700900101"' in page
    assert title == "The gate is locked"


def test_outside_a_demo_there_is_no_web_phone_unless_it_is_switched_on(sqlite_url: str) -> None:
    with town_on(sqlite_url) as town:
        assert [town.anyone().get(path).status_code for path in ("/talk", "/talk/phone", "/")] == [404, 404, 303]
        assert town.browser().post("/talk/send", json=AT | {"text": "x"}).status_code == 404


def test_where_it_is_switched_on_it_is_only_itself_and_imitates_nobody(sqlite_url: str) -> None:
    with town_on(sqlite_url, talk=True) as town:
        web = town.browser().post("/talk/send", json={"channel": "web", "token": TOKEN, "text": "x"}).status_code
        other = town.browser().post("/talk/send", json=AT | {"text": "x"}).status_code
        links = town.anyone().get("/talk").text

    assert (web, other) == (202, 404)
    assert "#new/web/52746/" in links
    assert "#new/whatsapp/" not in links
