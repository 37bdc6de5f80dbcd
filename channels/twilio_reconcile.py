"""What Twilio has and we do not: it posts a message once or twice and never again, so that after a long silence of ours it is asked."""

from collections.abc import Sequence
from datetime import datetime

from channels.base import Inbound, Malformed, SendError, Status
from channels.config import ChannelConfig
from channels.twilio import TwilioClient
from channels.twilio_account import TwilioAccount, account
from channels.twilio_listed import Listed
from channels.twilio_reader import WHATSAPP, messages, statuses

_MEDIA_MOST = 10
_GONE = frozenset({"404", "410", "20404"})
_DOORS = frozenset({"opt_out", "opt_in"})


class Reconciling:
    """Asks one account. Every call raises SendError when Twilio does not answer."""

    def __init__(self, of_account: TwilioAccount, ours: frozenset[str]) -> None:
        self._client = TwilioClient(of_account)
        self._api_url = of_account.api_url
        self._ours = ours

    async def listed(self, since: datetime) -> Sequence[Listed]:
        """The messages to and from this installation since then, the oldest first. Raises TooMany.

        An account may hold numbers that are nobody's business here: what came to them is left out.
        """
        found = await self._client.messages(since)
        return [each for each in found if not each.inbound or {each.to, each.service} & self._ours]

    async def said(self, missing: Sequence[Listed], everything: Sequence[Listed]) -> list[Inbound]:
        """What workers did, of messages that never came here.

        A STOP or a START counts only as their last word: what they sent since has told how they stand.
        """
        last = {each.sender: each.sid for each in everything if each.inbound}
        found: list[Inbound] = []
        for each in missing:
            try:
                read = messages(await self._form(each))
            except Malformed:
                continue
            found += [one for one in read if one.kind not in _DOORS or last[each.sender] == each.sid]
        return found

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.close()

    async def _form(self, each: Listed) -> dict[str, str]:
        """The fields that Twilio would have posted, as far as it still knows them."""
        form = {"MessageSid": each.sid, "From": each.sender, "To": each.to, "Body": each.body, "NumMedia": str(each.media)}
        for number, (path, media_type) in enumerate(await self._media(each) if each.media else ()):
            form |= {f"MediaUrl{number}": self._api_url + path, f"MediaContentType{number}": media_type}
        # Redacted there, or of a kind that only its webhook tells: the worker is asked to write.
        return form if each.body or each.media else form | {"MessageType": "unknown"}

    async def _media(self, each: Listed) -> Sequence[tuple[str, str]]:
        """What came with it and is still there; of what is not, the worker is told that it cannot be read."""
        try:
            return (await self._client.media(each.sid))[:_MEDIA_MOST]
        except SendError as error:
            if error.code not in _GONE:
                raise
            return ()


def fared(each: Listed) -> tuple[Status, ...]:
    """How a message of ours fared, by its row."""
    form = {"MessageSid": each.sid, "From": each.sender, "To": each.to}
    return statuses(form | ({"ErrorCode": each.error} if each.error else {}), each.status)


def open_reconciling(config: ChannelConfig) -> Reconciling:
    """The account and the senders of an installation."""
    whatsapp = config.twilio_whatsapp_from
    ours = {config.twilio_sms_from, config.twilio_messaging_service_sid, whatsapp and WHATSAPP + whatsapp.removeprefix(WHATSAPP)}
    return Reconciling(account(config), frozenset(each for each in ours if each))
