"""Stop: what is said is true, with and without a case."""

from cases import desk
from flows.model import read
from store import flows as kept
from store.tables import cases
from tests.line import Line


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

    assert said.startswith("OK. We ask nothing more now. Nothing at all may come here?")


def test_a_flow_that_was_published_for_sms_alone_is_begun_there_and_nowhere_else(line: Line) -> None:
    text = "flow: short\nlanguage: en\ninstead_of: raise-concern\nchannels: [sms]\nnodes:\n  q: {kind: ask, text: What is wrong?, go: q}\n"
    source = {"short.yaml": text}
    revision = read(source).revision
    with line.service.database.write() as connection:
        kept.keep(connection, kept.Kept(revision, shipped=False, created_at=line.clock()), "short", source)
        kept.publish(connection, kept.Publication("short", 1, revision, line.clock()))

    assert line.phone().send("52746 en") == ["What is wrong?"]
    assert line.phone("telegram", "4711").send("52746 en") != ["What is wrong?"]
