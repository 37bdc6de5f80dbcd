"""Asks a worker whether the machine understood: their own words, carried to the desk's language and back, once a case.

It is asked when an officer's answer was read, so no phone rings for it, and only where the flow `feedback` says so: its text names
`{understood}`. Words that a person translated are not asked about. An answer that asks something itself is never followed by it: the
worker's `1` would be heard as the answer to the wrong question.
"""

from dataclasses import replace

from bot import effects
from bot.heard import Heard
from bot.talk import CaseWork
from cases import timeline
from flows import engine
from flows.events import Say
from words.graphemes import split

LONGEST = 200
"""Graphemes of what was understood: on a phone that counts segments, more would cost more than the answer."""
_QUESTION_MARKS = frozenset("?¿؟？;՞፧")
_FLOW, _NODE, _FACT = "feedback", "heard", "understood"


def ask(at: Heard) -> None:
    """Ask, if there is something to ask about and nobody asked yet."""
    talk = at.talk
    if talk.case is None or talk.case.keys is not None or not _says_so(at):
        return
    if found := _understood(at, talk.case):
        fields = {**talk.session.fields, "case": "open", "feedback": _NODE}
        step = engine.start(at.means.house.library, _FLOW, replace(talk.session, fields=fields))
        talk.session = step.session
        for event in step.events:
            if isinstance(event, Say):
                effects.say(talk, event, at.means, more={_FACT: found})


def _says_so(at: Heard) -> bool:
    flow = at.means.house.library.now(_FLOW)
    if flow is None or _NODE not in flow.nodes:
        return False
    near = flow.wordings(_NODE, at.talk.session.language, at.talk.channel)
    return any(f"{{{_FACT}}}" in wording.text for each in near for wording in each)


def _understood(at: Heard, case: CaseWork) -> str:
    """What the machine made of the worker's last words, carried back; empty when a person read them, or when it was asked before."""
    beside = timeline.read_annotations(at.connection, case.row, case.data_key)
    if not any(made.back for made in beside):
        return ""
    entries = timeline.read(at.connection, case.row, case.data_key)
    if any(entry.kind == "bot" and (entry.body["flow"], entry.body["node"]) == (_FLOW, _NODE) for entry in entries):
        return ""
    if _asks([entry for entry in entries if entry.kind == "reply"][-1:]):
        return ""
    read = {made.seq for made in beside if made.engine == "person"}
    spoken = {entry.seq for entry in entries if entry.kind == "words"}
    backs = [made.back.strip() for made in beside if made.back.strip() and made.seq in spoken - read]
    return _short(" / ".join(dict.fromkeys(backs)))


def _asks(replies: list[timeline.Entry]) -> bool:
    """Whether an officer's answer may be a question of its own: it has a question mark in any script, or digits to choose from."""
    said = "".join(f"{entry.body['text']}{entry.body.get('approved') or ''}" for entry in replies)
    return any(letter in _QUESTION_MARKS or letter.isdigit() for letter in said)


def _short(text: str) -> str:
    first, *more = split(text, LONGEST) or ("",)
    return f"{first}…" if more else first
