"""A recording stands beside the text it says, in its language, where the channel carries voice; never in the text's place."""

import pytest

from channels.registry import CARDS
from flows.events import Say
from flows.model import read
from flows.problems import FlowError
from flows.render import Rendered, View, render
from flows.texts.overlay import rewritten
from flows.transcript import MEASURES
from flows.voices import named, voices
from words.limits import Limits

SOURCE = """
flow: x
language: en
nodes:
  hello:
    kind: choose
    text: "Hello from {line}. {options}"
    again: "Saved. {options}"
    voice: hello-en.ogg
    whatsapp: {voice: hello-whatsapp-en.ogg}
    options: {go: {text: Go, go: bye}}
  bye:
    kind: say
    text: Bye.
    voice: bye-en.mp3
    telegram: {text: Bye bye.}
"""
BENGALI = "flow: x\nlanguage: bn\nnodes:\n  hello: {text: 'নমস্কার। {options}', voice: hello-bn.ogg}\n"
DUTCH = "flow: x\nlanguage: nl\nnodes:\n  hello: {text: 'Hallo. {options}'}\n"
FLOW = read({"x.yaml": SOURCE, "x.bn.yaml": BENGALI, "x.nl.yaml": DUTCH})


def _said(node: str, language: str, limits: Limits, slot: str = "text") -> tuple[Rendered, ...]:
    return render(FLOW, Say("x", FLOW.revision, node, slot), View(language, limits, {"line": "Work info line"}))


def _voices(node: str, language: str, channel: str, slot: str = "text") -> list[str]:
    return [message.voice for message in _said(node, language, MEASURES[channel], slot)]


@pytest.mark.parametrize(
    ("node", "language", "channel", "voices"),
    [
        ("hello", "en", "telegram", ["hello-en.ogg"]),
        ("hello", "en", "whatsapp", ["hello-whatsapp-en.ogg"]),
        ("hello", "en", "sms", [""]),
        ("hello", "en", "web", [""]),
        ("hello", "bn", "telegram", ["hello-bn.ogg"]),
        ("hello", "nl", "telegram", [""]),
        ("bye", "en", "whatsapp", ["bye-en.mp3"]),
        ("bye", "en", "telegram", [""]),
        ("bye", "bn", "whatsapp", ["bye-en.mp3"]),
    ],
    ids=[
        *("beside its text", "the channel's own recording", "no voice on SMS", "nor on the web", "in her language"),
        *("no recording in this language", "without buttons", "none of the channel's own words", "the words of the source language"),
    ],
)
def test_a_recording_stands_beside_just_the_words_it_says(node: str, language: str, channel: str, voices: list[str]) -> None:
    assert _voices(node, language, channel) == voices


def test_the_question_put_again_in_other_words_has_no_recording_of_the_first_ones() -> None:
    assert _voices("hello", "en", "telegram", "again") == [""]
    assert _voices("hello", "bn", "telegram", "again") == ["hello-bn.ogg"]


@pytest.mark.parametrize("channel", MEASURES)
def test_the_text_is_the_same_with_and_without_a_recording(channel: str) -> None:
    without = read({"x.yaml": "\n".join(line for line in SOURCE.splitlines() if "voice:" not in line), "x.bn.yaml": BENGALI})
    plain = render(without, Say("x", without.revision, "hello"), View("en", MEASURES[channel], {"line": "Work info line"}))

    said = _said("hello", "en", MEASURES[channel])
    assert [(message.text, message.choices) for message in said] == [(message.text, message.choices) for message in plain]
    assert all(message.text for message in said)


def test_of_a_text_in_parts_the_first_has_the_recording_and_the_last_the_buttons() -> None:
    said = _said("hello", "en", Limits("telegram", 14, buttons_max=3, button_title_max=24, option_bytes_max=64, voice=True))

    assert [message.voice for message in said] == ["hello-en.ogg", *[""] * (len(said) - 1)]
    assert [bool(message.choices) for message in said] == [*[False] * (len(said) - 1), True]
    assert len(said) > 1


def test_whatsapp_and_telegram_carry_voice_and_sms_does_not() -> None:
    assert {name for name, card in CARDS.items() if card.limits.voice} == {"whatsapp", "telegram"}


@pytest.mark.parametrize(
    "name", ["../secret.ogg", "a/b.ogg", "hello.exe", "hello", ".ogg", "https://example.org/hello.ogg", "hello.ogg\\n"]
)
def test_a_recording_is_a_file_s_name_and_no_path(name: str) -> None:
    with pytest.raises(FlowError) as refused:
        read({"x.yaml": f'flow: x\nlanguage: en\nnodes:\n  q: {{kind: say, text: Hi, voice: "{name}"}}\n'})

    assert [problem.where for problem in refused.value.problems] == ["nodes.q.voice"]


def test_another_recording_is_another_revision() -> None:
    other = read({"x.yaml": SOURCE.replace("hello-en.ogg", "hello-en-2.ogg"), "x.bn.yaml": BENGALI, "x.nl.yaml": DUTCH})

    assert other.revision != FLOW.revision


def test_a_translator_s_change_keeps_the_recording() -> None:
    words = {"text": "আসসালামু আলাইকুম। {options}", "voice": "hello-bn.ogg"}
    flow = read({"x.yaml": SOURCE, "x.bn.yaml": rewritten(BENGALI, {"hello": words}, ["hello", "bye"])})

    (said,) = render(flow, Say("x", flow.revision, "hello"), View("bn", MEASURES["telegram"], {}))
    assert (said.text, said.voice) == ("আসসালামু আলাইকুম।", "hello-bn.ogg")


def test_a_recording_is_listed_with_just_the_words_it_goes_along_with() -> None:
    facts = {"line": "Work info line"}

    assert [(voice.name, voice.text, voice.language) for voice in voices(FLOW, facts)] == [
        ("hello-whatsapp-en.ogg", "Hello from Work info line.\n1 Go", "en"),
        ("bye-en.mp3", "Bye.", "en"),
        ("hello-en.ogg", "Hello from Work info line.", "en"),
        ("hello-bn.ogg", "নমস্কার।\n১ Go", "bn"),
        ("hello-bn.ogg", "নমস্কার।", "bn"),
    ]


def test_a_recording_that_no_channel_says_is_named_all_the_same() -> None:
    spoken = "flow: y\nlanguage: en\nnodes:\n  a: {kind: say, text: Hi., voice: hi.ogg, whatsapp: {text: A}, telegram: {text: B}}\n"
    silent = read({"y.yaml": spoken})

    assert voices(silent, {}) == ()
    assert named(silent) == {"hi.ogg"}
