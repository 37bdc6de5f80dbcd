"""What a command may be refused for, as one sentence for the person at the terminal; whatever else happens is a fault of ours."""

from typing import Final

from api.accounts import NoSuchOfficer, OfficerExists
from cases.programme import ProgrammeError
from channels.http_sms_file import GatewayFileError
from flows.problems import FlowError
from store.database import StoreAway
from store.sealing import WeakKey
from translations.argos import SendsTextAway
from translations.danger import ListError
from weerklank.commands.errors import CommandError
from weerklank.house import NoProgramme
from weerklank.settings import SettingsError

REFUSALS: Final = (
    CommandError,
    SettingsError,
    WeakKey,
    StoreAway,
    NoProgramme,
    ProgrammeError,
    FlowError,
    ListError,
    GatewayFileError,
    NoSuchOfficer,
    OfficerExists,
    SendsTextAway,
    FileNotFoundError,
)


def sentence(error: Exception) -> str:
    """Say why, in one sentence."""
    if isinstance(error, NoSuchOfficer):
        return "nobody signs in with that e-mail address"
    if isinstance(error, OfficerExists):
        return "somebody signs in with that e-mail address already"
    if isinstance(error, FileNotFoundError):
        return f"there is no file {error.filename}"
    return str(error)
