"""`weerklank twilio reconcile`: what Twilio has and we do not, after a time in which it could not reach us."""

import argparse
import asyncio
from datetime import UTC, datetime, timedelta

from bot.reconciling import TakenUp, reconcile
from channels.base import SendError
from channels.registry import why_off
from channels.twilio_listed import TooMany
from channels.twilio_reconcile import open_reconciling
from weerklank.channel_settings import channel_config
from weerklank.commands.common import Commands, database_of, say, settings
from weerklank.commands.errors import CommandError
from weerklank.settings import Settings
from weerklank.wiring import Service

_USUAL, _MOST = 48, 24 * 30


def add_parser(commands: Commands) -> None:
    """Add `twilio`."""
    top = commands.add_parser("twilio", help="what Twilio is asked for by hand")
    actions = top.add_subparsers(required=True, metavar="ACTION")
    asked = actions.add_parser("reconcile", help="take up messages and statuses that Twilio could not post to us")
    asked.add_argument("--since", type=_hours, default=_USUAL, metavar="HOURS", help=f"how far back, at most {_MOST}; {_USUAL} if left out")
    asked.set_defaults(run=_reconcile)


def _hours(written: str) -> int:
    if not (written.isdecimal() and 1 <= int(written) <= _MOST):
        raise argparse.ArgumentTypeError(f"a whole number of hours from 1 to {_MOST}")
    return int(written)


def _reconcile(arguments: argparse.Namespace) -> int:
    present = settings()
    if all(why_off(name, channel_config(present)) for name in ("sms", "whatsapp")):
        raise CommandError("no channel over Twilio is on; `weerklank doctor` says what is missing")
    with database_of(present):
        pass
    try:
        found = asyncio.run(_taken_up(present, datetime.now(UTC) - timedelta(hours=arguments.since)))
    except SendError as error:
        raise CommandError("Twilio did not answer, or not to this account; try `weerklank doctor --ask`") from error
    except TooMany as error:
        raise CommandError("there are too many messages since then; ask for fewer hours") from error
    say(f"{found.looked_at} messages at Twilio looked at")
    say(f"{found.words} of workers had not come here and are taken up")
    say(f"{found.fates} of ours had a fate that was not known here")
    return 0


async def _taken_up(present: Settings, since: datetime) -> TakenUp:
    service = Service(present)
    twilio = open_reconciling(channel_config(present))
    try:
        await asyncio.to_thread(service.prepare)
        return await reconcile(twilio, since, service.inbox, service.database)
    finally:
        await twilio.close()
        await service.stop()
