"""Twilio's REST API through its SDK, on an HTTP client of ours: the one file that imports `twilio`.

The SDK's own clients take no base address, wait for ever by default and log addresses at INFO (docs/decisions/0027-the-sdk-of-twilio.md).
"""

# pyright: reportMissingTypeStubs=false
import logging
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn
from urllib.parse import urlsplit

import httpx
from twilio.base.exceptions import TwilioException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList

from channels.base import Failure, SendError, Sent
from channels.failures import of_twilio
from channels.quiet import hush
from channels.shapes import as_dict, as_text, whole_object
from channels.tls import authorities
from channels.twilio_account import API_URL, TwilioAccount
from channels.twilio_listed import Listed, TooMany, listed
from channels.twilio_reader import STATUSES

PATIENCE = 15.0
_CONNECTIONS = httpx.Limits(max_connections=64, max_keepalive_connections=64, keepalive_expiry=15.0)
# Nothing of the request had left when these happened, so that sending again cannot say anything twice.
_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
# A list is read in pages, of a hundred forms or a thousand messages, and no further than this.
_MOST_PAGES = 50
_UNREADABLE = (AttributeError, KeyError, TypeError, ValueError, TwilioException)


class TwilioDoor(HttpClient):  # type: ignore[misc]  # the SDK ships no types
    """The SDK's way out: httpx with time limits and a base address, nothing logged, and every trouble named as a SendError."""

    def __init__(self, api_url: str, patience: float) -> None:
        super().__init__(logging.getLogger("twilio"), is_async=True, timeout=patience)
        self._elsewhere = api_url if api_url != API_URL else None
        timeouts = httpx.Timeout(patience, connect=min(patience, 5.0))
        self._client = httpx.AsyncClient(verify=authorities(), timeout=timeouts, limits=_CONNECTIONS)

    async def request(self, method: str, uri: str, **asked: Any) -> Response:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Make one call, without following anybody elsewhere. Raises SendError for all but a success.

        `asked` is what the SDK gives along: `params`, `data`, `headers`, `auth`; it awaits whatever an asynchronous client returns.
        """
        call: dict[str, Any] = {name: asked.get(name) for name in ("params", "headers", "auth")}
        headers: dict[str, str] = asked.get("headers") or {}
        as_json = headers.get("Content-Type") == "application/json"
        call["json" if as_json else "data"] = asked.get("data")
        try:
            said = await self._client.request(method, self._address(uri), **call)
        except _BEFORE_SENDING:
            raise SendError(Failure.TEMPORARY) from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise SendError(Failure.CONFIG) from None
        except httpx.HTTPError:
            raise SendError(Failure.TEMPORARY, ambiguous=True) from None
        if not said.is_success:
            raise _refusal(said)
        return Response(said.status_code, said.text, said.headers)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    def _address(self, uri: str) -> str:
        """Where Twilio's hosts for messages and for forms are really called; one base stands for both."""
        if self._elsewhere is None:
            return uri
        asked = urlsplit(uri)
        return self._elsewhere + asked.path + (f"?{asked.query}" if asked.query else "")


class TwilioClient:
    """What we ask of Twilio. `patience` is how many seconds it waits for an answer. Every call raises SendError when it fails."""

    def __init__(self, of_account: TwilioAccount, *, patience: float = PATIENCE) -> None:
        hush()
        self._door = TwilioDoor(of_account.api_url, patience)
        # Without an environment of its own the SDK would read addresses from ours.
        self._account = of_account.sid
        self._sdk = Client(of_account.sid, of_account.token, http_client=self._door, environment={"TWILIO_REGION": ""})
        self._always: dict[str, Any] = {"status_callback": of_account.status_url}
        if of_account.redacts:
            self._always |= {"content_retention": "discard", "address_retention": "obfuscate"}

    async def send(self, fields: Mapping[str, Any]) -> Sent:
        """Create a message of these fields, as the SDK names them (`to`, `body`, `from_` ...). Never tries again by itself."""
        try:
            made = await self._sdk.messages.create_async(**fields, **self._always)
            sid, status = made.sid, made.status
        except _UNREADABLE:
            _in_doubt()
        if not isinstance(sid, str) or not sid:
            _in_doubt()
        return Sent(sid, STATUSES.get(str(status), "queued"))

    async def redact(self, message: str) -> None:
        """Empty a message's text at Twilio; its row stays."""
        try:
            await self._sdk.messages(message).update_async(body="")
        except _UNREADABLE:
            _in_doubt()

    async def delete(self, message: str) -> None:
        """Delete a message that came to its end, with its media."""
        try:
            await self._sdk.messages(message).delete_async()
        except _UNREADABLE:
            _in_doubt()

    async def make_form(self, form: Mapping[str, Any]) -> str:
        """Create a Content resource (`friendly_name`, `language`, `variables`, `types`); its id."""
        try:
            made = await self._sdk.content.v1.contents.create_async(ContentList.ContentCreateRequest(dict(form)))
            sid = made.sid
        except _UNREADABLE:
            _in_doubt()
        return sid if isinstance(sid, str) and sid else _in_doubt()

    async def forms(self) -> dict[str, str]:
        """The Content resources that the account holds already, id by friendly name."""
        found: dict[str, str] = {}
        try:
            page = await self._sdk.content.v1.contents.page_async(page_size=100)
            for _ in range(_MOST_PAGES):
                found |= {str(each.friendly_name): str(each.sid) for each in page}
                if not page.next_page_url:
                    break
                page = await self._sdk.content.v1.contents.get_page_async(page.next_page_url)
        except _UNREADABLE:
            _in_doubt()
        return found

    async def standing(self) -> Mapping[str, str]:
        """What the account says of itself: `status` and `type`."""
        try:
            found = await self._sdk.api.v2010.accounts(self._account).fetch_async()
            return {"status": as_text(found.status), "type": as_text(found.type)}
        except _UNREADABLE:
            _in_doubt()

    async def numbers(self) -> Sequence[Mapping[str, str]]:
        """The account's numbers with the addresses that Twilio calls for an SMS: `number`, `sms_url`, `sms_fallback_url`, `method`."""
        try:
            page = await self._sdk.incoming_phone_numbers.page_async(page_size=100)
            return [
                {
                    "number": as_text(each.phone_number),
                    "sms_url": as_text(each.sms_url),
                    "sms_fallback_url": as_text(each.sms_fallback_url),
                    "method": as_text(each.sms_method),
                }
                for each in page
            ]
        except _UNREADABLE:
            _in_doubt()

    async def messages(self, since: datetime) -> Sequence[Listed]:
        """Every message of the account since then, in both directions, the oldest first. Raises TooMany."""
        found: list[Listed] = []
        try:
            page = await self._sdk.messages.page_async(date_sent_after=since, page_size=1000)
            for _ in range(_MOST_PAGES):
                found += [listed(each) for each in page]
                if not page.next_page_url:
                    break
                page = await self._sdk.messages.get_page_async(page.next_page_url)
            else:
                raise TooMany
        except _UNREADABLE:
            _in_doubt()
        # Twilio goes by whole days and lists the newest first.
        return sorted((each for each in found if each.at >= since), key=lambda each: each.at)

    async def media(self, message: str) -> Sequence[tuple[str, str]]:
        """The media that came with a message: each one's path at Twilio and its type."""
        try:
            page = await self._sdk.messages(message).media.page_async(page_size=20)
            return [(as_text(each.uri).removesuffix(".json"), as_text(each.content_type)) for each in page]
        except _UNREADABLE:
            _in_doubt()

    async def close(self) -> None:
        """Let go of connections."""
        await self._door.close()


def _in_doubt() -> NoReturn:
    """A success that cannot be read: what was asked for may have happened."""
    raise SendError(Failure.TEMPORARY, ambiguous=True) from None


def _refusal(response: httpx.Response) -> SendError:
    said = as_dict(whole_object(response.content))
    status = response.status_code
    code = str(said["code"]) if isinstance(said.get("code"), int) else str(status)
    if status >= 500 or status == 408:
        return SendError(Failure.TEMPORARY, ambiguous=True, code=code)
    unlisted = Failure.RATE_LIMITED if status == 429 else Failure.BAD_CONTENT if status in {400, 413, 422} else Failure.CONFIG
    return SendError(of_twilio(code) or unlisted, retry_after=_seconds(response.headers.get("retry-after")), code=code)


def _seconds(header: str | None) -> float | None:
    return float(header) if header is not None and re.fullmatch(r"[0-9]{1,6}", header) else None
