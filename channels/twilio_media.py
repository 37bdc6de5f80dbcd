"""Media that came over Twilio: fetched with the account's own name and token, from Twilio's hosts alone."""

import asyncio
from urllib.parse import urljoin, urlsplit

import httpx

from channels.base import Attachment, FetchError
from channels.tls import authorities
from channels.twilio_account import API_URL, TwilioAccount

SECONDS = 60.0
_MOST_STEPS = 4
_API_HOSTS = frozenset({"api.twilio.com"})
_FILE_HOSTS = frozenset({"mms.twiliocdn.com", "media.twiliocdn.com"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_GONE = frozenset({404, 410})


class TwilioMedia:
    """Fetches media; `seconds` is how long one file may take from first to last byte."""

    def __init__(self, of_account: TwilioAccount, *, seconds: float = SECONDS) -> None:
        self._auth = httpx.BasicAuth(of_account.sid, of_account.token)
        self._seconds = seconds
        base = urlsplit(of_account.api_url)
        self._base = (base.scheme, base.netloc) if of_account.api_url != API_URL else None
        limits = httpx.Timeout(min(seconds, 15.0), connect=min(seconds, 5.0))
        self._client = httpx.AsyncClient(verify=authorities(), timeout=limits)

    async def fetch(self, attachment: Attachment, most: int) -> bytes:
        """Bring a file of at most `most` bytes. Raises FetchError with a fixed phrase."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._follow(attachment.ref, most)
        except TimeoutError:
            raise FetchError("the carrier took too long", temporary=True) from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, ValueError):
            raise FetchError("the carrier gave no address that can be fetched") from None
        except httpx.HTTPError:
            raise FetchError("the carrier could not be reached", temporary=True) from None

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    async def _follow(self, url: str, most: int) -> bytes:
        """Twilio answers with the way to where the file lies; the account's token goes to its API alone."""
        if not self._is_api(url):
            raise FetchError("the file does not lie with the carrier")
        for _ in range(_MOST_STEPS):
            auth = self._auth if self._is_api(url) else None
            # None would let the client look for a name and token in the address itself.
            async with self._client.stream("GET", url, auth=auth or _Nobody()) as response:
                if response.status_code not in _REDIRECTS:
                    return await _whole(response, most)
                url = urljoin(url, response.headers.get("location", ""))
            if not (self._is_api(url) or self._is_store(url)):
                raise FetchError("the file does not lie with the carrier")
        raise FetchError("the carrier sent us in a circle", temporary=True)

    def _is_api(self, url: str) -> bool:
        place = urlsplit(url)
        if self._base is not None:
            return (place.scheme, place.netloc) == self._base
        return place.scheme == "https" and place.netloc in _API_HOSTS

    def _is_store(self, url: str) -> bool:
        place = urlsplit(url)
        return place.scheme == "https" and (place.netloc in _FILE_HOSTS or place.netloc.endswith(".twilio.com"))


class _Nobody(httpx.Auth):
    """Goes without a name."""


async def _whole(response: httpx.Response, most: int) -> bytes:
    if response.status_code in _GONE:
        raise FetchError("the carrier has it no more")
    if response.status_code == 429 or response.status_code >= 500:
        raise FetchError("the carrier is in trouble", temporary=True)
    if not response.is_success:
        raise FetchError("the carrier does not give it to us")
    found = bytearray()
    async for piece in response.aiter_bytes():
        found += piece
        if len(found) > most:
            raise FetchError("it is too large")
    return bytes(found)
