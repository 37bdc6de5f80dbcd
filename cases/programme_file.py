"""The programme file: read whole, or refused whole with every problem and its line."""

from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

from cases import country
from cases import programme_read as read
from cases.model import Place, Programme, Promise
from cases.programme_check import Forms, check
from cases.programme_form import WHOLE, Form, Problem, Problems, ProgrammeError
from cases.reach import check_answers_arrive
from cases.yaml_lines import Lined, Unreadable, read_lines, top_level

FORMAT = "1"
_SAMPLE_ONLY = ("cases", "not_cases", "sees")
_PARTS = ("format", "programme", "promise", "companies", "suppliers", "sites", "areas", "people", "routing", "countries", "glossary")


def read_programme(text: str, name: str = "programme", *, kept: bool = False) -> Programme:
    """Read a programme file, called `name` in sentences about it. Raises ProgrammeError with every problem, its line and its mend.

    `kept`: it was taken before, perhaps by an earlier version, and goes on without what is asked of new ones only.
    """
    problems = Problems()
    root = _root(text, problems, name)
    programme, forms = _programme(root)
    check(programme, forms)
    if not kept and "countries" in root.fields:
        country.check_sources(root.form("countries"))
    if not kept:
        check_answers_arrive(root)
    if problems.found:
        raise ProgrammeError(problems.in_order(), name)
    return programme


@lru_cache(maxsize=8)
def read_kept(text: str) -> Programme:
    """Read a programme that was refused or taken before; the same text gives the same value, at once."""
    return read_programme(text, "the programme in the database", kept=True)


def read_sample(text: str) -> Mapping[str, object]:
    """Give the demo's own parts of a sample programme (`cases`, `not_cases`, `sees`) as plain texts, lists and dicts."""
    root, _ = read_lines(text)
    fields = root.value if isinstance(root.value, dict) else {}
    return {key: _plain(fields[key]) for key in _SAMPLE_ONLY if key in fields}


def without_sample(text: str) -> str:
    """Cut the demo's own parts out of a programme file, so that no sample's words or numbers are stored with it."""
    lines = text.splitlines(keepends=True)
    starts = [*top_level(text), ("", len(lines))]
    cut = {line for (key, start), (_, end) in pairwise(starts) if key in _SAMPLE_ONLY for line in range(start, end)}
    return "".join(line for number, line in enumerate(lines) if number not in cut)


def _plain(piece: Lined) -> object:
    if isinstance(piece.value, dict):
        return {key: _plain(each) for key, each in piece.value.items()}
    if isinstance(piece.value, tuple):
        return [_plain(each) for each in piece.value]
    return piece.value


def _root(text: str, problems: Problems, name: str) -> Form:
    try:
        piece, twice = read_lines(text)
    except Unreadable as error:
        raise ProgrammeError((Problem(error.line, WHOLE, error.what, "Mend the YAML and check again"),), name) from None
    for line, key in twice:
        problems.add(line, WHOLE, f"`{key}` is written twice in one place", "Keep one of them")
    root = Form.of(piece, WHOLE, problems)
    root.only(*_PARTS, *_SAMPLE_ONLY)
    if root.text("format") not in ("", FORMAT):
        root.wrong("format", f"format `{root.optional('format')}` is not known", "Write `format: 1`")
    return root


def _programme(root: Form) -> tuple[Programme, Forms]:
    forms = _forms(root)
    companies = read.by_id([(form, read.company(form)) for form in forms.companies])
    fallback_desk, languages = forms.programme.name("fallback_desk"), forms.programme.tags("languages")
    forms.programme.only("name", "operator", "languages", "fallback_desk")
    places = _places(forms)
    programme = Programme(
        name=forms.programme.texts("name"),
        operator=read.operator(forms.operator, fallback_desk, companies, languages),
        languages=languages,
        fallback_desk=fallback_desk,
        promises=MappingProxyType(_promises(forms)),
        companies=MappingProxyType(companies),
        suppliers=MappingProxyType(read.by_id([(form, read.supplier(form)) for form in forms.suppliers])),
        places=MappingProxyType(places),
        officers=MappingProxyType(read.by_id([(form, read.officer(form)) for form in forms.people])),
        rules=tuple(read.rule(form) for form in forms.rules),
        countries=MappingProxyType(country.countries(root.form("countries"))),
        glossary=MappingProxyType(_glossary(forms.root)),
        codes=MappingProxyType({place.code: place.id for place in places.values()}),
    )
    return programme, forms


def _glossary(root: Form) -> dict[str, dict[str, str]]:
    """Read the terms with a fixed rendering: each as it is written, then its rendering by language."""
    if "glossary" not in root.fields:
        return {}
    terms = root.form("glossary")
    return {term: terms.texts(term) for term in terms.fields}


def _forms(root: Form) -> Forms:
    programme = root.form("programme")
    return Forms(
        root=root,
        programme=programme,
        operator=programme.form("operator"),
        promises=tuple(root.forms("promise")),
        companies=tuple(root.forms("companies")),
        suppliers=tuple(root.forms("suppliers")),
        sites=tuple(root.forms("sites")),
        areas=tuple(root.forms("areas", needed=False)),
        people=tuple(root.forms("people")),
        rules=tuple(root.forms("routing", needed=False)),
    )


def _places(forms: Forms) -> dict[str, Place]:
    sites = read.by_id([(form, read.site(form)) for form in forms.sites])
    return read.by_id([(form, read.site(form)) for form in forms.sites] + [(form, read.area(form, sites)) for form in forms.areas])


def _promises(forms: Forms) -> dict[str, Promise]:
    return {promise.company_id: promise for promise in map(read.promise, forms.promises)}
