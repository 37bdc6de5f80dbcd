"""Words that carriers take for themselves on SMS: whoever sends one may be cut off, and the line never hears it."""

from typing import Final

# Twilio's and the common gateways' defaults for English, and those that local carriers answer to in the languages we ship. A list of a
# language may hold one, since it comes through on WhatsApp and Telegram, but never as the only way.
CARRIER_WORDS: Final = frozenset(
    {
        *("stop", "stopall", "unsubscribe", "end", "quit", "cancel", "revoke", "optout", "opt out", "start", "unstop", "yes start", "help"),
        *("info", "stoppen", "afmelden", "baja", "alto", "parar", "cancelar", "ayuda", "berhenti", "arret"),
    }
)
