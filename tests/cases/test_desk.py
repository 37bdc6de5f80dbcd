"""What an officer sees and does: both texts, what the worker allowed above the box, and an answer that never leaves untranslated."""

import pytest
import sqlalchemy as sa

from cases import desk, entries, intake
from cases.change import NOTHING, CaseChange, NewEntry
from cases.desk import CaseView, EntryView, ReplyDraft
from cases.errors import Refused, Stale
from store import casekeys, waiting
from store.sealing import Unopenable
from store.tables import audit, case_links, mails, outbox, workers
from tests.cases.house import DAY, HOUR, KEYRING, NOW, House, opening

REFERENCE = "WK-7F3K-92QX"
BENGALI = "দুই মাস ওভারটাইমের টাকা দেয়নি।"


def _view(house: House, officer_id: str = "sanne", now: int = NOW) -> CaseView:
    with house.desk(officer_id, now) as at:
        return desk.view(at, REFERENCE)


def _entry(house: House, kind: str, now: int = NOW) -> EntryView:
    return next(entry for entry in _view(house, now=now).entries if entry.kind == kind)


def _reply(house: House, draft: ReplyDraft, now: int = NOW) -> desk.ReplyKept:
    with house.desk("sanne", now) as at:
        return desk.reply(at, REFERENCE, draft)


def _wording(house: House, seq: int) -> str:
    with house.database.read() as connection:
        return desk.wording_of(connection, KEYRING, house.row(connection, REFERENCE)["id"], seq)


def test_the_case_says_what_the_worker_allowed_who_speaks_and_how_long_is_left(house: House) -> None:
    case = house.worker_speaks(opening(place_id="dyeing-canal", language="bn"))
    house.happens(REFERENCE, intake.give_consent(case, "hide_me", NOW))

    view = _view(house, "femke", NOW + DAY)

    assert view.allowed == "The factory may be spoken to; nothing that points to the worker."
    assert (view.who_words, view.clock, view.officer) == ("neighbour", "4 days left", "Femke Ooms")
    assert view.because[-1] == "neighbours: Neighbours have one fixed person"
    assert (view.place, view.supplier, view.language_name) == ("Canal side", "Nodirpar Sewing Works Ltd.", "Bangla")


def test_words_that_nobody_translated_say_so_and_name_who_can_read_them(house: House) -> None:
    house.worker_speaks(opening(words=BENGALI, language="bn"))

    words = _entry(house, "words")

    assert (words.text, words.language, words.translated, words.translations) == (BENGALI, "bn", False, ())
    assert _view(house).who_reads == ("Nadia Rahman reads Bangla",)


def test_a_persons_translation_stands_beside_the_words_and_the_words_stay(house: House) -> None:
    house.worker_speaks(opening(words=BENGALI, language="bn"))

    with house.desk("sanne") as at:
        desk.translate(at, REFERENCE, 2, "Ze betaalden twee maanden geen overuren")

    words = _entry(house, "words")
    assert words.text == BENGALI
    assert [(made.text, made.language, made.engine, made.author) for made in words.translations] == [
        ("Ze betaalden twee maanden geen overuren", "nl", "person", "Sanne de Wit")
    ]
    assert words.translated


def test_only_a_workers_words_take_a_translation(house: House) -> None:
    house.worker_speaks(opening())

    with house.desk("sanne") as at, pytest.raises(Refused, match="no words of the worker"):
        desk.translate(at, REFERENCE, 1, "ok")


def test_nobody_in_the_programme_reads_a_language_and_the_desk_says_so(house: House) -> None:
    house.worker_speaks(opening(language="my"))

    view = _view(house)

    assert view.who_reads == ("Nobody in the programme reads Burmese yet",)
    assert view.ready == ()


def test_an_answer_in_the_workers_language_waits_behind_a_knock_and_keeps_the_promise(house: House) -> None:
    house.worker_speaks(opening())

    kept = _reply(house, ReplyDraft("I read your words.", "en"))

    case, row = house.case(REFERENCE), house.waiting(REFERENCE)[0]
    assert (kept.hold, kept.seq, kept.version) == ("knock", 4, case["version"])
    assert (row["state"], row["hold"], row["kind"], row["seq"], row["worker_id"], row["sealed"]) == (
        "held",
        "knock",
        "reply",
        4,
        case["worker_id"],
        None,
    )
    assert (case["state"], case["answered_at"], case["answer_by"], case["officer_id"]) == ("waiting_worker", NOW, None, "sanne")
    assert _entry(house, "reply").delivery == "waits behind a knock"
    assert _wording(house, 4) == "I read your words."


def test_an_answer_in_another_language_never_leaves_by_itself(house: House) -> None:
    house.worker_speaks(opening(words=BENGALI, language="bn"))

    kept = _reply(house, ReplyDraft("Dank je wel.", "nl"))

    assert kept.hold == "translation"
    assert house.waiting(REFERENCE)[0]["hold"] == "translation"
    shown = _entry(house, "reply")
    assert (shown.delivery, shown.waits_for_wording) == ("waits for a wording in the worker's language; nothing was sent", True)
    with house.write() as connection:
        waiting.release(connection, [house.row(connection, REFERENCE)["worker_id"]], NOW)
    assert house.waiting(REFERENCE)[0]["state"] == "held"
    with pytest.raises(Unopenable):
        _wording(house, kept.seq)


def test_the_wording_a_person_gives_is_kept_with_the_answer_and_is_what_leaves(house: House) -> None:
    house.worker_speaks(opening(words=BENGALI, language="bn"))
    kept = _reply(house, ReplyDraft("Dank je wel.", "nl"))

    with house.desk("nadia" if house.case(REFERENCE)["company_id"] == "ketenstem" else "jeroen") as at:
        desk.approve(at, REFERENCE, kept.seq, "ধন্যবাদ।")

    assert _wording(house, kept.seq) == "ধন্যবাদ।"
    assert house.waiting(REFERENCE)[0]["hold"] == "knock"
    assert [made.text for made in _entry(house, "reply").translations] == ["ধন্যবাদ।"]
    with house.desk("sanne") as at, pytest.raises(Refused, match="waits for a wording"):
        desk.approve(at, REFERENCE, kept.seq, "again")


def test_a_wording_approved_with_the_answer_leaves_at_once(house: House) -> None:
    house.worker_speaks(opening(words=BENGALI, language="bn"))

    kept = _reply(house, ReplyDraft("Dank je wel.", "nl", approved="ধন্যবাদ।"))

    assert kept.hold == "knock"
    assert _wording(house, kept.seq) == "ধন্যবাদ।"
    shown = _entry(house, "reply")
    assert (shown.text, [(made.text, made.language) for made in shown.translations]) == ("Dank je wel.", [("ধন্যবাদ।", "bn")])


def test_send_as_is_is_a_persons_own_word(house: House) -> None:
    house.worker_speaks(opening(language="bn"))

    kept = _reply(house, ReplyDraft("Hello, do you read English?", "en", as_is=True))

    assert (kept.hold, _wording(house, kept.seq)) == ("knock", "Hello, do you read English?")


def test_who_writes_bengali_in_latin_letters_reads_bengali(house: House) -> None:
    house.worker_speaks(opening(words="tala mara thake", language="bn-Latn"))

    assert _reply(house, ReplyDraft("আপনার কথা পড়েছি।", "bn")).hold == "knock"


def test_ready_sentences_are_in_the_workers_language_with_their_meaning_and_a_date(house: House) -> None:
    house.worker_speaks(opening(words=BENGALI, language="bn"))

    ready = {sentence.id: sentence for sentence in _view(house).ready}

    assert ready["read"].meaning.startswith("Ik heb je woorden gelezen. Ik schrijf weer voor ")
    assert ready["read"].text.startswith("আপনার কথা পড়েছি। ")
    assert not any("0" <= letter <= "9" for letter in ready["read"].text)
    assert ready["solved"].proposes
    assert not ready["read"].native
    assert _reply(house, ReplyDraft(ready["read"].text, ready["read"].language)).hold == "knock"


def test_an_answer_to_a_hidden_worker_waits_for_the_code(house: House) -> None:
    case = house.worker_speaks(opening())
    house.happens(REFERENCE, intake.hide(case, NOW))

    assert _reply(house, ReplyDraft("I read your words.", "en")).hold == "hidden"
    assert _entry(house, "reply").delivery == "waits until the worker comes back with the code"

    with house.write() as connection:
        waiting.follow_case(connection, case["id"], case["worker_id"], "telegram")
    assert [(row["hold"], row["worker_id"]) for row in house.waiting(REFERENCE)] == [("knock", case["worker_id"])]


DELIVERIES: list[tuple[dict[str, object], str]] = [
    ({"state": "due", "hold": None}, "on its way"),
    ({"state": "sent", "status": "sent"}, "with the carrier"),
    ({"state": "sent", "status": "delivered"}, "delivered"),
    ({"state": "sent", "status": "read"}, "read"),
    ({"state": "sent", "status": "undelivered"}, "the carrier could not deliver it"),
    ({"state": "failed", "status": "failed"}, "could not be sent"),
    ({"state": "maybe_sent"}, "maybe sent: the line broke during the send, and it does not go again by itself"),
    ({"state": "dropped"}, "not sent"),
]


def test_the_desk_says_how_far_an_answer_came_in_words(house: House) -> None:
    house.worker_speaks(opening())
    _reply(house, ReplyDraft("I read your words.", "en"))

    for values, said in DELIVERIES:
        with house.write() as connection:
            connection.execute(sa.update(outbox).values(**values))
        assert _entry(house, "reply").delivery == said


def test_a_knock_that_nobody_opened_says_for_how_long(house: House) -> None:
    house.worker_speaks(opening())
    _reply(house, ReplyDraft("I read your words.", "en"))
    with house.write() as connection:
        connection.execute(sa.update(workers).values(knocked_at=NOW))

    assert _entry(house, "reply", NOW + 7 * DAY).delivery == "waits behind a knock that was given 7 days ago and not opened"


def test_a_date_an_answer_promises_is_the_next_clock(house: House) -> None:
    house.worker_speaks(opening())

    _reply(house, ReplyDraft("I write again soon.", "en", news_by=NOW + 2 * DAY))

    assert house.case(REFERENCE)["answer_by"] == NOW + 2 * DAY


def test_an_answer_that_cannot_go_is_refused_in_words(house: House) -> None:
    house.worker_speaks(opening())

    for draft, said in (
        (ReplyDraft("  ", "en"), "empty"),
        (ReplyDraft("x" * 4001, "en"), "longer than 4000"),
        (ReplyDraft("x", "en", approved=" "), "empty"),
        (ReplyDraft("x", "en", news_by=NOW), "has passed"),
    ):
        with pytest.raises(Refused, match=said):
            _reply(house, draft)

    assert house.waiting(REFERENCE) == []


def test_a_late_answer_makes_good_and_the_lateness_leaves_the_queue(house: House) -> None:
    case = house.worker_speaks(opening())
    house.happens(REFERENCE, CaseChange({"late_at": NOW, "version": case["version"] + 1}))
    assert _view(house).late

    _reply(house, ReplyDraft("Sorry.", "en"))

    assert not _view(house).late


def test_the_worker_answers_and_the_case_is_on_the_desk_with_a_notice(house: House) -> None:
    house.worker_speaks(opening())
    _reply(house, ReplyDraft("Right? 1 Yes 2 No", "en"))

    house.worker_writes(REFERENCE, "1", NOW + HOUR)

    view = _view(house)
    assert (view.state, view.answer_by) == ("answer_needed", NOW + 5 * DAY)
    assert [row["officer_ids"] for row in house.all_of(mails) if row["kind"] == "answer"] == [["sanne"]]


def test_a_proposal_is_closed_by_the_worker_alone(house: House) -> None:
    house.worker_speaks(opening())
    _reply(house, ReplyDraft("Is it solved for you? 1 Yes 2 Partly 3 No", "en", proposes=True))
    assert house.case(REFERENCE)["state"] == "proposed"

    for to in ("closed_agreed", "closed_no_answer", "forgotten", "new", ""):
        with house.desk("jeroen") as at, pytest.raises(Refused, match="It can go to: answer_needed"):
            desk.move(at, REFERENCE, to, "done")
    house.worker_writes(REFERENCE, "1", NOW + HOUR)

    assert house.case(REFERENCE)["state"] == "closed_agreed"
    with pytest.raises(Refused, match="closed"):
        _reply(house, ReplyDraft("Good.", "en"))


def test_nothing_is_proposed_to_a_worker_whom_nobody_answered(house: House) -> None:
    house.worker_speaks(opening())

    with house.desk("jeroen") as at:
        desk.move(at, REFERENCE, "answer_needed", "I read it")
    with house.desk("jeroen") as at, pytest.raises(Refused, match="Nobody has answered"):
        desk.move(at, REFERENCE, "proposed", "done")


def test_a_note_stands_apart_and_moves_nothing(house: House) -> None:
    house.worker_speaks(opening())

    with house.desk("sanne") as at:
        desk.note(at, REFERENCE, "Not through HR.")

    note = _entry(house, "note")
    assert (note.text, note.private, note.author_name, note.delivery) == ("Not through HR.", True, "Sanne de Wit", None)
    assert house.waiting(REFERENCE) == []
    assert house.case(REFERENCE)["state"] == "new"


def test_a_move_is_said_in_words_with_its_reason(house: House) -> None:
    house.worker_speaks(opening())

    with house.desk("sanne") as at:
        desk.move(at, REFERENCE, "waiting_supplier", "asked for the pay slips")

    assert _entry(house, "moved").words == "From “New: nobody has taken it up” to “Answer needed from supplier”: asked for the pay slips"


def test_a_case_is_handed_only_to_somebody_who_may_read_it(house: House) -> None:
    house.worker_speaks(opening(accused=("sanne",)))

    for nobody in ("karim", "grace", "sanne", "a stranger"):
        with house.desk("jeroen") as at, pytest.raises(Refused, match="cannot read this case"):
            desk.assign(at, REFERENCE, nobody, "please")
    with house.desk("jeroen") as at:
        desk.assign(at, REFERENCE, "jeroen", "mine")

    assert house.case(REFERENCE)["officer_id"] == "jeroen"
    with house.desk("jeroen") as at:
        assert "In the hands of Jeroen Valk: mine" in [entry.words for entry in desk.view(at, REFERENCE).entries]


def test_somebody_the_case_is_about_is_shut_out_and_the_last_reader_gives_way(house: House) -> None:
    house.worker_speaks(opening())

    with house.desk("sanne") as at:
        desk.exclude(at, REFERENCE, "jeroen", "named in the words")
    assert house.case(REFERENCE)["company_id"] == "halmstra"
    with house.desk("sanne") as at:
        desk.exclude(at, REFERENCE, "sanne", "named too")

    assert (house.case(REFERENCE)["company_id"], house.case(REFERENCE)["excluded"]) == ("ketenstem", ["jeroen", "sanne"])
    assert _view(house, "nadia").company == "Stichting Ketenstem"


def test_two_officers_at_once_the_second_looks_again(house: House) -> None:
    house.worker_speaks(opening())
    seen = _view(house).version
    with house.desk("jeroen", expects=seen) as at:
        desk.move(at, REFERENCE, "answer_needed", "read")

    with house.desk("sanne", expects=seen) as at, pytest.raises(Stale):
        desk.reply(at, REFERENCE, ReplyDraft("hello", "en"))
    with house.desk("sanne", expects=seen + 1) as at:
        assert desk.reply(at, REFERENCE, ReplyDraft("hello", "en")).version == seen + 2


def test_every_act_leaves_a_trace_without_words(house: House) -> None:
    house.worker_speaks(opening(language="bn"))
    with house.desk("sanne") as at:
        desk.note(at, REFERENCE, "a secret note")
        kept = desk.reply(at, REFERENCE, ReplyDraft("a secret answer", "nl"))
        desk.approve(at, REFERENCE, kept.seq, "a secret wording")
        desk.translate(at, REFERENCE, 2, "a secret translation")
        desk.assign(at, REFERENCE, "jeroen", "a secret reason")
        desk.move(at, REFERENCE, "waiting_supplier", "a secret reason")
        desk.exclude(at, REFERENCE, "sanne", "a secret reason")

    rows = house.all_of(audit)
    assert [row["action"] for row in rows] == ["note", "reply", "approve", "translate", "assign", "move", "exclude"]
    assert {(row["officer_id"], row["company_id"], row["subject"]) for row in rows} == {("sanne", "halmstra", REFERENCE)}
    assert "secret" not in str(rows)


def test_a_refused_act_leaves_no_trace_and_no_entry(house: House) -> None:
    house.worker_speaks(opening())

    with house.desk("sanne") as at, pytest.raises(Refused, match="reason"):
        desk.move(at, REFERENCE, "answer_needed", " ")

    assert house.all_of(audit) == []
    assert house.case(REFERENCE)["last_seq"] == 3


def test_a_forgotten_case_shows_that_something_was_said_never_what(house: House) -> None:
    case = house.worker_speaks(opening(words="the gate is locked"))
    house.happens(REFERENCE, intake.forget(case, NOW))
    with house.write() as connection:
        casekeys.destroy(connection, case["id"])

    view = _view(house)

    assert not view.readable
    assert [entry.kind for entry in view.entries] == ["opened", "words", "routed", "forgotten"]
    assert {entry.words for entry in view.entries} == {"The words were destroyed at the worker's wish."}
    assert "gate" not in str(view)
    with house.desk("sanne") as at, pytest.raises(Refused, match="forgotten"):
        desk.note(at, REFERENCE, "too late")


def test_linked_cases_are_named_only_to_who_may_read_them(house: House) -> None:
    first = house.worker_speaks(opening())
    mine = house.worker_speaks(opening("WK-0000-0002"))
    theirs = house.worker_speaks(opening("WK-0000-0003", place_id="kiboko-farm"))
    with house.write() as connection:
        connection.execute(sa.insert(case_links), [{"case_id": first["id"], "other_id": other["id"]} for other in (mine, theirs)])

    assert _view(house).linked == ("WK-0000-0002",)


def test_what_the_line_said_is_shown_by_its_place_in_the_flow_and_a_late_notice_with_its_wording(house: House) -> None:
    house.worker_speaks(opening())
    said = entries.said(NOW, "raise-concern", "saved")
    late = NewEntry("bot", "bot", NOW, {"flow": "notices", "node": "late", "wording": "We are late. Sorry."})
    house.happens(REFERENCE, CaseChange(entries=(said, late)))

    shown = [entry for entry in _view(house).entries if entry.kind == "bot"]

    assert [(entry.words, entry.text) for entry in shown] == [
        ("The line gave the code and the date, and asked whether anyone is in danger now", ""),
        ("The line told that we are late, and the new date", "We are late. Sorry."),
    ]


def test_nothing_changes_by_nothing(house: House) -> None:
    case = house.worker_speaks(opening())

    house.happens(REFERENCE, NOTHING)

    assert house.case(REFERENCE) == case
