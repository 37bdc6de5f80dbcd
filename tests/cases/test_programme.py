"""The programme in the database: kept as revisions, applied twice without effect, and honest about what changed."""

from typing import Any

import pytest
import sqlalchemy as sa

from cases import access
from cases.model import Officer
from cases.programme import ProgrammeError, apply, current, read_programme, read_sample, without_sample
from store.tables import officers, programmes
from tests.cases.house import DAY, HOUR, NOW, House, sample, sample_text


def test_the_sample_programme_reads_as_it_was_written() -> None:
    programme = sample()

    assert programme.operator.name == "Stichting Ketenstem"
    assert programme.operator.id == "ketenstem"
    assert (len(programme.companies), len(programme.suppliers), len(programme.places)) == (2, 4, 6)
    assert programme.answer_within("halmstra", "danger") == 24 * HOUR
    assert programme.answer_within("halmstra", "normal") == 5 * DAY
    assert programme.countries["BD"].free
    assert not programme.self_run


def test_a_code_finds_its_place_and_a_neighbourhood_takes_its_buyers_from_the_site_beside_it() -> None:
    programme = sample()
    site, canal = programme.place("52746"), programme.place("29488")

    assert site is not None
    assert (site.kind, site.town, site.quiet) == ("site", "Gazipur", None)
    assert programme.places["nodirpar-dyeing"].quiet == (8 * 60, 20 * 60)
    assert canal is not None
    assert (canal.kind, canal.supplier_id, canal.buyers, canal.people) == ("area", "nodirpar", ("weidegaard",), 260)
    assert programme.place("00000") is None


def test_the_line_says_its_name_in_the_language_or_the_nearest_there_is() -> None:
    assert sample().name_in("nl") == "Werk-infolijn"
    assert sample().name_in("bn-Latn") == sample().name["bn"]
    assert sample().name_in("fr") == "Work info line"


def test_an_operator_without_a_promise_of_its_own_keeps_the_slowest_that_was_signed() -> None:
    text = sample_text().replace("first_answer: *answers", "first_answer: {danger: 12h, high: 24h, normal: 3d}")

    programme = read_programme(text)

    assert programme.answer_within("weidegaard", "normal") == 3 * DAY
    assert programme.answer_within("ketenstem", "normal") == 5 * DAY


def test_a_buyer_that_runs_the_line_itself_is_known_as_such() -> None:
    text = sample_text().replace("{name: Stichting Ketenstem, kind: ngo,", "{name: Halmstra, kind: buyer,")
    text = text.replace("fallback_desk: ketenstem", "fallback_desk: halmstra")
    text = "".join(line for line in text.splitlines(keepends=True) if "company: ketenstem" not in line)

    programme = read_programme(text)

    assert programme.self_run
    assert [officer.id for officer in programme.readers(programme.fallback_desk)] == ["sanne", "jeroen"]


def test_the_demos_own_parts_are_read_apart_and_not_kept() -> None:
    parts: Any = read_sample(sample_text())
    kept = without_sample(sample_text())

    assert len(parts["cases"]) == 11
    assert len(parts["not_cases"]) == 4
    assert parts["sees"]["nadia"] == ["id-cards"]
    assert parts["cases"][0]["opened"] == "-5h"
    assert "+447700900101" not in kept
    assert read_programme(kept) == sample()


def test_applying_the_same_file_twice_changes_nothing(house: House) -> None:
    with house.write() as connection:
        again = apply(connection, sample(), sample_text(), NOW + 1)

    assert again == ()
    assert len(house.all_of(programmes)) == 1
    assert "+4477" not in house.all_of(programmes)[0]["source"]
    with house.database.read() as connection:
        assert current(connection) == sample()


def test_a_changed_file_says_what_changed_and_becomes_a_new_revision(house: House) -> None:
    text = sample_text().replace("workers: 900", "workers: 950").replace("Kwekerij Glasduin}", "Kwekerij Glasduin}") + "\n"
    text = text.replace("- {id: karim, name: Karim El Amrani", "- {id: karim, name: Karim Amrani")

    with house.write() as connection:
        told = [str(change) for change in apply(connection, read_programme(text), text, NOW + 1)]

    assert told == ["changed places kiboko-farm: people 900 -> 950", "changed officers karim: name Karim El Amrani -> Karim Amrani"]
    assert len(house.all_of(programmes)) == 2
    assert {row["id"]: row["name"] for row in house.all_of(officers)}["karim"] == "Karim Amrani"


def test_another_order_of_the_rules_is_told_because_the_first_match_wins(house: House) -> None:
    lines = sample_text().splitlines(keepends=True)
    spanish = next(line for line in lines if "id: spanish" in line)
    text = "".join(line for line in lines if line != spanish).replace("routing:", "routing: #", 1)
    text = text.replace("  - {id: accused-out", spanish + "  - {id: accused-out")

    with house.write() as connection:
        told = [str(change) for change in apply(connection, read_programme(text), text, NOW)]

    assert told == ["changed rules: their order is now spanish, accused-out, shared-site, neighbours, site-lead"]


def test_who_left_the_file_loses_access_at_once_and_secrets_are_never_touched(house: House) -> None:
    with house.write() as connection:
        connection.execute(sa.update(officers).values(password_hash="kept"))
    text = "".join(line for line in sample_text().splitlines(keepends=True) if "{id: grace," not in line)

    with house.write() as connection:
        told = [str(change) for change in apply(connection, read_programme(text), text, NOW)]
        assert access.officer(connection, "grace") is None
        assert access.officer(connection, "sanne") == sample().officers["sanne"]

    assert told == ["removed officers grace"]
    assert {row["password_hash"] for row in house.all_of(officers)} == {"kept"}


def test_an_account_made_beside_the_file_stays_and_reads_at_its_desk(house: House) -> None:
    made = Officer("tess", "Tess", "tess@halmstra.example", "halmstra", "officer", ("nl",))
    row = {
        "id": "tess",
        "name": "Tess",
        "email": made.email,
        "company_id": "halmstra",
        "role": "officer",
        "languages": ["nl"],
        "active": True,
    }
    with house.write() as connection:
        connection.execute(sa.insert(officers), row)
        apply(connection, sample(), sample_text(), NOW)
        programme = current(connection)

    assert programme is not None
    assert programme.readers("halmstra")[-1] == made


def test_an_address_of_another_account_is_refused_and_nothing_is_written(house: House) -> None:
    text = sample_text().replace("{id: sanne, name: Sanne de Wit", "{id: sanne2, name: Sanne de Wit").replace("sanne: [", "sanne2: [")

    with house.write() as connection, pytest.raises(ProgrammeError, match="address of the account `sanne`"):
        apply(connection, read_programme(text), text, NOW)

    assert len(house.all_of(programmes)) == 1


def test_before_the_first_programme_there_is_none(database_url: str) -> None:
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        assert current(connection) is None
    engine.dispose()
