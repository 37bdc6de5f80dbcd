"""A flow compiled for a channel: every text as it goes out, what it costs, and what the channel made it give up."""

import pytest

from flows.compiled import Text, compile_flow
from flows.model import Flow, read
from flows.transcript import MEASURES
from tests.flows.shelf import LANGUAGES, LIBRARY
from words.carriers import one_way, reserved
from words.limits import CAN_CARRY, Limits
from words.segments import fitted, segments

FLOW = """\
flow: tea
language: en
{more}
nodes:
  tea:
    kind: choose
    text: "Tea? {{options}}"
    options:
      hot: {{text: Hot tea, go: say}}
      cold: {{text: Iced tea, go: say}}
  say: {{kind: say, text: "“Good” tea…"}}
"""
SPANISH = """\
flow: tea
language: es
nodes:
  tea: {text: "¿Té? {options}", options: {hot: Té caliente, cold: Té frío}}
"""
NATIVE = CAN_CARRY["whatsapp"]


def _flow(more: str = "") -> Flow:
    return read({"tea.yaml": FLOW.format(more=more), "tea.es.yaml": SPANISH})


def _text(node: str, limits: Limits, language: str = "en", more: str = "") -> Text:
    return compile_flow(_flow(more), limits, language).nodes[node][0]


def test_answers_are_buttons_a_list_or_numbers_as_the_channel_has_room() -> None:
    small, smaller = Limits("whatsapp", 1600, 1, 20, 200, list_max=10, list_title_max=24), Limits("whatsapp", 1600, 1, 20, 200)

    assert (_text("tea", NATIVE).answers, _text("tea", NATIVE).gave_way) == ("buttons", ())
    assert (_text("tea", small).answers, _text("tea", small).gave_way) == ("list", ("list",))
    assert (_text("tea", smaller).answers, _text("tea", smaller).gave_way) == ("numbered", ("numbered",))
    assert [choice for choice, _ in _text("tea", small).messages[-1].choices] == ["tea.hot", "tea.cold"]
    assert _text("say", small).answers == "none"


def test_a_list_is_left_when_one_title_is_too_long_for_it() -> None:
    assert _text("tea", Limits("whatsapp", 1600, 1, 20, 200, list_max=10, list_title_max=7)).answers == "numbered"


def test_typography_is_made_plain_where_letters_cost_money_and_only_there() -> None:
    sms, chat = _text("say", MEASURES["sms"]), _text("say", MEASURES["telegram"])

    assert (sms.messages[0].text, sms.gave_way, sms.segments, sms.encoding) == ('"Good" tea...', ("typography",), 1, "GSM-7")
    assert (chat.messages[0].text, chat.gave_way, chat.segments) == ("“Good” tea…", (), 0)


def test_letters_of_a_language_are_never_changed_unless_the_author_allows_it() -> None:
    kept, folded = _text("tea", MEASURES["sms"], "es"), _text("tea", MEASURES["sms"], "es-PE", "fold_letters: [es]")

    assert (kept.messages[0].text, kept.encoding, kept.gave_way) == ("¿Té? 1 Té caliente 2 Té frío", "UCS-2", ("numbered",))
    assert (folded.messages[0].text, folded.encoding) == ("¿Té? 1 Té caliente 2 Té frio", "GSM-7")
    assert folded.gave_way == ("numbered", "letters")
    assert _text("tea", MEASURES["telegram"], "es", "fold_letters: [es]").messages[0].choices[1][1] == "Té frío"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("corazón", "corazon"),
        ("Ávila, año, café", "Avila, año, café"),
        ("co\u0301digo", "codigo"),
        ("চা corazón", "চা corazón"),
        ("Đông", "Dong"),
    ],
)
def test_letters_are_fitted_only_if_the_whole_text_becomes_cheap(text: str, plain: str) -> None:
    assert fitted(text) == plain
    assert segments(fitted(text)).units <= segments(text).units


def test_words_of_another_language_and_long_texts_give_way_and_say_so() -> None:
    assert _text("say", MEASURES["sms"], "es").gave_way == ("typography", "language")
    assert _text("say", Limits("telegram", 8)).gave_way == ("split",)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", sorted(MEASURES))
def test_every_flow_we_ship_compiles_on_every_channel_in_every_language(language: str, channel: str) -> None:
    for flow in LIBRARY.revisions.values():
        compiled = compile_flow(flow, MEASURES[channel], language)
        for texts in compiled.nodes.values():
            assert all(message.text for text in texts for message in text.messages)
            assert all(text.smart <= text.segments for text in texts)
        assert bool(compiled.segments) == (channel == "sms" and bool(compiled.nodes))


def test_what_is_known_of_carriers_has_its_source() -> None:
    bangladesh = one_way("sms", "BD")

    assert bangladesh is not None
    assert bangladesh.source
    assert one_way("http_sms", "BD") is None
    assert one_way("sms", "PH") is None
    assert one_way("sms", "MM") is None
    assert {"stop", "cancel", "help"} <= set(reserved())
