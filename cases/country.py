"""What a worker may be told in each country: numbers to call, hours, whom else to go to, her rights; each with source and date."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cases.programme_form import Form
from words.segments import segments

NUMBERS: Final = ("emergency", "fire", "ambulance", "police", "women_children", "labour_office", "listening")
NOTES: Final = ("women_children_note", "listening_note")
RIGHTS: Final = ("pay", "hours", "leave", "pregnancy", "papers", "union")
"""What workers ask most about; `flows/library/rights.yaml` has one text for each."""
RIGHT_MAX: Final = 130
"""The most letters of an answer with its source and date: in any script it then fits two SMS segments beside nothing else."""
_BESIDE: Final = ("free", "note", "union", "sms_two_way", "source", "checked", "sources", "rights")
_NUMBER = re.compile(r"\+?[0-9][0-9 -]{1,20}")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a fact was read, and when: `checked` is a month or a day (`2026-11`, `2026-11-25`)."""

    source: str
    checked: str

    def told(self) -> str:
        """Say it as a worker reads it: the source, month-year."""
        year, month, *_ = [*self.checked.split("-"), "", ""]
        return f"{self.source}, {month}-{year}"


@dataclass(frozen=True, slots=True)
class Right:
    """An answer to one question about rights, by language, and where it was read."""

    texts: Mapping[str, str]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Country:
    """A country's facts. `numbers` also holds the name of a union; `origins` holds those facts that were not read where the rest was."""

    numbers: Mapping[str, str]
    notes: Mapping[str, Mapping[str, str]]
    rights: Mapping[str, Right]
    origin: Origin
    origins: Mapping[str, Origin] = field(default_factory=dict[str, Origin])
    free: bool = False

    def told(self, language: str) -> dict[str, str]:
        """Give what texts may say here in a language. What is not known in that language is absent: no other language stands in."""
        base = language.partition("-")[0]
        facts = dict(self.numbers)
        facts |= {name: texts[base] for name, texts in self.notes.items() if texts.get(base)}
        if self.free:
            facts["emergency_free"] = self.numbers["emergency"]
        for name, right in self.rights.items():
            if right.texts.get(base):
                facts |= {f"right_{name}": right.texts[base], f"right_{name}_from": right.origin.told()}
        return facts


def countries(form: Form) -> dict[str, Country]:
    """Read every country of a programme file."""
    return {code: _country(form.form(code), code) for code in form.fields}


def check_sources(form: Form) -> None:
    """Note every country whose facts nobody can trace. A programme that was taken before this was asked for goes on without."""
    for code in form.fields:
        country = form.form(code)
        for key in ("source", "checked"):
            if not country.optional(key):
                mend = 'Add `source: where the numbers were read` and `checked: "2026-11"`; no site goes live without'
                country.wrong(key, f"`{key}` is missing: nobody can tell where these numbers come from, or how old they are", mend)
        if country.optional("listening") and "listening_note" not in country.fields:
            mend = 'Add for example `listening_note: {en: "free, day and night"}`'
            country.wrong("listening", "nobody knows when this line listens: some close at night", mend)


def _country(form: Form, code: str) -> Country:
    form.only(*NUMBERS, *NOTES, *_BESIDE)
    if len(code) != 2 or not code.isupper():
        form.wrong("", f"`{code}` is no country code", "Write two capitals, as in BD or NL")
    form.text("emergency")
    return Country(
        numbers={key: _number(form, key) for key in (*NUMBERS, "union") if form.optional(key)},
        notes={key: _note(form, key) for key in NOTES if key in form.fields},
        rights=_rights(form),
        origin=_origin(form),
        origins=_origins(form),
        free=form.optional("free").lower() == "true",
    )


def _number(form: Form, key: str) -> str:
    found = form.optional(key)
    if key != "union" and not _NUMBER.fullmatch(found):
        form.wrong(key, f"`{found}` is no number that can be called", "Write digits, with spaces or - between them")
    return found


def _note(form: Form, key: str) -> dict[str, str]:
    """A note may be one text, which is English, or one for each language."""
    return {"en": form.optional(key)} if isinstance(form.fields[key].value, str) else form.texts(key)


def _origin(form: Form) -> Origin:
    checked = form.optional("checked")
    if checked and not _MONTH.fullmatch(checked):
        form.wrong("checked", f"`{checked}` is no date", 'Write the month or the day, as in "2026-11" or "2026-11-25"')
    return Origin(form.optional("source"), checked)


def _origins(form: Form) -> dict[str, Origin]:
    if "sources" not in form.fields:
        return {}
    every = form.form("sources")
    every.only(*NUMBERS, "union")
    return {key: _owned(every.form(key)) for key in every.fields}


def _owned(form: Form) -> Origin:
    form.only("source", "checked")
    form.text("source")
    form.text("checked")
    return _origin(form)


def _rights(form: Form) -> dict[str, Right]:
    if "rights" not in form.fields:
        return {}
    every = form.form("rights")
    every.only(*RIGHTS)
    return {key: _right(every.form(key)) for key in every.fields if key in RIGHTS}


def _right(form: Form) -> Right:
    form.only("text", "source", "checked")
    form.text("source")
    form.text("checked")
    right = Right(form.texts("text"), _origin(form))
    for language, text in right.texts.items():
        told = f"{text} ({right.origin.told()})"
        if len(told) > RIGHT_MAX or segments(told).segments > 2:
            mend = f"Keep text, source and date within {RIGHT_MAX} letters"
            form.wrong("text", f"the answer in `{language}` has {len(told)} letters", mend)
    return right
