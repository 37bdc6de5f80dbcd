"""WhatsApp over Twilio: numbered options; an address is a phone number or an id of WhatsApp's own, and is never looked into."""

from channels.base import Outbound, Sent
from channels.parts import in_parts
from channels.plain import WordsOnly
from channels.registry import CARDS, ChannelConfig
from channels.twilio import WHATSAPP, TwilioSender, account


class WhatsAppChannel(WordsOnly):
    """Sends WhatsApp messages from one business number."""

    name = "whatsapp"
    limits = CARDS["whatsapp"].limits

    def __init__(self, sender: TwilioSender, number: str) -> None:
        self._sender = sender
        self._from = WHATSAPP + number.removeprefix(WHATSAPP)

    async def send(self, message: Outbound) -> Sent:
        """Hand a message to Twilio. Raises SendError, with WINDOW_CLOSED when the worker's last word is more than a day old."""
        fields = {"From": self._from, "To": WHATSAPP + message.address}
        return await in_parts(message.numbered, self.limits.text_max, lambda text: self._sender.send({**fields, "Body": text}))

    async def close(self) -> None:
        """Let go of connections."""
        await self._sender.close()


def open_channel(config: ChannelConfig) -> WhatsAppChannel:
    """The channel of an installation."""
    return WhatsAppChannel(TwilioSender(account(config)), config.twilio_whatsapp_from or "")
