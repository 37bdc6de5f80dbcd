"""Facts as long as a real programme makes them, so that a text's cost can be told before anybody fills it in."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

EXAMPLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "line": "Work info line",
        "operator": "Stichting Ketenstem",
        "company": "Weidegaard Retail N.V.",
        "reader_desk": "Weidegaard Retail N.V.",
        "answer_by": "24-11 18:00",
        "new_answer_by": "27-11 18:00",
        "code": "4821 0937",
        "emergency": "999",
        "emergency_free": "999",
        "women_children": "1195",
        "labour_office": "0800-5151",
        "listening": "113",
        "listening_note": "free, day and night",
        "waiting": "2",
        "understood": "They did not pay the hours of last week",
        "quiet": "22:00-06:00",
        "warned": "yes",
        "wait": "60",
    }
)
