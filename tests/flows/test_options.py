"""Every answer a worker is shown leads back to its option: on every channel, in every language, however it is typed."""

import re
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.engine import Words, resume
from flows.events import Event, NoCase, Say
from flows.match import OFFER, OFFER_DIGITS, answers
from flows.model import Flow
from flows.nodes import Waiting
from flows.render import Rendered, View, render
from flows.session import Frame, Session
from flows.transcript import MEASURES
from tests.flows.shelf import CHANNELS, LANGUAGES, LEXICON, LIBRARY, facts_of_a_talk
from words.digits import ascii_digits, in_script
from words.fold import fold
from words.limits import CAN_CARRY

# Every channel as it is today, and WhatsApp as it will be with buttons and lists of its own.
LIMITS = {**MEASURES, "whatsapp with buttons": CAN_CARRY["whatsapp"]}
_DIGIT = re.compile(r"(?<!\S)(\d) ")


def _questions() -> Iterator[tuple[Flow, str]]:
    for flow in LIBRARY.revisions.values():
        for name, node in flow.nodes.items():
            if isinstance(node, Waiting) and node.choices():
                yield flow, name


QUESTIONS = sorted(_questions(), key=lambda pair: (pair[0].name, pair[1]))
_IDS = [f"{flow.name}.{node}" for flow, node in QUESTIONS]


def _shown(flow: Flow, node: str, language: str, channel: str) -> tuple[Rendered, ...]:
    view = View(language, LIMITS[channel], facts_of_a_talk(language))
    return render(flow, Say(flow.name, flow.revision, node), view)


def _took(flow: Flow, node: str, language: str, words: Words) -> tuple[Event, ...] | None:
    """What followed, or None when the words were kept as testimony."""
    session = Session((Frame(flow.name, flow.revision, node),), language, {"case": "open", "site": "known", "who": "affected"})
    sprint = resume(LIBRARY, Session.from_bytes(session.to_bytes()), words, LEXICON)
    kept = any(type(event).__name__ in {"AddToCase", "OpenCase"} for event in sprint.events)
    return None if kept or any(isinstance(event, NoCase) for event in sprint.events) else sprint.events


@pytest.mark.parametrize("channel", LIMITS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("flow", "node"), QUESTIONS, ids=_IDS)
def test_what_a_worker_sees_leads_back_to_the_option(flow: Flow, node: str, language: str, channel: str) -> None:
    """The answers are taken from the rendered message: each button by tap and by its words, each numbered answer by digit and by both."""
    asked = flow.nodes[node]
    assert isinstance(asked, Waiting)
    messages = _shown(flow, node, language, channel)
    choices = messages[-1].choices
    text = "\n".join(message.text for message in messages)
    for option, digit in asked.digits().items():
        expected = _took(flow, node, language, Words("", f"{node}.{option}"))
        assert expected is not None
        assert _took(flow, node, language, Words(digit)) == expected
        assert _took(flow, node, language, Words(in_script(digit, language))) == expected
        for shown in _forms(option, digit, text, choices, node):
            assert _took(flow, node, language, Words(shown)) == expected, shown


def _forms(option: str, digit: str, text: str, choices: tuple[tuple[str, str], ...], node: str) -> Iterator[str]:
    titles = [title for name, title in choices if name == f"{node}.{option}"]
    if choices:
        assert titles, f"{option} stands on no button"
        yield from titles
        return
    plain = ascii_digits(text)
    places = [found for found in _DIGIT.finditer(plain) if found[1] == digit]
    assert len(places) == 1, f"the answer {digit} is shown {len(places)} times"
    rest = text[places[0].start() :]
    following = _DIGIT.search(ascii_digits(rest), 2)
    shown = rest[: following.start()] if following else rest
    yield shown.split("\n")[0].split(". ")[0].split("। ")[0].rstrip(" .।")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("flow", "node"), QUESTIONS, ids=_IDS)
def test_spelling_form_and_case_do_not_matter(flow: Flow, node: str, language: str) -> None:
    table = answers(flow, node, language)
    for near in flow.wordings(node, language, "telegram")[:1]:
        for option, label in ((option, label) for wording in near for option, label in wording.options.items()):
            for text in filter(None, (label.text, label.button, *label.also)):
                for form in ("NFC", "NFD", "NFKD"):
                    for typed in (text, text.upper(), text.lower(), f" {text}! ", text.replace(" ", "  ")):
                        assert table.find(fold(unicodedata.normalize(form, typed))) == option, (typed, form)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("flow", "node"), QUESTIONS, ids=_IDS)
def test_two_answers_of_one_question_are_never_the_same(flow: Flow, node: str, language: str) -> None:
    meant: dict[str, set[str]] = {}
    for near in flow.wordings(node, language, "telegram")[:1]:
        for option, label in ((option, label) for wording in near for option, label in wording.options.items()):
            for text in filter(None, (label.text, label.button, *label.also)):
                meant.setdefault(fold(text), set()).add(option)

    assert {text: options for text, options in meant.items() if len(options) > 1} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_way_out_is_found_by_button_by_words_and_by_digit(language: str) -> None:
    for name in ("raise-concern", "raise-concern-neighbours"):
        flow = LIBRARY.now(name)
        assert flow is not None
        for option, title in _shown(flow, "hello", language, "telegram")[-1].choices:
            expected = _took(flow, "hello", language, Words(title, option))
            command = option.removeprefix(f"{OFFER}.")
            assert expected is not None
            assert _took(flow, "hello", language, Words(title)) == expected
            assert _took(flow, "hello", language, Words(next(d for c, d in OFFER_DIGITS.items() if c == command))) == expected


@given(language=st.sampled_from(LANGUAGES), question=st.sampled_from(range(len(QUESTIONS))), text=st.text(max_size=40))
def test_a_beginning_that_could_mean_two_answers_means_none(language: str, question: int, text: str) -> None:
    flow, node = QUESTIONS[question]
    table = answers(flow, node, language)
    squeezed = fold(text).replace(" ", "")
    found = table.find(fold(text))
    if found is not None and squeezed not in table.exact:
        assert {option for words, option in table.beginnings if words.replace(" ", "").startswith(squeezed)} >= {found}
        assert len(squeezed) >= 3 or any(words.startswith(fold(text) + " ") for words, _ in table.beginnings)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_asked_without_words(language: str, channel: str) -> None:
    for flow, node in QUESTIONS:
        for message in _shown(flow, node, language, channel):
            assert message.text.strip(), (flow.name, node)
