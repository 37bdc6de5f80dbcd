"""What was cut off, came early or had to wait finds its way."""

import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.clock import HOUR
from bot.spool import Spool
from cases import desk
from channels.base import Inbound
from store.sealing import Keyring, new_key
from store.tables import cases, early_statuses, outbox
from tests.line import Line
from tests.story.street import until


def test_a_status_that_crossed_its_own_send_is_not_forgotten(line: Line) -> None:
    phone = line.phone()
    phone.send("52746 en")
    sent = line.rows(outbox)[0]["provider_id"]
    stranded = {"provider_id": sent, "status": "delivered", "error": None, "at": line.clock()}
    line.service.writer.call_sync(lambda c: c.execute(sa.insert(early_statuses), [stranded]).rowcount)

    assert until(lambda: line.rows(outbox)[0]["status"] == "delivered", "the status")
    assert line.rows(early_statuses) == []


def test_a_knock_that_was_answered_is_not_given_again_although_its_send_is_in_doubt(line: Line) -> None:
    phone = line.phone()
    phone.send("52746 en")
    phone.send("They did not pay overtime")
    reference = line.rows(cases)[0]["reference"]
    line.desk("sanne", lambda at: desk.reply(at, reference, desk.ReplyDraft("I look at it.", "en")))
    [knock] = [row for row in line.rows(outbox) if row["kind"] == "knock"]
    cut_off = {"state": "sending", "lease_until": line.clock() + 60_000, "settled_at": None}
    line.service.writer.call_sync(lambda c: c.execute(sa.update(outbox).where(outbox.c.id == knock["id"]).values(**cut_off)).rowcount)
    phone.news()

    assert phone.send("1") == ["I look at it."]
    line.clock.move(120_000)
    line.quiet()
    assert phone.news() == []
    assert [row["state"] for row in line.rows(outbox) if row["kind"] == "knock"] == ["maybe_sent"]


def test_a_knock_that_was_cut_off_twice_is_given_once_more_after_an_hour(line: Line) -> None:
    phone = line.phone()
    phone.send("52746 en")
    phone.send("They did not pay overtime")
    reference = line.rows(cases)[0]["reference"]
    line.desk("sanne", lambda at: desk.reply(at, reference, desk.ReplyDraft("I look at it.", "en")))
    phone.news()
    cut_off = {"state": "sending", "maybe": True, "lease_until": line.clock() - 1, "settled_at": None}
    line.service.writer.call_sync(lambda c: c.execute(sa.update(outbox).where(outbox.c.kind == "knock").values(**cut_off)).rowcount)

    assert until(lambda: [row["state"] for row in line.rows(outbox) if row["kind"] == "knock"] == ["maybe_sent"], "the doubt")
    line.quiet()
    assert phone.news() == []
    line.clock.move(HOUR)
    line.service.answers_came()
    line.until(lambda: sum(row["kind"] == "knock" for row in line.rows(outbox)) == 2)
    line.quiet()
    [knock] = phone.news()
    assert phone.send("1") == ["I look at it."]
    assert "I look at it." not in knock


def test_the_spool_keeps_every_message_of_many_threads_and_gives_them_back_in_order(tmp_path: Path) -> None:
    spool = Spool(tmp_path, Keyring([new_key()], new_key()))

    def bring(worker: int) -> None:
        for number in range(20):
            spool.put([Inbound("sms", f"{worker}-{number}", f"+44770090{worker:04d}", "message", f"{number}")])

    threads = [threading.Thread(target=bring, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [message for _, message in spool.oldest(1000)]

    assert len({message.key for message in found}) == len(found) == 160
    for worker in range(8):
        assert [int(message.text) for message in found if message.key.startswith(f"{worker}-")] == list(range(20))
    assert not spool.is_empty()


def test_two_processes_keep_one_order_in_the_spool_although_their_clocks_differ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring, right = Keyring([new_key()], new_key()), time.time_ns
    ahead, behind = Spool(tmp_path, keyring), Spool(tmp_path, keyring)
    for number in range(6):
        wrong_by = 600_000_000_000 if number % 2 == 0 else -600_000_000_000
        monkeypatch.setattr(time, "time_ns", lambda by=wrong_by: right() + by)
        (ahead if number % 2 == 0 else behind).put([Inbound("sms", f"k{number}", "+447700900100", "message", f"{number}")])

    assert [message.text for _, message in behind.oldest(10)] == ["0", "1", "2", "3", "4", "5"]


def test_a_process_sees_at_once_what_another_put_into_the_spool(tmp_path: Path) -> None:
    keyring = Keyring([new_key()], new_key())
    one, other = Spool(tmp_path, keyring), Spool(tmp_path, keyring)
    for number in range(200):
        assert one.is_empty()
        other.put([Inbound("sms", f"k{number}", "+447700900100", "message", "words")])
        assert not one.is_empty()
        other.remove([path for path, _ in other.oldest(1)])


def test_a_spooled_message_that_no_key_opens_is_set_aside_and_holds_up_nobody(tmp_path: Path) -> None:
    spool = Spool(tmp_path, Keyring([new_key()], new_key()))
    (tmp_path / "00000000000000000001-1.sealed").write_bytes(b"from another house")
    spool.put([Inbound("sms", "k", "+447700900100", "message", "words")])

    assert [message.text for _, message in spool.oldest(10)] == ["words"]
    assert [path.suffix for path in sorted(tmp_path.iterdir())] == [".aside", ".sealed"]
