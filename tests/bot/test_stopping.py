"""Stop, flows of one channel and flows that break, on a real line: what is said is true."""

import re

import pytest

from cases import desk
from flows.model import read
from store import flows as kept
from store.tables import cases
from tests.line import Line


def _publish(line: Line, name: str, source: dict[str, str]) -> None:
    revision = read(source).revision
    with line.service.database.write() as connection:
        kept.keep(connection, kept.Kept(revision, shipped=False, created_at=line.clock()), name, source)
        kept.publish(connection, kept.Publication(name, 1, revision, line.clock()))


def _reply(line: Line, text: str) -> None:
    reference = line.rows(cases)[-1]["reference"]
    line.desk("sanne", lambda at: desk.reply(at, reference, desk.ReplyDraft(text, "en")))


def test_after_stop_news_comes_behind_a_knock_even_to_who_was_just_talking(line: Line) -> None:
    phone = line.phone()
    phone.send("52746 en")
    phone.send("They did not pay overtime")
    _reply(line, "I heard you.")
    phone.news()
    phone.send("1")
    (said,) = phone.send("no more messages")
    _reply(line, "It is paid next week.")

    assert said.startswith("OK. We ask nothing more now. What you wrote stays.")
    assert phone.news() == ["Work info line: 1 new message. To read it, send 1."]
    assert phone.send("1") == ["It is paid next week."]


def test_after_stop_the_case_stands_and_later_words_join_it(line: Line) -> None:
    phone = line.phone()
    phone.send("52746 en")
    phone.send("They did not pay overtime")
    phone.send("no more messages")

    assert phone.send("it is three months now") == ["Saved."]
    assert len(line.rows(cases)) == 1


def test_a_stranger_who_wants_no_messages_gets_no_hello(line: Line) -> None:
    (said,) = line.phone().send("pause")

    assert said.startswith("OK. We ask nothing more now. If nothing at all may come here, send 9.")


def test_a_flow_that_was_published_for_sms_alone_is_begun_there_and_nowhere_else(line: Line) -> None:
    text = "flow: short\nlanguage: en\ninstead_of: raise-concern\nchannels: [sms]\nnodes:\n  q: {kind: ask, text: What is wrong?, go: q}\n"
    source = {"short.yaml": text}
    _publish(line, "short", source)

    assert line.phone().send("52746 en") == ["What is wrong?"]
    assert line.phone("telegram", "4711").send("52746 en") != ["What is wrong?"]


def test_a_flow_that_breaks_is_told_to_the_operator_without_a_word_of_the_worker(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    text = "flow: round\nlanguage: en\ninstead_of: raise-concern\nchannels: [sms]\nnodes:\n  q: {kind: ask, text: What is wrong?, go: a}\n"
    source = {"round.yaml": f"{text}  a: {{kind: set_field, field: a, value: b, go: a}}\n"}
    _publish(line, "round", source)
    phone = line.phone()
    phone.send("52746 en")
    (said,) = phone.send("They did not pay overtime")

    assert re.fullmatch(
        r"Our questions broke off here. That is our mistake, not yours. What you wrote is not lost. Your code: \d{4} \d{4}. It opens this"
        r" from any phone. Keep it secret and away from this phone. More to say\? Just write.",
        said,
    )
    assert "the run of a flow was ended: more than 100 steps without a question, at a of round" in caplog.text
    assert "overtime" not in caplog.text
    assert phone.send("it is three months now") == ["Saved."]
    assert len(line.rows(cases)) == 1
