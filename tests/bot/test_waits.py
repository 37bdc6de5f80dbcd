"""A talk that waits goes on when its time has passed: once, behind a knock, and never on a phone that hides."""

from collections.abc import Mapping

from bot.clock import DAY, HOUR
from bot.drafting import Wanted
from bot.publishing import Order
from channels.base import Failure
from store.tables import inbox, outbox, sessions, timers
from tests.line import Line, Phone, failing

CHECK = {
    "dialogue.yaml": """
flow: dialogue
language: en
nodes:
  keep: {kind: add_to_case, text: "Saved. We ask you again tomorrow.", go: pause}
  pause: {kind: wait, time: 20h, after: still_so, go: keep}
  still_so:
    kind: choose
    text: "Is it still so? {options}"
    options:
      "yes": {text: "Yes", go: sorry}
      "no": {text: "No", go: good}
  sorry: {kind: say, text: "We tell the reader."}
  good: {kind: say, text: "Good."}
"""
}


def _publish(line: Line, source: Mapping[str, str]) -> None:
    line.service.publishing.drafting.save(line.officer("nadia"), Wanted("dialogue", source))
    line.service.publishing.publish(line.officer("nadia"), Order("dialogue", "we ask again"))


def _waiting(line: Line) -> Phone:
    """A worker whose case is open, and who was told that we ask again."""
    _publish(line, CHECK)
    phone = line.phone()
    for said in ("52746 en", "They did not pay overtime", "2", "1", "2"):
        phone.send(said)
    assert phone.send("and now they took our phones") == ["Saved. We ask you again tomorrow."]
    line.until(lambda: line.rows(timers)[0]["due_at"] is not None)
    return phone


def _time_passes(line: Line, time: int) -> None:
    line.clock.move(time)
    line.until(lambda: all((row["due_at"] or 0) > line.clock() for row in line.rows(timers)))
    line.quiet()


def test_when_the_time_has_passed_the_question_waits_behind_a_knock_and_can_be_answered(line: Line) -> None:
    phone = _waiting(line)
    _time_passes(line, 21 * HOUR)

    knock = phone.news()
    assert len(knock) == 1
    assert "1 new message" in knock[0]
    assert "still so" not in knock[0]
    assert phone.send("1") == ["Is it still so? 1 Yes 2 No"]
    assert phone.send("1") == ["We tell the reader."]


def test_before_the_time_nothing_is_said(line: Line) -> None:
    phone = _waiting(line)
    _time_passes(line, 19 * HOUR)

    assert phone.news() == []
    assert len(line.rows(timers)) == 1


def test_a_timer_rings_once_also_after_a_day_of_downtime(line: Line) -> None:
    phone = _waiting(line)
    line.clock.move(2 * DAY)
    line.restart()
    _time_passes(line, 0)
    _time_passes(line, DAY)

    assert [text for text in phone.news() if "1 new message" in text] != []
    assert len([row for row in line.rows(outbox) if row["kind"] == "flow" and row["hold"] == "knock"]) == 1
    assert len([row for row in line.rows(inbox) if row["key"].startswith("timer/")]) == 1
    assert line.rows(timers) == []


def test_whoever_is_moved_to_another_wait_hears_of_the_time_that_she_was_told(line: Line) -> None:
    """Only a wait takes over those of a wait, and the timer that runs is hers, not the node's."""
    phone = _waiting(line)
    renamed = CHECK["dialogue.yaml"].replace("go: pause", "go: rest").replace("  pause:", "  rest:").replace("20h", "90h")
    line.service.publishing.drafting.save(line.officer("nadia"), Wanted("dialogue", {"dialogue.yaml": renamed}))
    line.service.publishing.publish(line.officer("nadia"), Order("dialogue", "another name", {"pause": "rest"}))
    _time_passes(line, 21 * HOUR)

    assert any("1 new message" in text for text in phone.news())
    assert phone.send("1") == ["Is it still so? 1 Yes 2 No"]


def test_whoever_speaks_first_is_not_asked_for_the_old_wait(line: Line) -> None:
    phone = _waiting(line)
    [old] = line.rows(timers)
    _time_passes(line, 19 * HOUR)
    assert phone.send("it got worse") == ["Saved. We ask you again tomorrow."]
    line.until(lambda: line.rows(timers)[0]["due_at"] is not None)
    _time_passes(line, 2 * HOUR)

    assert phone.news() == []
    [new] = line.rows(timers)
    assert new["timer"] == old["timer"] + 1


def test_whoever_hid_the_line_is_not_spoken_to(line: Line) -> None:
    phone = _waiting(line)
    phone.send("9")
    _time_passes(line, 21 * HOUR)

    assert phone.news() == []
    assert line.rows(timers) == []


def test_a_question_that_waits_behind_a_knock_goes_with_the_hidden_line(line: Line) -> None:
    phone = _waiting(line)
    _time_passes(line, 21 * HOUR)
    phone.news()
    phone.send("9")

    assert [row["state"] for row in line.rows(outbox) if row["hold"] == "knock"] == ["dropped"]
    assert not any("still so" in text for text in phone.send("hello"))


def test_whoever_stopped_our_messages_is_not_written_to(line: Line) -> None:
    phone = _waiting(line)
    line.carriers["sms"].failures.append(failing(Failure.OPT_OUT))
    phone.send("thank you, that is all")
    line.until(lambda: line.rows(timers)[0]["due_at"] is not None)
    _time_passes(line, 21 * HOUR)

    assert phone.news() == []
    assert line.rows(timers) == []


def test_the_clock_starts_when_the_text_has_left(line: Line) -> None:
    _publish(line, CHECK)
    phone = line.phone()
    for said in ("52746 en", "They did not pay overtime", "2", "1", "2"):
        phone.send(said)
    line.carriers["sms"].failures.append(failing(Failure.TEMPORARY))
    phone.send("and now they took our phones")
    [before] = line.rows(timers)
    line.clock.move(2 * HOUR)
    line.until(lambda: line.rows(timers)[0]["due_at"] is not None)
    [after] = line.rows(timers)

    assert before["due_at"] is None
    assert after["due_at"] >= before["set_at"] + 22 * HOUR
    assert phone.news() == ["Saved. We ask you again tomorrow."]


def test_whoever_is_forgotten_leaves_no_timer(line: Line) -> None:
    phone = _waiting(line)
    phone.send("forget me")
    phone.send("1")
    line.clock.move(HOUR)
    line.until(lambda: line.rows(sessions) == [])

    assert line.rows(timers) == []
