"""The programme as values: who buys, who supplies, where people work and live, who reads, what was promised."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from cases.country import Country

Level = Literal["danger", "high", "normal"]
PlaceKind = Literal["site", "area"]
Who = Literal["affected", "neighbour", "representative", "union"]
Texts = Mapping[str, str]
_MINUTE = 60_000
_TOLD_AS_A_DATE = 48 * 60 * _MINUTE

READING_ROLES = frozenset({"officer", "lead_officer", "programme_admin"})
ROLES = READING_ROLES | {"translator"}


@dataclass(frozen=True, slots=True)
class Operator:
    """Who runs the line and holds the keys; the bot says so. `id` is the company under which its own people sign in."""

    id: str
    name: str
    kind: str
    country: str
    desk_language: str = "en"
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Company:
    """A buying company with a desk of its own."""

    id: str
    name: str
    country: str
    desk_language: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who owns the sites."""

    id: str
    name: str
    country: str


@dataclass(frozen=True, slots=True)
class Place:
    """A site where people work, or an area where people live beside one (`beside` names that site).

    `code` is five digits with a Luhn check. Only `buyers` may ever see its cases; `lead` does unless a rule says otherwise.
    `quiet` holds the minutes after midnight, local time, between which nothing knocks at workers
    there who chose no hours themselves. `people` counts workers, or an area's households.
    """

    id: str
    code: str
    kind: PlaceKind
    name: str
    country: str
    timezone: str
    languages: tuple[str, ...]
    channels: tuple[str, ...]
    buyers: tuple[str, ...]
    lead: str
    supplier_id: str | None
    town: str = ""
    people: int | None = None
    women: int | None = None
    quiet: tuple[int, int] | None = None
    beside: str | None = None


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who signs in. `company_id` is a buying company or the operator."""

    id: str
    name: str
    email: str
    company_id: str
    role: str
    languages: tuple[str, ...] = ()
    active: bool = True


@dataclass(frozen=True, slots=True)
class Promise:
    """What a company signed before a channel opened. `within` is the longest wait for a person's first answer, in milliseconds."""

    company_id: str
    signed_by: str
    signed_role: str
    signed_on: str
    reads: Texts
    never: Texts
    within: Mapping[Level, int]


@dataclass(frozen=True, slots=True)
class Rule:
    """A routing rule as data: every condition in `when` must hold (any of its values will do); `why` is shown on the case."""

    id: str
    when: Mapping[str, tuple[str, ...]]
    why: str
    company: str | None = None
    officer: str | None = None
    exclude_accused: bool = False


@dataclass(frozen=True, slots=True)
class Programme:
    """Everything an operator agreed with its companies, read from one file. A value: a changed file makes another one."""

    name: Texts
    operator: Operator
    languages: tuple[str, ...]
    fallback_desk: str
    promises: Mapping[str, Promise]
    companies: Mapping[str, Company]
    suppliers: Mapping[str, Supplier]
    places: Mapping[str, Place]
    officers: Mapping[str, Officer]
    rules: tuple[Rule, ...]
    countries: Mapping[str, Country]
    codes: Mapping[str, str]
    glossary: Mapping[str, Mapping[str, str]]

    def place(self, code: str) -> Place | None:
        """Find the site or area with this five-digit code (ASCII digits)."""
        place_id = self.codes.get(code)
        return None if place_id is None else self.places[place_id]

    def place_of(self, place_id: str | None) -> Place | None:
        """Find a site or area by its id; None for an unknown site, or for one that left the programme."""
        return None if place_id is None else self.places.get(place_id)

    def name_in(self, language: str) -> str:
        """Give the line's own name in a language, or in the nearest the file has."""
        return text_in(self.name, language)

    def company_name(self, company_id: str) -> str:
        """Give the name a person knows a company, or the operator, by."""
        if company_id == self.operator.id:
            return self.operator.name
        company = self.companies.get(company_id)
        return company_id if company is None else company.name

    def desk_language(self, company_id: str) -> str:
        """Say in which language a desk reads: the company's, or the operator's."""
        company = self.companies.get(company_id)
        return self.operator.desk_language if company is None else company.desk_language

    def timezone_at(self, place_id: str | None) -> str:
        """Name the IANA zone a worker's dates are told in: the place's, else the operator's."""
        place = self.place_of(place_id)
        return self.operator.timezone if place is None else place.timezone

    def answer_within(self, company_id: str, level: Level) -> int:
        """Say how long a first answer may take, in milliseconds.

        An operator without a promise of its own keeps the slowest of its companies': it may not promise more than anybody signed.
        """
        promise = self.promises.get(company_id)
        if promise is not None:
            return promise.within[level]
        return max(each.within[level] for each in self.promises.values())

    def answer_by(self, company_id: str, level: Level, place_id: str | None, now: int) -> int:
        """Say by when a first answer is owed for words of `now`, in milliseconds.

        A promise of days is told as a date, "before 28-11", and ends where that date begins for the worker: what is kept is what she was
        told. A promise of hours is told, and kept, to the minute.
        """
        reckoned = now + self.answer_within(company_id, level)
        if reckoned - now < _TOLD_AS_A_DATE:
            return reckoned - reckoned % _MINUTE
        local = datetime.fromtimestamp(reckoned / 1000, UTC).astimezone(ZoneInfo(self.timezone_at(place_id)))
        return int(local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()) * 1000

    def readers(self, company_id: str) -> tuple[Officer, ...]:
        """List who may read cases on a desk, in the file's order; translators never."""
        return tuple(o for o in self.officers.values() if o.company_id == company_id and o.active and o.role in READING_ROLES)

    def who_reads(self, language: str) -> tuple[Officer, ...]:
        """List the people of the programme, translators first, who said they read a language."""
        base = language.partition("-")[0]
        able = [o for o in self.officers.values() if o.active and (language in o.languages or base in o.languages)]
        return tuple(sorted(able, key=lambda o: o.role != "translator"))

    def tongues(self) -> tuple[str, ...]:
        """List every language that somebody of the programme speaks: workers, neighbours and officers."""
        spoken = [*self.languages, *(tag for place in self.places.values() for tag in place.languages)]
        return tuple(dict.fromkeys((*spoken, *(tag for officer in self.officers.values() for tag in officer.languages))))

    def proper_names(self) -> tuple[str, ...]:
        """List the names that no translation may touch: of the line, its companies, suppliers, places and towns."""
        trade = [self.operator.name, *(each.name for each in self.companies.values()), *(each.name for each in self.suppliers.values())]
        places = [name for place in self.places.values() for name in (place.name, place.town)]
        return tuple(dict.fromkeys(name for name in (*trade, *places, *self.name.values()) if name))

    @property
    def self_run(self) -> bool:
        """Say whether a buying company runs the line itself, so that the bot does not claim otherwise."""
        return self.operator.id in self.companies


def text_in(texts: Texts, language: str) -> str:
    """Choose the text for a language tag, for its base language, in English, or the first there is."""
    for tag in (language, language.partition("-")[0], "en"):
        if tag in texts:
            return texts[tag]
    return next(iter(texts.values()))


def same_language(one: str, other: str) -> bool:
    """Compare language tags, script and region aside: who writes Bengali in Latin letters reads Bengali."""
    return one.partition("-")[0] == other.partition("-")[0]
