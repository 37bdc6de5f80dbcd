"""Transcripts: talks written down as an officer would read them, and run again to see that every message is still the same.

    talks:
      - talk: overtime, nobody in danger
        flow: raise-concern
        channel: sms
        language: en
        dialogue:
          - worker: "52746"
          - bot: "Work info line. Write here ..."
          - worker: They did not pay overtime
          - desk: the case opens
          - bot: "Saved. ..."

`tap` is a worker's finger on a button, `send` something other than words (`voice`, `photo`, `document`, `place`), `passes` time that
goes by in silence (`3d`), `buttons` what stands below the last message, `desk` what the house learns. A talk that has no `desk` line
anywhere leaves out what the house learns; likewise `buttons`. A worker's first line with a site's code begins the talk there.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, get_args

import yaml
from pydantic import Field, ValidationError

from flows import yaml_text
from flows.engine import Sprint, Words, begin, resume, start, timed_out
from flows.events import Attachment, Say, WaitBegun
from flows.learned import learned
from flows.lexicon import Lexicon
from flows.model import read
from flows.nodes.wait import seconds_of
from flows.problems import FlowError, Problem, said
from flows.render import View, patterns, render
from flows.revisions import Library, library_of
from flows.run import Visit
from flows.session import Session
from flows.wording import Written
from words.digits import case_code, site_code
from words.limits import Limits

# The channels a transcript may name, measured as channels/registry.py measures them (a test holds the two together).
MEASURES: Final[Mapping[str, Limits]] = MappingProxyType(
    {
        "sms": Limits("sms", text_max=1600, segments_max=2),
        "whatsapp": Limits("whatsapp", text_max=1600, voice=True),
        "telegram": Limits("telegram", text_max=4096, buttons_max=12, button_title_max=24, option_bytes_max=64, voice=True),
        "web": Limits("web", text_max=4096, buttons_max=12, button_title_max=40, option_bytes_max=64),
    }
)
COME_BACK: Final = "come-back"
_SENT: Final[Mapping[str, Attachment]] = {each: each for each in get_args(Attachment)}

Part = Literal["worker", "tap", "send", "passes", "bot", "buttons", "desk"]
Facts = Mapping[str, str] | Literal["any"]


class TalkFile(Written):
    """One talk as it stands in a file. With `facts: any` every name, date and number may be what it likes."""

    talk: str
    flow: str = "raise-concern"
    channel: Literal["sms", "whatsapp", "telegram", "web"] = "sms"
    language: str = "en"
    fields: Mapping[str, str] | None = None
    facts: Facts = Field(default_factory=dict[str, str])
    dialogue: tuple[Annotated[Mapping[Part, str], Field(min_length=1, max_length=1)], ...]


class TranscriptFile(Written):
    """A file of talks: `facts` hold for all of them, `flows` are given beside the library."""

    facts: Facts = Field(default_factory=dict[str, str])
    flows: tuple[Any, ...] = ()
    talks: tuple[TalkFile, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """A talk that was run: its name, each place where it went another way than written, and where its asserted turns came.

    A turn is asserted when something is written behind it and it went just so.
    """

    name: str
    differences: tuple[str, ...]
    language: str = "en"
    channel: str = "sms"
    touched: frozenset[Visit] = frozenset()


def run_file(path: Path, library: Library, lexicon: Lexicon) -> tuple[Talk, ...]:
    """Run every talk of a file. Raises FlowError for a file that is no transcript."""
    return run_text(path.read_text(encoding="utf-8"), library, lexicon, name=path.name)


def run_text(text: str, library: Library, lexicon: Lexicon, *, name: str = "transcript.yaml") -> tuple[Talk, ...]:
    """Run every talk of a text. Raises FlowError for a text that is no transcript."""
    file = parsed(text, name)
    given = [read({"given.yaml": yaml.safe_dump(each, allow_unicode=True, sort_keys=False)}) for each in file.flows]
    library = library_of([*(library.revisions[revision] for revision in library.current.values()), *given])
    return tuple(_Run(talk, file, library).outcome(lexicon) for talk in file.talks)


def parsed(text: str, name: str) -> TranscriptFile:
    """Read a transcript. Raises FlowError with every problem in it."""
    document = yaml_text.read(text)
    if document.faults:
        raise FlowError(Problem(name, line, "", what, "Mend the line.") for line, what in document.faults)
    try:
        return TranscriptFile.model_validate(document.data)
    except ValidationError as error:
        raise FlowError(said(name, document, each) for each in error.errors(include_url=False, include_input=False)) from None


@dataclass(slots=True)
class _Run:
    """A talk being run against a library."""

    talk: TalkFile
    file: TranscriptFile
    library: Library
    facts: dict[str, str] = field(default_factory=dict[str, str])
    seen: dict[str, str] = field(default_factory=dict[str, str])
    session: Session = field(default_factory=Session)
    loose: bool = False
    waits: WaitBegun | None = None
    touched: set[Visit] = field(default_factory=set[Visit])

    def outcome(self, lexicon: Lexicon) -> Talk:
        """Run the talk and say how it went."""
        differences = tuple(self.differences(lexicon))
        return Talk(self.talk.talk, differences, self.talk.language, self.talk.channel, frozenset(self.touched))

    def differences(self, lexicon: Lexicon) -> Iterator[str]:
        """Say where the talk went another way, turn by turn."""
        self.loose = "any" in (self.file.facts, self.talk.facts)
        for facts in (self.file.facts, self.talk.facts):
            self.facts |= {} if facts == "any" else facts
        for number, (words, expected) in enumerate(_turns(self.talk)):
            sprint = self._hear(words, lexicon, first=number == 0)
            self.session = Session.from_bytes(sprint.session.to_bytes())
            self.waits = next((event for event in reversed(sprint.events) if isinstance(event, WaitBegun)), self.waits)
            different = tuple(self._compared(next((text for text in words.values() if text), "(the beginning)"), expected, sprint))
            yield from different
            if expected and not different:
                self.touched |= set(sprint.trail)

    def _passed(self, time: str) -> Sprint:
        """Let time pass: a timer that is not over by then does not ring."""
        if self.waits is None or self.waits.seconds > (seconds_of(time) or 0):
            return Sprint(self.session, ())
        return timed_out(self.library.on(self.talk.channel), self.session, self.waits.timer)

    def _hear(self, words: Mapping[str, str], lexicon: Lexicon, *, first: bool) -> Sprint:
        if "passes" in words:
            return self._passed(words["passes"])
        library = self.library.on(self.talk.channel)
        text = words.get("worker") or words.get("tap", "")
        heard = Words(text, self.seen.get(text) if "tap" in words else None, _SENT.get(words.get("send", "")))
        if first:
            known = not words or site_code(text) is not None
            fields = self.talk.fields if self.talk.fields is not None else {"site": "known" if known else "unknown"}
            session = Session(language=self.talk.language, fields=fields, channel=self.talk.channel)
            name = self.talk.flow
            return start(library, name, session) if known else begin(library, name, session, heard, lexicon)
        if case_code(text) is not None:
            fields = {**self.session.fields, "case": "open"}
            return start(library, COME_BACK, self.session.anew(self.session.language, fields))
        return resume(library, self.session, heard, lexicon)

    def _compared(self, after: str, expected: list[tuple[str, str]], sprint: Sprint) -> Iterator[str]:
        """Compare a turn. Facts that are told once (the code) are known no longer once they were told."""
        came = list(self._lines(sprint))
        if "code" in self.facts and any(self.facts["code"] in text for part, text in came if part == "bot"):
            del self.facts["code"]
        parts = {part for line in self.talk.dialogue for part in line}
        came = [line for line in came if line[0] == "bot" or line[0] in parts]
        if self.loose and self._fits(expected, sprint):
            return
        for place in range(max(len(expected), len(came))):
            want = ": ".join(expected[place]) if place < len(expected) else "nothing"
            have = ": ".join(came[place]) if place < len(came) else "nothing"
            if want != have:
                yield f"after {after!r} expected {want!r}, came {have!r}"

    def _lines(self, sprint: Sprint) -> Iterator[tuple[str, str]]:
        view = View(self.session.language, MEASURES[self.talk.channel], self.facts)
        for event in sprint.events:
            if not isinstance(event, Say):
                yield from (("desk", line) for line in learned(event))
                continue
            for message in render(self.library.revisions[event.revision], event, view):
                yield "bot", message.text
                self.seen |= {title: option for option, title in message.choices}
                if message.choices:
                    yield "buttons", " | ".join(title for _, title in message.choices)

    def _fits(self, expected: list[tuple[str, str]], sprint: Sprint) -> bool:
        """Tell whether the messages could be these, whatever the facts are."""
        limits = MEASURES[self.talk.channel]
        said = [event for event in sprint.events if isinstance(event, Say)]
        rest = "\n".join(text for part, text in expected if part == "bot")
        for event in said:
            for pattern in patterns(self.library.revisions[event.revision], event, self.session.language, limits):
                found = pattern.match(rest)
                if found is None:
                    return False
                rest = rest[found.end() :].lstrip("\n")
        return not rest


def _turns(talk: TalkFile) -> Iterator[tuple[Mapping[str, str], list[tuple[str, str]]]]:
    """What the worker does, each with what follows until the worker does something again."""
    words: Mapping[str, str] = {}
    after: list[tuple[str, str]] = []
    begun = False
    for line in talk.dialogue:
        part, text = next(iter(line.items()))
        if part in ("worker", "tap", "send", "passes"):
            if begun:
                yield words, after
            words, after = {part: text}, []
        else:
            after.append((part, text.rstrip("\n")))
        begun = True
    yield words, after


class Recorder:
    """Writes down a talk as it happens, as a transcript that can be run."""

    def __init__(self, flow: str, channel: str, language: str) -> None:
        self._head = {"talk": f"{flow} on {channel}, recorded", "flow": flow, "channel": channel, "language": language, "facts": "any"}
        self._dialogue: list[dict[str, str]] = []
        self._titles: set[str] = set()

    def worker(self, text: str) -> None:
        """The worker wrote, or tapped a button that was shown."""
        self._dialogue.append({"tap" if text in self._titles else "worker": text})

    def bot(self, text: str, choices: tuple[tuple[str, str], ...] = ()) -> None:
        """The bot said something, with these buttons (id, title) below it."""
        self._dialogue.append({"bot": text})
        self._titles |= {title for _, title in choices}
        if choices:
            self._dialogue.append({"buttons": " | ".join(title for _, title in choices)})

    def text(self) -> str:
        """The transcript as YAML."""
        talk: dict[str, object] = {**self._head, "dialogue": self._dialogue}
        return yaml.safe_dump({"talks": [talk]}, allow_unicode=True, sort_keys=False, width=140)
