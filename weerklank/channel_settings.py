"""The settings of channels, as the value that channels are opened with."""

from pydantic import SecretStr

from channels.config import ChannelConfig
from weerklank.settings import Settings


def channel_config(settings: Settings) -> ChannelConfig:
    """What the channels need of the settings."""
    return ChannelConfig(
        public_url=settings.public_url,
        twilio_account_sid=settings.twilio_account_sid,
        twilio_auth_tokens=tuple(token.get_secret_value() for token in settings.twilio_auth_tokens),
        twilio_api_url=settings.twilio_api_url,
        twilio_sms_from=settings.twilio_sms_from,
        twilio_whatsapp_from=settings.twilio_whatsapp_from,
        twilio_messaging_service_sid=settings.twilio_messaging_service_sid,
        twilio_knock_content_sid=settings.twilio_knock_content_sid,
        twilio_sms_per_second=settings.twilio_sms_per_second,
        twilio_whatsapp_per_second=settings.twilio_whatsapp_per_second,
        twilio_redaction=settings.twilio_redaction,
        telegram_polling=settings.telegram_polling,
        telegram_bot_token=_bare(settings.telegram_bot_token),
        telegram_webhook_secret=_bare(settings.telegram_webhook_secret),
        telegram_api_url=settings.telegram_api_url,
        http_sms_file=settings.http_sms_file,
        http_sms_url=settings.http_sms_url,
        http_sms_account=settings.http_sms_account,
        http_sms_password=_bare(settings.http_sms_password),
        http_sms_secret=_bare(settings.http_sms_secret),
        http_sms_from=settings.http_sms_from,
    )


def _bare(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None
