"""How a Twilio account stands: asked of Twilio itself, for `weerklank doctor`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from channels.base import Failure, SendError
from channels.config import ChannelConfig
from channels.twilio import TwilioClient
from channels.twilio_account import account

MESSAGES_PATH = "/webhooks/twilio/messages"


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that was looked at: whether it is well, what it is, and what to do if it is not."""

    well: bool
    what: str
    do: str = ""


async def standing(config: ChannelConfig) -> Sequence[Point]:
    """What Twilio says of the account and of the SMS number's addresses. A Twilio that cannot be reached is one more point.

    The addresses of a Messaging Service and of a WhatsApp sender are not asked for: the console alone shows them.
    """
    client = TwilioClient(account(config))
    try:
        points = [_of_account(await client.standing())]
        if config.twilio_sms_from and not config.twilio_messaging_service_sid:
            points += _of_number(await client.numbers(), config)
    except SendError as error:
        return [_refused(error)]
    finally:
        await client.close()
    return points


def _refused(error: SendError) -> Point:
    if error.failure is Failure.CONFIG:
        return Point(
            well=False, what="Twilio refuses the account's SID or token", do="Check WEERKLANK_TWILIO_ACCOUNT_SID and _TWILIO_AUTH_TOKENS."
        )
    return Point(well=False, what="Twilio could not be asked", do="Check the way to WEERKLANK_TWILIO_API_URL and ask again.")


def _of_account(said: Mapping[str, str]) -> Point:
    if said["status"] != "active":
        return Point(well=False, what="Twilio's account is not active", do="Open Twilio's console and see why.")
    if said["type"] == "Trial":
        return Point(well=False, what="Twilio's account is a trial: it writes to checked numbers alone", do="Upgrade the account.")
    return Point(well=True, what="Twilio takes the account's SID and token")


def _of_number(numbers: Sequence[Mapping[str, str]], config: ChannelConfig) -> list[Point]:
    ours = config.public_url.rstrip("/") + MESSAGES_PATH
    found = next((each for each in numbers if each["number"] == config.twilio_sms_from), None)
    if found is None:
        return [Point(well=False, what="the SMS number is not on this account", do="Check WEERKLANK_TWILIO_SMS_FROM.")]
    return [
        _address("a message comes in", found["sms_url"], ours),
        _address("the first address fails (fallback)", found["sms_fallback_url"], ours),
        Point(
            well=found["method"] == "POST",
            what="Twilio calls with POST",
            do="" if found["method"] == "POST" else "Choose HTTP POST at the number.",
        ),
    ]


def _address(when: str, named: str, ours: str) -> Point:
    well = named == ours
    return Point(
        well=well, what=f"the address that Twilio calls when {when}", do="" if well else f"Paste {ours} at the number in Twilio's console."
    )
