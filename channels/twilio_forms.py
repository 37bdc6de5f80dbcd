"""Buttons and lists on WhatsApp over Twilio: each form of a message is kept by Twilio as a Content resource and filled when it leaves.

The form says nothing of anybody: facts stand in its variables. Measures: Twilio, Content API, `twilio/quick-reply` in a session and
`twilio/list-picker`; variables, "Using variables with Content API".
"""

import asyncio
import hashlib
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from channels.base import Outbound, SendError
from channels.twilio import TwilioClient
from words.limits import CAN_CARRY

_CARRIES = CAN_CARRY["whatsapp"]
_LANGUAGE_BY_DEFAULT = "en"
_BUTTON = {"en": "Choose", "nl": "Kies", "es": "Elegir", "bn": "বেছে নিন"}
"""What opens a list, of at most 20 letters."""
_VARIABLE = re.compile(r"\{\{[0-9]+\}\}")
_AT_AN_END = re.compile(r"^\s*\{\{[0-9]+\}\}|\{\{[0-9]+\}\}\s*$")
_ADJACENT = re.compile(r"\{\{[0-9]+\}\}\s*\{\{[0-9]+\}\}")
WAIT_AFTER_TROUBLE = 600.0
"""Seconds that a form which could not be made is left alone; its texts leave with numbers meanwhile."""


@dataclass(frozen=True, slots=True)
class Form:
    """A message with its facts apart, as Twilio keeps it, and what fills it this time."""

    resource: Mapping[str, Any]
    fills: Mapping[str, str] = field(repr=False)

    @property
    def name(self) -> str:
        """The name it is found again by: a digest of all it says."""
        return str(self.resource["friendly_name"])

    @property
    def variables(self) -> str | None:
        """What fills it, as Twilio takes it: a JSON text."""
        return json.dumps(dict(self.fills), ensure_ascii=False) if self.fills else None


def form_of(message: Outbound) -> Form | None:
    """The form of a message with choices; None where Twilio or WhatsApp would refuse it, or a worker's facts would stand in it."""
    pattern, choices = message.pattern, message.choices
    if pattern is None or not choices or len(message.text) > _CARRIES.body_max or len(pattern.text) > _CARRIES.body_max:
        return None
    numbers = _VARIABLE.findall(pattern.text)
    if len(set(numbers)) != len(pattern.fills) or _AT_AN_END.search(pattern.text) or _ADJACENT.search(pattern.text):
        return None
    # Twilio takes no empty value and no line break in a variable (error 21656, WhatsApp's rule for parameters).
    if any(not fill.strip() or "\n" in fill or "\t" in fill or "    " in fill for fill in pattern.fills):
        return None
    shown = _shown(message, pattern.text)
    if shown is None:
        return None
    language = message.language.partition("-")[0] or _LANGUAGE_BY_DEFAULT
    variables = {str(number): f"fact {number}" for number in range(1, len(pattern.fills) + 1)}
    said: dict[str, Any] = {"language": language, "variables": variables, "types": shown}
    digest = hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()[:32]
    fills = {str(number): fill for number, fill in enumerate(pattern.fills, start=1)}
    return Form({"friendly_name": f"wk-{digest}", **said}, fills)


def _shown(message: Outbound, body: str) -> dict[str, Any] | None:
    choices = message.choices
    if any(not each.title or len(each.id.encode()) > _CARRIES.option_bytes_max for each in choices) or len(
        {each.title for each in choices}
    ) < len(choices):
        return None
    longest = max(len(each.title) for each in choices)
    if len(choices) <= _CARRIES.buttons_max and longest <= _CARRIES.button_title_max:
        actions = [{"type": "QUICK_REPLY", "title": each.title, "id": each.id} for each in choices]
        return {"twilio/quick-reply": {"body": body, "actions": actions}}
    if len(choices) <= _CARRIES.list_max and longest <= _CARRIES.list_title_max:
        button = _BUTTON.get(message.language.partition("-")[0], _BUTTON[_LANGUAGE_BY_DEFAULT])
        items = [{"id": each.id, "item": each.title} for each in choices]
        return {"twilio/list-picker": {"body": body, "button": button, "items": items}}
    return None


class Forms:
    """The Content resources of one account, made once each and found again by name after a restart; no table of ours holds them."""

    def __init__(self, client: TwilioClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._clock = clock
        self._known: dict[str, str] | None = None
        self._left_alone: dict[str, float] = {}
        self._one_at_a_time = asyncio.Lock()

    async def sid(self, form: Form) -> str | None:
        """The id of a form, made now if Twilio does not hold it; None while Twilio will not have it or is away."""
        async with self._one_at_a_time:
            if self._known is not None and form.name in self._known:
                return self._known[form.name]
            if self._left_alone.get(form.name, 0.0) > self._clock():
                return None
            try:
                known = self._known = self._known if self._known is not None else await self._client.forms()
                if form.name not in known:
                    known[form.name] = await self._client.make_form(form.resource)
            except SendError:
                # A worker gets her question with numbers in place of buttons, whatever ails the forms.
                self._left_alone[form.name] = self._clock() + WAIT_AFTER_TROUBLE
                return None
            return known[form.name]

    def forget(self, form: Form) -> None:
        """Leave a form alone for a while that Twilio no longer takes, and look for it anew after that."""
        self._left_alone[form.name] = self._clock() + WAIT_AFTER_TROUBLE
        if self._known is not None:
            self._known.pop(form.name, None)
