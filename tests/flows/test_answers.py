"""The claims about answers, one by one, in scripts with and without spaces; and words that could mean two answers."""

import sys
import unicodedata
from collections.abc import Iterator
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import events as ev
from flows.engine import Sprint, Words, resume, start
from flows.match import answers
from flows.model import Flow, read
from flows.nodes.choose import Choice
from flows.render import View, render
from flows.revisions import Library, library_of
from flows.session import Frame, Session
from flows.transcript import MEASURES
from tests.flows.shelf import CHANNELS, LANGUAGES, LEXICON, LIBRARY, facts_of_a_talk
from words.digits import in_script
from words.fold import fold
from words.limits import CAN_CARRY

MEALS = """\
flow: meals
language: en
nodes:
  meal:
    kind: choose
    text: "What is it about? {options}"
    again: "Saved. What is it about? {options}"
    options:
      pay: {text: Pay or hours, button: Pay, also: [wages, one], go: done}
      fired: {text: Fired or punished, also: [two], go: done}
      fire: {text: Fire exit, also: [three], go: done}
  done: {kind: say, text: "OK."}
"""
OTHERS = {
    "vi": ("Đường và sữa", "Nước mắm", "Cơm trắng"),
    "th": ("เงินเดือนหรือเวลาทำงาน", "ถูกไล่ออก หรือถูกลงโทษ", "ทางหนีไฟ"),
    "my": ("လစာ သို့မဟုတ် အချိန်", "အလုပ်ထုတ်ခံရသည်", "မီးထွက်ပေါက်"),
    "km": ("ប្រាក់ខែ ឬ ម៉ោងធ្វើការ", "ត្រូវបានបញ្ឈប់", "ច្រកចេញ"),
    "lo": ("ເງິນເດືອນ ຫຼື ເວລາ", "ຖືກໄລ່ອອກ", "ທາງອອກ"),
    "zh": ("工资或工时", "被解雇或受罚", "消防出口"),
    "es": ("Sí, el sueldo", "Me despidió", "Salida de emergencia"),
    "bn": ("বেতন বা সময়", "ছাঁটাই বা শাস্তি", "আগুনের গেট"),
    "ar": ("الأجر أو الساعات", "طُرِدتُ", "مخرج الحريق"),
}
OPTIONS = ("pay", "fired", "fire")
ZEROS = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.decimal(chr(code), None) == 0]
AGAIN = "Saved. What is it about?"


def _flow() -> Flow:
    files = {"meals.yaml": MEALS}
    for language, texts in OTHERS.items():
        options = "".join(f"      {option}: {text!r}\n" for option, text in zip(OPTIONS, texts, strict=True))
        files[f"meals.{language}.yaml"] = f"flow: meals\nlanguage: {language}\nnodes:\n  meal:\n    options:\n{options}"
    return read(files)


FLOW = _flow()
WITH_FLOW: Library = library_of([*(LIBRARY.revisions[each] for each in LIBRARY.current.values()), FLOW])


def _said(text: str, language: str = "en", **fields: str) -> Sprint:
    asked = start(WITH_FLOW, "meals", Session(language=language, fields=fields)).session
    return resume(WITH_FLOW, asked, Words(text), LEXICON)


def _took(text: str, language: str = "en") -> str | None:
    return answers(FLOW, "meal", language).find(fold(text))


@pytest.mark.parametrize("zero", ZEROS, ids=unicodedata.name)
def test_a_digit_of_every_script_is_a_digit(zero: str) -> None:
    for place, option in enumerate(OPTIONS, 1):
        assert _took(chr(ord(zero) + place)) == option


@pytest.mark.parametrize("typed", ["2", " 2 ", "2.", "2)", "(2)", "2️⃣", "②", "２", "2 Fired or punished", "2. fired or punished", "two"])
def test_a_digit_is_found_however_it_is_dressed_and_a_number_word_if_listed(typed: str) -> None:
    assert _took(typed) == "fired"


@pytest.mark.parametrize(
    ("language", "typed", "option"),
    [
        ("vi", "Duong va sua", "pay"),
        ("vi", "duongvasua", "pay"),
        ("vi", "nuoc mam", "fired"),
        ("vi", "com", "fire"),
        ("th", "เงินเดือน หรือ เวลาทำงาน", "pay"),
        ("th", "ถูกไล่ออกหรือถูกลงโทษ", "fired"),
        ("th", "ทาง หนี ไฟ", "fire"),
        ("my", "လစာသို့မဟုတ်အချိန်", "pay"),
        ("my", "အလုပ် ထုတ် ခံရသည်", "fired"),
        ("km", "ប្រាក់ខែឬម៉ោងធ្វើការ", "pay"),
        ("km", "ត្រូវ បាន បញ្ឈប់", "fired"),
        ("lo", "ເງິນເດືອນຫຼືເວລາ", "pay"),
        ("lo", "ຖືກ ໄລ່ ອອກ", "fired"),
        ("zh", "工资 或 工时", "pay"),
        ("zh", "被解雇", "fired"),
        ("es", "SI EL SUELDO", "pay"),
        ("es", "me despidio", "fired"),
        ("bn", "বেতনবাসময়", "pay"),
        ("ar", "طردت", "fired"),
        ("en", "wages", "pay"),
        ("en", "Pay!", "pay"),
        ("en", "pay or", "pay"),
        ("en", "fired", "fired"),
        ("en", "fire e", "fire"),
    ],
)
def test_words_are_found_with_or_without_accents_and_spaces(language: str, typed: str, option: str) -> None:
    assert _took(typed, language) == option


@pytest.mark.parametrize("language", ["en", *OTHERS])
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_every_spelling_of_what_is_shown_leads_back(language: str, form: Literal["NFC", "NFD", "NFKC", "NFKD"]) -> None:
    for channel in (*CHANNELS, "whatsapp with buttons"):
        limits = MEASURES.get(channel) or CAN_CARRY["whatsapp"]
        shown = render(FLOW, ev.Say(FLOW.name, FLOW.revision, "meal"), View(language, limits, {}))[-1]
        for option, words in zip(OPTIONS, _shown(shown.text, dict(shown.choices), language), strict=True):
            for typed in (words, words.upper(), words.swapcase(), words.replace(" ", ""), f"  {words} !"):
                assert _took(unicodedata.normalize(form, typed), language) == option, typed


def _shown(text: str, choices: dict[str, str], language: str) -> Iterator[str]:
    """What a worker reads of each answer: its button, or what stands behind its digit."""
    for place, option in enumerate(OPTIONS, 1):
        if choices:
            yield choices[f"meal.{option}"]
        else:
            after = text.split(f"{in_script(str(place), language)} ", 1)[1]
            yield after.split("\n")[0].split(f" {in_script(str(place + 1), language)} ")[0]


def test_words_that_could_mean_two_answers_are_asked_about_and_kept() -> None:
    sprint = _said("fir")

    assert sprint.events == (ev.OpenCase("fir"), ev.Say("meals", FLOW.revision, "meal", "again", ("fired", "fire")))
    assert sprint.session.frames[-1].node == "meal"
    assert sprint.session.asked == 1


@pytest.mark.parametrize("channel", CHANNELS)
def test_only_the_answers_that_could_be_meant_are_shown_with_their_own_digits(channel: str) -> None:
    event = _said("fir", case="open").events[-1]
    assert isinstance(event, ev.Say)
    shown = render(FLOW, event, View("en", MEASURES[channel], {}))

    if shown[-1].choices:
        assert shown[-1].choices == (("meal.fired", "Fired or punished"), ("meal.fire", "Fire exit"))
    else:
        assert shown[-1].text.split() == f"{AGAIN} 2 Fired or punished 3 Fire exit".split()


def test_a_form_that_means_two_things_in_two_languages_is_asked_about() -> None:
    files = {
        "sea.yaml": MEALS.replace("meals", "sea"),
        "sea.es.yaml": "flow: sea\nlanguage: es\nnodes:\n  meal: {options: {pay: Paga, fired: Despido, fire: Mer}}\n",
        "sea.fr.yaml": "flow: sea\nlanguage: fr\nnodes:\n  meal: {options: {pay: Mer, fired: Renvoi, fire: Sortie}}\n",
        "sea.nl.yaml": "flow: sea\nlanguage: nl\nnodes:\n  meal: {options: {pay: Loon, fired: Ontslag, fire: Uitgang}}\n",
    }
    table = answers(read(files), "meal", "nl")

    assert table.find("mer") is None
    assert sorted(table.alike("mer")) == ["fire", "pay"]


def test_danger_is_never_taken_for_an_unclear_answer() -> None:
    assert any(isinstance(event, ev.DangerFound) for event in _said("fire").events)


def test_words_that_mean_no_answer_are_testimony_as_before() -> None:
    assert _said("the canteen was closed again today", case="open").events[-1] == ev.Say("meals", FLOW.revision, "meal", "again")


_CHOICES = [(flow, name) for flow in LIBRARY.revisions.values() for name, node in flow.nodes.items() if isinstance(node, Choice)]


@given(
    question=st.sampled_from(range(len(_CHOICES))),
    language=st.sampled_from(LANGUAGES),
    length=st.integers(2, 12),
    channel=st.sampled_from(CHANNELS),
    data=st.data(),
)
def test_any_beginning_of_a_shown_answer_is_that_answer_or_asks_which_or_is_kept(
    question: int, language: str, length: int, channel: str, data: st.DataObject
) -> None:
    """Whoever types a beginning is led to that answer, is asked which with it among those shown, or has it kept as words."""
    flow, name = _CHOICES[question]
    table = answers(flow, name, language)
    text, option = data.draw(st.sampled_from(table.beginnings))
    typed = text[:length]
    session = Session((Frame(flow.name, flow.revision, name),), language, {"case": "open", "site": "known"})
    events = resume(LIBRARY, session, Words(typed)).events
    alike = table.alike(fold(typed))

    if alike:
        which = events[-1]
        assert isinstance(which, ev.Say)
        assert option in which.among
        assert ev.AddToCase(typed) in events
        assert render(flow, which, View(language, MEASURES[channel], facts_of_a_talk(language)))
    elif table.find(fold(typed)) is None and len(fold(typed).replace(" ", "")) > 2:
        raise AssertionError(f"{typed!r} begins one answer and was not found")
