"""How grave a concern is, what it can be about, and where a case may go."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flows
from cases import lifecycle, severity, taxonomy
from translations import danger


@pytest.mark.parametrize(
    ("code", "level"),
    [
        ("harassment.sexual", 5),
        ("forced_labour.document_retention", 5),
        ("child.hazardous_work", 5),
        ("safety.fire_exit", 5),
        ("safety.injury_untreated", 4),
        ("retaliation.dismissal", 4),
        ("discrimination.pregnancy_maternity", 4),
        ("wages.overtime_unpaid", 3),
        ("wages.benefits_social_security", 2),
        ("welfare.canteen", 1),
    ],
)
def test_a_code_starts_at_its_own_level(code: str, level: int) -> None:
    found = severity.of([code])

    assert found.level == level
    assert found.because == (f"{code} starts at {level}",)


@pytest.mark.parametrize(("people", "level"), [(None, 0), (0, 0), (1, 1), (2, 2), (9, 2), (10, 3), (49, 3), (50, 4), (249, 4), (250, 5)])
def test_the_number_of_people_makes_it_graver(people: int | None, level: int) -> None:
    assert severity.scope(people) == level


@given(st.lists(st.sampled_from(list(taxonomy.SCALES)), max_size=4), st.integers(1, 999), st.sampled_from([None, "fire"]))
def test_the_gravest_of_what_is_known_decides(codes: list[str], people: int, danger: str | None) -> None:
    found = severity.of(codes, people=people, danger=danger)

    assert 1 <= found.level <= 5
    assert found.level >= max([taxonomy.SCALES[code] for code in codes], default=1)
    assert found.level >= (severity.scope(people) if people > 1 else 1)
    assert danger is None or found.level == severity.GRAVEST
    assert found.because


def test_grave_words_raise_a_case_before_any_translation_and_an_unknown_one_raises_it_too() -> None:
    assert severity.of((), floor=("child",)).level == 5
    assert severity.of((), floor=("fainted",)).level == 4
    assert severity.of((), floor=("something new",)).level == severity.HIGH


def test_a_grave_case_has_the_short_promise() -> None:
    assert severity.clock(5, "fire") == "danger"
    assert severity.clock(4, None) == "high"
    assert severity.clock(3, None) == "normal"


def test_there_are_seventeen_groups_and_a_slip_is_kept_as_something_else() -> None:
    assert len(taxonomy.GROUPS) == 17
    assert taxonomy.known("wagess.unpaid") == "other"
    assert taxonomy.label("wages.overtime_unpaid") == "Wages: overtime unpaid"
    assert taxonomy.label("wages") == "Wages"


def test_no_officer_closes_a_case() -> None:
    reached = {to for state in lifecycle.STATES for to in lifecycle.allowed("officer", state)}

    assert reached == {"answer_needed", "waiting_worker", "waiting_supplier", "proposed"}


def test_only_the_workers_answer_to_a_proposal_agrees() -> None:
    agreeing = [
        (mover, state) for mover, table in lifecycle.MOVES.items() for state, targets in table.items() if "closed_agreed" in targets
    ]

    assert agreeing == [("worker", "proposed")]


def test_any_word_of_the_worker_puts_an_answered_or_closed_case_back_on_the_desk() -> None:
    for state in ("answer_needed", "waiting_worker", "waiting_supplier", "proposed", "closed_agreed", "closed_no_answer"):
        assert lifecycle.after_words(state) == "answer_needed"
    assert lifecycle.after_words("new") == "new"
    assert lifecycle.after_words("forgotten") == "forgotten"


def test_a_forgotten_case_goes_nowhere() -> None:
    assert all(lifecycle.allowed(mover, "forgotten") == () for mover in lifecycle.MOVES)


def test_every_kind_of_grave_words_in_the_lists_has_its_level() -> None:
    heard = {kind for listed in danger.load() for kind in listed.serious}

    assert heard
    assert heard <= set(severity.FLOORS)


def test_every_group_that_a_flow_offers_is_one_we_know() -> None:
    library = Path(flows.__file__).parent / "library"
    offered = {group for file in library.glob("*.yaml") for group in re.findall(r"\bgroup: ([a-z_.]+)", file.read_text(encoding="utf-8"))}

    assert offered
    assert offered <= set(taxonomy.SCALES)
