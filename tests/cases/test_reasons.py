"""Why a case is here: kept in English as it was decided, told in the reader's language, and nobody else's words are touched."""

from dataclasses import replace

import pytest

from cases import desk, reasons, routing, severity, taxonomy
from cases.routing import RoutingFacts
from cases.wording import ENGLISH
from cases.wording_tongue import in_tongue
from store.tables import entries
from tests.cases.house import NOW, House, opening, sample
from translations.texts import shipped

DUTCH = in_tongue("nl", shipped().of("nl").say, shipped().of("nl").count)

KEPT = [
    (reasons.kept("danger", kind="fire"), "gevaar: brand"),
    (reasons.kept("speaks", topic="papers"), "de woorden gaan over: achtergehouden papieren"),
    (reasons.kept("starts", code="wages", level=3), "Loon begint bij 3"),
    (reasons.kept("people", people=14), "over 14 mensen"),
    (reasons.kept("unknown", level=2), "meer is er nog niet bekend: 2"),
    (reasons.kept("no_site", company="Stichting Ketenstem"), "altijd: de locatie is nog niet bekend, dus het ligt bij Stichting Ketenstem"),
    ("answered fire to what_danger", "antwoordde fire op what_danger"),
    ("the worker wrote", "de werker schreef"),
]


@pytest.mark.parametrize(("line", "said"), KEPT, ids=[line for line, _ in KEPT])
def test_a_kept_reason_is_told_in_the_readers_language(line: str, said: str) -> None:
    assert DUTCH.reason(line) == said


@pytest.mark.parametrize(
    "line",
    [
        "shared-site: The buyer leads",
        "danger:fire",
        "about many people",
        "the worker wrote twice",
        "",
        "{kind}",
        "danger: {kind}",
    ],
)
def test_words_of_somebody_else_stay_as_they_were_written(line: str) -> None:
    assert (DUTCH.reason(line), ENGLISH.reason(line)) == (line, line)


def test_every_reason_that_is_written_down_is_known_again() -> None:
    programme = sample()
    judged = [
        *severity.of(taxonomy.SCALES, people=300, floor=severity.FLOORS, danger="suicide").because,
        *severity.of(()).because,
        *routing.desk_for(RoutingFacts(None, "bn"), replace(programme, rules=())).because,
        *routing.desk_for(RoutingFacts(programme.places["nodirpar-sewing"], "bn"), replace(programme, rules=())).because,
    ]

    assert [line for line in judged if reasons.known_again(line) is None] == []
    assert set(severity.FLOORS) == set(reasons.TOPICS)


def test_a_dutch_desk_reads_why_a_case_is_there_and_what_was_kept_stays_as_it_was(house: House) -> None:
    house.worker_speaks(opening(floor=("papers",)), NOW)
    before = house.all_of(entries)
    with house.desk("sanne") as at:
        english = desk.view(at, "WK-7F3K-92QX")
        dutch = desk.view(replace(at, wording=DUTCH), "WK-7F3K-92QX")

    assert english.because[0] == "the words speak of: papers held back"
    assert dutch.because[0] == "de woorden gaan over: achtergehouden papieren"
    assert english.because[1:] == dutch.because[1:]
    assert dutch.entries[0].words.endswith("de woorden gaan over: achtergehouden papieren")
    assert dutch.entries[0].body["because"] == ["the words speak of: papers"] == [*english.entries[0].body["because"]]
    assert house.all_of(entries) == before
