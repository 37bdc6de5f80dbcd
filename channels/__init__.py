"""Channels: what carriers post becomes values, what we say becomes a carrier's message, and what goes wrong gets one of nine names.

| file | holds |
|---|---|
| `base.py` | the contract: `Reader`, `Channel`, `Inbound`, `Status`, `Outbound`, `Sent`, `Failure`, `SendError` |
| `registry.py` | the card of every channel (limits, settings it needs) and `open_channels` |
| `config.py` | the settings of channels, as a value |
| `failures.py`, `error_classes.json` | a carrier's error code -> `Failure`, as data |
| `twilio_reader.py`, `twilio_signature.py` | Twilio's webhooks; they need no SDK |
| `twilio.py`, `twilio_account.py` | Twilio's REST API through its SDK (the one file that imports it), and whose account it is |
| `twilio_channel.py`, `sms.py`, `whatsapp.py` | the two channels over Twilio, and what they share |
| `twilio_forms.py`, `twilio_media.py`, `twilio_purge.py` | buttons and lists, files that came, deleting what lies there |
| `twilio_standing.py` | how the account stands, for `weerklank doctor` |
| `telegram.py`, `telegram_api.py` | the Telegram channel, and the Bot API's calls (the one file that imports python-telegram-bot) |
| `telegram_reader.py`, `telegram_media.py` | Telegram's updates read, and what came with them |
| `telegram_polling.py`, `telegram_webhook.py` | how Telegram is asked, and where it posts |
| `source.py` | the contract of a carrier that is asked: `Source`, `News` |
| `http_sms.py`, `http_sms_reader.py` | SMS over a local gateway: sending, and its webhook |
| `http_sms_file.py`, `gateways/` | the description of a gateway, read from YAML and checked; two that come along |
| `http_sms_line.py` | that file and the settings together, and what about them is weak |
| `hooks.py` | where each carrier is to post, and where an operator writes that down |
| `asking.py`, `public_door.py`, `http_sms_standing.py` | what `doctor --ask` asks: ourselves from outside, and the carriers |
| `papers.py` | the table on the reference page |
| `parts.py` | a text longer than the channel carries, sent in parts |
| `terminal.py`, `web.py` | phones for demos, tests and the web page |
| `shapes.py` | looks at JSON before believing it |
| `quiet.py` | keeps the libraries' logs free of tokens and addresses |

What is personal and not needed (profile names, cities, shared contacts) never leaves a reader. Nothing here retries, logs a message or
knows a database: `bot/outbox.py` decides what a failure means.

To add a channel: an adapter with `open_channel(config)` (and `open_reader(config)` if its carrier posts), its card in
`registry.CARDS`, captured payloads in `tests/channels/payloads/`. The contract suite asks for what is missing.
"""
