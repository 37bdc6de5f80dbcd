"""Access has one door: who may not read a case finds nothing, exactly as if it were not there."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from cases import desk, intake
from cases.access import AtDesk, case_for
from cases.desk import QueueFilters, ReplyDraft
from cases.errors import NotFound
from cases.intake import Opening
from cases.programme import read_sample
from tests.cases.house import NOW, House, opening, sample, sample_text

REFERENCE = "WK-7F3K-92QX"
SAMPLE: Any = read_sample(sample_text())
WHO = {"black-canal": "neighbour", "union-committee": "union"}

ACTS: dict[str, Callable[[AtDesk, str], object]] = {
    "view": desk.view,
    "timeline": desk.read_timeline,
    "reply": lambda at, reference: desk.reply(at, reference, ReplyDraft("I read it.", "en")),
    "approve": lambda at, reference: desk.approve(at, reference, 1, "ok"),
    "translate": lambda at, reference: desk.translate(at, reference, 2, "ok"),
    "note": lambda at, reference: desk.note(at, reference, "seen"),
    "move": lambda at, reference: desk.move(at, reference, "answer_needed", "read"),
    "assign": lambda at, reference: desk.assign(at, reference, None, "nobody yet"),
    "speaker": lambda at, reference: desk.record_speaker(at, reference, desk.Speaker("union", 14, "she said so")),
    "exclude": lambda at, reference: desk.exclude(at, reference, "sanne", "named"),
}


def _sample_case(case: dict[str, Any], number: int) -> Opening:
    place = None if case["site"] == "unknown" else case["site"]
    return Opening(
        reference=f"WK-TEST-{number:04d}",
        words=case["dialogue"][-1].get("text", "words"),
        language=case["language"],
        channel=case["channel"],
        place_id=place,
        who=WHO.get(case["key"], "affected"),  # type: ignore[arg-type]  # both words are kinds of speakers
    )


def test_each_officer_finds_exactly_the_sample_cases_that_the_sample_says(house: House) -> None:
    keys = {}
    for number, case in enumerate(SAMPLE["cases"]):
        opened = house.worker_speaks(_sample_case(case, number))
        keys[opened["reference"]] = case["key"]
        assert opened["company_id"] == case["desk"]

    for officer_id, expected in SAMPLE["sees"].items():
        with house.desk(officer_id) as at:
            listed = [keys[line.reference] for line in desk.queue(at, QueueFilters()).lines]
            opened_by = [key for reference, key in keys.items() if _opens(at, reference)]
        assert sorted(listed) == sorted(expected)
        assert sorted(opened_by) == sorted(expected)


def _opens(at: AtDesk, reference: str) -> bool:
    try:
        return bool(desk.view(at, reference).reference)
    except NotFound:
        return False


@pytest.mark.parametrize("officer_id", ["karim", "femke", "nadia", "grace"])
def test_absent_and_forbidden_look_the_same_for_every_act(house: House, officer_id: str) -> None:
    house.worker_speaks(opening())

    for act in ACTS.values():
        assert _refusal(house, officer_id, act, REFERENCE) == _refusal(house, officer_id, act, "WK-0000-0000")


def test_the_accused_find_nothing_by_any_act(house: House) -> None:
    house.worker_speaks(opening(accused=("sanne",)))

    assert {_refusal(house, "sanne", act, REFERENCE) for act in ACTS.values()} == {"There is no such case."}
    with house.desk("jeroen") as at:
        assert desk.view(at, REFERENCE).reference == REFERENCE


def _refusal(house: House, officer_id: str, act: Callable[[AtDesk, str], object], reference: str) -> str:
    with house.desk(officer_id) as at, pytest.raises(NotFound) as refused:
        act(at, reference)
    return str(refused.value)


def test_the_accused_are_not_found_by_a_name_that_looks_alike(house: House) -> None:
    house.worker_speaks(opening(accused=("sanne",)))
    alike = replace(sample().officers["sanne"], id="s_nne")
    with house.desk("jeroen") as at:
        lookalike = replace(at, officer=alike)
        assert case_for(at.connection, alike, REFERENCE)["reference"] == REFERENCE
        assert len(desk.queue(lookalike, QueueFilters()).lines) == 1


def test_who_left_or_only_translates_has_an_empty_queue(house: House) -> None:
    house.worker_speaks(opening())

    with house.desk("grace") as at:
        assert desk.queue(at, QueueFilters()).lines == ()
    with house.desk("sanne") as at:
        gone = replace(at, officer=replace(at.officer, active=False))
        assert desk.queue(gone, QueueFilters()).lines == ()
        with pytest.raises(NotFound):
            desk.view(gone, REFERENCE)


def test_a_case_that_moves_to_the_buyer_leaves_the_desk_of_those_who_run_the_line(house: House) -> None:
    case = house.worker_speaks(opening(place_id=None))
    with house.desk("nadia") as at:
        assert desk.view(at, REFERENCE).company_id == "ketenstem"

    house.happens(REFERENCE, intake.give_place(case, sample().places["nodirpar-sewing"], sample(), NOW))

    with house.desk("nadia") as at, pytest.raises(NotFound):
        desk.view(at, REFERENCE)
    with house.desk("sanne") as at:
        assert desk.view(at, REFERENCE).company_id == "halmstra"


def test_a_reference_is_found_in_small_letters_too(house: House) -> None:
    house.worker_speaks(opening())

    with house.desk("sanne") as at:
        assert desk.view(at, REFERENCE.lower()).reference == REFERENCE
