"""The form of the sample's cases: who said what when, and how each case stands when the demo starts."""

import re
from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from cases.model import Who

_STATES: Mapping[str, str] = {
    "new": "new",
    "answer needed from officer": "answer_needed",
    "answer needed from worker": "waiting_worker",
    "answer needed from supplier": "waiting_supplier",
    "closed, agreed": "closed_agreed",
}
_SCOPES: Mapping[str, str] = {"1": "hide_me", "2": "ask_first", "3": "never"}
_KINDS: Mapping[str, str] = {
    "other.test_greeting": "greeting",
    "other.praise": "thanks",
    "other.rights_question": "rights_question",
    "retaliation.identity_hunt": "identity_hunt",
}
_COUNT = re.compile(r"\d+")
_NOT_OPENED = "not opened"
_LATE = "late"
_A_CODE = "(eight digits"


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class Line(_Read):
    """One thing said: by the bot (named by its step in the reference talk), the worker or an officer; or an officer's note."""

    at: str
    speaker: Literal["bot", "worker", "officer", "note"] = Field(validation_alias="from")
    text: str = ""
    bot: str = ""
    who: str = ""
    language: str = ""
    translation: Mapping[str, str] | Literal["none"] = Field(default_factory=dict[str, str])
    delivery: str = ""

    @property
    def is_late_notice(self) -> bool:
        """Say whether the bot tells here that a promise was missed."""
        return self.bot == _LATE

    @property
    def is_code(self) -> bool:
        """Say whether the worker sends the code of a linked case here."""
        return self.text.startswith(_A_CODE)

    @property
    def unread(self) -> bool:
        """Say whether this answer still waits behind its knock."""
        return _NOT_OPENED in self.delivery

    @property
    def seen(self) -> bool:
        """Say whether the carrier told that this answer was read, and not only delivered."""
        return self.delivery.startswith("read")

    @property
    def asks_if_solved(self) -> bool:
        """Say whether the officer asks for yes, partly or no: only such a question leads to a closed case."""
        return all(f" {digit} " in self.text for digit in "123")

    @property
    def translations(self) -> tuple[tuple[str, str], ...]:
        """Give the wordings in other languages, by language."""
        return () if self.translation == "none" else tuple((tag, text) for tag, text in self.translation.items() if tag != "by")

    @property
    def translator(self) -> str:
        """Name who made them."""
        return "" if self.translation == "none" else self.translation.get("by", "")


class Judged(_Read):
    """How grave a case is, and why."""

    level: int
    because: tuple[str, ...]


class Duty(_Read):
    """Something that somebody is to do: remedy, or a translation."""

    what: str
    owner: str = ""
    asked: str = Field(default="", validation_alias="for")
    due: str = ""
    done: str = ""
    paid_by: str = ""
    evidence: str = ""
    checked_by: str = ""


class SampleCase(_Read):
    """One case of the sample."""

    key: str
    site: str
    channel: str
    language: str
    severity: Judged
    groups: tuple[str, ...]
    state_words: str = Field(validation_alias="state")
    may_we_digit: str = Field(validation_alias="may_we")
    officer_words: str = Field(validation_alias="officer")
    speaker_words: str = Field(default="", validation_alias="who")
    answer_by: str | None = None
    linked: tuple[str, ...] = ()
    dialogue: tuple[Line, ...]
    actions: tuple[Duty, ...] = ()
    tasks: tuple[Duty, ...] = ()
    check_ins: tuple[str, ...] = ()

    @property
    def place(self) -> str | None:
        """Give the site's or area's id; None where nobody knows it yet."""
        return None if self.site == "unknown" else self.site

    @property
    def state(self) -> str:
        """Give the state by its name in cases/lifecycle.py."""
        return _STATES[self.state_words]

    @property
    def may_we(self) -> str:
        """Give what the worker allows by its name in the cases' table."""
        return _SCOPES[self.may_we_digit]

    @property
    def officer(self) -> str | None:
        """Give the id of the officer who has it in hand."""
        return None if self.officer_words == "none" else self.officer_words

    @property
    def who(self) -> Who:
        """Say who speaks."""
        if self.speaker_words.startswith("union"):
            return "union"
        return "neighbour" if self.speaker_words.startswith("neighbour") else "affected"

    @property
    def on_behalf_of(self) -> int | None:
        """Say for how many, where the case says so."""
        found = _COUNT.search(self.speaker_words)
        return None if found is None else int(found[0])

    @property
    def open(self) -> bool:
        """Say whether somebody still owes something."""
        return not self.state.startswith("closed")

    @property
    def answered(self) -> bool:
        """Say whether an officer wrote to the worker."""
        return any(line.speaker == "officer" for line in self.dialogue)


class NotACase(_Read):
    """Something said that was answered and counted, and lies on nobody's desk."""

    site: str
    at: str
    group: str

    @property
    def kind(self) -> str:
        """Give the word it is counted under."""
        return _KINDS[self.group]


class Sample(_Read):
    """Everything a demo begins with, and who finds which case."""

    cases: tuple[SampleCase, ...]
    not_cases: tuple[NotACase, ...] = ()
    sees: Mapping[str, tuple[str, ...]] = Field(default_factory=dict[str, tuple[str, ...]])

    @property
    def codes(self) -> int:
        """Count the codes that are told: a case beside another has its worker's code already."""
        return sum(not case.linked for case in self.cases)
