"""`weerklank telegram webhook`: where Telegram posts for this installation."""

import argparse
import asyncio

from channels import telegram_webhook
from channels.telegram_webhook import WebhookError
from weerklank.channel_settings import channel_config
from weerklank.commands.common import Commands, say, settings
from weerklank.commands.errors import CommandError


def add_parser(commands: Commands) -> None:
    """Add `telegram`."""
    top = commands.add_parser("telegram", help="what the Telegram bot needs to be told")
    parts = top.add_subparsers(required=True, metavar="PART")
    webhook = parts.add_parser("webhook", help="where Telegram posts").add_subparsers(required=True, metavar="ACTION")
    webhook.add_parser("set", help="let Telegram post to this installation's public address").set_defaults(run=_set)
    webhook.add_parser("show", help="where Telegram posts, what waits there, what went wrong last").set_defaults(run=_show)
    webhook.add_parser("delete", help="let Telegram post nowhere, so that it can be asked for messages").set_defaults(run=_delete)


def _set(arguments: argparse.Namespace) -> int:
    del arguments
    try:
        url = asyncio.run(telegram_webhook.set_webhook(channel_config(settings())))
    except WebhookError as error:
        raise CommandError(str(error)) from error
    say(f"Telegram posts to {url} from now on. Write /start to the bot to try it.")
    return 0


def _show(arguments: argparse.Namespace) -> int:
    del arguments
    found = asyncio.run(telegram_webhook.standing(channel_config(settings())))
    if not found:
        raise CommandError("set WEERKLANK_TELEGRAM_BOT_TOKEN first, as BotFather gave it")
    for well, what, do in found:
        say(f"{'ok  ' if well else 'MEND'} {what}" + (f": {do}" if do else ""))
    return 0 if all(well for well, _, _ in found) else 1


def _delete(arguments: argparse.Namespace) -> int:
    del arguments
    try:
        asyncio.run(telegram_webhook.delete_webhook(channel_config(settings())))
    except WebhookError as error:
        raise CommandError(str(error)) from error
    say("Telegram posts nowhere now. What waits there is told when it is asked, within a day.")
    return 0
