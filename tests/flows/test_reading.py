"""A flow is read as a dialogue: every turn once, every way on, the same every time."""

import pytest

from flows.match import option_id
from flows.model import read
from flows.nodes import Waiting
from flows.reading import Reading, reading
from flows.reading_text import as_text
from flows.render import View
from flows.transcript import MEASURES
from tests.flows.shelf import CHANNELS, LANGUAGES, LIBRARY, longest_facts
from tests.flows.texts.tea import DUTCH, TEA

DIALOGUE = """\
tea in nl on sms

tea: Asks one question with a few answers
  | Thee? 1 Graag 2 NeeOver 5 minuten.
    1 SMS segment, GSM-7
  > 1 Graag -> here
  > 2 Nee -> here
  > any other words -> tea (above)

here: Tells something and goes on
  | Hier. Je code: 4821 0937.
    1 SMS segment, GSM-7
  > then -> the flow ends
"""
FLOWS = sorted(LIBRARY.current)


def shipped(name: str, language: str, channel: str) -> Reading:
    flow = LIBRARY.now(name)
    assert flow is not None
    return reading(flow, View(language, MEASURES[channel], longest_facts(language)))


def tea(language: str, channel: str, dutch: str = DUTCH) -> str:
    flow = read({"tea.yaml": TEA, "tea.nl.yaml": dutch})
    return as_text(reading(flow, View(language, MEASURES[channel], {"wait": "5", "code": "4821 0937"})))


def test_a_flow_reads_as_a_dialogue() -> None:
    assert tea("nl", "sms") == DIALOGUE


def test_where_words_are_missing_or_drafts_it_says_so() -> None:
    assert "! no words in bn: said in en" in tea("bn", "web")
    assert "! no words" not in tea("nl-BE", "web")
    assert "! a draft in nl" in tea("nl", "web", DUTCH.replace("  here:\n", "  here:\n    draft: true\n"))


def test_buttons_and_ways_out_are_shown_where_a_channel_has_them() -> None:
    flow = LIBRARY.now("raise-concern")
    assert flow is not None
    first = next(turn for turn in shipped("raise-concern", "en", "telegram").turns if turn.node == "hello")

    assert [command for command, _ in first.offers] == ["who_sees", "language", "person"]
    assert "    [Who sees what]\n" in as_text(shipped("raise-concern", "en", "telegram"))
    assert first.costs == ()


def test_the_ordinary_way_is_read_before_the_exceptions() -> None:
    order = [turn.node for turn in shipped("raise-concern", "en", "sms").turns]

    assert order[:5] == ["who", "site", "hello", "file", "saved"]
    assert order.index("hello") < order.index("about") < order.index("hello_unknown")


def test_a_node_that_nothing_leads_to_is_shown_all_the_same_and_marked() -> None:
    turns = shipped("notices", "en", "sms").turns

    assert [turn.node for turn in turns if turn.reached] == ["greeting"]
    assert "knock: Tells something and goes on (nothing in this flow leads here)" in as_text(shipped("notices", "en", "sms"))


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("name", FLOWS)
def test_every_node_is_read_once_and_every_answer_leads_where_the_flow_says(name: str, channel: str) -> None:
    flow = LIBRARY.now(name)
    assert flow is not None
    for language in LANGUAGES:
        turns = shipped(name, language, channel).turns
        seen = [turn.node for turn in turns]

        assert sorted(seen) == sorted(flow.nodes)
        assert turns[0].node == flow.first
        for place, turn in enumerate(turns):
            node = flow.nodes[turn.node]
            inside = [way for way in turn.ways if way.when not in ("call", "words", "then")]
            choices = node.choices() if isinstance(node, Waiting) else {}
            assert {way.to for way in turn.ways if way.to and way.when != "call"} >= {target for _, target in node.targets()}
            assert [(way.option, way.to) for way in inside if way.when == "option"] == [(name, each.go) for name, each in choices.items()]
            assert all(way.back == (way.to in seen[: place + 1]) for way in inside)
            buttons = [name for message in turn.messages for name, _ in message.choices]
            assert not buttons or {option_id(turn.node, name) for name in choices} <= set(buttons)


@pytest.mark.parametrize("name", FLOWS)
def test_reading_a_flow_again_says_the_same(name: str) -> None:
    assert as_text(shipped(name, "nl", "sms")) == as_text(shipped(name, "nl", "sms"))
