"""What the channels need to know of one installation, as a value; the settings' names are in CONTRACT.md with `WEERKLANK_` before them."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ChannelConfig:
    """Every setting of every channel; a channel whose settings are absent is off. Secrets stay out of the value's own words."""

    public_url: str = ""
    twilio_account_sid: str | None = None
    twilio_auth_tokens: tuple[str, ...] = field(default=(), repr=False)
    twilio_api_url: str = "https://api.twilio.com"
    twilio_sms_from: str | None = None
    twilio_whatsapp_from: str | None = None
    twilio_messaging_service_sid: str | None = None
    twilio_knock_content_sid: str | None = None
    twilio_sms_per_second: float | None = None
    twilio_whatsapp_per_second: float | None = None
    twilio_redaction: bool = False
    telegram_bot_token: str | None = field(default=None, repr=False)
    telegram_webhook_secret: str | None = field(default=None, repr=False)
    telegram_polling: bool = False
    telegram_api_url: str = "https://api.telegram.org"
    http_sms_file: str | None = None
    http_sms_url: str | None = None
    http_sms_account: str | None = None
    http_sms_password: str | None = field(default=None, repr=False)
    http_sms_secret: str | None = field(default=None, repr=False)
    http_sms_from: str | None = None
