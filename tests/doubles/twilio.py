"""Twilio's double: takes messages over its REST API, and tells how they fared to whoever wants to know."""

import asyncio
import base64
import itertools
import random
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from tests.doubles import twilio_rules
from tests.doubles.carrier import Answer, CarrierDouble, Fault, Request, Sent, Webhook, arguments, stand
from tests.doubles.twilio_desk import TwilioDesk
from tests.doubles.twilio_posts import ACCOUNT, TOKEN, sign, status, webhook

_ACCOUNT_PATH = f"/2010-04-01/Accounts/{ACCOUNT}"


class TwilioDouble(CarrierDouble):
    """Takes messages for one account; `callbacks` is the base of the service that hears how they fared, in no particular order."""

    sign = staticmethod(sign)
    webhook = staticmethod(webhook)

    def __init__(self, *, port: int = 0, record: Path | None = None, delay: float = 0.0, callbacks: str | None = None) -> None:
        super().__init__(port=port, record=record, delay=delay)
        self._callbacks = callbacks
        self.desk = TwilioDesk()
        self._telling: set[asyncio.Task[None]] = set()

    def take(self, request: Request) -> Sent | Answer:
        if request.headers.get("authorization") != "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode():
            return self.refusal(Fault(401, 20003, "Authenticate"))
        if (request.method, request.path) == ("POST", f"{_ACCOUNT_PATH}/Messages.json"):
            return self._sent(request)
        answer = self.desk.answer(request)
        return answer if answer is not None else self.refusal(Fault(404, 20404, "The requested resource was not found"))

    def _sent(self, request: Request) -> Sent | Answer:
        fields = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        wrong = twilio_rules.wrong(fields, self.desk)
        if wrong:
            return self.refusal(Fault(400, *wrong))
        body, choices = self.desk.shown(fields)
        return Sent(0, fields["To"], body, self.desk.keep(body), choices=choices, fields=fields)

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
        for outcome in random.sample(["sent", "delivered", "queued"], k=3):
            await asyncio.sleep(random.uniform(0.01, 0.2))
            hook = webhook(sent.fields["StatusCallback"], status(sent.id, outcome, to=sent.to))
            try:
                await _post(self._callbacks or "", hook)
            except OSError:
                continue


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
