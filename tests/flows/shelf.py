"""The library, the lexicon and the longest facts, made once for all tests of flows."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.lexicon import the_lexicon
from cases.country import RIGHTS
from flows.events import Say
from flows.model import Flow
from flows.nodes.base import Spoken
from flows.revisions import shipped
from flows.transcript import MEASURES

LIBRARY = shipped()
LEXICON = the_lexicon()
LANGUAGES = ("en", "nl", "es", "bn")
CHANNELS = tuple(MEASURES)
TRANSCRIPTS = Path("flows/transcripts")

_NAMES = {
    "en": ("Work info line", "free, day and night, every day of the year"),
    "nl": ("Werk-infolijn", "gratis, dag en nacht"),
    "es": ("Línea de información laboral", "gratis, a toda hora"),
    "bn": ("কাজের তথ্য লাইন", "ফ্রি, দিনরাত"),
}
# As long as the programme's check lets an answer be with its source (see cases/country.py).
_RIGHT = {
    "en": "Your boss must pay you each month, before the seventh day. Overtime is paid double. Less is not allowed. Ask us.",
    "nl": "Je baas moet elke maand betalen, voor de zevende dag. Overuren worden dubbel betaald. Minder mag niet. Vraag het.",
    "es": "Le deben pagar cada mes, antes del siete. Las horas extras se pagan doble. Menos no se permite. Pregunte.",
    "bn": "প্রতি মাসে সাত তারিখের আগে বেতন দিতে হবে। ওভারটাইমের টাকা দ্বিগুণ। এর কম দেওয়া যাবে না। আমাদের জিজ্ঞেস করুন।",
}


def longest_facts(language: str) -> dict[str, str]:
    """Facts as long as a real programme makes them."""
    line, note = _NAMES[language]
    return {
        "line": line,
        "operator": "Stichting Ketenstem",
        "company": "Weidegaard Retail N.V.",
        "reader_desk": "Weidegaard Retail N.V.",
        "answer_by": "24-11 18:00",
        "new_answer_by": "27-11 18:00",
        "code": "4821 0937",
        "emergency": "999",
        "emergency_free": "999",
        "women_children": "1195",
        "women_children_note": note,
        "union": "01712-000000",
        **{f"right_{name}": _RIGHT[language] for name in RIGHTS},
        **{f"right_{name}_from": "ILO, 11-2026" for name in RIGHTS},
        "stands_closed": "1",
        "stands_late": "1",
        "unread": "1",
        "quiet": "22:00-06:00",
        "labour_office": "0800-5151",
        "listening": "113",
        "listening_note": note,
        "waiting": "2",
        "warned": "yes",
        "wait": "60",
    }


def facts_of_a_talk(language: str) -> Mapping[str, str]:
    """What is known to fill in at an ordinary moment."""
    return longest_facts(language)


def spoken() -> Iterator[tuple[Flow, str, Spoken, Say]]:
    """Every text of every flow we ship, its question put again included."""
    for flow in LIBRARY.revisions.values():
        for name, node in flow.nodes.items():
            if isinstance(node, Spoken) and node.text:
                yield flow, name, node, Say(flow.name, flow.revision, name)
                yield flow, name, node, Say(flow.name, flow.revision, name, "again")
