"""Checks what the parts of a programme file say of one another: who is named must exist, and nobody may read what is not theirs."""

import zoneinfo
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cases.model import READING_ROLES, Place, Programme, Rule
from cases.programme_form import Form
from words.digits import luhn_digit, luhn_ok

_ZONES = frozenset(zoneinfo.available_timezones())


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms that the values were read from, so that a problem can name its line."""

    root: Form
    programme: Form
    operator: Form
    promises: tuple[Form, ...]
    companies: tuple[Form, ...]
    suppliers: tuple[Form, ...]
    sites: tuple[Form, ...]
    areas: tuple[Form, ...]
    people: tuple[Form, ...]
    rules: tuple[Form, ...]


def check(programme: Programme, forms: Forms) -> None:
    """Note every problem between the parts."""
    _check_names(programme, forms)
    _check_promises(programme, forms)
    _check_places(programme, forms)
    _check_people(programme, forms)
    _check_desks(programme, forms)
    for form, rule in zip(forms.rules, programme.rules, strict=True):
        _check_rule(programme, form, rule)


def _known(form: Form, key: str, there: Iterable[str], what: str) -> bool:
    """Note a reference to something that is nowhere in the file."""
    named = form.optional(key)
    if not named or named in there:
        return True
    form.wrong(key, f"there is no {what} `{named}`", f"Known are: {', '.join(there) or 'none'}")
    return False


def _zone(form: Form) -> None:
    zone = form.optional("timezone")
    if zone and zone not in _ZONES:
        form.wrong("timezone", f"`{zone}` is no time zone", "Write a zone of the tz database, as in Asia/Dhaka")


def _check_names(programme: Programme, forms: Forms) -> None:
    for language in programme.languages:
        if not programme.name.get(language):
            forms.programme.wrong("name", f"the line has no name in `{language}`", f"Add `{language}: ...` under `name`")
    for form in (forms.operator, *forms.companies, *forms.sites, *forms.areas):
        _zone(form)
    if programme.operator.id in programme.companies and programme.operator.kind != "buyer":
        forms.operator.wrong("id", f"`{programme.operator.id}` is a buying company", "Give the operator an id of its own, or `kind: buyer`")


def _check_promises(programme: Programme, forms: Forms) -> None:
    signers = {*programme.companies, programme.operator.id}
    promised: set[str] = set()
    for form in forms.promises:
        _known(form, "company", signers, "company")
        if form.optional("company") in promised:
            form.wrong("company", f"`{form.optional('company')}` promises twice", "Keep one promise for each company")
        promised.add(form.optional("company"))
    for form in forms.companies:
        if form.optional("id") not in promised:
            form.wrong("id", f"`{form.optional('id')}` signed no promise", "Add it under `promise`: no channel opens without one")


def _check_places(programme: Programme, forms: Forms) -> None:
    seen: dict[str, str] = {}
    for form in (*forms.sites, *forms.areas):
        _check_code(form, seen)
        _known_country(programme, form)
    for form in forms.sites:
        _known(form, "supplier", programme.suppliers, "supplier")
        _check_buyers(form, form.words("buyers"), programme)
    sites = {key: place for key, place in programme.places.items() if place.kind == "site"}
    for form in forms.areas:
        if _known(form, "beside", sites, "site") and form.optional("beside") in sites:
            _check_lead(form, sites[form.optional("beside")].buyers)


def _check_code(form: Form, seen: dict[str, str]) -> None:
    code = form.optional("code")
    if not code:
        return
    if not (len(code) == 5 and code.isascii() and code.isdigit()):
        form.wrong("code", f"`{code}` is not five digits", "Write four digits and the one that checks them, in quotes")
    elif not luhn_ok(code):
        form.wrong(
            "code", f"the last digit of `{code}` does not check the others", f"Write {code[:4]}{luhn_digit(code[:4])}, or another code"
        )
    if code in seen:
        form.wrong("code", f"`{code}` is the code of `{seen[code]}` too", "Give each place its own code")
    seen.setdefault(code, form.optional("id"))


def _known_country(programme: Programme, form: Form) -> None:
    country = form.optional("country")
    if country and country not in programme.countries:
        form.wrong("country", f"nothing is known about `{country}`", f"Add `{country}: {{emergency: ...}}` under `countries`")


def _check_buyers(form: Form, buyers: tuple[str, ...], programme: Programme) -> None:
    if not buyers:
        form.wrong("buyers", "nobody buys here", "Name at least one company under `buyers`")
    for buyer in buyers:
        if buyer not in programme.companies:
            form.wrong("buyers", f"there is no company `{buyer}`", f"Known are: {', '.join(programme.companies)}")
    if buyers:
        _check_lead(form, buyers)


def _check_lead(form: Form, buyers: tuple[str, ...]) -> None:
    lead = form.optional("lead")
    if lead and lead not in buyers:
        form.wrong("lead", f"`{lead}` leads but does not buy here", f"Choose one of: {', '.join(buyers)}")


def _check_people(programme: Programme, forms: Forms) -> None:
    seen: dict[str, str] = {}
    homes = (*programme.companies, programme.operator.id)
    for form in forms.people:
        _known(form, "company", homes, "company")
        email = form.optional("email").lower()
        if email and email in seen:
            form.wrong("email", f"`{email}` is the address of `{seen[email]}` too", "Give each person an address of their own")
        seen.setdefault(email, form.optional("id"))
        role, home = form.optional("role"), form.optional("company")
        if role == "programme_admin" and home != programme.operator.id:
            form.wrong("role", "only the operator's own people run the programme", "Make this an officer or a lead_officer")
        if home in programme.suppliers:
            form.wrong("company", "a supplier has no account: it never reads a case", "Remove this person")


def _check_desks(programme: Programme, forms: Forms) -> None:
    desks = {**programme.companies, programme.operator.id: None}
    if programme.fallback_desk and programme.fallback_desk not in desks:
        forms.programme.wrong("fallback_desk", f"there is no desk `{programme.fallback_desk}`", f"Choose one of: {', '.join(desks)}")
    elif programme.fallback_desk and not programme.readers(programme.fallback_desk):
        forms.programme.wrong("fallback_desk", "nobody reads at this desk", "Give it a person under `people`")
    for form in forms.companies:
        if form.optional("id") and not _has(programme, form.optional("id"), "officer", "lead_officer"):
            form.wrong("id", f"nobody reads at the desk of `{form.optional('id')}`", "Add an officer under `people`")
        if form.optional("id") and not _has(programme, form.optional("id"), "lead_officer"):
            form.wrong("id", f"`{form.optional('id')}` has no lead_officer", "Add one: when a case is late a superior must be told")


def _has(programme: Programme, company_id: str, *roles: str) -> bool:
    return any(officer.role in roles for officer in programme.readers(company_id))


def _check_rule(programme: Programme, form: Form, rule: Rule) -> None:
    if sum(other.id == rule.id for other in programme.rules) > 1:
        form.wrong("id", f"`{rule.id}` is used twice", "Give each rule its own id: it is shown on the case")
    when, then = form.form("when"), form.form("then")
    for key, there in _vocabulary(programme).items():
        for value in rule.when.get(key, ()):
            if value not in there and value != "any":
                when.wrong(key, f"there is no {key} `{value}`", f"Known are: {', '.join(sorted(there))}, any")
    _check_rule_company(programme, then, rule)
    _check_rule_officer(programme, then, rule)


def _vocabulary(programme: Programme) -> Mapping[str, Iterable[str]]:
    def named(kind: str) -> list[str]:
        return [place.id for place in programme.places.values() if place.kind == kind]

    return {
        "site": [*named("site"), "unknown"],
        "area": named("area"),
        "country": programme.countries,
        "supplier": programme.suppliers,
        "company": [*programme.companies, programme.operator.id],
        "who": ["affected", "neighbour", "representative", "union"],
        "danger": ["fire", "violence", "suicide"],
        "accused": [],
    }


def _check_rule_company(programme: Programme, then: Form, rule: Rule) -> None:
    company = rule.company
    if company is None or company == "lead":
        return
    if company not in programme.companies and company != programme.operator.id:
        then.wrong("company", f"there is no company `{company}`", f"Known are: {', '.join(programme.companies)}, lead")
        return
    for place in _places_of(programme, rule):
        if company in programme.companies and company not in place.buyers:
            then.wrong(
                "company", f"`{company}` does not buy at `{place.id}` and may not read there", f"Choose one of: {', '.join(place.buyers)}"
            )


def _places_of(programme: Programme, rule: Rule) -> list[Place]:
    named = (*rule.when.get("site", ()), *rule.when.get("area", ()))
    return [programme.places[name] for name in named if name in programme.places]


def _check_rule_officer(programme: Programme, then: Form, rule: Rule) -> None:
    if rule.officer is None:
        return
    officer = programme.officers.get(rule.officer)
    if officer is None:
        then.wrong("officer", f"there is no person `{rule.officer}`", f"Known are: {', '.join(programme.officers)}")
        return
    if officer.role not in READING_ROLES:
        then.wrong("officer", f"`{officer.id}` is a {officer.role} and reads no case", "Choose an officer or a lead_officer")
    desks = _desks_of(rule)
    if desks and officer.company_id not in desks:
        then.wrong("officer", f"`{officer.id}` does not work at {' or '.join(sorted(desks))}", "Choose somebody of that desk")


def _desks_of(rule: Rule) -> set[str]:
    if rule.company and rule.company != "lead":
        return {rule.company}
    return {company for company in rule.when.get("company", ()) if company != "any"}
