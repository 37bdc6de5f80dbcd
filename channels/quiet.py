"""Keeps the libraries that carry messages from writing tokens and addresses into logs.

At INFO, httpx logs every URL, and Telegram's holds the bot's token; Twilio's SDK logs parameters there, and a list of messages has a
phone number among them. At DEBUG, httpcore logs headers, and Twilio's hold the account's token. On an unreadable answer,
python-telegram-bot logs it whole, words and names included.
"""

import logging

_WARNINGS_ONLY = ("httpx", "httpcore")
_SILENT = ("telegram", "twilio")


def hush() -> None:
    """Silence them, whatever level the rest of the service logs at."""
    for name in _WARNINGS_ONLY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
