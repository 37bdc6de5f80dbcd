"""Every sentence the desk shows, as values: what the worker allowed, how a case stands, what its clock says, what an entry means."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Protocol, cast

from cases import reasons, taxonomy
from cases.wording_said import SAID_IN_ENGLISH

HOUR = 3_600_000
DAY = 24 * HOUR
Plural = tuple[str, str]
"""A text for one and for many, as it is in English; other languages have as many forms as they need."""


class Count(Protocol):
    """Says a text that goes with a number."""

    def __call__(self, one: str, many: str, count: int, /, **values: object) -> str:
        """Choose the form that goes with `count`, and fill it and `values` in."""
        ...


def count_in_english(one: str, many: str, count: int, /, **values: object) -> str:
    """Say a text that goes with a number, in English."""
    return (one if count == 1 else many).format(count=count, **values)


@dataclass(frozen=True, slots=True)
class Wording:
    """The desk's sentences in one language."""

    language: str
    allowed: Mapping[str, str]
    states: Mapping[str, str]
    moves: Mapping[str, str]
    who: Mapping[str, str]
    for_people: Plural
    soon: str
    hours: Plural
    days: Plural
    left: str
    late: str
    again: str
    nothing_owed: str
    holds: Mapping[str, str]
    deliveries: Mapping[str, str]
    knocked: str
    closed: Mapping[str, str]
    reaches: Mapping[str, str]
    corrected: str
    kinds: Mapping[str, str]
    said: Mapping[str, str]
    answers: Mapping[bool | None, str]
    authors: Mapping[str, str]
    reads_language: str
    nobody_reads: str
    dangers: Mapping[str, str]
    reasons: Mapping[str, str]
    topics: Mapping[str, str]
    groups: Mapping[str, str]
    things: Mapping[str, str]
    files: Mapping[str, str]
    forgotten: str
    unknown_place: str
    count: Count = count_in_english

    def speaker(self, who: str, on_behalf_of: int | None) -> str:
        """Say who speaks: worker, neighbour, union, and for how many."""
        word = self.who.get(who, who)
        return word if not on_behalf_of or on_behalf_of < 2 else self.count(*self.for_people, on_behalf_of, who=word)

    def clock(self, answer_by: int | None, now: int, late_at: int | None = None) -> str:
        """Say in words how long is left until the promised date, or how late it is; both once a date was missed and a new one told."""
        if answer_by is None:
            return self.nothing_owed
        ahead = (self.left if answer_by > now else self.late).format(span=self.span(abs(answer_by - now)))
        if late_at is None or answer_by <= now:
            return ahead
        return self.again.format(late=self.late.format(span=self.span(max(0, now - late_at))), left=ahead)

    def span(self, length: int) -> str:
        """Put a length of time, in milliseconds, in words: hours below two days, else days."""
        if length < HOUR:
            return self.soon
        return self.count(*self.days, length // DAY) if length >= 2 * DAY else self.count(*self.hours, length // HOUR)

    def delivery(self, state: str, hold: str | None, status: str | None) -> str:
        """Say where an answer is; what waits is never called sent."""
        if state == "held":
            return self.holds.get(hold or "", self.holds["knock"])
        return self.deliveries.get(status or "" if state == "sent" else state, self.deliveries["sent"])

    def entry(self, kind: str, body: Mapping[str, Any]) -> str:
        """Say what an entry means, where it is not somebody's own words."""
        known = {key: self._shown(value) for key, value in body.items()}
        if kind == "reach":
            known["reach"] = self.reaches.get(str(body.get("reach")), "")
        if kind == "bot":
            known["said"] = self.said.get(known.get("node", ""), self.said[""].format_map(_Known(known)))
        if kind == "danger":
            known["kind"] = self.dangers.get(known.get("kind", ""), known.get("kind", ""))
        if kind == "attachment":
            known["thing"] = self.things.get(known.get("attachment", ""), self.things[""]).format_map(_Known(known))
        return self.kinds.get(kind, kind).format_map(_Known(known))

    def reason(self, line: str) -> str:
        """Say a kept reason in this language; the words of a programme's author or an officer are given as they were written."""
        found = reasons.known_again(line)
        if found is None:
            return line
        form, values = found
        tables = {"kind": self.dangers, "topic": self.topics, "code": self.groups}
        return self.reasons[form].format(**{name: tables.get(name, {}).get(value, value) for name, value in values.items()})

    def _shown(self, value: Any) -> str:
        if isinstance(value, list | tuple):
            return ", ".join(self.reason(str(each)) for each in cast("list[Any]", value))
        if value is None or isinstance(value, bool):
            return self.answers[value]
        text = self.reason(str(value))
        return self.states.get(text, self.allowed.get(text, self.deliveries.get(text, text)))


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "-"


_ALLOWED_EN = {
    "hide_me": "The factory may be spoken to; nothing that points to the worker.",
    "ask_first": "Ask the worker first, before anyone talks to the factory.",
    "never": "Never tell the factory. Nobody talks to it about this.",
}

ENGLISH = Wording(
    language="en",
    allowed=MappingProxyType(_ALLOWED_EN),
    states=MappingProxyType(
        {
            "new": "New: nobody has taken it up",
            "answer_needed": "Answer needed from officer",
            "waiting_worker": "Answer needed from worker",
            "waiting_supplier": "Answer needed from supplier",
            "proposed": "Proposed: only the worker's own answer closes it",
            "closed_agreed": "Closed, agreed",
            "closed_no_answer": "Closed, the worker did not answer",
            "forgotten": "Forgotten at the worker's wish",
        }
    ),
    moves=MappingProxyType(
        {
            "answer_needed": "Back to us: an answer is needed from an officer",
            "waiting_worker": "Wait for the worker",
            "waiting_supplier": "Wait for the supplier",
            "proposed": "Proposed: the worker was asked whether it is solved",
        }
    ),
    who=MappingProxyType(
        {"affected": "worker", "neighbour": "neighbour", "representative": "representative", "union": "union representative"}
    ),
    for_people=("{who}, for {count} person", "{who}, for {count} people"),
    soon="less than an hour",
    hours=("{count} hour", "{count} hours"),
    days=("{count} day", "{count} days"),
    left="{span} left",
    late="{span} late",
    again="{late}; {left} until the new date",
    nothing_owed="no answer is owed now",
    holds=MappingProxyType(
        {
            "knock": "waits behind a knock",
            "translation": "waits for a wording in the worker's language; nothing was sent",
            "notice": "waits until a superior was told",
            "hidden": "waits until the worker comes back with the code",
        }
    ),
    deliveries=MappingProxyType(
        {
            "due": "on its way",
            "sending": "on its way",
            "queued": "with the carrier",
            "sent": "with the carrier",
            "delivered": "delivered",
            "read": "read",
            "undelivered": "the carrier could not deliver it",
            "failed": "could not be sent",
            "maybe_sent": "maybe sent: the line broke during the send, and it does not go again by itself",
            "dropped": "not sent",
            "window_closed": "waits: the carrier lets us write freely only for a day after the worker's last word; a knock goes first",
            "opt_out": "waits: the worker stopped our messages",
            "blocked_by_user": "waits: the worker blocked the line",
            "undeliverable": "waits: the worker's number takes no messages",
        }
    ),
    closed=MappingProxyType(
        {
            "opt_out": "waits until the worker comes back: they stopped our messages",
            "blocked_by_user": "waits until the worker comes back: they blocked the line",
            "undeliverable": "waits until the worker comes back: their number takes no messages",
            "window_closed": "waits until the worker writes: the carrier let no knock through, a day after their last word",
            "config": "waits: the operator must mend the channel before a knock can go",
        }
    ),
    reaches=MappingProxyType(
        {
            "opt_out": "cannot be reached for now: they told the carrier to stop our messages. Answers wait until they come back",
            "back": "can be reached again",
            "moved": "has another address now; the talk goes on there",
        }
    ),
    corrected="The worker changed words sent before; the first ones stay where they stand.",
    knocked="waits behind a knock that was given {span} ago and not opened",
    kinds=MappingProxyType(
        {
            "opened": "The case opened ({channel}). Severity {severity}: {because}",
            "danger": "Danger: {kind} ({because}). {happening}",
            "group": "The worker says it is about: {group}",
            "consent": "The worker allows: {scope}",
            "language": "The worker chose the language {language}",
            "severity": "Severity is now {severity}: {because}",
            "routed": "Lies with {company}: {because}",
            "moved": "From \u201c{from}\u201d to \u201c{to}\u201d: {reason}",
            "assigned": "In the hands of {officer}: {reason}",
            "excluded": "{officer} can no longer read this case: {reason}",
            "speaker": "Who speaks: {who}. {reason}",
            "late": "The promised date was missed; a new date was told",
            "delivery": "The answer: {status}",
            "bot": "The line {said}",
            "person": "The worker asks for a person",
            "reach": "The worker {reach}",
            "hidden": "The worker hid the talk: nothing goes to that phone until the code comes",
            "forgotten": "The worker asked to be forgotten",
            "feedback": "The worker says: {answer}",
            "attachment": "The worker sent {thing}",
            "code_used": "The code opened the case from a phone ({channel})",
            "words": "",
            "note": "",
            "reply": "",
        }
    ),
    said=SAID_IN_ENGLISH,
    answers=MappingProxyType(
        {True: "It is happening now.", False: "It is not happening now.", None: "Not asked yet whether it is happening."}
    ),
    authors=MappingProxyType({"worker": "worker", "bot": "line", "clock": "clock", "carrier": "carrier"}),
    reads_language="{name} reads {language}",
    nobody_reads="Nobody in the programme reads {language} yet",
    reasons=reasons.FORMS,
    topics=reasons.TOPICS,
    groups=MappingProxyType({code: taxonomy.label(code) for code in taxonomy.SCALES}),
    dangers=MappingProxyType({"fire": "fire", "violence": "violence", "suicide": "suicide"}),
    things=MappingProxyType(
        {
            "": "a file",
            "voice": "a voice message",
            "photo": "a photo",
            "video": "a film",
            "document": "a document",
            "place": "a place: {latitude}, {longitude}",
        }
    ),
    files=MappingProxyType(
        {
            "wanted": "It is being brought from the carrier.",
            "kept": "It is not shown to readers at a supplier: a voice is known to those who work beside it.",
            "refused": "It could not be kept safely. The worker was told.",
            "gone": "The carrier did not give it. The worker was told.",
            "forgotten": "It was destroyed at the worker's wish.",
        }
    ),
    forgotten="The words were destroyed at the worker's wish.",
    unknown_place="unknown",
)
