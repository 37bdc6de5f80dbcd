"""What lies with Twilio's double: messages until they are deleted, forms (Content resources) a page at a time, files, numbers."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from tests.doubles import twilio_rules
from tests.doubles.carrier import Answer, Request
from tests.doubles.twilio_posts import ACCOUNT, OUR_NUMBER, OUR_WHATSAPP, TOKEN, sid

_ACCOUNT_PATH = f"/2010-04-01/Accounts/{ACCOUNT}"
_AUTHORIZED = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
_PAGE = 3
_NO_CONTENT: Mapping[str, object] = {}


@dataclass
class TwilioDesk:
    """An account at Twilio. `redacts` is Message Redaction; `shut` and `opted_out` are addresses; `in_flight` are messages under way."""

    messages: dict[str, str] = field(default_factory=dict)
    forms: dict[str, dict[str, Any]] = field(default_factory=dict)
    templates: set[str] = field(default_factory=set)
    shut: set[str] = field(default_factory=set)
    opted_out: set[str] = field(default_factory=set)
    in_flight: set[str] = field(default_factory=set)
    numbers: list[dict[str, str]] = field(default_factory=list)
    redirects: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    redacts: bool = False
    refuses_forms: bool = False
    asked: list[tuple[str, str]] = field(default_factory=list)
    log: list[dict[str, Any]] = field(default_factory=list)

    def keep(self, body: str) -> str:
        """Keep a message until it is deleted; its id."""
        made = sid()
        self.messages[made] = body
        return made

    def shown(self, fields: Mapping[str, str]) -> tuple[str, tuple[tuple[str, str], ...]]:
        """What stands on the worker's phone: the text, and what can be tapped."""
        form = self.forms.get(fields.get("ContentSid", ""))
        if form is None:
            return fields.get("Body", ""), ()
        fills = json.loads(fields.get("ContentVariables", "{}"))
        ((_, said),) = form["types"].items()
        body = said["body"]
        for number, fill in fills.items():
            body = body.replace("{{" + number + "}}", fill)
        if "actions" in said:
            return body, tuple((each["id"], each["title"]) for each in said["actions"])
        return body, tuple((each["id"], each["item"]) for each in said["items"])

    def answer(self, request: Request) -> Answer | None:
        """What Twilio answers to anything but a new message; None for what it does not know."""
        path = urlsplit(request.path).path
        self.asked.append((request.method, path))
        if path == "/v1/Content":
            return self._make(request) if request.method == "POST" else self._listed(request.path)
        if path == f"{_ACCOUNT_PATH}.json":
            return Answer(200, {"sid": ACCOUNT, "status": "active", "type": "Full"})
        if path == f"{_ACCOUNT_PATH}/IncomingPhoneNumbers.json":
            return Answer(200, {"incoming_phone_numbers": self.numbers, "page": 0, "page_size": 100, "next_page_uri": None})
        if path in self.redirects:
            return Answer(307, {}, {"Location": self.redirects[path]})
        if path in self.files:
            return self._media(request, path)
        if path.startswith("/files/"):
            return Answer(200, {"file": path})
        return self._of_messages(request, path)

    def _of_messages(self, request: Request, path: str) -> Answer | None:
        if path == f"{_ACCOUNT_PATH}/Messages.json":
            return self._messages(request.path)
        return self._media_of(path) if path.endswith("/Media.json") else self._message(request, path)

    def lay(self, content: bytes) -> str:
        """Let media of a message lie at Twilio; its path."""
        path = f"{_ACCOUNT_PATH}/Messages/{sid('MM')}/Media/{sid('ME')}"
        self.files[path] = content
        return path

    def heard(self, posted: Mapping[str, str], ago: timedelta = timedelta(hours=1)) -> None:
        """A worker's message came in at Twilio, whether or not its post reached anybody: these are the fields of that post."""
        files = [(posted[f"MediaUrl{number}"], posted[f"MediaContentType{number}"]) for number in range(int(posted["NumMedia"]))]
        self.log.append(_row(posted["MessageSid"], ago, "inbound", posted["From"], posted["To"], posted["Body"], "received") | {
            "num_media": posted["NumMedia"],
            "files": [{"uri": urlsplit(url).path + ".json", "content_type": kind} for url, kind in files],
        })  # fmt: skip

    def fared(self, message: str, to: str, status: str, error: int | None = None, ago: timedelta = timedelta(hours=1)) -> None:
        """A message of ours came so far, whether or not anybody was told."""
        sender = f"whatsapp:{OUR_WHATSAPP}" if to.startswith("whatsapp:") else OUR_NUMBER
        self.log.append(_row(message, ago, "outbound-api", sender, to, "", status) | {"error_code": error})

    def _messages(self, asked: str) -> Answer:
        """The newest first, a page at a time, of whole days (`DateSent>`)."""
        query = parse_qs(urlsplit(asked).query)
        day = query["DateSent>"][0][:10]
        found = sorted((each for each in self.log if each["at"].date().isoformat() >= day), key=lambda each: each["at"], reverse=True)
        start = int(query.get("PageToken", ["0"])[0])
        rows = [{name: value for name, value in each.items() if name not in ("at", "files")} for each in found[start : start + _PAGE]]
        more = f"{_ACCOUNT_PATH}/Messages.json?{urlencode({'DateSent>': day, 'PageToken': start + _PAGE})}"
        return Answer(200, {"messages": rows, "page": 0, "next_page_uri": more if start + _PAGE < len(found) else None})

    def _media_of(self, path: str) -> Answer:
        sid = path.removeprefix(f"{_ACCOUNT_PATH}/Messages/").removesuffix("/Media.json")
        files = next((each["files"] for each in self.log if each["sid"] == sid and "files" in each), None)
        return _refused(20404, "Not found", 404) if files is None else Answer(200, {"media_list": files, "page": 0, "next_page_uri": None})

    def _media(self, request: Request, path: str) -> Answer:
        """Twilio gives media to the account alone ("HTTP Basic Auth for media access")."""
        if request.headers.get("authorization", "") != _AUTHORIZED:
            return _refused(20003, "Authenticate", 401)
        return Answer(200, {}, content=self.files[path])

    def _message(self, request: Request, path: str) -> Answer | None:
        name = path.removeprefix(f"{_ACCOUNT_PATH}/Messages/").removesuffix(".json")
        if name not in self.messages:
            return None
        if request.method == "DELETE":
            if name in self.in_flight:
                return _refused(20009, "Cannot delete because message is still in progress", 409)
            del self.messages[name]
            return Answer(204, _NO_CONTENT)
        if parse_qsl(request.body.decode(), keep_blank_values=True) != [("Body", "")]:
            return _refused(20001, "Only an empty Body may take a message's place")
        self.messages[name] = ""
        return Answer(200, {"sid": name, "body": "", "status": "delivered"})

    def _make(self, request: Request) -> Answer:
        form = json.loads(request.body)
        wrong = twilio_rules.wrong_form(form)
        if wrong or self.refuses_forms:
            return _refused(20001, wrong or "Not now")
        made = sid("HX")
        self.forms[made] = form
        return Answer(201, {"sid": made, **form})

    def _listed(self, path: str) -> Answer:
        start = int(parse_qs(urlsplit(path).query).get("PageToken", ["0"])[0])
        found = [{"sid": made, **form} for made, form in list(self.forms.items())[start : start + _PAGE]]
        more = (
            f"https://content.twilio.com/v1/Content?PageSize={_PAGE}&PageToken={start + _PAGE}" if start + _PAGE < len(self.forms) else None
        )
        return Answer(200, {"contents": found, "meta": {"key": "contents", "next_page_url": more}})


def _row(message: str, ago: timedelta, direction: str, sender: str, to: str, body: str, status: str) -> dict[str, Any]:
    """A message as Twilio lists it."""
    at = datetime.now(UTC) - ago
    moment = format_datetime(at)
    return {
        "at": at, "sid": message, "direction": direction, "from": sender, "to": to, "body": body, "status": status, "error_code": None,
        "num_media": "0", "date_sent": moment, "date_created": moment, "messaging_service_sid": None, "account_sid": ACCOUNT,
    }  # fmt: skip


def _refused(code: int, text: str, status: int = 400) -> Answer:
    return Answer(status, {"code": code, "message": text, "more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status})
