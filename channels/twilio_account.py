"""Which account of Twilio messages leave from, and where Twilio answers and calls back."""

from dataclasses import dataclass, field

from channels.config import ChannelConfig

API_URL = "https://api.twilio.com"
STATUS_PATH = "/webhooks/twilio/status"


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """The account that messages leave from; `status_url` is where Twilio tells how they fared.

    `redacts` says that Message Redaction is on for the account, so that Twilio is told to keep neither words nor numbers.
    """

    sid: str
    token: str = field(repr=False)
    api_url: str
    status_url: str
    redacts: bool = False


def account(config: ChannelConfig) -> TwilioAccount:
    """The account of an installation; the first token sends."""
    token = next(iter(config.twilio_auth_tokens), "")
    status_url = config.public_url.rstrip("/") + STATUS_PATH
    return TwilioAccount(config.twilio_account_sid or "", token, config.twilio_api_url.rstrip("/"), status_url, config.twilio_redaction)
