"""Between two revisions: what differs, whom it touches, and who may be moved without an answer changing its meaning."""

import pytest

from flows.diff import Place, ValueChange, diff, same
from flows.impact import People, Position, impact, positions
from flows.model import Flow, read
from flows.moving import moved, problems
from flows.nodes.base import Spoken
from flows.relied import left_hanging
from flows.revisions import Library, library_of, shipped_sources
from flows.session import Frame, Session
from flows.talk import Talk
from flows.wording import digest
from tests.flows.shelf import LIBRARY

TEA = """\
flow: tea
language: en
nodes:
  ask:
    kind: choose
    text: "Tea? {options}"
    sms: {text: "Tea?? {options}"}
    options:
      yes_please: {text: Yes please, also: [sure], go: here}
      no: {text: no, go: bye}
  here: {kind: say, text: Here., go: bye}
  bye: {kind: end}
"""
DUTCH = """\
flow: tea
language: nl
nodes:
  ask: {text: "Thee? {options}", options: {yes_please: Graag}}
"""


def tea(*changes: tuple[str, str], dutch: str | None = DUTCH) -> Flow:
    text = TEA
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return read({"tea.yaml": text} | ({"tea.nl.yaml": dutch} if dutch else {}))


OLD = tea()


def both(*flows: Flow) -> Library:
    return library_of(flows)


def test_a_revision_and_itself_do_not_differ() -> None:
    assert diff(OLD, tea()).nodes == ()
    assert diff(OLD, tea()).text() == f"tea: {OLD.revision[:12]} -> {OLD.revision[:12]}"


def test_a_difference_tells_texts_by_language_and_channel_from_targets_and_settings() -> None:
    new = tea(
        ("Tea?? {options}", "Cup? {options}"),
        ("no: {text: no, go: bye}", 'no: {text: nope, digit: "9", go: here}'),
        dutch=DUTCH.replace("Graag", "Ja graag"),
    )
    [found] = diff(OLD, new).nodes

    assert (found.node, found.change, found.kind_before, found.kind_after) == ("ask", "changed", "choose", "choose")
    assert found.targets == (ValueChange(Place("options.no.go"), "bye", "here"),)
    assert found.settings == (ValueChange(Place("options.no.digit"), None, "9"),)
    assert found.texts == (
        ValueChange(Place("text", "en", "sms"), "Tea?? {options}", "Cup? {options}"),
        ValueChange(Place("options.no.text", "en"), "no", "nope"),
        ValueChange(Place("options.yes_please.text", "nl"), "Graag", "Ja graag"),
    )


def test_a_difference_reads_as_a_page() -> None:
    new = tea(("go: bye}\n  bye", "go: sugar}\n  sugar: {kind: say, text: Sugar?, go: bye}\n  bye"), dutch=None)

    assert diff(OLD, new).text().splitlines()[1:] == [
        "- language nl",
        "~ ask (choose)",
        "    nl text",
        "      - Thee? {options}",
        "    nl options.yes_please.text",
        "      - Graag",
        "~ here (say)",
        "    go",
        "      - bye",
        "      + sugar",
        "+ sugar (say)",
        "    go",
        "      + bye",
        "    en text",
        "      + Sugar?",
    ]


def test_an_option_that_is_called_like_a_text_is_no_text() -> None:
    asks_again = tea(("      no: {", "      again: {"))
    [found] = diff(asks_again, tea(("      no: {text: no, go: bye", "      again: {text: no, go: here"))).nodes

    assert (found.targets, found.texts) == ((ValueChange(Place("options.again.go"), "bye", "here"),), ())


def test_the_mark_of_what_a_translation_was_made_from_is_no_difference_and_a_draft_is_one() -> None:
    asked = OLD.nodes["ask"]
    assert isinstance(asked, Spoken)
    marked = tea(dutch=DUTCH.replace("ask: {", f'ask: {{source: "{digest(asked)}", '))
    [found] = diff(OLD, tea(dutch=DUTCH.replace("ask: {", "ask: {draft: true, "))).nodes

    assert diff(OLD, marked).nodes == ()
    assert found.texts == (ValueChange(Place("draft", "nl"), None, "True"),)


def test_a_new_flow_and_another_beginning_are_told() -> None:
    other = tea(("nodes:\n", "nodes:\n  hello: {kind: say, text: Hello., go: ask}\n"))

    assert {node.change for node in diff(None, OLD).nodes} == {"added"}
    assert "begins at hello, not at ask" in diff(OLD, other).text()
    assert [node.change for node in diff(other, OLD).nodes if node.node == "hello"] == ["removed"]


def test_every_flow_we_ship_is_the_same_as_itself_read_again() -> None:
    for name, sources in shipped_sources().items():
        flow = LIBRARY.now(name)
        assert flow is not None
        assert all(same(node, flow, read(sources)) for node in flow.nodes)


def at(flow: Flow, node: str, site: str = "nodirpar-sewing", language: str = "bn") -> Position:
    return Position(flow.revision, node, site, language)


def test_people_are_counted_where_something_changes_for_them_by_site_and_language() -> None:
    new = tea(("Here.", "Here you are."), ("  bye: {kind: end}\n", "  bye: {kind: end, then: stop}\n  more: {kind: end}\n"))
    standing = {at(OLD, "ask"): 4, at(OLD, "here"): 2, at(OLD, "here", "", "nl"): 1, at(new, "here"): 7}
    found = impact(OLD, new, standing, both(OLD, new), {"here": "more"})

    assert {(node.node, node.touched, node.count, node.moves_to) for node in found.nodes} == {
        ("here", "changed", 3, "more"),
        ("bye", "changed", 0, None),
        ("more", "added", 0, None),
    }
    [here] = [node for node in found.nodes if node.node == "here"]
    assert here.people == (People("", "nl", 1), People("nodirpar-sewing", "bn", 2))
    assert (found.people, found.untouched) == (3, 11)


def test_whoever_stands_in_an_older_revision_is_compared_with_what_she_was_asked() -> None:
    older = tea(("Tea? ", "Green tea? "), ("  here:", "  gone: {kind: say, text: Gone., go: bye}\n  here:"))
    found = impact(OLD, tea(), {at(older, "ask"): 1, at(older, "gone"): 1, at(older, "bye"): 1}, both(older, OLD), {})

    assert {(node.node, node.touched, node.count) for node in found.nodes} == {("ask", "changed", 1), ("gone", "vanished", 1)}
    assert found.untouched == 1


def test_a_session_stands_where_it_waits_and_where_it_will_come_back_to() -> None:
    frames = (Frame("tea", "r1", "ask"), Frame("who-sees", "r2", "menu"), Frame("tea", "r1", "here"))
    session = Session(frames, "nl", {"place": "p"})

    assert positions(session, "tea") == {Position("r1", "ask", "p", "nl"), Position("r1", "here", "p", "nl")}
    assert positions(session, "coffee") == frozenset()


RENAMED = tea(("  ask:\n", "  want:\n"), dutch=None)


def standing_at(node: str, asked: int = 1) -> Session:
    return Session((Frame("tea", OLD.revision, node), Frame("who-sees", "r", "menu")), "en", {}, asked)


def test_the_map_moves_whoever_stands_there_once() -> None:
    library = both(OLD, RENAMED)
    there = moved(standing_at("ask"), RENAMED, {"ask": "want"}, library)

    assert there is not None
    assert there.frames == (Frame("tea", RENAMED.revision, "want", ("ask",)), Frame("who-sees", "r", "menu"))
    assert there.asked == 1
    assert moved(there, RENAMED, {"ask": "want"}, library) is None
    assert moved(standing_at("here"), RENAMED, {"ask": "want"}, library) is None


def test_who_is_asked_something_else_now_was_not_asked_it_before() -> None:
    waiting = Session((Frame("tea", OLD.revision, "ask"),), "en", {}, 2)
    there = moved(waiting, RENAMED, {"ask": "want"}, both(OLD, RENAMED))

    assert there is not None
    assert there.asked == 0


ANOTHER_ORDER = tea(
    ("      yes_please: {text: Yes please, also: [sure], go: here}\n      no: {text: no, go: bye}\n", ""),
    ("    options:\n", "    options:\n      no: {text: no, go: bye}\n      yes_please: {text: Yes please, go: here}\n"),
)


@pytest.mark.parametrize(
    ("new", "moves", "what"),
    [
        (OLD, {"nobody": "ask"}, "no revision that people stand in has this node"),
        (OLD, {"ask": "nowhere"}, "the flow has no node `nowhere`"),
        (OLD, {"ask": "here"}, "nobody can be moved to `here`: it is of another kind"),
        (ANOTHER_ORDER, {"ask": "ask"}, "nobody can be moved to `ask`: there the answer `yes_please` is not the 1 that people were shown"),
    ],
)
def test_a_map_that_would_lead_people_astray_is_refused(new: Flow, moves: dict[str, str], what: str) -> None:
    assert [problem.what for problem in problems([OLD], new, moves)] == [what]


def test_a_map_that_keeps_every_answer_is_fine_and_new_answers_may_come_behind() -> None:
    more = tea(("      no: {text: no, go: bye}\n", "      no: {text: no, go: bye}\n      coffee: {text: coffee, go: bye}\n"))

    assert [*problems([OLD], more, {"ask": "ask"}), *problems([OLD], RENAMED, {"ask": "want"})] == []


def test_whoever_stands_in_an_older_revision_with_other_answers_stays_there() -> None:
    older = Session((Frame("tea", ANOTHER_ORDER.revision, "ask"),), "en")

    assert [*problems([OLD, ANOTHER_ORDER], RENAMED, {"ask": "want"})] == []
    assert moved(older, RENAMED, {"ask": "want"}, both(ANOTHER_ORDER, OLD, RENAMED)) is None


def test_a_button_answers_the_question_that_showed_it_however_often_she_was_moved() -> None:
    thrice = tea(("  ask:\n", "  would_you:\n"), ("  here:", "  there:"), ("go: here", "go: there"), dutch=None)
    other = read({"other.yaml": TEA.replace("flow: tea", "flow: other").replace("Here.", "Elsewhere.")})
    library = both(other, OLD, RENAMED, thrice)
    stands = Session((Frame("tea", OLD.revision, "ask"),), "en")
    once = moved(stands, RENAMED, {"ask": "want"}, library)
    assert once is not None
    twice = moved(once, thrice, {"want": "would_you"}, library)
    assert twice is not None
    kept = Session.from_bytes(twice.to_bytes())

    assert kept.frames == (Frame("tea", thrice.revision, "would_you", ("ask", "want")),)
    for shown in ("ask", "want", "would_you"):
        talk = Talk(library, kept)
        assert talk.choose(shown, "yes_please")
        assert talk.trail[0] == ("tea", "would_you", "yes_please")
    assert not Talk(library, kept).choose("bye", "yes_please")


def test_a_flow_may_not_lose_the_node_at_which_another_begins_it() -> None:
    visit = read({"visit.yaml": "flow: visit\nlanguage: en\nnodes:\n  go: {kind: call, flow: tea, at: here}\n"})
    without = tea(("  here: {kind: say, text: Here., go: bye}\n", ""), ("go: here", "go: bye"))

    assert [*left_hanging(both(visit, OLD), tea(("Here.", "There.")))] == []
    [problem] = left_hanging(both(visit, OLD), without)
    assert problem.what == "`go` of the flow `visit` begins this one at `here`, and here it is missing"


def test_the_house_keeps_every_notice_that_it_says_by_name() -> None:
    sources = shipped_sources()["notices"]
    words = sources["notices.yaml"].replace("1 new message", "1 message")
    gone = {"notices.yaml": words.replace("  knock:\n", "  knocks:\n")}

    assert [*left_hanging(LIBRARY, read({**sources, "notices.yaml": words}))] == []
    assert [problem.where for problem in left_hanging(LIBRARY, read(gone))] == ["nodes.knock"]
    more = {**sources, "notices.yaml": words + "  tea: {kind: say, text: Tea.}\n"}
    assert [*left_hanging(both(read(more)), read(sources))] == []


UNSUPPORTED = '    kind: say\n    text: "We cannot open this kind of message, and kept nothing of it. Please write it in words."\n'


@pytest.mark.parametrize(
    ("node", "nl", "what"),
    [
        ("    kind: end\n", None, "of another kind"),
        ("    kind: say\n", None, "no words: in `en` on sms"),
        ('    {kind: say, text: " "}\n', None, "no words: in `en` on sms"),
        ('    {kind: say, text: Write it., telegram: {text: " "}}\n', None, "no words: in `en` on telegram"),
        ("    {kind: say, text: Write it.}\n", '{text: " "}', "no words: in `nl` on sms"),
    ],
)
def test_no_notice_may_become_silent(node: str, nl: str | None, what: str) -> None:
    words = shipped_sources()["notices"]["notices.yaml"]
    assert UNSUPPORTED in words
    sources = {"notices.yaml": words.replace(UNSUPPORTED, node)}
    if nl is not None:
        sources["notices.nl.yaml"] = f"flow: notices\nlanguage: nl\nnodes:\n  unsupported: {nl}\n"

    [problem] = left_hanging(LIBRARY, read(sources))
    assert problem.where == "nodes.unsupported"
    assert problem.what.endswith(what)
