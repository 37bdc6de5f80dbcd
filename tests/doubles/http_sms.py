"""A local SMS gateway's double: takes messages over the interface it was given, and refuses every request that is not of it."""

import base64
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from tests.doubles.carrier import Answer, CarrierDouble, Fault, Request, Sent, arguments, stand
from tests.doubles.http_sms_posts import ACCOUNT, PASSWORD, PATH

_BASIC = "Basic " + base64.b64encode(f"{ACCOUNT}:{PASSWORD}".encode()).decode()


@dataclass(frozen=True)
class Interface:
    """What a gateway takes: where, how, and in which fields; the header that opens it; what it answers, `{id}` being the message's."""

    path: str = PATH
    method: str = "POST"
    kind: str = "json"
    to: tuple[str | int, ...] = ("phoneNumbers", 0)
    text: tuple[str | int, ...] = ("textMessage", "text")
    id: tuple[str | int, ...] | None = ("id",)
    header: tuple[str, str] = ("authorization", _BASIC)
    status: int = 202
    answer: Mapping[str, Any] = field(default_factory=lambda: {"id": "{id}", "state": "Pending", "isHashed": False, "recipients": []})
    longest: int = 1600
    once: bool = False
    """Whether an id may come only once; a second time is a conflict."""


ANDROID = Interface(once=True)
FORGETFUL = Interface()
"""The same without a memory for ids, for tests that send one message many times."""
AGGREGATOR = Interface(
    path="/send",
    kind="form",
    to=("to",),
    text=("text",),
    header=("authorization", f"Bearer {PASSWORD}"),
    status=200,
    answer={"status": "accepted"},
    longest=640,
)


class GatewayDouble(CarrierDouble):
    """One gateway with one interface."""

    def __init__(self, interface: Interface = ANDROID, *, port: int = 0, record: Path | None = None, delay: float = 0.0) -> None:
        super().__init__(port=port, record=record, delay=delay)
        self._interface = interface
        self._given = 0
        self.bodies: list[Any] = []
        self._counting = threading.Lock()

    def take(self, request: Request) -> Sent | Answer:
        here = self._interface
        path, _, query = request.path.partition("?")
        if path != here.path or request.method != here.method:
            return Answer(404, {"message": "Not Found"})
        if request.headers.get(here.header[0]) != here.header[1]:
            return Answer(401, {"message": "Unauthorized"})
        body = _body(here.kind, request, query)
        to, text = _at(body, here.to), _at(body, here.text)
        if not isinstance(to, str) or not isinstance(text, str) or not text.strip() or len(text) > here.longest:
            return Answer(400, {"message": "invalid request"})
        self.bodies.append(body)
        own = self._id(body)
        if here.once and any(sent.id == own for sent in self.taken):
            return Answer(409, {"message": "Message with such ID already exists"})
        return Sent(0, to, text, own, fields={})

    def _id(self, body: object) -> str:
        given = _at(body, self._interface.id) if self._interface.id else None
        with self._counting:
            self._given += 1
            return str(given) if given else f"gateway-{self._given}"

    def thanks(self, sent: Sent) -> Answer:
        text = json.dumps(dict(self._interface.answer)).replace("{id}", sent.id)
        return Answer(self._interface.status, json.loads(text))

    def refusal(self, fault: Fault) -> Answer:
        headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
        return Answer(fault.status or 500, {"message": fault.text, "code": fault.code}, headers)


def _body(kind: str, request: Request, query: str) -> Any:
    if kind == "query":
        return dict(parse_qsl(query, keep_blank_values=True))
    media_type = request.headers.get("content-type", "")
    if kind == "json":
        return json.loads(request.body) if media_type.startswith("application/json") else None
    if not media_type.startswith("application/x-www-form-urlencoded"):
        return None
    return dict(parse_qsl(request.body.decode("ascii"), keep_blank_values=True))


def _at(body: Any, spot: tuple[str | int, ...]) -> Any:
    for step in spot:
        try:
            body = body[step]
        except (KeyError, IndexError, TypeError):
            return None
    return body


if __name__ == "__main__":
    chosen = arguments(__doc__ or "").parse_args()
    stand(GatewayDouble(port=chosen.port, record=chosen.record, delay=chosen.delay))
