"""What each kind of entry on a timeline holds: one function a kind, so that every body has one form."""

from typing import Any, Literal

from cases.change import NewEntry
from cases.routing import Desk
from cases.severity import Severity

WORKER, BOT, CLOCK, CARRIER = "worker", "bot", "clock", "carrier"
KINDS = (
    "opened", "words", "danger", "group", "consent", "language", "severity", "routed", "moved", "assigned", "excluded", "note", "reply",
    "late", "delivery", "bot", "person", "hidden", "forgotten", "code_used", "speaker", "feedback",
    "reach",
    "attachment",
)  # fmt: skip


Reach = Literal["opt_out", "back", "moved"]
"""The worker stopped our messages, can be reached again, or has another address now."""


def by_officer(officer_id: str) -> str:
    """Name an officer as an author."""
    return f"officer:{officer_id}"


def opened(at: int, severity: Severity, **facts: Any) -> NewEntry:
    """The case opened; the facts are channel, place, who and on_behalf_of."""
    return NewEntry("opened", BOT, at, {"severity": severity.level, "because": severity.because, **facts})


def words(at: int, text: str, language: str, channel: str) -> NewEntry:
    """A worker's words as they came, in the language the talk was in."""
    return NewEntry("words", WORKER, at, {"text": text, "language": language, "channel": channel})


def corrected(at: int, text: str, language: str, channel: str) -> NewEntry:
    """Words that a worker sent before and changed; the first ones stay where they stand."""
    return NewEntry("words", WORKER, at, {"text": text, "language": language, "channel": channel, "correction": True})


def reach(at: int, what: Reach) -> NewEntry:
    """A carrier said whether, or where, the worker can be reached."""
    return NewEntry("reach", CARRIER, at, {"reach": what})


def attachment(at: int, kind: str, **place: str) -> NewEntry:
    """Something came with words or in their stead; of a place, `latitude` and `longitude` in degrees (WGS 84)."""
    return NewEntry("attachment", WORKER, at, {"attachment": kind, **place})


def danger(at: int, kind: str, because: str, happening: bool | None) -> NewEntry:  # noqa: FBT001  # three answers: yes, no, not asked
    """Danger was said or answered."""
    return NewEntry("danger", WORKER, at, {"kind": kind, "because": because, "happening": happening})


def group(at: int, code: str) -> NewEntry:
    """The worker's own answer to what it is about."""
    return NewEntry("group", WORKER, at, {"group": code})


def consent(at: int, scope: str) -> NewEntry:
    """The worker said what we may tell."""
    return NewEntry("consent", WORKER, at, {"scope": scope})


def language(at: int, tag: str) -> NewEntry:
    """The worker changed the language of the talk."""
    return NewEntry("language", WORKER, at, {"language": tag})


def severity(at: int, found: Severity) -> NewEntry:
    """The case turned out graver than it was."""
    return NewEntry("severity", BOT, at, {"severity": found.level, "because": found.because})


def routed(at: int, desk: Desk) -> NewEntry:
    """The case was given to a desk, and why."""
    return NewEntry("routed", BOT, at, {"company": desk.company, "officer": desk.officer, "because": desk.because})


def moved(at: int, author: str, states: tuple[str, str], reason: str) -> NewEntry:
    """The case went from one state to another."""
    return NewEntry("moved", author, at, {"from": states[0], "to": states[1], "reason": reason})


def assigned(at: int, author: str, officer_id: str | None, reason: str) -> NewEntry:
    """The case was put in an officer's hands, or in nobody's."""
    return NewEntry("assigned", author, at, {"officer": officer_id, "reason": reason})


def excluded(at: int, author: str, officer_id: str, reason: str) -> NewEntry:
    """An officer was shut out, because the case is about them."""
    return NewEntry("excluded", author, at, {"officer": officer_id, "reason": reason})


def speaker(at: int, author: str, said: tuple[str, int | None], reason: str) -> NewEntry:
    """An officer recorded who speaks, and for how many people (None: nobody said)."""
    return NewEntry("speaker", author, at, {"who": said[0], "on_behalf_of": said[1], "reason": reason})


def note(at: int, author: str, text: str) -> NewEntry:
    """An officer's note; no worker ever sees it."""
    return NewEntry("note", author, at, {"text": text})


def reply(at: int, author: str, text: str, language: str, **facts: Any) -> NewEntry:
    """An officer's answer: the text as written; `approved` is the wording in the worker's language where it differs."""
    return NewEntry("reply", author, at, {"text": text, "language": language, **facts})


def late(at: int, told: int, new: int) -> NewEntry:
    """A promise was missed; a new date was made by the same promise."""
    return NewEntry("late", CLOCK, at, {"told": told, "new": new})


def delivery(at: int, seq: int | None, status: str) -> NewEntry:
    """A carrier's word about what was sent: `seq` is the entry that it carried."""
    return NewEntry("delivery", CARRIER, at, {"seq": seq, "status": status})


def said(at: int, flow: str, node: str) -> NewEntry:
    """What the bot said, by its place in the flow; its wording is the flow's."""
    return NewEntry("bot", BOT, at, {"flow": flow, "node": node})


def person(at: int) -> NewEntry:
    """The worker asked for a person."""
    return NewEntry("person", WORKER, at, {})


def feedback(at: int, answer: str) -> NewEntry:
    """The worker said whether we heard right, or whether it is solved."""
    return NewEntry("feedback", WORKER, at, {"answer": answer})


def hidden(at: int) -> NewEntry:
    """The worker hid the talk: nothing goes to that phone until the code comes."""
    return NewEntry("hidden", WORKER, at, {})


def forgotten(at: int) -> NewEntry:
    """The worker asked to be forgotten."""
    return NewEntry("forgotten", WORKER, at, {})


def code_used(at: int, channel: str) -> NewEntry:
    """The code opened the case from a phone; which one is not kept."""
    return NewEntry("code_used", WORKER, at, {"channel": channel})
