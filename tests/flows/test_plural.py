"""A count takes the form its language asks for, whoever reads it and whatever it falls back to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import plural
from flows.events import Say
from flows.model import read
from flows.problems import FlowError
from flows.render import View, patterns, render
from flows.template import compile_text, fault, fill, names
from flows.transcript import MEASURES

SOURCE = """\
flow: news
language: en
nodes:
  news: {kind: say, text: "[waiting: one{1 new message} other{{waiting} new messages}]."}
"""
POLISH = """\
flow: news
language: pl
nodes:
  news: {text: "[waiting: one{1 nowa} few{{waiting} nowe} many{{waiting} nowych} other{{waiting} nowej}]."}
"""
FLOW = read({"news.yaml": SOURCE, "news.pl.yaml": POLISH})


def said(language: str, count: str) -> str:
    (message,) = render(FLOW, Say("news", FLOW.revision, "news"), View(language, MEASURES["web"], {"waiting": count}))
    return message.text


@pytest.mark.parametrize(
    ("language", "count", "text"),
    [
        ("en", "0", "0 new messages."),
        ("en", "1", "1 new message."),
        ("en", "21", "21 new messages."),
        ("pl", "1", "1 nowa."),
        ("pl", "3", "3 nowe."),
        ("pl", "5", "5 nowych."),
        ("pl", "22", "22 nowe."),
        ("pl", "some", "some nowej."),
    ],
)
def test_a_count_takes_the_form_of_its_language(language: str, count: str, text: str) -> None:
    assert said(language, count) == text


def test_a_text_that_falls_back_follows_the_rules_of_the_language_it_is_in() -> None:
    """In Bengali nought counts like one; in the English she reads instead it does not."""
    assert plural.form("bn", "0") == "one"
    assert said("bn", "0") == "০ new messages."


def test_a_count_that_is_not_known_is_not_said() -> None:
    (message,) = render(FLOW, Say("news", FLOW.revision, "news"), View("en", MEASURES["web"], {}))

    assert message.text == "."


@pytest.mark.parametrize("count", ["1", "2"])
def test_a_message_with_a_count_is_known_again_whatever_the_count(count: str) -> None:
    (pattern,) = patterns(FLOW, Say("news", FLOW.revision, "news"), "pl", MEASURES["web"])

    assert pattern.fullmatch(said("pl", count))


@pytest.mark.parametrize(
    ("language", "needed"),
    [
        ("en", "one other"),
        ("nl", "one other"),
        ("es", "one other"),
        ("bn-Latn", "one other"),
        ("th", "other"),
        ("pl", "one few many other"),
        ("ar", "zero one two few many other"),
        ("rhg", "other"),
        ("no such thing", "other"),
    ],
)
def test_a_language_is_asked_for_the_forms_it_has(language: str, needed: str) -> None:
    assert plural.forms(language) == tuple(needed.split())


@pytest.mark.parametrize(
    ("text", "language", "wrong"),
    [
        ("[wait: one{1} other{{wait}}]", "en", None),
        ("[wait: one{1} other{{wait}}]", "pl", "the count wait needs the form few, many too"),
        ("[wait: one{1} few{2}]", "", "the count wait needs the form other too"),
        ("[wait: one{1} one{2} other{3}]", "en", "the form one of wait is written twice"),
        ("[wait: one{1} other{{weight}}]", "en", "nobody fills the fact weight"),
        ("[wait: one{1} other{{wait}]", "en", "a bracket is not closed, or stands inside another"),
        ("[wait: one{1} lots{2}]", "en", "a bracket is not closed, or stands inside another"),
    ],
)
def test_a_count_that_cannot_be_said_is_found_when_it_is_written(text: str, language: str, wrong: str | None) -> None:
    assert fault(text, language) == wrong


def test_a_language_that_lacks_a_form_is_refused_with_its_line() -> None:
    with pytest.raises(FlowError, match=r"news\.pl\.yaml:4: nodes\.news\.text: the count waiting needs the form few, many too"):
        read({"news.yaml": SOURCE, "news.pl.yaml": POLISH.replace("few{{waiting} nowe} many{{waiting} nowych} ", "")})


def test_every_form_s_facts_are_facts_of_the_text() -> None:
    assert names("[wait: one{at {line}} other{{wait}}]") == {"wait", "line"}


@given(st.integers(0, 1_000_000), st.sampled_from(["en", "ar", "pl", "bn", "th", "cy", "ru"]))
def test_every_count_up_to_a_thousand_has_a_form_that_was_asked_for(count: int, language: str) -> None:
    asked = plural.forms(language)
    text = "".join(f"{each}{{{each} {{wait}}}} " for each in asked)
    form = plural.form(language, str(count))

    assert fill(compile_text(f"[wait: {text}]", language), {"wait": str(count)}) == f"{form if form in asked else 'other'} {count}"
    assert form in asked or count > plural.COUNT_MAX
