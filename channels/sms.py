"""SMS over Twilio: numbered options, and a cost in segments."""

from dataclasses import replace
from typing import Any

from channels.base import Abilities, Outbound, Sent
from channels.parts import in_parts
from channels.registry import CARDS, ChannelConfig
from channels.twilio import PATIENCE
from channels.twilio_account import TwilioAccount, account
from channels.twilio_channel import TwilioChannel, validity


class SmsChannel(TwilioChannel):
    """Sends SMS from one number, or through a Messaging Service that picks one."""

    name = "sms"
    limits = CARDS["sms"].limits
    # MMS come in on numbers of the United States and Canada alone (Twilio, "MMS").
    abilities = Abilities(media=frozenset({"voice", "photo", "video", "document"}), purges=True)

    def __init__(
        self, of_account: TwilioAccount, origin: dict[str, str], *, per_second: float | None = None, patience: float = PATIENCE
    ) -> None:
        super().__init__(of_account, patience=patience)
        self._origin = origin
        self.abilities = replace(self.abilities, per_second=per_second)

    async def send(self, message: Outbound) -> Sent:
        """Hand a message to Twilio; a recording stays behind, since the text says it all. Raises SendError."""
        fields: dict[str, Any] = {**self._origin, "to": message.address, "validity_period": validity(message.valid_seconds)}
        return await in_parts(message.numbered, self.limits.text_max, lambda text: self._client.send({**fields, "body": text}))


def open_channel(config: ChannelConfig) -> SmsChannel:
    """The channel of an installation; its Messaging Service, if it has one, goes before its number."""
    service = config.twilio_messaging_service_sid
    origin = {"messaging_service_sid": service} if service else {"from_": config.twilio_sms_from or ""}
    return SmsChannel(account(config), origin, per_second=config.twilio_sms_per_second)
