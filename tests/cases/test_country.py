"""What a worker may be told in a country: each fact with its source and date, in her language or not at all."""

import pytest

from cases.country import Origin
from cases.programme import ProgrammeError, read_programme
from cases.programme_file import read_kept
from tests.cases.house import sample, sample_text


def test_numbers_are_told_in_every_language_and_notes_only_in_those_they_were_written_in() -> None:
    text = sample_text().replace('listening_note: {en: "free, day and night", nl: "gratis, dag en nacht",', "listening_note: {")

    there = read_programme(text).countries["NL"]

    assert there.told("nl")["listening"] == "113"
    assert "listening_note" not in there.told("nl")
    assert there.told("es-PE")["listening_note"] == "gratis, a toda hora"


def test_where_calling_is_known_to_be_free_it_is_said() -> None:
    assert sample().countries["BD"].told("bn")["emergency_free"] == "999"
    assert "emergency_free" not in sample().countries["KE"].told("en")


def test_an_answer_about_rights_comes_with_its_source_and_date() -> None:
    told = sample().countries["PE"].told("es")

    assert told["right_papers"].startswith("Sus papeles son suyos")
    assert told["right_papers_from"] == "ILO, 11-2026"
    assert "right_pay" not in told, "what nobody read is nowhere"


def test_a_fact_may_have_a_source_of_its_own() -> None:
    text = sample_text().replace(
        '    fire: "116"', '    fire: "116"\n    sources: {fire: {source: the fire brigade, checked: "2026-10-02"}}'
    )

    there = read_programme(text).countries["PE"]

    assert there.origins == {"fire": Origin("the fire brigade", "2026-10-02")}
    assert there.origin.told() == "public pages of the services, 11-2026"


def test_every_country_of_the_sample_says_where_its_numbers_were_read_and_when() -> None:
    assert all(there.origin.source and there.origin.checked for there in sample().countries.values())


def test_a_programme_that_was_taken_before_sources_were_asked_for_goes_on() -> None:
    text = sample_text().replace("    source: *read\n", "").replace("    checked: *month\n", "")

    with pytest.raises(ProgrammeError, match="no site goes live without"):
        read_programme(text)
    assert read_kept(text).countries["KE"].numbers["emergency"] == "999"
