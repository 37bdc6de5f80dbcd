"""The demo begins with cases that look lived in: who finds which, what each shows, and nothing of them lies open in the database."""

import re
from typing import Any

import pytest
import sqlalchemy as sa

from cases import timeline
from cases.access import case_for
from cases.desk import EntryView
from cases.errors import NotFound
from cases.programme import read_sample
from store.tables import audit, cases, entries, mails, metadata, no_cases, outbox, signals
from tests.weerklank.played import Played
from weerklank.sample import programme_text
from weerklank.sample.seed import seed


def test_each_officer_finds_the_cases_of_the_sees_table_and_no_other(played: Played) -> None:
    references = played.references()
    for officer_id, keys in played.sample.sees.items():
        with played.at(officer_id) as at:
            for key, reference in references.items():
                if key in keys:
                    assert case_for(at.connection, at.officer, reference)["reference"] == reference
                else:
                    with pytest.raises(NotFound):
                        case_for(at.connection, at.officer, reference)


def test_the_queue_holds_what_the_sees_table_says_but_for_what_is_closed(played: Played) -> None:
    closed = {case.key for case in played.sample.cases if not case.open}
    for officer_id, keys in played.sample.sees.items():
        assert set(played.queue(officer_id)) == set(keys) - closed


def test_every_case_stands_as_the_sample_says(played: Played) -> None:
    for case in played.sample.cases:
        row = played.row(case.key)
        stands = {name: row[name] for name in ("state", "may_we", "officer_id", "place_id", "language", "who", "on_behalf_of")}
        assert stands == {
            "state": case.state,
            "may_we": case.may_we,
            "officer_id": case.officer,
            "place_id": case.place,
            "language": case.language,
            "who": case.who,
            "on_behalf_of": case.on_behalf_of,
        }, case.key
        assert row["severity"] == case.severity.level


def test_the_last_entries_of_every_case_lead_to_where_it_stands(played: Played) -> None:
    with played.service.database.read() as connection:
        for case in played.sample.cases:
            row = played.row(case.key)
            moved = [entry for entry in _read(played, connection, row) if entry.kind == "moved"]
            assert (moved[-1].body["to"] if moved else "new") == case.state, case.key
            times = [entry.at for entry in _read(played, connection, row)]
            assert times == sorted(times), case.key
            assert times[-1] <= played.service.clock()


def test_the_chain_of_every_timeline_is_whole(played: Played) -> None:
    with played.service.database.read() as connection:
        for case_id in connection.execute(sa.select(cases.c.id)).scalars():
            assert timeline.verify(connection, case_id) == ()


def test_no_word_code_or_phone_of_the_sample_lies_open_in_the_database(played: Played) -> None:
    stored = _everything(played)
    # What the bot says stands in the flows, which lie open.
    lines = [line for case in played.sample.cases for line in case.dialogue if line.speaker != "bot" and not line.is_code]
    texts = [text for line in lines for text in (line.text, *(text for _, text in line.translations)) if len(text) > 3]
    told = [part.encode() for text in texts for part in re.split(r"\{.*?\}", text) if len(part) > 3]
    told += [phone.token.encode() for phone in played.phones]
    for digits in _codes(played):
        told += [digits.encode(), f"{digits[:4]} {digits[4:]}".encode()]
    assert [text for text in told if text in stored] == []


def test_the_code_that_opened_a_case_again_is_nowhere_in_it(played: Played) -> None:
    with played.service.database.read() as connection:
        for key in ("overtime", "night-shift"):
            said = repr([entry.body for entry in _read(played, connection, played.row(key))])
            assert [digits for digits in _codes(played) if digits in said or f"{digits[:4]} {digits[4:]}" in said] == []
        used = [entry for entry in _read(played, connection, played.row("overtime")) if entry.kind == "code_used"]
    assert [entry.body["channel"] for entry in used] == ["telegram"]


def test_nothing_of_the_past_is_sent_mailed_or_missed_again(played: Played) -> None:
    now = played.service.clock()
    with played.service.database.read() as connection:
        held = {row.seq: row.hold for row in connection.execute(sa.select(outbox).where(outbox.c.state != "sent"))}
        assert set(held.values()) == {"knock"}
        assert len(held) == 2
        assert connection.execute(sa.select(mails.c.id).where(mails.c.state != "sent")).all() == []
        assert connection.execute(sa.select(cases.c.reference).where(cases.c.answer_by <= now)).all() == []


def test_what_was_no_case_is_counted_and_a_hunt_for_a_name_leaves_a_sign(played: Played) -> None:
    with played.service.database.read() as connection:
        counted = {(row["place_id"], row["kind"]): row["count"] for row in connection.execute(sa.select(no_cases)).mappings()}
        signs = [(row.place_id, row.kind) for row in connection.execute(sa.select(signals))]
    assert counted == {
        ("nodirpar-sewing", "greeting"): 1,
        ("algarrobos-packing", "rights_question"): 1,
        ("kiboko-farm", "thanks"): 1,
        ("nodirpar-sewing", "identity_hunt"): 1,
    }
    assert signs == [("nodirpar-sewing", "retaliation.identity_hunt")]


def test_playing_the_sample_again_adds_nothing(played: Played) -> None:
    def count() -> dict[str, int]:
        with played.service.database.read() as connection:
            tables = (cases, entries, outbox, mails, audit, no_cases, signals)
            return {table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() for table in tables}

    before = count()
    assert seed(played.service, read_sample(programme_text())) == played.phones
    assert count() == before


def test_danger_lies_on_top_unassigned_with_its_clock_and_what_the_worker_allows(played: Played) -> None:
    assert played.queue("sanne")[0] == "gate-locked"
    case = played.view("gate-locked", "sanne")
    assert (case.danger, case.officer, case.state, case.clock) == ("fire", None, "new", "19 hours left")
    assert case.allowed == "The factory may be spoken to; nothing that points to the worker."
    [words] = [entry for entry in case.entries if entry.kind == "words"]
    assert {made.language: made.author for made in words.translations} == {"nl": "Nadia Rahman", "en": "Nadia Rahman"}
    assert "danger words: tala, agun" in case.because


def test_a_note_stands_apart_and_violence_was_answered_with_the_line_for_women(played: Played) -> None:
    case = played.view("line-chief", "sanne")
    assert case.allowed.startswith("Never tell the factory")
    [note] = [entry for entry in case.entries if entry.private]
    assert note.author_name == "Sanne de Wit"
    assert [entry.delivery for entry in case.entries if entry.kind == "reply"] == ["read"]
    assert {made.author for made in _of_kind(case.entries, "reply")[0].translations} == {"Nadia Rahman"}
    first_answer = played.screen("line-chief")[3]["text"]
    assert "১০৯" in first_answer
    assert note.text not in repr(played.screen("line-chief"))


def test_a_missed_date_is_late_in_words_and_the_worker_was_told_once(played: Played) -> None:
    case = played.view("overtime", "jeroen")
    assert case.late
    assert case.clock == "2 days late; 2 days left until the new date"
    assert [entry.kind for entry in case.entries].count("late") == 1
    [told] = [entry for entry in case.entries if entry.kind == "bot" and entry.text]
    assert "নতুন তারিখ" in told.text
    assert told.translations[0].language == "nl"


def test_a_second_wrong_of_the_same_worker_is_a_case_of_its_own_beside_the_first(played: Played) -> None:
    references = played.references()
    case = played.view("night-shift", "jeroen")
    assert case.linked == (references["overtime"],)
    assert case.clock == "1 hour left"
    assert played.row("overtime")["worker_id"] == played.row("night-shift")["worker_id"]


def test_a_neighbour_is_called_a_neighbour_and_who_does_what_by_when_is_kept(played: Played) -> None:
    case = played.view("black-canal", "femke")
    assert case.who_words == "neighbour, for 30 people"
    assert case.state == "waiting_supplier"
    notes = [entry.text for entry in case.entries if entry.private]
    assert len(notes) == 2
    assert "Who: Femke Ooms" in notes[0]
    assert "Paid by: Weidegaard Retail N.V." in notes[0]


def test_an_answer_that_nobody_opened_waits_behind_its_knock(played: Played) -> None:
    for key, officer_id, since in (("deductions", "karim", r"[78] days"), ("id-cards", "nadia", r"(2 days|\d\d hours)")):
        [reply] = _of_kind(played.view(key, officer_id).entries, "reply")
        assert re.fullmatch(f"waits behind a knock that was given {since} ago and not opened", reply.delivery or "")
        assert played.screen(key)[-1]["text"].endswith("To read it, send 1.") or "1" in played.screen(key)[-1]["text"]


def test_words_in_a_language_nobody_at_the_desk_reads_are_shown_as_not_translated(played: Played) -> None:
    case = played.view("no-gloves", "karim")
    [words] = [entry for entry in case.entries if entry.kind == "words"]
    assert not words.translated
    assert words.translations == ()
    assert case.who_reads == ("Grace Wanjiru reads Swahili",)


def test_only_the_workers_own_answer_closed_the_good_end(played: Played) -> None:
    case = played.view("standing-pregnant", "karim")
    closing = [entry for entry in case.entries if entry.kind == "moved" and entry.body["to"] == "closed_agreed"]
    assert [entry.author for entry in closing] == ["worker"]
    assert case.clock == "no answer is owed now"


def test_partly_puts_a_proposal_back_on_the_desk(played: Played) -> None:
    case = played.view("rent-and-sick", "femke")
    moves = [(entry.body["from"], entry.body["to"], entry.author) for entry in case.entries if entry.kind == "moved"]
    assert moves[-2:] == [("answer_needed", "proposed", "officer:femke"), ("proposed", "answer_needed", "worker")]


def test_what_a_worker_wrote_stands_on_the_phone_in_its_order(played: Played) -> None:
    for case in played.sample.cases:
        wrote = [line.text for line in case.dialogue if line.speaker == "worker" and not line.is_code]
        mine = iter([bubble["text"] for bubble in played.screen(case.key) if bubble.get("mine")])
        assert all(text in mine for text in wrote), case.key
        assert all(bubble["text"] for bubble in played.screen(case.key))


def test_every_open_case_has_a_phone_that_its_answers_go_to(played: Played) -> None:
    for case in played.sample.cases:
        shown = [phone for phone in played.phones if played.references()[case.key] in phone.title]
        assert len(shown) == 1, case.key


def _of_kind(found: tuple[EntryView, ...], kind: str) -> list[EntryView]:
    return [entry for entry in found if entry.kind == kind]


def _read(played: Played, connection: sa.Connection, row: dict[str, Any]) -> tuple[timeline.Entry, ...]:
    return timeline.read(connection, row, played.data_key(connection, row))


def _codes(played: Played) -> set[str]:
    """Every code that was told on a phone."""
    shown = " ".join(bubble["text"] for case in played.sample.cases for bubble in played.screen(case.key))
    plain = "".join(str(int(letter)) if letter.isdecimal() else letter for letter in shown)
    return {"".join(pair) for pair in re.findall(r"\b(\d{4}) (\d{4})\b", plain)}


def _everything(played: Played) -> bytes:
    """Every value of every table, and with SQLite the file itself."""
    with played.service.database.read() as connection:
        rows = [
            bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
            for table in metadata.sorted_tables
            for row in connection.execute(sa.select(table))
            for value in row
        ]
    file = played.service.settings.data_dir / "weerklank.sqlite3"
    return b"\n".join([*rows, *(path.read_bytes() for path in file.parent.glob("*.sqlite3*"))])
