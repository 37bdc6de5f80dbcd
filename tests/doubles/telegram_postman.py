"""Telegram's postman: each chat's updates in their order, one at a time, each tried again until it is taken (tdlib/telegram-bot-api)."""

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.doubles.telegram_posts import sign

_FIRST_WAIT = 2.0
_LONGEST_WAIT = 60.0


class Postman:
    """Posts to where the webhook's public address really listens. Its seconds are shortened: `second` is how long one takes here."""

    def __init__(self, door: str, called: Callable[[dict[str, Any]], None], *, second: float = 0.02) -> None:
        self.door = door
        self.second = second
        self.trouble: dict[str, object] = {}
        self.statuses: list[int] = []
        self._called = called
        self._chats: defaultdict[int, deque[tuple[Mapping[str, Any], Mapping[str, Any]]]] = defaultdict(deque)
        self._rounds: dict[int, asyncio.Task[None]] = {}

    @property
    def waiting(self) -> int:
        """How many updates were not taken yet."""
        return sum(map(len, self._chats.values()))

    def post(self, hook: Mapping[str, Any], update: Mapping[str, Any]) -> None:
        """Put an update into the bag; called in the double's loop."""
        inner = next(value for name, value in update.items() if name != "update_id")
        chat = int(inner.get("chat", inner["from"])["id"])
        self._chats[chat].append((hook, update))
        if chat not in self._rounds or self._rounds[chat].done():
            self._rounds[chat] = asyncio.get_running_loop().create_task(self._round(chat))

    async def _round(self, chat: int) -> None:
        wait = _FIRST_WAIT
        async with httpx.AsyncClient(timeout=10) as client:
            while self._chats[chat]:
                if await self._taken(client, *self._chats[chat][0]):
                    self._chats[chat].popleft()
                    wait = _FIRST_WAIT
                else:
                    await asyncio.sleep(wait * self.second)
                    wait = min(wait * 2, _LONGEST_WAIT)

    async def _taken(self, client: httpx.AsyncClient, hook: Mapping[str, Any], update: Mapping[str, Any]) -> bool:
        try:
            url = self.door + urlsplit(hook["url"]).path
            answer = await client.post(url, content=json.dumps(update), headers=sign(hook.get("secret_token", "")))
        except httpx.HTTPError:
            self._note("Connection refused")
            return False
        self.statuses.append(answer.status_code)
        if not answer.is_success:
            self._note(f"Wrong response from the webhook: {answer.status_code} {answer.reason_phrase}")
            return False
        if "method" in (body := answer.json()):
            self._called(body)
        return True

    def _note(self, words: str) -> None:
        self.trouble = {"last_error_date": int(time.time()), "last_error_message": words}
