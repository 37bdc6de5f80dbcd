"""Where each carrier is to post, and where at the carrier an operator writes that down."""

from dataclasses import dataclass

from channels.config import ChannelConfig
from channels.http_sms_file import Gateway, read_gateway
from channels.http_sms_reader import EVENTS, PATH


@dataclass(frozen=True, slots=True)
class Hook:
    """One address that a carrier posts to, and where it is pasted there. `path` is the address within our own."""

    path: str
    where: str


# Twilio Console and Bot API, as their documents name the fields in November 2026.
_TWILIO = (
    Hook(
        "/webhooks/twilio/messages",
        "the number's or the Messaging Service's `A message comes in`, and the WhatsApp sender's `Webhook URL for incoming messages`; POST",
    ),
    Hook(
        "/webhooks/twilio/messages",
        "the same places' `Primary handler fails` or `Fallback URL`: Twilio calls once and never again, this is its second try",
    ),
    Hook("/webhooks/twilio/status", "the WhatsApp sender's `Status callback URL`; for SMS it is asked for with each message"),
)
_TELEGRAM = (Hook("/webhooks/telegram", "the Bot API's `setWebhook`: `weerklank telegram webhook set` does it"),)


def hooks(carrier: str, config: ChannelConfig) -> tuple[Hook, ...]:
    """The addresses of one carrier that is on, none for one that is asked. Raises channels.http_sms_file.GatewayFileError."""
    if carrier == "http_sms":
        return _of_gateway(read_gateway(config.http_sms_file or ""))
    if carrier == "telegram":
        return () if config.telegram_polling else _TELEGRAM
    return _TWILIO if carrier == "twilio" else ()


def _of_gateway(gateway: Gateway) -> tuple[Hook, ...]:
    if gateway.inbound.event is not None:
        return (Hook(PATH, f"{gateway.name}: for every event"),)
    wanted = [("", f"{gateway.name}: for messages that come in")]
    if gateway.statuses is not None:
        ends = [event for event in (*gateway.statuses.events, *gateway.statuses.words) if event in EVENTS]
        wanted += [(f"/{event}", f"{gateway.name}: for delivery reports") for event in dict.fromkeys(ends)]
    if gateway.stopped is not None:
        wanted += [
            (f"/{event}", f"{gateway.name}: for workers who want no more messages") for event in gateway.stopped.events if event in EVENTS
        ]
    return tuple(Hook(PATH + end, where) for end, where in wanted)
