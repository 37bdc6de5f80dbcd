"""What lies with carriers: deleted there after a while, tried again, wiped at once where that can be done, and never in anybody's way."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.clock import DAY, HOUR, MINUTE
from cases import desk
from channels.base import Abilities, Inbound, Purged
from store import traces as kept
from store.aside import SetAside, set_aside
from store.tables import cases, contacts, inbox, outbox, ticks, traces, workers
from tests.line import Carrier, Line

TWO_DAYS = 48 * 3600


@pytest.fixture
def line(database_url: str, tmp_path: Path) -> Iterator[Line]:
    able = {"sms": Abilities(purges=True), "telegram": Abilities(purges=True, deletes_seconds=TWO_DAYS)}
    opened = Line(database_url, tmp_path / "data", abilities=able)
    yield opened
    opened.close()


def _look(line: Line, later: int) -> None:
    """Time passes and the timer rings; then everything that is due has been tried."""
    line.clock.move(later)
    line.service.purges.gather()
    line.until(lambda: not any(row["state"] == "due" and row["due_at"] <= line.clock() for row in line.rows(traces)))
    line.run(line.service.purges.drain())


def _ledger(line: Line) -> list[tuple[str, str, bool]]:
    return [(row["provider_id"], row["state"], row["ours"]) for row in line.rows(traces)]


def test_copies_at_the_carrier_are_deleted_an_hour_later_and_stand_in_the_ledger(line: Line) -> None:
    line.phone().send("52746 en", key="SM-theirs")
    assert line.rows(traces) == []
    _look(line, 2 * MINUTE)
    assert {state for _, state, _ in _ledger(line)} == {"due"}
    _look(line, HOUR)

    assert ("SM-theirs", "done", False) in _ledger(line)
    assert ("sms-1", "done", True) in _ledger(line)
    assert {trace.provider_id for trace in line.carriers["sms"].purged} == {name for name, _, _ in _ledger(line)}


def test_what_the_carrier_cannot_delete_yet_is_tried_again_until_it_is_given_up(line: Line) -> None:
    line.carriers["sms"].outcomes += [Purged("later", "not final")] * 20
    line.phone().send("52746 en", key="SM1")
    _look(line, 2 * HOUR)
    first = line.rows(traces)
    _look(line, DAY)
    _look(line, 15 * DAY)

    assert {(row["state"], row["why"], row["attempts"]) for row in first} == {("due", "not final", 1)}
    assert {row["state"] for row in line.rows(traces)} == {"impossible"}
    with line.service.database.read() as connection:
        [purge] = [each for each in set_aside(connection) if each.what == "purge"]
    assert purge == SetAside("purge", "the carrier did not delete it in fourteen days", len(first))


def test_a_wipe_deletes_both_sides_messages_before_the_address_goes_but_not_the_farewell(line: Line) -> None:
    phone = line.phone("telegram", "901")
    for number, said in enumerate(("52746 en", "They did not pay overtime", "forget me", "1")):
        line.accept(Inbound("telegram", f"1:{number}", "901", "message", said, trace=str(number)))
        line.quiet()
    line.until(lambda: not any(state == "due" for _, state, _ in _ledger(line)))
    line.clock.move(MINUTE)
    line.until(lambda: line.rows(contacts) == [])
    purged = line.carriers["telegram"].purged

    assert {trace.provider_id for trace in purged if not trace.ours} == {"0", "1", "2", "3"}
    assert {trace.address for trace in purged} == {"901"}
    said_by_us = len(phone.news())
    assert len([trace for trace in purged if trace.ours]) == said_by_us - 1


def test_nothing_is_deleted_from_a_phone_unless_the_worker_asks(line: Line) -> None:
    line.accept(Inbound("telegram", "1:1", "901", "message", "52746 en", trace="77"))
    line.quiet()
    _look(line, 2 * HOUR)
    assert {state for _, state, _ in _ledger(line)} == {"kept"}
    _look(line, 3 * DAY)

    assert line.carriers["telegram"].purged == []
    assert line.rows(traces) == []


def test_what_a_forgotten_worker_left_is_due_at_once(line: Line) -> None:
    phone = line.phone()
    for said in ("52746 en", "They did not pay overtime", "forget me", "1"):
        phone.send(said)
    line.clock.move(2 * MINUTE)
    line.until(lambda: line.rows(contacts) == [])
    _look(line, 0)

    assert {state for _, state, _ in _ledger(line)} == {"done"}


def test_a_look_that_comes_twice_finds_nothing_new(line: Line) -> None:
    line.phone().send("52746 en", key="SM1")
    _look(line, 2 * HOUR)
    before = line.rows(traces)
    _look(line, 0)

    assert line.rows(traces) == before


def test_a_channel_that_was_switched_on_after_the_start_is_purged_too(line: Line) -> None:
    line.service.senders["web"] = line.carriers["late"] = Carrier("web", Abilities(purges=True))
    line.phone("web", "a-screen")
    line.accept(Inbound("web", "W1", "a-screen", "message", "52746 en"))
    line.quiet()
    _look(line, 2 * HOUR)
    _look(line, 0)

    assert "W1" in {trace.provider_id for trace in line.carriers["late"].purged}


def test_a_message_that_another_process_commits_late_is_purged_however_many_came_since(line: Line) -> None:
    """PostgreSQL gives out ids before rows can be seen; here the late row simply comes after a look at later ones."""
    line.phone().send("52746 en", key="SM1")
    worker_id, at = line.rows(workers)[0]["id"], line.clock()

    def row(number: int) -> dict[str, object]:
        return {
            "id": number,
            "channel": "sms",
            "key": f"SM-{number}",
            "worker_id": worker_id,
            "received_at": at,
            "state": "done",
            "attempts": 0,
        }

    line.service.writer.call_sync(lambda connection: connection.execute(sa.insert(inbox), [row(number) for number in range(3000, 4500)]))
    line.clock.move(2 * MINUTE)
    line.service.purges.gather()
    line.service.writer.call_sync(lambda connection: connection.execute(sa.insert(inbox), [row(2999), row(1000)]))
    line.service.purges.gather()

    assert {"SM-1000", "SM-2999", "SM-4499"} <= {name for name, _, _ in _ledger(line)}


def test_words_that_a_carrier_only_queued_are_let_go_however_many_messages_left_since(line: Line) -> None:
    line.carriers["sms"].first_status = "queued"
    line.phone().send("52746 en")
    first = line.rows(outbox)[0]
    line.service.purges.gather()
    ended = {**first, "state": "sent", "sealed": None, "provider_id": None}
    many = [{**ended, "id": first["id"] + number} for number in range(100, 1600)]
    line.service.writer.call_sync(lambda connection: connection.execute(sa.insert(outbox), many))
    line.clock.move(20 * MINUTE)
    line.service.purges.gather()
    line.clock.move(HOUR)
    line.service.purges.gather()

    assert first["sealed"] is not None
    assert [row["sealed"] for row in line.rows(outbox) if row["sealed"] is not None] == []


def test_an_answer_that_waited_long_is_purged_too_and_holds_no_look_back_at_what_left_since(line: Line) -> None:
    phone = line.phone()
    phone.send("52746 en")
    phone.send("They did not pay overtime")
    reference = line.rows(cases)[0]["reference"]
    line.desk("sanne", lambda at: desk.reply(at, reference, desk.ReplyDraft("News before 02-12.", "en")))
    [answer] = [row for row in line.rows(outbox) if row["state"] == "held"]
    ended = {**line.rows(outbox)[0], "created_at": 0, "settled_at": 0, "due_at": 0}
    many = [{**ended, "id": number, "provider_id": None} for number in range(9000, 10500)]
    line.service.writer.call_sync(lambda connection: connection.execute(sa.insert(outbox), many))
    _look(line, 3 * HOUR)
    with line.service.database.read() as connection:
        reached = connection.execute(sa.select(sa.func.max(ticks.c.period)).where(ticks.c.task == "traces.outbox")).scalar_one()
    assert reached > 10_000

    assert "News before 02-12." in phone.send("1")
    left = next(row["provider_id"] for row in line.rows(outbox) if row["id"] == answer["id"])
    _look(line, 2 * HOUR)
    _look(line, 2 * HOUR)

    assert (left, "done", True) in _ledger(line)


def test_after_a_long_silence_what_came_is_taken_up_a_lot_at_a_time(line: Line) -> None:
    line.phone().send("52746 en", key="SM-0")
    words = {**line.rows(inbox)[0], "received_at": 0}
    many = [{**words, "id": number, "key": f"SM-{number}"} for number in range(100, 111)]
    line.service.writer.call_sync(lambda connection: connection.execute(sa.insert(inbox), many))
    look, lots = kept.Look(["sms"], line.clock() + DAY, HOUR, most=4), list[int]()
    while not look.ended:
        with line.service.database.write() as connection:
            look = kept.gather(connection, look)
        lots.append(sum(not ours for *_, ours in _ledger(line)))

    assert lots == [4, 8, 12, 12]


def test_with_zero_minutes_copies_stay(database_url: str, tmp_path: Path) -> None:
    line = Line(database_url, tmp_path / "data", abilities={"sms": Abilities(purges=True)}, purge_after_minutes=0)
    line.phone().send("52746 en")
    _look(line, DAY)
    found = line.rows(traces)
    line.close()

    assert found == []


def test_two_processes_never_purge_the_same_message_at_once(line: Line) -> None:
    new = [kept.NewTrace("w", "sms", f"SM{number}", 0, ours=True) for number in range(3)]
    with line.service.database.write() as connection:
        kept.keep(connection, new)
        kept.wipe(connection, "w", 10)
        first = kept.claim(connection, "sms", 10, 50, 2)
        second = kept.claim(connection, "sms", 10, 50, 2)
        third = kept.claim(connection, "sms", 10, 50, 2)

    assert [len(first), len(second), len(third)] == [2, 1, 0]
    assert not {each.id for each in first} & {each.id for each in second}


def test_nine_deletes_the_talk_from_the_phone_and_leaves_the_innocent_last_line(line: Line) -> None:
    phone = line.phone("telegram", "901")
    for number, said in enumerate(("52746 en", "They did not pay overtime", "9")):
        line.accept(Inbound("telegram", f"1:{number}", "901", "message", said, trace=str(number)))
        line.quiet()
    _look(line, MINUTE)
    hello, *_, last = phone.news()

    assert "Send 9 and we delete here what is less than 48 hours old." in hello
    assert "deleted" not in last
    stays = f"telegram-{len(line.carriers['telegram'].sent)}"
    assert {name for name, state, _ in _ledger(line) if state != "done"} == {stays}
    assert {trace.provider_id for trace in line.carriers["telegram"].purged if not trace.ours} == {"0", "1", "2"}


def test_only_where_a_voice_reaches_the_reader_is_the_worker_asked_to_speak(line: Line) -> None:
    line.carriers["whatsapp"].abilities = Abilities(media=frozenset({"voice"}))

    assert "hold the microphone and speak" in line.phone("whatsapp", "BD.901").send("52746 en")[0]
    assert "microphone" not in line.phone("telegram", "902").send("52746 en")[0]
