"""Whose desk a case lies on: rules in data, first match wins, each decision explained, and nobody reads what is not theirs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cases import reasons
from cases.model import Officer, Place, Programme, Rule, Who

BUILT_IN = "always"
UNKNOWN_SITE = "unknown"
_UNKNOWN_ONLY = frozenset((UNKNOWN_SITE,))


@dataclass(frozen=True, slots=True)
class RoutingFacts:
    """What is known of a case that rules may look at. `accused` holds ids of officers whom the case is about."""

    place: Place | None
    language: str
    who: Who = "affected"
    danger: str | None = None
    accused: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a case lies: the company, who may read it there, who has it in hand if a rule says so, who never may, and why."""

    company: str
    officers: tuple[str, ...]
    officer: str | None
    excluded: tuple[str, ...]
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Choice:
    company: str | None = None
    officer: str | None = None
    because: tuple[str, ...] = ()


def desk_for(facts: RoutingFacts, programme: Programme) -> Desk:
    """Choose exactly one desk.

    The accused never read, also when no rule says so; a desk left without readers gives way to the fall-back.
    """
    chosen = _chosen(facts, programme)
    company = chosen.company or programme.fallback_desk
    because = chosen.because if chosen.company else (*chosen.because, _why_default(facts, programme))
    readers = _readers(programme, company, facts.accused)
    if not readers and company != programme.fallback_desk:
        company, because = programme.fallback_desk, (*because, reasons.kept("alone"))
        readers = _readers(programme, company, facts.accused)
    officer = chosen.officer if chosen.officer in {reader.id for reader in readers} else None
    return Desk(company, tuple(reader.id for reader in readers), officer, _accused(facts, programme), because)


def leads(programme: Programme, company: str, excluded: Iterable[str]) -> tuple[str, ...]:
    """Name who must be told when a promise of this desk is missed: its leads, else those who run the line, else its readers."""
    own = [o.id for o in _readers(programme, company, excluded) if o.role in ("lead_officer", "programme_admin")]
    running = [o.id for o in _readers(programme, programme.operator.id, excluded) if o.role == "programme_admin"]
    return tuple(own or running or [o.id for o in _readers(programme, company, excluded)])


def readers(programme: Programme, company: str, excluded: Iterable[str]) -> tuple[str, ...]:
    """Name who may read a case on this desk."""
    return tuple(officer.id for officer in _readers(programme, company, excluded))


def _readers(programme: Programme, company: str, excluded: Iterable[str]) -> tuple[Officer, ...]:
    out = frozenset(excluded)
    return tuple(officer for officer in programme.readers(company) if officer.id not in out)


def _accused(facts: RoutingFacts, programme: Programme) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in facts.accused if name in programme.officers))


def _chosen(facts: RoutingFacts, programme: Programme) -> _Choice:
    chosen, known = _Choice(), _known(facts)
    for rule in programme.rules:
        if _matches(rule, known, chosen.company or (facts.place.lead if facts.place else None)):
            chosen = _with(rule, chosen, facts, programme)
    return chosen


def _with(rule: Rule, chosen: _Choice, facts: RoutingFacts, programme: Programme) -> _Choice:
    """Let a rule decide what no rule before it decided."""
    company, officer, said = chosen.company, chosen.officer, rule.exclude_accused
    if company is None and rule.company is not None and (named := _allowed(rule, facts, programme)) is not None:
        company, said = named, True
    if officer is None and rule.officer is not None and rule.officer not in facts.accused:
        officer, said = rule.officer, True
    return _Choice(company, officer, (*chosen.because, f"{rule.id}: {rule.why}") if said else chosen.because)


def _allowed(rule: Rule, facts: RoutingFacts, programme: Programme) -> str | None:
    """Name the company a rule sends a case to, unless that company does not buy at the place: no rule may open a case to it."""
    if facts.place is None:
        by_name = UNKNOWN_SITE in rule.when.get("site", ())
        return rule.company if by_name and rule.company != "lead" else None
    company = facts.place.lead if rule.company == "lead" else rule.company
    return company if company in facts.place.buyers or company == programme.operator.id else None


def _why_default(facts: RoutingFacts, programme: Programme) -> str:
    return reasons.kept("no_site" if facts.place is None else "no_rule", company=programme.company_name(programme.fallback_desk))


def _matches(rule: Rule, known: Mapping[str, frozenset[str]], company: str | None) -> bool:
    return all(_holds(values, frozenset((company,)) if company and key == "company" else known[key]) for key, values in rule.when.items())


def _holds(values: tuple[str, ...], actual: frozenset[str]) -> bool:
    """Compare one condition; `any` means any known value, so an unknown site is not any site."""
    return not actual.isdisjoint(values) or ("any" in values and bool(actual) and actual != _UNKNOWN_ONLY)


def _known(facts: RoutingFacts) -> Mapping[str, frozenset[str]]:
    """Give what is true of a case under each condition's name; a language counts with and without its script."""
    place = facts.place
    site = UNKNOWN_SITE if place is None else place.id if place.kind == "site" else None
    found: dict[str, tuple[str | None, ...]] = {
        "site": (site,),
        "area": (place.id if place is not None and place.kind == "area" else None,),
        "country": (place.country if place else None,),
        "supplier": (place.supplier_id if place else None,),
        "company": (),
        "language": (facts.language, facts.language.partition("-")[0]),
        "who": (facts.who,),
        "danger": (facts.danger,),
        "accused": facts.accused,
    }
    return {key: frozenset(value for value in values if value) for key, values in found.items()}
