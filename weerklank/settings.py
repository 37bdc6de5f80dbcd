"""The settings of one installation, from the environment or `.env`; each is described in docs/reference/settings.md."""

import base64
import binascii
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from store.files import Folder
from store.sealing import Keyring


class SettingsError(ValueError):
    """A setting is missing or wrong; the message is one sentence that says what to do."""


_MOST_PORTS = 65_536


def _listed(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


Secrets = Annotated[list[SecretStr], NoDecode, BeforeValidator(_listed)]


class Settings(BaseSettings):
    """What CONTRACT.md names `WEERKLANK_...`, without the prefix. A channel whose settings are absent is off."""

    model_config = SettingsConfigDict(env_prefix="WEERKLANK_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    database_url: str | None = Field(default=None, description="Where everything is kept; without it an SQLite file in the data folder.")
    data_dir: Path = Field(
        default=Path("var"), description="Folder for the SQLite file, the spool, the demo's mails and word lists of one's own (`words`)."
    )
    models_dir: Path | None = Field(
        default=None, description="Folder for the models that translate; without it `languages` in the data folder."
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000", description="The address carriers and officers call; signatures are checked against it."
    )
    sealing_keys: Secrets = Field(default_factory=list[SecretStr], description="Sealing keys, newest first, each 32 bytes in base64.")
    lookup_pepper: SecretStr | None = Field(
        default=None, description="Secret for keyed look-up of addresses and codes, 32 bytes in base64."
    )
    twilio_account_sid: str | None = Field(default=None, description="Twilio account.")
    twilio_auth_tokens: Secrets = Field(default_factory=list[SecretStr], description="Twilio tokens; any may sign, the first sends.")
    twilio_api_url: str = Field(default="https://api.twilio.com", description="Base address of Twilio's API.")
    twilio_sms_from: str | None = Field(default=None, description="Number that SMS leave from.")
    twilio_whatsapp_from: str | None = Field(default=None, description="WhatsApp number that messages leave from, without `whatsapp:`.")
    twilio_messaging_service_sid: str | None = Field(
        default=None, description="Messaging Service to send SMS through, in place of a number."
    )
    twilio_knock_content_sid: str | None = Field(
        default=None, description="Approved template of the knock (`HX...`), for WhatsApp once its window of a day is shut."
    )
    twilio_sms_per_second: float | None = Field(
        default=None,
        gt=0,
        le=1000,
        description="SMS a second, long or short, that the number or Messaging Service takes from all processes together.",
    )
    twilio_whatsapp_per_second: float | None = Field(
        default=None,
        gt=0,
        le=1000,
        description="Messages a second that the WhatsApp number takes from all processes together; a recording goes along uncounted.",
    )
    twilio_redaction: bool = Field(
        default=False, description="Whether Message Redaction is on for the account, so that Twilio keeps neither words nor numbers."
    )
    telegram_bot_token: SecretStr | None = Field(default=None, description="Token of the Telegram bot.")
    telegram_webhook_secret: SecretStr | None = Field(default=None, description="Secret that Telegram repeats in each webhook.")
    telegram_polling: bool = Field(
        default=False, description="Whether Telegram is asked for messages, for a place that it cannot post to; then it needs no secret."
    )
    telegram_api_url: str = Field(default="https://api.telegram.org", description="Base address of Telegram's Bot API.")
    http_sms_file: str | None = Field(
        default=None, description="File that describes a local SMS gateway, or one that comes along: `aggregator`, `android`."
    )
    http_sms_url: str | None = Field(default=None, description="Address of the SMS gateway, `{url}` in its file.")
    http_sms_account: str | None = Field(default=None, description="Account at the SMS gateway, `{account}` in its file.")
    http_sms_password: SecretStr | None = Field(default=None, description="Password or token there, `{password}` in its file.")
    http_sms_secret: SecretStr | None = Field(
        default=None, description="Secret by which the SMS gateway's posts are known; 16 letters or more."
    )
    http_sms_from: str | None = Field(default=None, description="Number or name that its SMS leave from, `{from}` in its file.")
    smtp_url: SecretStr | None = Field(
        default=None, description="Mail server for notices to officers: smtp+starttls://name:password@host:587."
    )
    mail_from: str = Field(default="weerklank@localhost", description="Sender of notices to officers.")
    codes_ahead: int = Field(
        default=1000, ge=1, le=100_000, description="How many workers' codes are made ahead; a burst takes one a first report."
    )
    late_check_seconds: float = Field(
        default=20.0, gt=0, le=3600, description="How often promised dates, and talks that wait, are looked at."
    )
    send_lease_seconds: int = Field(
        default=90, ge=2, le=3600, description="How long a send may take at most; after that it is taken up again, marked `maybe sent`."
    )
    purge_after_minutes: int = Field(
        default=60,
        ge=0,
        le=40_320,
        description="Minutes after which a message's copy at its carrier is deleted, where the carrier can; 0 leaves them there.",
    )
    keep_ended_days: int = Field(
        default=35,
        ge=15,
        le=3650,
        description="Days after which rows go that only say that something was done: messages handled and sent, notices, work.",
    )
    attachment_max_mb: int = Field(
        default=16, ge=1, le=100, description="How large a file of a worker may be, in MiB (1,048,576 bytes); a larger one is not taken."
    )
    argos_index_url: str = Field(
        default="https://raw.githubusercontent.com/argosopentech/argospm-index/main/index.json",
        description="Index of language packages, asked only by `weerklank languages install FROM TO`.",
    )
    web_phone: bool = Field(default=False, description="Whether the web phone at /talk is a channel of its own here.")
    show_missing_texts: bool = Field(
        default=False, description="Whether a text of the desk without a translation stands in brackets ⟦…⟧; else it is in English."
    )
    metrics_ports: str | None = Field(
        default=None,
        pattern=r"^\d{1,5}(-\d{1,5})?$",
        description="Ports on which each process gives its figures, `9464-9471`: it takes the first that is free. Without it none does.",
    )
    metrics_host: str = Field(
        default="127.0.0.1", description="Address they listen on; another than this machine's own only in a network that is yours alone."
    )
    log_level: str = Field(
        default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="How much is logged; words and addresses never are."
    )

    @property
    def database(self) -> str:
        """The database's URL, embedded by default."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'weerklank.sqlite3').absolute()}"

    @property
    def metrics_range(self) -> range | None:
        """The ports for figures; None where none is wanted. Raises SettingsError."""
        if self.metrics_ports is None:
            return None
        first, _, last = self.metrics_ports.partition("-")
        ports = range(int(first), int(last or first) + 1)
        if not ports or not 0 < ports[0] <= ports[-1] < _MOST_PORTS:
            raise SettingsError(f"WEERKLANK_METRICS_PORTS {self.metrics_ports} is no port and no range of ports such as 9464-9471")
        return ports

    @property
    def files(self) -> Folder:
        """Where the files lie that workers sent, each sealed under a key of its own."""
        return Folder(self.data_dir / "attachments")

    @property
    def words_dir(self) -> Path:
        """Where lists of words lie that are heard beside the shipped ones; it need not be there."""
        return self.data_dir / "words"

    @property
    def languages_dir(self) -> Path:
        """Where the language packages lie; it need not be there."""
        return self.models_dir or self.data_dir / "languages"

    def keyring(self) -> Keyring:
        """The service's keys. Raises SettingsError or store.sealing.WeakKey with one clear sentence."""
        if self.lookup_pepper is None:
            raise SettingsError("WEERKLANK_LOOKUP_PEPPER is not set; make one with `weerklank keys new`")
        keys = [_key(secret, f"WEERKLANK_SEALING_KEYS, key {number}") for number, secret in enumerate(self.sealing_keys, start=1)]
        return Keyring(keys, _key(self.lookup_pepper, "WEERKLANK_LOOKUP_PEPPER"))


def _key(secret: SecretStr, name: str) -> bytes:
    try:
        return base64.b64decode(secret.get_secret_value(), validate=True)
    except binascii.Error as error:
        raise SettingsError(f"{name} is not base64; make one with `weerklank keys new`") from error
