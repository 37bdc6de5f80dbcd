"""Reads each part of a programme file into values; what the parts say of one another is checked in programme_check."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TypeVar

from cases.model import ROLES, Company, Level, Officer, Operator, Place, Promise, Rule, Supplier
from cases.programme_form import Form

DAY = 86_400_000
HOUR = 3_600_000
LEVELS: tuple[Level, ...] = ("danger", "high", "normal")
CHANNELS = ("sms", "whatsapp", "telegram", "web", "http_sms", "terminal")
OPERATOR_KINDS = ("ngo", "union", "buyer", "initiative", "service")
CONDITIONS = ("accused", "site", "area", "country", "supplier", "company", "language", "who", "danger")

_DURATION = re.compile(r"([1-9]\d{0,3})([hd])")
_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_QUIET = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")

_Named = TypeVar("_Named", Company, Supplier, Place, Officer)


def by_id(values: Iterable[tuple[Form, _Named]]) -> dict[str, _Named]:
    """Key values by their id; an id used twice is a problem."""
    found: dict[str, _Named] = {}
    for form, value in values:
        if value.id in found:
            form.wrong("id", f"`{value.id}` is used twice", "Give each its own id")
        found.setdefault(value.id, value)
    return found


def operator(form: Form, fallback_desk: str, companies: Mapping[str, Company], languages: tuple[str, ...]) -> Operator:
    """Read who runs the line. Without an id of its own it is the fall-back desk, unless a buying company keeps that."""
    form.only("id", "name", "kind", "country", "desk_language", "timezone")
    kind = form.text("kind")
    if kind and kind not in OPERATOR_KINDS:
        form.wrong("kind", f"`{kind}` is no kind of operator", f"Choose one of: {', '.join(OPERATOR_KINDS)}")
    own = form.optional("id") or (fallback_desk if fallback_desk not in companies or kind == "buyer" else "operator")
    language = form.optional("desk_language") or ("en" if "en" in languages or not languages else languages[0])
    return Operator(own, form.text("name"), kind, form.country(), language, form.optional("timezone") or "UTC")


def promise(form: Form) -> Promise:
    """Read what a company signed: who, when, who reads, what never happens, and how soon a person answers."""
    form.only("company", "signed", "reads", "never", "first_answer")
    signed = form.form("signed")
    signed.only("name", "role", "date")
    date = signed.text("date")
    if date and not _DATE.fullmatch(date):
        signed.wrong("date", f"`{date}` is no date", "Write year-month-day, as in 2026-09-01")
    within = _within(form.form("first_answer"))
    return Promise(
        form.name("company"),
        signed.text("name"),
        signed.text("role"),
        date,
        form.texts("reads"),
        form.texts("never"),
        MappingProxyType(within),
    )


def _within(form: Form) -> dict[Level, int]:
    form.only(*LEVELS)
    within = {level: length for level in LEVELS if (length := _duration(form, level))}
    waits = list(within.values())
    if waits != sorted(waits):
        form.wrong("normal", "danger may not wait longer than high, nor high longer than normal", "Make danger the shortest")
    return {level: within.get(level, 5 * DAY) for level in LEVELS}


def _duration(form: Form, key: str) -> int:
    """Read a length of time in milliseconds; 0, with a problem, when it is none."""
    written = form.text(key)
    found = _DURATION.fullmatch(written)
    if found is not None:
        return int(found[1]) * (HOUR if found[2] == "h" else DAY)
    if written:
        form.wrong(key, f"`{written}` is no length of time", "Write hours or days, as in 24h or 5d")
    return 0


def company(form: Form) -> Company:
    """Read a buying company."""
    form.only("id", "name", "country", "desk_language", "timezone")
    return Company(form.name("id"), form.text("name"), form.country(), form.text("desk_language"), form.text("timezone"))


def supplier(form: Form) -> Supplier:
    """Read a supplier."""
    form.only("id", "name", "country")
    return Supplier(form.name("id"), form.text("name"), form.country())


def site(form: Form) -> Place:
    """Read a place of work."""
    form.only(
        "id",
        "code",
        "supplier",
        "name",
        "place",
        "country",
        "timezone",
        "workers",
        "women",
        "languages",
        "channels",
        "buyers",
        "lead",
        "quiet",
    )
    people, women = form.number("workers"), form.number("women")
    if people is not None and women is not None and women > people:
        form.wrong("women", f"{women} women are more than all {people} workers", "Mend one of the two")
    return Place(
        id=form.name("id"),
        code=form.text("code"),
        kind="site",
        name=form.text("name"),
        country=form.country(),
        timezone=form.text("timezone"),
        languages=form.tags("languages"),
        channels=_channels(form),
        buyers=form.words("buyers"),
        lead=form.name("lead"),
        supplier_id=form.name("supplier"),
        town=form.optional("place"),
        people=people,
        women=women,
        quiet=_quiet(form),
    )


def area(form: Form, sites: Mapping[str, Place]) -> Place:
    """Read a neighbourhood; its supplier and its possible buyers are those of the site it lies beside."""
    form.only("id", "code", "beside", "name", "place", "country", "timezone", "households", "languages", "channels", "lead", "quiet")
    beside = form.name("beside")
    neighbour = sites.get(beside)
    return Place(
        id=form.name("id"),
        code=form.text("code"),
        kind="area",
        name=form.text("name"),
        country=form.country(),
        timezone=form.text("timezone"),
        languages=form.tags("languages"),
        channels=_channels(form),
        buyers=neighbour.buyers if neighbour else (form.optional("lead"),),
        lead=form.name("lead"),
        supplier_id=neighbour.supplier_id if neighbour else None,
        town=form.optional("place"),
        people=form.number("households"),
        quiet=_quiet(form),
        beside=beside,
    )


def _channels(form: Form) -> tuple[str, ...]:
    found = form.words("channels")
    if not found:
        form.wrong("channels", "no channel is named", f"Name one or more of: {', '.join(CHANNELS)}")
    for channel in found:
        if channel not in CHANNELS:
            form.wrong("channels", f"`{channel}` is no channel", f"Choose from: {', '.join(CHANNELS)}")
    return found


def _quiet(form: Form) -> tuple[int, int] | None:
    written = form.optional("quiet")
    if not written:
        return None
    found = _QUIET.fullmatch(written)
    if found is None:
        form.wrong("quiet", f"`{written}` is no pair of hours", "Write local time, as in 08:00-20:00")
        return None
    return int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])


def officer(form: Form) -> Officer:
    """Read somebody who signs in."""
    form.only("id", "name", "email", "company", "role", "languages")
    email, role = form.text("email").lower(), form.text("role")
    if email and not _MAIL.fullmatch(email):
        form.wrong("email", f"`{email}` is no mail address", "Write it as name@company.example")
    if role and role not in ROLES:
        form.wrong("role", f"`{role}` is no role", f"Choose one of: {', '.join(sorted(ROLES))}")
    return Officer(form.name("id"), form.text("name"), email, form.name("company"), role, form.tags("languages"))


def rule(form: Form) -> Rule:
    """Read a routing rule; its conditions and effects are data."""
    form.only("id", "when", "then", "why")
    when, then = form.form("when"), form.form("then")
    when.only(*CONDITIONS)
    then.only("exclude", "company", "officer")
    if then.optional("exclude") not in ("", "accused"):
        then.wrong("exclude", "only the accused can be excluded by a rule", "Write `exclude: accused`")
    if form.fields.get("then") is not None and not then.fields:
        form.wrong("then", "the rule does nothing", "Add `company:`, `officer:` or `exclude: accused`")
    conditions = {key: _values(when, key) for key in when.fields if key in CONDITIONS}
    return Rule(
        form.name("id"),
        MappingProxyType(conditions),
        form.text("why"),
        then.optional("company") or None,
        then.optional("officer") or None,
        then.optional("exclude") == "accused",
    )


def _values(when: Form, key: str) -> tuple[str, ...]:
    return when.words(key) if isinstance(when.fields[key].value, tuple) else (when.text(key),)
