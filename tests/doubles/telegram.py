"""Telegram's double: one bot's Bot API with its limits, its queue of updates, and a postman for its webhook."""

import asyncio
import dataclasses
import itertools
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tests.doubles import telegram_rules as rules
from tests.doubles.carrier import Answer, CarrierDouble, Fault, Request, Sent, arguments, stand
from tests.doubles.telegram_postman import Postman
from tests.doubles.telegram_posts import ABOUT_THE_BOT, TOKEN, sign, webhook

Fields = Mapping[str, Any]
_TAP_LIVES = 150
_ABOVE = 20 * 1024 * 1024


@dataclasses.dataclass(frozen=True, slots=True)
class _File:
    """A file that lies at Telegram; `claimed` is the size it says it has."""

    path: str
    content: bytes
    claimed: int


class TelegramDouble(CarrierDouble):
    """Takes the calls of one bot. What a call may hold is in telegram_bot_api.json, what Telegram refuses in telegram_rules.py.

    `door` is where the webhook's public address really listens. `pace` is the least time between two messages in a chat, in seconds, and
    `now` what time it is. Anything called against the schema fails the test when the double stops.
    """

    sign = staticmethod(sign)
    webhook = staticmethod(webhook)

    def __init__(
        self, *, port: int = 0, record: Path | None = None, delay: float = 0.0, door: str = "", now: Callable[[], float] = time.time
    ) -> None:
        super().__init__(port=port, record=record, delay=delay)
        self.now = now
        self.pace = 0.0
        self.calls: list[tuple[str, Fields]] = []
        self.violations: list[str] = []
        self.trouble: defaultdict[str, deque[Fault]] = defaultdict(deque)
        self.blocked: set[str] = set()
        self.mute: set[str] = set()
        self.messages: dict[tuple[str, int], float] = {}
        self.acknowledged: list[str] = []
        self.taps: dict[str, float] = {}
        self.queue: deque[dict[str, Any]] = deque()
        self.hook: dict[str, Any] = {}
        self.postman = Postman(door, self.by_webhook)
        self._files: dict[str, _File] = {}
        self._last: dict[str, float] = {}
        self._asking = 0
        self._message_ids = itertools.count(5000)

    def lay(self, ref: str, content: bytes, *, path: str = "voice/file_7.oga", claimed: int | None = None) -> None:
        """Let a file lie at Telegram."""
        self._files[ref] = _File(path, content, len(content) if claimed is None else claimed)

    def called(self, method: str) -> list[Fields]:
        """The fields of every call of a method, in order."""
        return [fields for name, fields in list(self.calls) if name == method]

    def texts_to(self, address: str) -> list[str]:
        """The texts that arrived at one address, in order, without recordings."""
        return [sent.body for sent in self.taken if sent.to == address and "voice" not in sent.fields]

    def bring(self, *updates: dict[str, Any]) -> None:
        """Let things happen at Telegram: told by the webhook where one is set, or kept until the bot asks."""
        for update in updates:
            self._note(update)
            if self.hook:
                self._loop.call_soon_threadsafe(self.postman.post, self.hook, update)
            else:
                self.queue.append(update)

    def _note(self, update: Mapping[str, Any]) -> None:
        message = update.get("message")
        if message and message["chat"].get("type") == "private":
            self.messages[str(message["chat"]["id"]), message["message_id"]] = message["date"]
        if "callback_query" in update:
            self.taps[update["callback_query"]["id"]] = self.now()

    def stop(self) -> None:
        super().stop()
        if self.violations:
            raise AssertionError(f"calls against the published description: {self.violations}")

    async def _outcome(self, request: Request) -> bytes | None:
        if request.path.startswith("/file/"):
            return self._download(request.path)
        bot, _, method = request.path.removeprefix("/bot").partition("/")
        method = rules.NAMES.get(method.casefold(), method)
        if bot == TOKEN and self.trouble[method]:
            fault = self.trouble[method].popleft()
            await asyncio.sleep(fault.seconds)
            return None if fault.drop else rules.raw(self.refusal(fault))
        if bot == TOKEN and method == "getUpdates":
            return rules.raw(await self._updates(rules.fields_of(request)))
        return await super()._outcome(request)

    def take(self, request: Request) -> Sent | Answer:
        if not request.path.startswith("/bot"):
            return self.refusal(Fault(404, text="Not Found"))
        bot, _, method = request.path.removeprefix("/bot").partition("/")
        if bot != TOKEN:
            return self.refusal(Fault(401, text="Unauthorized"))
        method = rules.NAMES.get(method.casefold(), "")
        if not method:
            return self.refusal(Fault(404, text="Not Found: method not found"))
        return self._take(method, rules.fields_of(request))

    def by_webhook(self, fields: dict[str, Any]) -> None:
        """A call that stood in our answer to a post; Telegram tells nobody how it went."""
        method = rules.NAMES.get(str(fields.pop("method")).casefold(), "")
        self._take(method, fields)

    def _take(self, method: str, fields: dict[str, Any]) -> Sent | Answer:
        fields = rules.typed(method, fields)
        self.calls.append((method, fields))
        against = rules.against(method, fields)
        if against:
            self.violations.append(f"{method}: {against}")
            return self.refusal(Fault(400, text=f"Bad Request: {against}"))
        wrong = rules.wrong(method, fields) or self._wrong_now(method, fields)
        if wrong:
            return self.refusal(wrong)
        done: dict[str, Callable[[Fields], Sent | Answer]] = {
            "sendMessage": self._message, "sendVoice": self._message, "deleteMessages": self._delete, "getFile": self._file,
            "setWebhook": self._set, "deleteWebhook": self._set, "getWebhookInfo": self._told_of_hook, "answerCallbackQuery": self._tap,
        }  # fmt: skip
        return done[method](fields) if method in done else _well(ABOUT_THE_BOT)

    def _wrong_now(self, method: str, fields: Fields) -> Fault | None:
        """What Telegram refuses because of what happened before."""
        chat = str(fields.get("chat_id", ""))
        if chat in self.blocked:
            return Fault(403, text="Forbidden: bot was blocked by the user")
        if method == "sendVoice" and chat in self.mute:
            return Fault(400, text="Bad Request: VOICE_MESSAGES_FORBIDDEN")
        if self.pace and method in {"sendMessage", "sendVoice"}:
            since = self.now() - self._last.get(chat, 0.0)
            self._last[chat] = self.now()
            if since < self.pace:
                return Fault(429, text="Too Many Requests: retry after 1", retry_after=1)
        return None

    def _message(self, fields: Fields) -> Sent:
        shown = {name: value if isinstance(value, str) else rules.spelt(value) for name, value in fields.items()}
        return Sent(0, shown["chat_id"], shown.get("text", ""), str(next(self._message_ids)), rules.choices(fields), shown)

    def thanks(self, sent: Sent) -> Answer:
        self.messages[sent.to, int(sent.id)] = self.now()
        chat = {"id": int(sent.to), "first_name": "Rahima", "type": "private"}
        message: dict[str, object] = {"message_id": int(sent.id), "from": ABOUT_THE_BOT, "chat": chat, "date": int(self.now())}
        voice: object = {"file_id": f"voice-{sent.id}", "file_unique_id": "AgAD", "duration": 2, "mime_type": "audio/ogg"}
        return _well(message | ({"voice": voice} if "voice" in sent.fields else {"text": sent.body}) | {"has_protected_content": True})

    def _delete(self, fields: Fields) -> Answer:
        places = [(str(fields["chat_id"]), number) for number in fields["message_ids"]]
        there = [place for place in places if place in self.messages]
        if any(self.now() - self.messages[place] >= rules.DELETES_SECONDS for place in there):
            return self.refusal(Fault(400, text="Bad Request: message can't be deleted for everyone"))
        for place in there:
            del self.messages[place]
        return _well(True)

    def _file(self, fields: Fields) -> Answer:
        file = self._files.get(fields["file_id"])
        if file is None:
            return self.refusal(Fault(400, text="Bad Request: wrong file_id or the file is temporarily unavailable"))
        if file.claimed > _ABOVE:
            return self.refusal(Fault(400, text="Bad Request: file is too big"))
        return _well({"file_id": fields["file_id"], "file_unique_id": "AgAD", "file_size": file.claimed, "file_path": file.path})

    def _download(self, path: str) -> bytes:
        file = next((each for each in self._files.values() if unquote(path) == f"/file/bot{TOKEN}/{each.path}"), None)
        return rules.raw(self.refusal(Fault(404, text="Not Found"))) if file is None else rules.raw_file(file.content)

    def _tap(self, fields: Fields) -> Answer:
        if self.now() - self.taps.get(fields["callback_query_id"], 0.0) > _TAP_LIVES:
            return self.refusal(Fault(400, text="Bad Request: query is too old and response timeout expired or query ID is invalid"))
        self.acknowledged.append(fields["callback_query_id"])
        return _well(True)

    def _set(self, fields: Fields) -> Answer:
        self.hook = dict(fields) if fields.get("url") else {}
        return _well(True)

    def _told_of_hook(self, fields: Fields) -> Answer:
        waiting = len(self.queue) + self.postman.waiting
        told = {"url": self.hook.get("url", ""), "has_custom_certificate": False, "pending_update_count": waiting, **self.postman.trouble}
        more = {name: self.hook[name] for name in ("allowed_updates", "max_connections") if name in self.hook}
        return _well(told | more)

    async def _updates(self, given: dict[str, Any]) -> Answer:
        found = self._take("getUpdates", given)
        if isinstance(found, Answer) and found.status != 200:
            return found
        if self.hook:
            words = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            return self.refusal(Fault(409, text=words))
        fields = self.calls[-1][1]
        self._asking = mine = self._asking + 1
        while self.queue and self.queue[0]["update_id"] < fields.get("offset", 0):
            self.queue.popleft()
        until = time.monotonic() + fields.get("timeout", 0)
        while not self.queue and time.monotonic() < until:
            await asyncio.sleep(0.01)
            if self.hook:
                return self.refusal(Fault(409, text="Conflict: terminated by setWebhook request"))
            if self._asking != mine:
                words = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
                return self.refusal(Fault(409, text=words))
        return _well(list(self.queue)[: fields.get("limit", 100)])

    def refusal(self, fault: Fault) -> Answer:
        status = fault.status or 500
        body: dict[str, object] = {"ok": False, "error_code": status, "description": fault.text}
        if fault.retry_after is not None:
            body["parameters"] = {"retry_after": fault.retry_after}
        return Answer(status, body)


def _well(result: object) -> Answer:
    return Answer(200, {"ok": True, "result": result})


if __name__ == "__main__":
    chosen = arguments(__doc__ or "").parse_args()
    stand(TelegramDouble(port=chosen.port, record=chosen.record, delay=chosen.delay))
