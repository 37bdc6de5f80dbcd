"""WhatsApp over Twilio: buttons and lists where they fit, else numbered options; an address is opaque and is never looked into.

An address is a phone number or an id of WhatsApp's own (`BD.1349...`).
"""

from dataclasses import dataclass, replace
from typing import Any

from channels.base import Abilities, Failure, Outbound, Recording, SendError, Sent
from channels.parts import in_parts
from channels.registry import CARDS, ChannelConfig
from channels.twilio import PATIENCE
from channels.twilio_account import TwilioAccount, account
from channels.twilio_channel import TwilioChannel, validity
from channels.twilio_forms import Form, Forms, form_of
from channels.twilio_reader import WHATSAPP

WINDOW_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class WhatsAppSender:
    """The number that messages leave from, the approved template of the knock (`HX...`) and messages a second, None where there is none."""

    number: str
    knock: str | None = None
    per_second: float | None = None


class WhatsAppChannel(TwilioChannel):
    """Sends WhatsApp messages from one business number."""

    name = "whatsapp"
    limits = CARDS["whatsapp"].limits
    abilities = Abilities(
        initiate="template",
        window_seconds=WINDOW_SECONDS,
        media=frozenset({"voice", "photo", "video", "document", "place", "sticker"}),
        purges=True,
    )

    def __init__(self, of_account: TwilioAccount, sender: WhatsAppSender, *, patience: float = PATIENCE) -> None:
        super().__init__(of_account, patience=patience)
        self._from = WHATSAPP + sender.number.removeprefix(WHATSAPP)
        self._knock = sender.knock
        self.abilities = replace(self.abilities, per_second=sender.per_second)
        self._forms = Forms(self._client)

    async def send(self, message: Outbound) -> Sent:
        """Hand a message to Twilio: the text, then its recording. Raises SendError, with WINDOW_CLOSED when only a template may go.

        A recording that fails costs nobody the text, which says all that it says; and it is not sent again with a text that may have left.
        """
        fields = {"from_": self._from, "to": WHATSAPP + message.address, "validity_period": validity(message.valid_seconds)}
        if not message.window_open:
            return await self._outside(message, fields)
        sent = await self._inside(message, fields)
        if message.voice is None or message.knock or message.again:
            return sent
        return replace(sent, beside=await self._spoken(message.voice, fields))

    async def _outside(self, message: Outbound, fields: dict[str, Any]) -> Sent:
        """A template's words come from its approved form: ContentSid alone, since with a Body Twilio would try the words (63016)."""
        if not (message.knock and self._knock):
            raise SendError(Failure.WINDOW_CLOSED)
        return await self._client.send({**fields, "content_sid": self._knock})

    async def _inside(self, message: Outbound, fields: dict[str, Any]) -> Sent:
        form = form_of(message)
        sid = await self._forms.sid(form) if form is not None else None
        if form is None or sid is None:
            return await in_parts(message.numbered, self.limits.text_max, lambda text: self._client.send({**fields, "body": text}))
        return await self._in_form(message, fields, form, sid)

    async def _in_form(self, message: Outbound, fields: dict[str, Any], form: Form, sid: str) -> Sent:
        filled = {"content_sid": sid} | ({"content_variables": form.variables} if form.variables else {})
        try:
            return await self._client.send({**fields, **filled})
        except SendError as error:
            # Refused for what it is, so that nothing left: a form that somebody deleted, or that WhatsApp does not show.
            if error.failure is not Failure.BAD_CONTENT or error.ambiguous:
                raise
        self._forms.forget(form)
        return await in_parts(message.numbered, self.limits.text_max, lambda text: self._client.send({**fields, "body": text}))

    async def _spoken(self, voice: Recording, fields: dict[str, Any]) -> tuple[str, ...]:
        try:
            return ((await self._client.send({**fields, "media_url": [voice.url]})).provider_id,)
        except SendError:
            return ()


def open_channel(config: ChannelConfig) -> WhatsAppChannel:
    """The channel of an installation."""
    return WhatsAppChannel(account(config), _sender(config))


def _sender(config: ChannelConfig) -> WhatsAppSender:
    return WhatsAppSender(config.twilio_whatsapp_from or "", config.twilio_knock_content_sid, config.twilio_whatsapp_per_second)
