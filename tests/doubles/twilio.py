"""Twilio's double: takes messages over its REST API, and makes the webhooks that Twilio would post, signed as Twilio signs them."""

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import random
import secrets
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.doubles.carrier import Answer, CarrierDouble, Fault, Request, Sent, Webhook, arguments, stand

ACCOUNT = "AC00000000000000000000000000000001"
TOKEN = "a-token-of-the-tests-and-of-no-account"
OUR_NUMBER = "+447700900000"
OUR_WHATSAPP = "+447700900001"
_FORM = "application/x-www-form-urlencoded"
_LONGEST = 1600


def sid(prefix: str = "SM") -> str:
    """An id as Twilio makes them."""
    return prefix + secrets.token_hex(16)


def signature(url: str, pairs: list[tuple[str, str]], token: str = TOKEN, algorithm: str = "sha1") -> str:
    """The value of X-Twilio-Signature for a request."""
    text = url + "".join(name + value for name, value in sorted(set(pairs)))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), algorithm).digest()).decode()


class TwilioDouble(CarrierDouble):
    """Takes messages for one account; `callbacks` is the base of the service that hears how they fared, in no particular order."""

    def __init__(self, *, port: int = 0, record: Path | None = None, delay: float = 0.0, callbacks: str | None = None) -> None:
        super().__init__(port=port, record=record, delay=delay)
        self._callbacks = callbacks
        self._telling: set[asyncio.Task[None]] = set()

    def take(self, request: Request) -> Sent | Answer:
        if (request.method, request.path) != ("POST", f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"):
            return self.refusal(Fault(404, 20404, "The requested resource was not found"))
        if request.headers.get("authorization") != "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode():
            return self.refusal(Fault(401, 20003, "Authenticate"))
        fields = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        wrong = _wrong(fields)
        return self.refusal(Fault(400, *wrong)) if wrong else Sent(0, fields["To"], fields["Body"], sid(), fields=fields)

    def thanks(self, sent: Sent) -> Answer:
        fields = sent.fields
        through_service = "MessagingServiceSid" in fields
        return Answer(201, {
            "account_sid": ACCOUNT,
            "api_version": "2010-04-01",
            "body": sent.body,
            "date_created": "Mon, 23 Nov 2026 12:00:00 +0000",
            "date_sent": None,
            "date_updated": "Mon, 23 Nov 2026 12:00:00 +0000",
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": fields.get("From"),
            "messaging_service_sid": fields.get("MessagingServiceSid"),
            "num_media": "0",
            "num_segments": "0" if through_service else "1",
            "price": None,
            "price_unit": None,
            "sid": sent.id,
            "status": "accepted" if through_service else "queued",
            "subresource_uris": {"media": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sent.id}/Media.json"},
            "to": sent.to,
            "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sent.id}.json",
        })  # fmt: skip

    def refusal(self, fault: Fault) -> Answer:
        status = fault.status or 500
        more = {"Retry-After": str(fault.retry_after)} if fault.retry_after is not None else {}
        body = {
            "code": fault.code,
            "message": fault.text,
            "more_info": f"https://www.twilio.com/docs/errors/{fault.code}",
            "status": status,
        }
        return Answer(status, body if fault.code is not None else {"message": fault.text, "status": status}, more)

    def taken_up(self, sent: Sent) -> None:
        if self._callbacks is not None and "StatusCallback" in sent.fields:
            task = asyncio.get_running_loop().create_task(self._tell(sent))
            self._telling.add(task)
            task.add_done_callback(self._telling.discard)

    async def _tell(self, sent: Sent) -> None:
        """Post the statuses of one message, late and out of order, without asking whether anybody listens."""
        for status in random.sample(["sent", "delivered", "queued"], k=3):
            await asyncio.sleep(random.uniform(0.01, 0.2))
            hook = self.webhook(sent.fields["StatusCallback"], self.status(sent.id, status, to=sent.to))
            try:
                await _post(self._callbacks or "", hook)
            except OSError:
                continue

    def sign(self, url: str, params: Mapping[str, str], token: str = TOKEN) -> dict[str, str]:
        """The headers of a signed form post."""
        return {"x-twilio-signature": signature(url, list(params.items()), token), "content-type": _FORM, "user-agent": "TwilioProxy/1.1"}

    def webhook(self, url: str, params: Mapping[str, str], token: str = TOKEN) -> Webhook:
        """A form post of Twilio to this public URL."""
        return Webhook(url, self.sign(url, params, token), urlencode(params).encode())

    def json_webhook(self, url: str, fields: Mapping[str, object], token: str = TOKEN) -> Webhook:
        """A JSON post of Twilio: the signed URL names the body's hash."""
        body = json.dumps(fields).encode()
        whole = f"{url}?bodySHA256={hashlib.sha256(body).hexdigest()}"
        return Webhook(whole, {"x-twilio-signature": signature(whole, [], token), "content-type": "application/json"}, body)

    def sms(self, sender: str, text: str, **more: str) -> dict[str, str]:
        """The fields of an inbound SMS, as Twilio posts them."""
        message = sid()
        return {
            "ToCountry": "GB", "ToState": "", "SmsMessageSid": message, "NumMedia": "0", "ToCity": "", "FromZip": "2516 AB",
            "SmsSid": message, "FromState": "Zuid-Holland", "SmsStatus": "received", "FromCity": "DEN HAAG", "Body": text,
            "FromCountry": "NL", "To": OUR_NUMBER, "ToZip": "", "NumSegments": "1", "MessageSid": message, "AccountSid": ACCOUNT,
            "From": sender, "ApiVersion": "2010-04-01", **more,
        }  # fmt: skip

    def whatsapp(self, sender: str, text: str, **more: str) -> dict[str, str]:
        """The fields of an inbound WhatsApp message, as Twilio posts them."""
        message = sid()
        number = sender.removeprefix("+")
        return {
            "SmsMessageSid": message, "NumMedia": "0", "ProfileName": "Rahima B.", "MessageType": "text", "SmsSid": message, "WaId": number,
            "SmsStatus": "received", "Body": text, "To": f"whatsapp:{OUR_WHATSAPP}", "NumSegments": "1", "ReferralNumMedia": "0",
            "MessageSid": message, "AccountSid": ACCOUNT, "From": f"whatsapp:{sender}", "ApiVersion": "2010-04-01",
            "ChannelMetadata": json.dumps(
                {"type": "whatsapp", "data": {"context": {"ProfileName": "Rahima B.", "WaId": number}}}, separators=(",", ":")
            ),
            **more,
        }  # fmt: skip

    def status(self, message: str, status: str, *, to: str, error: str | None = None) -> dict[str, str]:
        """The fields of a delivery status, as Twilio posts them."""
        origin = f"whatsapp:{OUR_WHATSAPP}" if to.startswith("whatsapp:") else OUR_NUMBER
        fields = {
            "SmsSid": message, "SmsStatus": status, "MessageStatus": status, "To": to, "MessageSid": message, "AccountSid": ACCOUNT,
            "From": origin, "ApiVersion": "2010-04-01",
        }  # fmt: skip
        if to.startswith("whatsapp:"):
            fields |= {"ChannelPrefix": "whatsapp", "ChannelInstallSid": sid("XE"), "ChannelToAddress": to.removeprefix("whatsapp:")}
        return fields | ({"ErrorCode": error, "ErrorMessage": "Said by the carrier"} if error else {})


def _wrong(fields: Mapping[str, str]) -> tuple[int, str] | None:
    if not fields.get("To"):
        return 21604, "A 'To' phone number is required."
    if not (fields.get("From") or fields.get("MessagingServiceSid")):
        return 21603, "A 'From' phone number is required."
    if not fields.get("Body"):
        return 21602, "Message body is required."
    if len(fields["Body"]) > _LONGEST:
        return 21617, "The concatenated message body exceeds the 1600 character limit."
    return None


async def _post(base: str, hook: Webhook) -> None:
    """Post a webhook to where the service really listens, and read only how the answer begins."""
    target = urlsplit(base)
    path = urlsplit(hook.url).path
    reader, writer = await asyncio.open_connection(target.hostname, target.port)
    head = itertools.chain(
        [f"POST {path} HTTP/1.1", f"host: {target.netloc}", "connection: close", f"content-length: {len(hook.body)}"],
        (f"{name}: {value}" for name, value in hook.headers.items()),
    )
    writer.write("\r\n".join([*head, "", ""]).encode() + hook.body)
    await reader.read(64)
    writer.close()


if __name__ == "__main__":
    parser = arguments(__doc__ or "")
    parser.add_argument("--callbacks", help="base address of the service that hears how messages fared")
    chosen = parser.parse_args()
    stand(TwilioDouble(port=chosen.port, record=chosen.record, delay=chosen.delay, callbacks=chosen.callbacks))
