"""SMS over a local gateway, described in a file: an aggregator's HTTP interface, or a telephone with a gateway's app."""

import hmac
import re
from collections.abc import Mapping
from typing import Any, cast

import httpx

from channels.base import Abilities, Failure, Outbound, SendError, Sent
from channels.http_sms_file import PLACEHOLDER, Gateway, Refusal, read_gateway
from channels.http_sms_line import Fill, Line, line_of, spelled
from channels.http_sms_reader import HttpSmsReader, found, scalar
from channels.parts import in_parts
from channels.plain import WordsOnly
from channels.quiet import hush
from channels.registry import CARDS, ChannelConfig
from channels.shapes import whole_object
from channels.tls import authorities
from words.fold import gsm
from words.segments import fitted, segments

PATIENCE = 15.0
_CONNECTIONS = httpx.Limits(max_connections=64, max_keepalive_connections=64, keepalive_expiry=15.0)
# Nothing of the request had left when these happened, so that sending again cannot say anything twice.
_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_LONGEST_ID = 80
_LEFT_OUT = object()


class HttpSmsChannel(WordsOnly):
    """Sends SMS through one gateway; `patience` is how many seconds it waits for an answer."""

    name = "http_sms"
    limits = CARDS["http_sms"].limits

    def __init__(self, gateway: Gateway, line: Line, *, patience: float = PATIENCE) -> None:
        hush()
        self.abilities = Abilities(per_second=gateway.per_second, between_seconds=gateway.between_seconds)
        self._gateway = gateway
        self._line = line
        self._headers = {name: spelled(value, line.fill) for name, value in gateway.outbound.headers.items()}
        basic = (line.fill["account"], line.fill["password"]) if gateway.outbound.basic else None
        limits = httpx.Timeout(patience, connect=min(patience, 5.0))
        self._client = httpx.AsyncClient(verify=authorities(), auth=basic, timeout=limits, limits=_CONNECTIONS)

    async def send(self, message: Outbound) -> Sent:
        """Hand a message to the gateway. Raises SendError."""
        text = encoded(message.numbered, self._gateway.encoding)
        parts = 0

        async def send_part(part: str) -> Sent:
            nonlocal parts
            parts += 1
            return await self._send(message, part, self._own_id(message, parts))

        return await in_parts(text, self._gateway.max_length, send_part)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()

    def _own_id(self, message: Outbound, part: int) -> str:
        """Our id of a part: the same when it is sent again, so that a gateway can notice; it tells neither the worker nor our count."""
        said = f"{message.key}\n{message.address}\n{part}".encode(errors="replace")
        return hmac.digest(self._line.secret.encode(), said, "sha256").hex()[:24]

    async def _send(self, message: Outbound, text: str, own_id: str) -> Sent:
        body = filled(self._gateway.outbound.body, self._fill(message, text, own_id))
        try:
            response = await self._client.send(self._request(cast("dict[str, Any]", body)))
        except _BEFORE_SENDING:
            raise SendError(Failure.TEMPORARY) from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise SendError(Failure.CONFIG) from None
        except httpx.HTTPError:
            raise SendError(Failure.TEMPORARY, ambiguous=True) from None
        return outcome(self._gateway, response, own_id)

    def _request(self, body: dict[str, Any]) -> httpx.Request:
        posts = self._gateway.outbound
        if posts.format == "json":
            return self._client.build_request(posts.method, self._line.url, headers=self._headers, json=body)
        fields = {name: scalar(value) for name, value in body.items()}
        if posts.format == "form":
            return self._client.build_request(posts.method, self._line.url, headers=self._headers, data=fields)
        return self._client.build_request(posts.method, self._line.url, headers=self._headers, params=fields)

    def _fill(self, message: Outbound, text: str, own_id: str) -> Fill:
        coding, numbers, to = self._gateway.coding, self._gateway.numbers, message.address
        code = "+" + numbers.calling_code if numbers else ""
        national = numbers.trunk + to.removeprefix(code) if numbers and to.startswith(code) else to
        return {
            **self._line.fill,
            "to": to,
            "to_bare": to.removeprefix("+"),
            "to_national": national,
            "text": text,
            "id": own_id,
            "coding": None if coding is None else coding.gsm7 if _in_gsm7(text) else coding.unicode,
            "valid_seconds": message.valid_seconds,
            "callback": self._line.callback,
        }


def _in_gsm7(text: str) -> bool:
    return segments(text).encoding == "GSM-7"


def encoded(text: str, encoding: str) -> str:
    """The text as a gateway's alphabet takes it. Raises SendError where `gsm7` cannot hold it."""
    if encoding == "unicode":
        return text
    plain = gsm(text)
    if _in_gsm7(plain):
        return plain
    if encoding == "smart":
        return text
    plain = fitted(plain)
    if not _in_gsm7(plain):
        raise SendError(Failure.BAD_CONTENT, code="alphabet")
    return plain


def filled(template: object, fill: Fill) -> object:
    """A template with every `{name}` in its texts filled in; a field that is nothing but a value we lack is left out."""
    if isinstance(template, str):
        alone = PLACEHOLDER.fullmatch(template)
        if alone is not None:
            value = fill.get(alone[1])
            return _LEFT_OUT if value is None else value
        return spelled(template, fill)
    if isinstance(template, dict):
        each = ((name, filled(value, fill)) for name, value in cast("dict[str, object]", template).items())
        return {name: value for name, value in each if value is not _LEFT_OUT}
    if isinstance(template, list):
        return [value for value in (filled(one, fill) for one in cast("list[object]", template)) if value is not _LEFT_OUT]
    return template


def outcome(gateway: Gateway, response: httpx.Response, own_id: str) -> Sent:
    """What a gateway's answer means: its id, or ours where it gives none. Raises SendError."""
    taken = gateway.outbound.taken
    said = whole_object(response.content)
    refused = next((rule for rule in gateway.outbound.refusals if _fits(rule, response.status_code, said)), None)
    if refused is not None:
        raise _refusal(refused, response)
    if response.status_code in taken.already:
        return Sent(own_id, "queued")
    if response.status_code not in taken.statuses:
        raise _unlisted(response)
    if taken.field is not None and scalar(found(said or {}, taken.field)) not in taken.words:
        raise SendError(Failure.TEMPORARY, ambiguous=True, code=str(response.status_code))
    if taken.id is None:
        return Sent(own_id, "queued")
    given = scalar(found(said or {}, taken.id))
    if not given or len(given) > _LONGEST_ID:
        raise SendError(Failure.TEMPORARY, ambiguous=True, code=str(response.status_code))
    return Sent(given, "queued")


def _fits(rule: Refusal, status: int, said: Mapping[str, Any] | None) -> bool:
    if rule.status is not None and rule.status != status:
        return False
    return rule.field is None or scalar(found(said or {}, rule.field)) in rule.words


def _refusal(rule: Refusal, response: httpx.Response) -> SendError:
    maybe = response.status_code >= 500 if rule.maybe is None else rule.maybe
    return SendError(rule.means, retry_after=_seconds(response), ambiguous=maybe, code=str(response.status_code))


def _unlisted(response: httpx.Response) -> SendError:
    status = response.status_code
    if status >= 500 or status == 408 or status < 300:
        return SendError(Failure.TEMPORARY, ambiguous=True, code=str(status))
    failure = Failure.RATE_LIMITED if status == 429 else Failure.BAD_CONTENT if status in {400, 413, 422} else Failure.CONFIG
    return SendError(failure, retry_after=_seconds(response), code=str(status))


def _seconds(response: httpx.Response) -> float | None:
    header = response.headers.get("retry-after")
    return float(header) if header is not None and re.fullmatch(r"[0-9]{1,6}", header) else None


def open_channel(config: ChannelConfig) -> HttpSmsChannel:
    """The channel of an installation. Raises GatewayFileError."""
    gateway = read_gateway(config.http_sms_file or "")
    return HttpSmsChannel(gateway, line_of(gateway, config))


def open_reader(config: ChannelConfig) -> HttpSmsReader:
    """The reader of an installation's webhooks. Raises GatewayFileError."""
    return HttpSmsReader(read_gateway(config.http_sms_file or ""), config.http_sms_secret or "")
