"""Every case lies on exactly one desk, explained; the accused never read; a shared site stays shut to the other buyer."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.model import Programme, Rule
from cases.routing import RoutingFacts, desk_for, leads
from tests.cases.house import sample

PROGRAMME = sample()
PLACES = [None, *PROGRAMME.places.values()]
OFFICERS = list(PROGRAMME.officers)
COMPANIES = [*PROGRAMME.companies, PROGRAMME.operator.id]

conditions = st.fixed_dictionaries(
    {},
    optional={
        "site": st.sampled_from([("any",), ("unknown",), ("nodirpar-sewing",), ("kiboko-farm", "glasduin-greenhouse")]),
        "area": st.sampled_from([("any",), ("dyeing-canal",)]),
        "language": st.sampled_from([("any",), ("es",), ("bn",), ("bn-Latn",)]),
        "company": st.sampled_from([("halmstra",), ("weidegaard",), ("any",)]),
        "who": st.sampled_from([("neighbour",), ("union", "representative")]),
        "danger": st.sampled_from([("any",), ("fire",)]),
        "accused": st.just(("any",)),
    },
)
rules = st.lists(
    st.builds(
        Rule,
        id=st.sampled_from(["a", "b", "c", "d"]),
        when=conditions,
        why=st.just("because"),
        company=st.sampled_from([None, "lead", *COMPANIES]),
        officer=st.sampled_from([None, *OFFICERS]),
        exclude_accused=st.booleans(),
    ),
    max_size=6,
).map(tuple)
facts = st.builds(
    RoutingFacts,
    place=st.sampled_from(PLACES),
    language=st.sampled_from(["en", "es", "bn", "bn-Latn", "sw"]),
    who=st.sampled_from(["affected", "neighbour", "representative", "union"]),
    danger=st.sampled_from([None, "fire", "violence", "suicide"]),
    accused=st.lists(st.sampled_from([*OFFICERS, "a stranger"]), unique=True).map(tuple),
)


def _with(found: tuple[Rule, ...]) -> Programme:
    return replace(PROGRAMME, rules=found)


@given(facts, rules)
def test_whatever_the_rules_say_a_case_lies_on_one_desk_that_may_have_it(known: RoutingFacts, found: tuple[Rule, ...]) -> None:
    desk = desk_for(known, _with(found))

    assert desk.company in COMPANIES
    assert desk.because
    buyers = known.place.buyers if known.place else COMPANIES
    assert desk.company in (*buyers, PROGRAMME.operator.id)


@given(facts, rules)
def test_the_accused_never_read_whatever_the_rules_say(known: RoutingFacts, found: tuple[Rule, ...]) -> None:
    desk = desk_for(known, _with(found))

    assert not set(desk.officers) & set(known.accused)
    assert desk.officer not in known.accused
    assert set(desk.excluded) == set(known.accused) & set(OFFICERS)


@given(facts, rules)
def test_readers_are_of_that_desk_and_never_translators(known: RoutingFacts, found: tuple[Rule, ...]) -> None:
    desk = desk_for(known, _with(found))

    read = [PROGRAMME.officers[name] for name in desk.officers]
    assert all(officer.company_id == desk.company and officer.role != "translator" for officer in read)
    assert desk.officer is None or desk.officer in desk.officers


@given(facts)
def test_a_shared_site_is_never_open_to_the_other_buyer(known: RoutingFacts) -> None:
    desk = desk_for(replace(known, place=PROGRAMME.places["nodirpar-sewing"]), PROGRAMME)

    assert desk.company != "weidegaard"


@given(facts, rules)
def test_a_case_without_a_site_is_seen_by_no_buyer_unless_a_rule_says_unknown(known: RoutingFacts, found: tuple[Rule, ...]) -> None:
    guarded = tuple(rule for rule in found if "unknown" not in rule.when.get("site", ()))

    assert desk_for(replace(known, place=None), _with(guarded)).company == PROGRAMME.fallback_desk


@pytest.mark.parametrize(
    ("code", "language", "company", "officer", "because"),
    [
        ("52746", "bn", "halmstra", None, ["shared-site"]),
        ("52746", "es", "halmstra", None, ["shared-site"]),
        ("38166", "bn", "weidegaard", None, ["site-lead"]),
        ("29488", "bn", "weidegaard", "femke", ["neighbours"]),
        ("60921", "es", "weidegaard", "karim", ["spanish", "site-lead"]),
        ("41574", "sw", "weidegaard", None, ["site-lead"]),
    ],
)
def test_the_sample_sends_each_place_where_it_says(code: str, language: str, company: str, officer: str | None, because: list[str]) -> None:
    desk = desk_for(RoutingFacts(PROGRAMME.place(code), language), PROGRAMME)

    assert (desk.company, desk.officer) == (company, officer)
    assert [line.partition(":")[0] for line in desk.because] == because


def test_an_unknown_site_lies_with_those_who_run_the_line_and_says_why() -> None:
    desk = desk_for(RoutingFacts(None, "en"), PROGRAMME)

    assert (desk.company, desk.officers) == ("ketenstem", ("nadia",))
    assert desk.because == ("always: the site is not known yet, so it lies with Stichting Ketenstem",)


def test_a_desk_whose_every_reader_is_accused_gives_way_and_the_rule_is_named() -> None:
    desk = desk_for(RoutingFacts(PROGRAMME.place("52746"), "bn", accused=("sanne", "jeroen")), PROGRAMME)

    assert (desk.company, desk.officers) == ("ketenstem", ("nadia",))
    assert desk.because[0] == "accused-out: Whoever is named in a case never reads it"
    assert "named in the case" in desk.because[-1]


def test_the_accused_are_out_also_without_a_rule() -> None:
    desk = desk_for(RoutingFacts(PROGRAMME.place("52746"), "bn", accused=("sanne",)), _with(()))

    assert "sanne" in desk.excluded


@pytest.mark.parametrize(("company", "out"), list(product(COMPANIES, [(), ("jeroen",), ("femke",)])))
def test_a_missed_promise_always_finds_somebody_above(company: str, out: tuple[str, ...]) -> None:
    told = leads(PROGRAMME, company, out)

    assert told
    assert not set(told) & set(out)
    assert {PROGRAMME.officers[name].role for name in told} <= {"lead_officer", "programme_admin"}
