"""Pages: a phone in the browser. What it sends goes the way of any carrier's message, and its screen is where the channel writes.

A phone's token is its address. It stands in the fragment of the page and in the bodies of posts, never in an address that a log may hold.
"""

import secrets
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import segno
from fastapi import APIRouter, Request
from markupsafe import Markup
from pydantic import BaseModel, Field
from starlette.responses import Response

from api.deps import Services
from api.desk.pages import render
from api.errors import Absent
from api.guard import House, programme_in_force, refuse_other_sites
from cases.model import Place, Programme
from channels.base import Inbound
from store import screens

ROUTER = APIRouter(include_in_schema=False)
WEB = "web"
LONGEST = 1600
_STARTS_BY_LINK = frozenset({"telegram", WEB})
_PATTERN = r"[A-Za-z0-9+._:-]{4,64}"


class PhoneAt(BaseModel):
    """Which phone: its channel and its token."""

    channel: Annotated[str, Field(pattern=r"[a-z_]{2,20}", max_length=20)]
    token: Annotated[str, Field(pattern=f"^{_PATTERN}$")]


class Look(PhoneAt):
    """What came on the screen after the bubble that is known last."""

    after: Annotated[int, Field(ge=0, le=2**53)] = 0


class Press(PhoneAt):
    """What the worker does: writes, taps a button (its `option`, its words in `text`), or follows a site's link (`text` is its payload)."""

    kind: Literal["message", "button", "start"] = "message"
    text: Annotated[str, Field(max_length=LONGEST)] = ""
    option: Annotated[str | None, Field(max_length=64)] = None


@dataclass(frozen=True, slots=True)
class Link:
    """A link that starts a talk: its language, what it carries, and the web phone that follows it."""

    language: str
    payload: str
    href: str


@dataclass(frozen=True, slots=True)
class ChannelCard:
    """A site's links on one channel, and a QR code of the first."""

    channel: str
    links: tuple[Link, ...]
    picture: Markup


@dataclass(frozen=True, slots=True)
class SiteCard:
    """What hangs on a site's poster."""

    place: Place
    code: str
    cards: tuple[ChannelCard, ...]


def _open_channel(house: Services, channel: str) -> None:
    """Refuse a channel that the web phone does not stand in for: outside a demo it is only itself. Raises Absent."""
    if channel != WEB and not house.demo:
        raise Absent


def _picture(address: str) -> Markup:
    drawn = segno.make(address, error="m").svg_inline(scale=4, border=3, dark="#0b1f22", light="#ffffff", omitsize=True)
    return Markup(drawn)  # noqa: S704 - drawn by us from our own address: squares, and not a letter of anybody's


def _channel_card(house: Services, place: Place, channel: str, languages: tuple[str, ...]) -> ChannelCard:
    links = tuple(Link(tag, f"{place.code}-{tag}", f"/talk/phone#new/{channel}/{place.code}/{tag}") for tag in languages)
    return ChannelCard(channel, links, _picture(house.public_url.rstrip("/") + links[0].href))


def _site_cards(house: Services, programme: Programme) -> list[SiteCard]:
    """Make the cards of every place, in the languages that the line speaks there."""
    found: list[SiteCard] = []
    for place in programme.places.values():
        spoken = tuple(tag for tag in place.languages if tag in programme.languages) or programme.languages[:1]
        channels = place.channels if house.demo else (WEB,)
        found.append(SiteCard(place, place.code, tuple(_channel_card(house, place, channel, spoken) for channel in channels)))
    return found


@ROUTER.get("/")
@ROUTER.get("/talk")
def phones(request: Request, house: House) -> Response:
    """Show the phones there are, and a card of every site to start a new one from."""
    with house.database.read() as connection:
        programme = programme_in_force(connection)
    context: dict[str, Any] = {"phones": house.phones, "sites": _site_cards(house, programme), "name": programme.name_in("en")}
    return render(request, "talk.html", context)


@ROUTER.get("/talk/phone")
def phone(request: Request) -> Response:
    """Show a phone; which one stands in the fragment, which only the page's script sees."""
    return render(request, "phone.html", {})


@ROUTER.post("/talk/screen")
def look(request: Request, house: House, phone: Look) -> dict[str, Any]:
    """Give what came on a phone's screen."""
    refuse_other_sites(request)
    _open_channel(house, phone.channel)
    with house.database.read() as connection:
        shown = screens.shown(connection, house.keyring, _screen(house, phone), phone.after)
    title = next((each.title for each in house.phones if each.token == phone.token and each.channel == phone.channel), "")
    return {"title": title, "bubbles": [{"id": each.id, "at": each.at, **each.body} for each in shown]}


def _screen(house: Services, phone: PhoneAt) -> bytes:
    return house.keyring.lookup("screen", phone.channel, phone.token)


@ROUTER.post("/talk/send", status_code=202)
async def send(request: Request, house: House, press: Press) -> dict[str, str]:
    """Take what a worker does on a phone: shown on its screen, then kept like any carrier's message."""
    refuse_other_sites(request)
    _open_channel(house, press.channel)
    body = {"mine": True, "text": _shown(press)}
    where, now = _screen(house, press), house.clock()
    await house.writer.call(lambda connection: screens.add(connection, house.keyring, where, body, now))
    await house.inbox.accept([_inbound(press)])
    return {"status": "taken"}


def _shown(press: Press) -> str:
    if press.kind != "start":
        return press.text
    return "/start" if press.channel in _STARTS_BY_LINK else press.text


def _inbound(press: Press) -> Inbound:
    key = secrets.token_urlsafe(16)
    if press.kind == "start" and press.channel in _STARTS_BY_LINK:
        return Inbound(press.channel, key, press.token, "start", payload=press.text)
    if press.kind == "button":
        return Inbound(press.channel, key, press.token, "button", press.text, option=press.option)
    return Inbound(press.channel, key, press.token, "message", press.text)
