"""What a translator is told about a text: what it is for, where it is said, what it costs, and what must stay in it."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from flows import plural
from flows.events import Say
from flows.model import Flow
from flows.nodes import Waiting
from flows.render import View, render
from flows.template import FACTS, OPTIONS, compile_text, conditions, names
from flows.texts.examples import EXAMPLES
from flows.texts.rows import Row
from flows.transcript import MEASURES
from flows.yaml_text import Document
from words.segments import Segments, segments

# A text message may take two segments, and a script that needs more room two messages of them (docs/decisions/0021).
SMS_MESSAGES_MAX: Final = 2
SMS_SEGMENTS_MAX: Final = MEASURES["sms"].segments_max or 2

_CHANNELS: Mapping[str, str] = MappingProxyType({"sms": "SMS", "whatsapp": "WhatsApp", "telegram": "Telegram", "web": "the web"})
_PARTS: Mapping[str, str] = MappingProxyType(
    {
        "again": "The question put once more, after words that were no answer.",
        "again2": "The question put a third time, in other words again, after words that were no answer. May stay empty.",
        "offers": "A way out that stands on a button.",
        "button": "The answer {option} where it is read alone on a button: 20 letters at most. May stay empty if the answer is so short.",
        "also": "Other words people answer with when they mean {option}, parted by ` | `: what people really type. May stay empty.",
    }
)


def about(flow: Flow, row: Row, language: str) -> tuple[str, ...]:
    """Say what a text is for, a sentence a line: its place, its cost as an SMS, its placeholders."""
    return (_purpose(flow, row), *_cost(flow, row, language), *facts(row, language))


def comment(document: Document, node: str, lines: list[str]) -> str:
    """What the author wrote above a node (`lines` are those of its file); it tells why the words are as they are."""
    place = document.line(("nodes", node)) - 2
    found: list[str] = []
    while place >= 0 and lines[place].lstrip().startswith("#"):
        found.append(lines[place].strip().lstrip("#").strip())
        place -= 1
    return " ".join(reversed(found))


def costs(flow: Flow, row: Row, language: str) -> tuple[Segments, ...]:
    """What the node's SMS cost with these words in them, a message each; nothing for words that no SMS carries."""
    slot = row.slot[1:] if row.channel else row.slot
    if row.channel not in ("", "sms") or slot[-1] in ("button", "also"):
        return ()
    asked = slot[0] if slot[0] in ("text", "again", "again2") else "text"
    first = next((each for _, each in flow.spoken(row.node, language)), None)
    if not row.channel and slot[0] == asked and first is not None and getattr(first.sms, asked):
        return ()
    say = Say(flow.name, flow.revision, row.node, asked)
    return tuple(segments(message.text) for message in render(flow, say, View(language, MEASURES["sms"], EXAMPLES)))


def over_budget(found: tuple[Segments, ...]) -> bool:
    """Tell whether these messages are more, or longer, than a worker should have to receive."""
    return len(found) > SMS_MESSAGES_MAX or any(cost.segments > SMS_SEGMENTS_MAX for cost in found)


def cost_in_words(found: tuple[Segments, ...]) -> str:
    """Say what messages cost: `2 segments, GSM-7`, `2 + 1 segments, UCS-2`."""
    if not found:
        return ""
    number = " + ".join(str(cost.segments) for cost in found)
    return f"{number} segment{'' if number == '1' else 's'}, {', '.join(dict.fromkeys(cost.encoding for cost in found))}"


def _purpose(flow: Flow, row: Row) -> str:
    part, option = _part(row)
    place = f" Only on {_CHANNELS[row.channel]}." if row.channel else ""
    if part in _PARTS:
        return _PARTS[part].format(option=f"`{option}`") + place
    node = flow.nodes[row.node]
    if option:
        choice = node.choices().get(option) if isinstance(node, Waiting) else None
        digit = node.digits().get(option, "") if isinstance(node, Waiting) else ""
        return f"The answer {digit}, as it stands behind its digit" + (f"; leads to `{choice.go}`." if choice else ".") + place
    return ("Said while we wait for the worker's words or choice." if isinstance(node, Waiting) else "Said; nothing is asked.") + place


def _part(row: Row) -> tuple[str, str]:
    """Which part of the node it is, and of which option."""
    slot = row.slot[1:] if row.channel else row.slot
    return ("offers", "") if slot[0] == "offers" else (slot[-1], slot[1] if slot[0] == "options" else "")


def _cost(flow: Flow, row: Row, language: str) -> Iterator[str]:
    found = costs(flow, row, flow.language)
    if found and row.slot[-1] in ("text", "again", "again2") and "options" not in row.slot:
        yield f"SMS: at most {SMS_SEGMENTS_MAX} segments. The source takes {cost_in_words(found)}."
        yield f"Where a script needs more room: {SMS_MESSAGES_MAX} messages, with a line `---` between."
    now = costs(flow, row, language)
    if now and row.text:
        yield f"Now: {cost_in_words(now)}{' - OVER BUDGET' if over_budget(now) else ''}."


def facts(row: Row, language: str) -> Iterator[str]:
    """Say what must stay in a text, and what each of it is, a sentence a line."""
    if row.slot[-1] == "also":
        return
    for name in sorted(names(row.source)):
        if f"{{{name}}}" in row.source:
            yield f"Keep {{{name}}}: {'where the answers stand' if name == OPTIONS else FACTS.get(name, 'filled in')}."
    for condition in sorted(conditions(row.source)):
        if re.search(rf"\[{condition}:", row.source):
            yield f"Keep [{condition}:...]: said only when this is {'not ' if condition.startswith('not ') else ''}known."
    for clause in compile_text(row.source):
        if clause.forms:
            yield f"A count: write the forms {', '.join(f'{each}{{...}}' for each in plural.forms(language))}."
