"""One text on many channels: buttons where they fit, numbers where they do not, parts where it is long."""

import pytest

from flows.events import Say
from flows.model import Flow, read
from flows.render import Form, Rendered, View, render
from flows.template import compile_text, fault, fill
from flows.transcript import MEASURES
from words.limits import Limits

FLOW = """\
flow: tea
language: en
nodes:
  tea:
    kind: choose
    text: "Tea? {options}. Or write."
    again: "Saved. Tea?"
    options:
      hot: {text: Hot tea, button: Hot, go: long}
      cold: {text: Cold tea, go: long}
  long:
    kind: say
    text: |-
      First part.
      ---
      Second part.
  silent: {kind: say, text: "[code:Your code: {code}.]"}
  only_chat: {kind: say, sms: {text: By SMS}, telegram: {text: By Telegram}}
"""


@pytest.fixture(scope="module")
def flow() -> Flow:
    return read(
        {"tea.yaml": FLOW, "tea.bn.yaml": "flow: tea\nlanguage: bn\nnodes:\n  tea: {text: 'চা? {options}। লিখুন।', options: {hot: গরম}}\n"}
    )


def _shown(flow: Flow, node: str, limits: Limits, *, slot: str = "text", language: str = "en", **facts: str) -> tuple[Rendered, ...]:
    return render(flow, Say(flow.name, flow.revision, node, slot), View(language, limits, facts))


def test_on_sms_the_answers_stand_in_the_sentence(flow: Flow) -> None:
    assert _shown(flow, "tea", MEASURES["sms"]) == (Rendered("Tea? 1 Hot tea 2 Cold tea. Or write."),)


def test_on_a_chat_without_buttons_each_answer_has_its_line(flow: Flow) -> None:
    form = Form("Tea? Or write.", (("tea.hot", "Hot"), ("tea.cold", "Cold tea")))

    assert _shown(flow, "tea", MEASURES["whatsapp"]) == (Rendered("Tea?\n1 Hot tea\n2 Cold tea\nOr write.", form=form),)


def test_on_a_phone_with_buttons_the_numbers_are_gone_and_the_ids_are_there(flow: Flow) -> None:
    assert _shown(flow, "tea", MEASURES["telegram"]) == (Rendered("Tea? Or write.", (("tea.hot", "Hot"), ("tea.cold", "Cold tea"))),)


@pytest.mark.parametrize(
    "limits",
    [
        Limits("telegram", 4096, buttons_max=1, button_title_max=24, option_bytes_max=64),
        Limits("telegram", 4096, buttons_max=3, button_title_max=5, option_bytes_max=64),
        Limits("telegram", 4096, buttons_max=3, button_title_max=24, option_bytes_max=7),
    ],
)
def test_what_does_not_fit_on_buttons_is_never_cut_but_numbered(flow: Flow, limits: Limits) -> None:
    assert _shown(flow, "tea", limits) == (Rendered("Tea?\n1 Hot tea\n2 Cold tea\nOr write."),)


def test_a_question_put_again_without_a_place_for_its_answers_has_them_at_the_end(flow: Flow) -> None:
    assert _shown(flow, "tea", MEASURES["sms"], slot="again") == (Rendered("Saved. Tea? 1 Hot tea 2 Cold tea"),)


def test_numbers_are_in_the_digits_of_the_reader_and_what_is_not_translated_in_the_words_there_are(flow: Flow) -> None:
    assert _shown(flow, "tea", MEASURES["sms"], language="bn") == (Rendered("চা? ১ গরম ২ Cold tea। লিখুন।"),)


def test_the_authors_own_break_parts_sms_and_is_a_new_line_elsewhere(flow: Flow) -> None:
    assert [message.text for message in _shown(flow, "long", MEASURES["sms"])] == ["First part.", "Second part."]
    assert [message.text for message in _shown(flow, "long", MEASURES["telegram"])] == ["First part.\nSecond part."]


def test_a_text_without_anything_to_say_is_no_message(flow: Flow) -> None:
    assert _shown(flow, "silent", MEASURES["sms"]) == ()
    assert _shown(flow, "only_chat", MEASURES["web"]) == ()
    assert _shown(flow, "only_chat", MEASURES["sms"]) == (Rendered("By SMS"),)


def test_a_gateway_speaks_as_sms_does(flow: Flow) -> None:
    assert _shown(flow, "only_chat", Limits("http_sms", 1600, segments_max=2)) == (Rendered("By SMS"),)


def test_a_text_over_the_channels_measure_is_split_and_the_buttons_stand_below_the_last_part(flow: Flow) -> None:
    small = Limits("telegram", 9, buttons_max=3, button_title_max=24, option_bytes_max=64)
    shown = _shown(flow, "tea", small)

    assert [message.text for message in shown] == ["Tea?", "Or write."]
    assert [len(message.choices) for message in shown] == [0, 2]


@pytest.mark.parametrize(
    ("text", "facts", "said"),
    [
        ("Code: {code}.", {"code": "1"}, "Code: 1."),
        ("Saved[warned:; told].", {"warned": "yes"}, "Saved; told."),
        ("Saved[warned:; told].", {}, "Saved."),
        ("Saved[not warned:; not yet].", {}, "Saved; not yet."),
        ("Saved[not warned:; not yet].", {"warned": "yes"}, "Saved."),
        ("Call [{fire}][not fire:{emergency}].", {"fire": "116", "emergency": "105"}, "Call 116."),
        ("Call [{fire}][not fire:{emergency}].", {"emergency": "105"}, "Call 105."),
        ("[Code: {code}. ]Bye.", {}, "Bye."),
        ("Code: {code}.", {}, "Code: ...."),
    ],
)
def test_a_part_is_said_when_its_facts_are_known(text: str, facts: dict[str, str], said: str) -> None:
    assert fill(compile_text(text), facts) == said


@pytest.mark.parametrize("text", ["{code", "code}", "[code", "code]", "[a [b] c]", "{Code}", "{x}", "[gratis: {code}]"])
def test_a_template_that_cannot_be_filled_is_found(text: str) -> None:
    assert fault(text) is not None


KEEPS = """\
flow: keeps
language: en
nodes:
  q:
    kind: choose
    text: "[Call {emergency}. ]Answer before {answer_by}. Is that good? {options}"
    options: {ok: {text: "Yes", go: bare}, no: {text: "No", go: bare}}
  bare:
    kind: choose
    text: "{code}"
    options: {ok: {text: "Yes", go: bare}, no: {text: "No", go: bare}}
"""


@pytest.fixture(scope="module")
def keeps() -> Flow:
    return read({"keeps.yaml": KEEPS})


def test_a_carrier_that_keeps_forms_is_given_a_workers_own_facts_apart(keeps: Flow) -> None:
    (shown,) = _shown(keeps, "q", MEASURES["whatsapp"], answer_by="28-11", emergency="999")

    assert shown.text == "Call 999. Answer before 28-11. Is that good?\n1 Yes\n2 No"
    assert shown.form == Form("Call 999. Answer before {{1}}. Is that good?", (("q.ok", "Yes"), ("q.no", "No")), ("28-11",))


def test_facts_kept_apart_are_in_the_readers_digits_and_the_places_are_not(keeps: Flow) -> None:
    (shown,) = _shown(keeps, "q", MEASURES["whatsapp"], language="bn", answer_by="28-11")

    assert shown.form is not None
    assert (shown.form.pattern, shown.form.fills) == ("Answer before {{1}}. Is that good?", ("২৮-১১",))


def test_a_message_of_ones_own_facts_alone_or_on_another_channel_has_no_form(keeps: Flow) -> None:
    (bare,) = _shown(keeps, "bare", MEASURES["whatsapp"], code="1234 5678")
    (sms,) = _shown(keeps, "q", MEASURES["sms"], answer_by="28-11")
    (telegram,) = _shown(keeps, "q", MEASURES["telegram"], answer_by="28-11")

    assert (bare.form, sms.form, telegram.form) == (None, None, None)
