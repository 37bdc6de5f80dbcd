"""An author rehearses a talk: the same words always lead the same way, and the desk's side is shown beside it."""

from dataclasses import replace

import pytest

from flows.engine import Words
from flows.lexicon import Lexicon
from flows.rehearsal import Stage, rehearse
from flows.render import View
from flows.revisions import Library, shipped
from flows.texts.examples import EXAMPLES
from flows.transcript import MEASURES


@pytest.fixture(scope="module")
def library() -> Library:
    return shipped()


@pytest.fixture
def stage(library: Library) -> Stage:
    return Stage(library, "raise-concern", View("en", MEASURES["sms"], EXAMPLES), Lexicon())


def test_a_rehearsal_goes_as_a_talk_does_and_says_what_the_desk_learns(stage: Stage) -> None:
    lines = rehearse(stage, [Words("They did not pay overtime"), Words("2"), Words("1")])

    assert lines[0].text.startswith("Work info line. Write here what is wrong at work")
    assert [line.text for line in lines if line.who == "worker"] == ["They did not pay overtime", "2", "1"]
    assert [line.text for line in lines if line.who == "desk"] == ["the case opens", "about: wages"]


def test_the_code_is_told_once(stage: Stage) -> None:
    lines = rehearse(stage, [Words("They did not pay"), Words("more"), Words("and more")])

    assert sum(EXAMPLES["code"] in line.text for line in lines) == 1


def test_the_code_leads_back_to_the_case(stage: Stage) -> None:
    lines = rehearse(stage, [Words("They did not pay"), Words("4821 0937")])

    assert lines[-1].node.startswith("come-back.")


def test_where_a_channel_has_buttons_a_tap_is_an_answer(stage: Stage) -> None:
    telegram = replace(stage, view=View("en", MEASURES["telegram"], EXAMPLES))
    asked = rehearse(telegram, [Words("They did not pay")])[-1]
    option, title = next(choice for choice in asked.choices if choice[0].endswith(".no"))

    after = rehearse(telegram, [Words("They did not pay"), Words(title, option)])

    assert [line.text for line in after if line.who == "worker"] == ["They did not pay", title]
    assert after[-1].node == "raise-concern.about"


def test_a_flow_that_others_begin_can_be_rehearsed_by_itself(stage: Stage) -> None:
    assert [(line.who, line.node) for line in rehearse(replace(stage, flow="hide"), [])] == [("desk", ""), ("bot", "hide.hide")]
