"""From a draft to what workers meet, and back, while they are talking."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from bot.drafting import NoSuchFlow, Wanted
from bot.publishing import Order, WayBack
from bot.standing import Move
from flows.impact import People
from flows.model import read
from flows.problems import FlowError, Problem
from flows.revisions import Library, shipped_sources
from store import flows
from store.drafts import DraftChanged
from store.flows import Kept, Overtaken, Publication
from store.tables import audit, cases, flow_revisions, sessions
from tests.line import PATIENCE, Line
from weerklank.house import Houses
from weerklank.published import publishing_of
from weerklank.web import readiness

NAME = "raise-concern"
SHIPPED = shipped_sources()[NAME]
SITE = "nodirpar-sewing"
TALK = """\
facts: {line: Work info line, company: Halmstra, answer_by: 28-11, code: 4821 0937}
talks:
  - talk: a worker says hello
    flow: hide
    dialogue:
      - bot: "WORDS"
"""
HIDE, URGENT = shipped_sources()["hide"], shipped_sources()["urgent"]


def changed(*changes: tuple[str, str], source: Mapping[str, str] = SHIPPED) -> dict[str, str]:
    files = dict(source)
    for old, new in changes:
        assert any(old in text for text in files.values()), old
        files = {name: text.replace(old, new) for name, text in files.items()}
    return files


ANOTHER_WORD = changed(("Pay or hours", "Pay"))
RENAMED = changed(("  about:\n", "  subject:\n"), ("go: about\n", "go: subject\n"), ("otherwise: about\n", "otherwise: subject\n"))


def save(line: Line, source: Mapping[str, str], name: str = NAME, **more: Any) -> tuple[Any, Any]:
    return line.service.publishing.drafting.save(line.officer("nadia"), Wanted(name, source, **more))


def publish(line: Line, source: Mapping[str, str] | None = None, name: str = NAME, **more: Any) -> Any:
    if source is not None:
        save(line, source, name)
    return line.service.publishing.publish(line.officer("nadia"), Order(name, "clearer", **more))


def what(refused: pytest.ExceptionInfo[FlowError]) -> list[str]:
    return [problem.what for problem in refused.value.problems]


def at_about(line: Line, address: str = "+447700900201", channel: str = "sms") -> Any:
    phone = line.phone(channel, address)
    for said in ("52746 en", "They did not pay overtime", "2"):
        phone.send(said)
    return phone


def test_a_published_draft_is_what_the_next_worker_meets(line: Line) -> None:
    done = publish(line, changed(("Write here what is wrong at work", "Write here what is bad at work")))

    assert (done.number, done.before) == (2, read(SHIPPED).revision)
    assert "Write here what is bad at work" in line.phone().send("52746 en")[0]


def test_a_draft_with_problems_is_kept_and_not_published(line: Line) -> None:
    broken = changed(("go: about\n", "go: nowhere\n"))
    draft, checked = save(line, broken)

    assert draft.state == "draft"
    assert "no node is called `nowhere`" in [problem.what for problem in checked.problems]
    with pytest.raises(FlowError) as refused:
        publish(line)
    assert "no node is called `nowhere`" in what(refused)
    assert line.service.publishing.drafting.find(NAME).source == broken
    assert line.service.houses.now().library.current[NAME] == read(SHIPPED).revision


@pytest.mark.parametrize(
    ("name", "source", "said"),
    [
        ("hide", {"hide.yaml": HIDE["hide.yaml"], "other.yaml": "flow: hide"}, "this is no file of the flow"),
        ("hide", {"hide.nl.yaml": "flow: hide"}, "this file is missing"),
        ("hide", {"hide.yaml": SHIPPED["raise-concern.yaml"]}, "this flow is called `raise-concern`"),
    ],
)
def test_files_that_are_not_those_of_the_flow_are_named(line: Line, name: str, source: dict[str, str], said: str) -> None:
    _, checked = save(line, source, name)

    assert said in [problem.what for problem in checked.problems]


def test_a_draft_whose_talk_goes_another_way_is_not_published(line: Line) -> None:
    good = TALK.replace("WORDS", "Thank you for using the Work info line. Bye.")
    source = changed(("Have a good day.", "Bye."), source=HIDE)

    draft, _ = save(line, source, "hide", transcripts={"hide.en.yaml": TALK.replace("WORDS", "Thank you.")})
    assert draft.state == "draft"
    with pytest.raises(FlowError) as refused:
        publish(line, name="hide")
    assert "expected 'bot: Thank you.'" in what(refused)[0]

    draft, _ = save(line, source, "hide", transcripts={"hide.en.yaml": good})
    assert draft.state == "checked"
    publish(line, name="hide")
    assert line.service.publishing.drafting.find("hide").state == "published"
    assert line.service.publishing.history("hide")[0].transcripts == {"hide.en.yaml": good}


def test_the_talks_of_a_flow_go_along_with_its_next_draft_and_back_with_it(line: Line) -> None:
    talks = {"hide.en.yaml": TALK.replace("WORDS", "Thank you for using the Work info line. Bye.")}
    save(line, changed(("Have a good day.", "Bye."), source=HIDE), "hide", transcripts=talks)
    publish(line, name="hide")

    draft, checked = save(line, changed(("Have a good day.", "Bye bye."), source=HIDE), "hide")
    assert draft.transcripts == talks
    assert [problem.where for problem in checked.problems] == ["a worker says hello"]

    save(line, draft.source, "hide", transcripts={})
    publish(line, name="hide")
    line.service.publishing.roll_back(line.officer("nadia"), WayBack("hide"))
    assert [each.transcripts for each in line.service.publishing.history("hide")][:2] == [talks, {}]


def test_a_talk_that_brings_the_flow_along_proves_nothing(line: Line) -> None:
    own = "flows:\n  - {flow: hide, language: en, nodes: {hide: {kind: say, text: Thank you.}}}\n" + TALK.replace("WORDS", "Thank you.")
    _, checked = save(line, changed(("Have a good day.", "Bye."), source=HIDE), "hide", transcripts={"hide.en.yaml": own})

    assert [problem.what for problem in checked.problems] == ["the talks bring a flow of this name of their own"]


def no_shouting(source: Mapping[str, str], library: Library) -> list[Problem]:
    """A linter that knows one rule."""
    flow = library.now("hide")
    assert flow is not None
    return [Problem(file, 1, flow.first, "it shouts", "Speak.") for file, text in source.items() if "BYE" in text]


def test_a_linter_that_is_handed_in_has_its_say(line: Line) -> None:
    publishing = line.service.publishing
    strict = replace(publishing, drafting=replace(publishing.drafting, lint=no_shouting))
    strict.drafting.save(line.officer("nadia"), Wanted("hide", changed(("Have a good day.", "BYE."), source=HIDE)))

    with pytest.raises(FlowError) as refused:
        strict.publish(line.officer("nadia"), Order("hide"))
    assert what(refused) == ["it shouts"]


def test_a_draft_with_a_promise_that_nobody_can_keep_is_not_published(line: Line) -> None:
    _, checked = save(line, changed(("Have a good day.", "You are 100 % anonymous."), source=HIDE), "hide")

    assert [(problem.code, problem.where) for problem in checked.problems] == [("false-promise", "nodes.hide.text")]


def test_what_is_said_already_or_was_begun_from_something_older_is_not_published(line: Line) -> None:
    with pytest.raises(FlowError) as refused:
        publish(line, SHIPPED)
    assert what(refused) == ["this is in force already, word for word"]

    save(line, changed(("Pay or hours", "Hours")))
    mine = line.service.publishing.drafting.find(NAME)
    publish(line, ANOTHER_WORD)
    save(line, mine.source, based_on=mine.based_on)
    with pytest.raises(FlowError) as refused:
        publish(line)
    assert what(refused) == ["another revision came into force after this draft was begun"]


def test_nobody_writes_over_what_they_did_not_see(line: Line) -> None:
    save(line, ANOTHER_WORD)
    save(line, RENAMED)

    with pytest.raises(DraftChanged):
        save(line, ANOTHER_WORD, expects=1)
    with pytest.raises(DraftChanged):
        publish(line, expects=1)
    with pytest.raises(NoSuchFlow):
        save(line, ANOTHER_WORD, based_on="0" * 64)
    publish(line, expects=2)
    with pytest.raises(DraftChanged):
        publish(line)


def test_of_two_publications_at_once_one_is_refused_and_nothing_of_it_is_left(line: Line) -> None:
    save(line, ANOTHER_WORD)

    def meanwhile(connection: sa.Connection, work: Any) -> Any:
        work()
        return work()

    with pytest.raises((DraftChanged, Overtaken)):
        line.service.publishing.publish(line.officer("nadia"), Order(NAME), meanwhile)
    assert len(line.service.publishing.history(NAME)) == 1
    assert line.service.publishing.drafting.find(NAME).state == "checked"


VISIT = {"visit.yaml": "flow: visit\nlanguage: en\nnodes:\n  leave: {kind: call, flow: hide, at: hide}\n"}
ELSEWHERE = changed(("  hide:\n", "  bye:\n"), ("go: hide\n", "go: bye\n"), source=HIDE)


def publish_in_another_process(line: Line, source: Mapping[str, str], name: str) -> None:
    service = line.service
    other = publishing_of(Houses(service.database), service.database, service.writer, service.keyring, service.clock)
    other.drafting.save(line.officer("nadia"), Wanted(name, source))
    other.publish(line.officer("nadia"), Order(name))


def test_a_flow_that_another_begins_since_a_second_ago_keeps_the_node_for_it(line: Line) -> None:
    save(line, ELSEWHERE, "hide")
    publish_in_another_process(line, VISIT, "visit")

    with pytest.raises(FlowError) as refused:
        publish(line, name="hide")
    assert what(refused) == ["`leave` of the flow `visit` begins this one at `hide`, and here it is missing"]


@pytest.mark.parametrize(
    "act", [lambda by, who: by.publish(who, Order("hide")), lambda by, who: by.roll_back(who, WayBack("hide"))], ids=["publish", "back"]
)
def test_what_is_put_in_force_while_another_flow_comes_to_rely_on_it_is_refused(line: Line, act: Callable[[Any, Any], Any]) -> None:
    publish(line, ELSEWHERE, "hide")
    save(line, HIDE, "hide")
    todo = [changed(("at: hide", "at: bye"), source=VISIT)]

    def meanwhile(_source: Mapping[str, str], _library: Library) -> list[Problem]:
        """The linter is asked after it was looked at who relies on the flow."""
        while todo:
            publish_in_another_process(line, todo.pop(), "visit")
        return []

    publishing = line.service.publishing
    slow = replace(publishing, drafting=replace(publishing.drafting, lint=meanwhile))
    before = publishing.history("hide")
    with pytest.raises(Overtaken):
        act(slow, line.officer("nadia"))
    assert publishing.history("hide") == before
    assert publishing.drafting.find("hide").state == "checked"


def test_the_impact_counts_people_by_site_and_language_and_names_nobody(line: Line) -> None:
    for number in range(3):
        at_about(line, f"+44770090020{number}")
    line.phone(address="+447700900299").send("77305 nl")
    save(line, RENAMED)
    found = line.service.publishing.impact(NAME)

    people = {node.node: (node.touched, node.people) for node in found.nodes}
    assert people["about"] == ("vanished", (People(SITE, "en", 3),))
    assert people["subject"] == ("added", ())
    assert (found.people, found.untouched) == (3, 1)


def test_whoever_stands_at_a_node_that_vanished_finishes_where_she_began(line: Line) -> None:
    phone = at_about(line)
    done = publish(line, RENAMED)

    assert done.impact.people == 1
    phone.send("1")
    assert [row["groups"] for row in line.rows(cases)] == [["wages"]]


def test_whoever_the_map_names_goes_on_at_the_new_node_and_her_answer_counts(line: Line) -> None:
    phone = at_about(line)
    done = publish(line, RENAMED, moves={"about": "subject"})
    [about] = [node for node in done.impact.nodes if node.node == "about"]

    assert (about.count, about.moves_to) == (1, "subject")
    assert where(line) == {(done.revision, "subject")}
    phone.send("1")
    assert [row["groups"] for row in line.rows(cases)] == [["wages"]]


def test_a_button_she_was_shown_before_she_was_moved_still_answers_that_question(line: Line) -> None:
    phone = at_about(line, "700900201", "telegram")
    assert "about.pay" in dict(phone.choices)
    done = publish(line, RENAMED, moves={"about": "subject"})

    phone.send(option="about.pay")
    assert [row["groups"] for row in line.rows(cases)] == [["wages"]]
    assert where(line) == {(done.revision, "may_we")}


def where(line: Line) -> set[tuple[str, str]]:
    return {(each.revision, each.node) for each in line.service.publishing.standing.count(NAME)}


def test_moving_again_moves_nobody_and_a_map_that_was_overtaken_moves_nobody(line: Line) -> None:
    at_about(line)
    first = publish(line, RENAMED)
    library = line.service.houses.now().library
    standing, flow = line.service.publishing.standing, library.revisions[first.revision]
    move = Move(flow, first.number, {"about": "subject"})

    assert standing.move(replace(move, number=first.number + 1), library) == 0
    assert [standing.move(move, library), standing.move(move, library)] == [1, 0]


def test_people_who_were_not_moved_because_a_process_died_are_moved_by_the_task(line: Line) -> None:
    at_about(line)
    save(line, RENAMED)
    publishing = line.service.publishing
    dies = replace(publishing, changed=_dies)

    with pytest.raises(KeyboardInterrupt):
        dies.publish(line.officer("nadia"), Order(NAME, "", {"about": "subject"}))
    assert {node for _, node in where(line)} == {"about"}
    line.clock.move(120_000)
    line.quiet()
    assert {node for _, node in where(line)} == {"subject"}


def _dies() -> None:
    raise KeyboardInterrupt


def test_what_another_process_published_is_known_to_the_next_message(line: Line) -> None:
    phone, service = at_about(line), line.service
    before = service.houses.now()
    other = publishing_of(Houses(service.database), service.database, service.writer, service.keyring, service.clock)
    new = changed(("Write here what is wrong at work", "Write here what is bad at work"), source=RENAMED)
    other.drafting.save(line.officer("nadia"), Wanted(NAME, new))
    other.publish(line.officer("nadia"), Order(NAME, "", {"about": "subject"}))
    phone.send("1")

    assert before.library.current[NAME] == read(SHIPPED).revision
    assert "what is bad at work" in line.phone().send("52746 en")[0]
    assert line.rows(cases)[0]["groups"] == ["wages"]


def test_a_process_that_handles_no_message_takes_it_up_within_seconds(line: Line) -> None:
    service, before = line.service, line.service.houses.now()
    other = publishing_of(Houses(service.database), service.database, service.writer, service.keyring, service.clock)
    other.drafting.save(line.officer("nadia"), Wanted(NAME, RENAMED))
    done = other.publish(line.officer("nadia"), Order(NAME))
    until = time.monotonic() + PATIENCE
    while service.houses.now() is before and time.monotonic() < until:
        time.sleep(0.05)

    assert service.houses.now().library.current[NAME] == done.revision


def test_when_she_last_talked_is_not_changed_by_being_moved(line: Line) -> None:
    at_about(line)
    [before] = line.rows(sessions)
    publish(line, RENAMED, moves={"about": "subject"})
    [after] = line.rows(sessions)

    assert before["sealed"] != after["sealed"]
    assert before["updated_at"] == after["updated_at"]


def test_one_step_goes_back_and_the_next_worker_meets_the_older_words(line: Line) -> None:
    publish(line, changed(("Write here what is wrong at work", "Write here what is bad at work")))
    talking = line.phone(address="+447700900207")
    talking.send("52746 en")
    done = line.service.publishing.roll_back(line.officer("nadia"), WayBack(NAME, "the older words were better"))

    assert (done.revision, done.number) == (read(SHIPPED).revision, 3)
    assert "what is wrong at work" in line.phone().send("52746 en")[0]
    assert "Saved" in talking.send("They did not pay overtime")[0]
    assert [(each.number, each.officer_id, each.why) for each in line.service.publishing.history(NAME)] == [
        (3, "nadia", "the older words were better"),
        (2, "nadia", "clearer"),
        (1, None, ""),
    ]


def test_going_back_twice_at_once_for_one_request_moves_nobody_forward_again(line: Line) -> None:
    at_about(line)
    publish(line, ANOTHER_WORD)
    publishing, way = line.service.publishing, WayBack(NAME, "", {"about": "about"})
    first = publishing.roll_back(line.officer("nadia"), way)
    answer = {"name": NAME, "number": first.number, "revision": first.revision, "before": first.before}
    second = publishing.roll_back(line.officer("nadia"), way, lambda _connection, _work: answer)

    assert (second.number, second.revision) == (first.number, first.revision)
    assert [(node.node, node.touched) for node in second.impact.nodes] == [("about", "changed")]
    assert where(line) == {(read(SHIPPED).revision, "about")}


def was_in_force(line: Line, source: Mapping[str, str], number: int) -> str:
    """Keep a revision as one that an earlier version of ours put in force, when less was asked of it."""
    flow = read(source)

    def publish(connection: sa.Connection) -> None:
        flows.keep(connection, Kept(flow.revision, shipped=True, created_at=1), flow.name, source)
        flows.publish(connection, Publication(flow.name, number, flow.revision, 1))

    line.service.writer.call_sync(publish)
    line.service.houses.refresh()
    return flow.revision


NOTICES = shipped_sources()["notices"]


def test_there_is_no_way_back_to_notices_without_one_that_the_house_says_today(line: Line) -> None:
    was_in_force(line, changed(("  unsupported:\n", "  not_yet:\n"), source=NOTICES), 2)
    now = was_in_force(line, NOTICES, 3)

    with pytest.raises(FlowError) as refused:
        line.service.publishing.roll_back(line.officer("nadia"), WayBack("notices", "the older words were better"))
    assert "the house says this by name, and here it is missing" in what(refused)
    assert line.service.publishing.history("notices")[0].revision == now
    phone = line.phone()
    assert phone.send(kind="unsupported") == ["We cannot open this kind of message, and kept nothing of it. Please write it in words."]


def test_there_is_no_way_back_to_a_flow_without_the_node_at_which_another_begins_it(line: Line) -> None:
    was_in_force(line, changed(("  said:\n", "  told:\n"), source=URGENT), 2)
    was_in_force(line, URGENT, 3)

    with pytest.raises(FlowError) as refused:
        line.service.publishing.roll_back(line.officer("nadia"), WayBack("urgent"))
    assert any("begins this one at `said`" in each for each in what(refused))


def test_there_is_no_way_back_to_a_flow_whose_own_talks_go_another_way_today(line: Line) -> None:
    talks = {"hide.en.yaml": TALK.replace("WORDS", "Good day.")}
    revision = read(HIDE).revision

    def with_talks(connection: sa.Connection) -> None:
        flows.publish(connection, Publication("hide", 2, revision, 1, transcripts=talks))

    line.service.writer.call_sync(with_talks)
    save(line, changed(("Have a good day.", "Bye."), source=HIDE), "hide", transcripts={})
    publish(line, name="hide")
    with pytest.raises(FlowError) as refused:
        line.service.publishing.roll_back(line.officer("nadia"), WayBack("hide"))
    assert "expected 'bot: Good day.'" in what(refused)[0]


def test_there_is_no_way_back_to_what_never_was_in_force(line: Line) -> None:
    for way in (WayBack(NAME), WayBack(NAME, to="0" * 64), WayBack("nothing")):
        with pytest.raises(NoSuchFlow):
            line.service.publishing.roll_back(line.officer("nadia"), way)


def test_everything_an_admin_does_to_a_flow_is_written_down(line: Line) -> None:
    publish(line, ANOTHER_WORD)
    line.service.publishing.roll_back(line.officer("nadia"), WayBack(NAME))

    acts = [(row["officer_id"], row["action"], row["subject"]) for row in line.rows(audit)]
    assert acts == [("nadia", act, NAME) for act in ("flow_draft", "flow_published", "flow_rolled_back")]


def test_a_worker_in_the_middle_of_a_revision_that_cannot_be_read_any_more_goes_on_in_the_one_that_serves(line: Line) -> None:
    publish(line, ANOTHER_WORD)
    phone = at_about(line)
    with line.service.database.write() as connection:
        own = flow_revisions.c.shipped.is_(False)
        connection.execute(sa.update(flow_revisions).where(own).values(source={"raise-concern.yaml": "flow: x"}))
    line.restart()

    assert "the older" in readiness(line.service).parts["flows"]
    assert readiness(line.service).ready
    phone.send("1")
    assert [row["groups"] for row in line.rows(cases)] == [["wages"]]
