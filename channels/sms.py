"""SMS over Twilio: numbered options, and a cost in segments."""

from channels.base import Outbound, Sent
from channels.parts import in_parts
from channels.plain import WordsOnly
from channels.registry import CARDS, ChannelConfig
from channels.twilio import TwilioSender, account

# Twilio keeps a message queued for ten hours by default; a knock that arrives in the next shift may be read over a shoulder.
VALID_SECONDS = 4 * 3600


class SmsChannel(WordsOnly):
    """Sends SMS from one number, or through a Messaging Service that picks one."""

    name = "sms"
    limits = CARDS["sms"].limits

    def __init__(self, sender: TwilioSender, origin: dict[str, str]) -> None:
        self._sender = sender
        self._fields = {**origin, "ValidityPeriod": str(VALID_SECONDS)}

    async def send(self, message: Outbound) -> Sent:
        """Hand a message to Twilio. Raises SendError."""
        fields = {**self._fields, "To": message.address}
        return await in_parts(message.numbered, self.limits.text_max, lambda text: self._sender.send({**fields, "Body": text}))

    async def close(self) -> None:
        """Let go of connections."""
        await self._sender.close()


def open_channel(config: ChannelConfig) -> SmsChannel:
    """The channel of an installation; its Messaging Service, if it has one, goes before its number."""
    service = config.twilio_messaging_service_sid
    origin = {"MessagingServiceSid": service} if service else {"From": config.twilio_sms_from or ""}
    return SmsChannel(TwilioSender(account(config)), origin)
