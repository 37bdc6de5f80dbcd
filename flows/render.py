"""A node's words as they go out: on one channel, in one language, with the facts filled in."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal

from flows.events import Say
from flows.match import OFFER, OFFER_DIGITS, option_id
from flows.model import Flow
from flows.nodes import Node, Waiting
from flows.template import BREAK, OPTIONS, Clause, Template, compile_text, fill, fill_apart
from flows.wording import Wording
from words.digits import in_script
from words.fold import gsm
from words.graphemes import split
from words.limits import CAN_CARRY, Limits
from words.segments import fitted

Fit = Literal["buttons", "list", "numbered"]

# Where the answers stand, with the space before it and the mark after it: on a phone with buttons all of it goes.
_PLACE: Final = re.compile(r"\s*\{options\}[.。।]?")
# A wording that an author left out is the one behind it.
_SLOTS: Final = ("again2", "again", "text")
_LIST: Final = re.compile(r"\s*\{options\}[.。।]? *\n?")


@dataclass(frozen=True, slots=True)
class View:
    """Who reads: in which language, on which channel, and what is known to be filled in (see template.FACTS)."""

    language: str
    limits: Limits
    facts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """A message with choices as a carrier keeps it: `pattern` has `{{1}}` and so on in place of `fills`, a worker's own facts."""

    pattern: str
    choices: tuple[tuple[str, str], ...]
    fills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message: its text, what stands on its buttons as (id, title), and the name of the recording that stands beside it.

    `form` is the same message with buttons or a list, on a channel where the text with its numbers is what is sure to arrive.
    """

    text: str
    choices: tuple[tuple[str, str], ...] = ()
    voice: str = ""
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class _Choice:
    """An answer as it is shown: its id (a way out's has a dot in it), its digit, and its words in a sentence and on a button."""

    option: str
    digit: str
    text: str
    button: str


@dataclass(frozen=True, slots=True)
class _Shape:
    """A node's text made ready for a channel and a language: one template a message, the buttons below the last, the voice of the first."""

    messages: tuple[Template, ...]
    choices: tuple[tuple[str, str], ...]
    voice: str


def render(flow: Flow, say: Say, view: View) -> tuple[Rendered, ...]:
    """Make the messages of a Say. `flow` is the revision it names. A node without words in any language says nothing."""
    place = (say.node, say.slot, say.among)
    shape = _shape(flow, place, view.language, view.limits)
    bare = bool(flow.fold_letters) and not {view.language, view.language.partition("-")[0]}.isdisjoint(flow.fold_letters)
    texts = [part for message in shape.messages for part in _parts(fill(message, view.facts), view, bare=bare)]
    said = [Rendered(text, voice="" if at else shape.voice) for at, text in enumerate(texts)]
    if not said:
        return ()
    form = _form(flow, place, view) if len(said) == 1 else None
    return (*said[:-1], replace(said[-1], choices=shape.choices, form=form))


def _form(flow: Flow, place: tuple[str, str, tuple[str, ...]], view: View) -> Form | None:
    """The message with what its carrier can show; None where nothing can be chosen, or it would say a worker's facts alone."""
    carries = CAN_CARRY.get(view.limits.channel)
    if carries is None or view.limits.buttons_max:
        return None
    shape = _shape(flow, place, view.language, carries)
    if not shape.choices or len(shape.messages) != 1:
        return None
    pieces = [in_script(piece, view.language) for piece in fill_apart(shape.messages[0], view.facts)]
    pieces[0], pieces[-1] = pieces[0].lstrip(), pieces[-1].rstrip()
    if not "".join(pieces[::2]).strip() or len("".join(pieces)) > carries.body_max:
        return None
    places = [f"{{{{{place // 2 + 1}}}}}" if place % 2 else piece for place, piece in enumerate(pieces)]
    return Form("".join(places), shape.choices, tuple(pieces[1::2]))


def options(flow: Flow, node: str, view: View) -> tuple[tuple[str, str, str, str], ...]:
    """The options of a node in their order: id, digit, words in a sentence, words on a button."""
    found = _options(flow.nodes[node], flow.wordings(node, view.language, view.limits.channel))
    return tuple((choice.option, choice.digit, choice.text, choice.button) for choice in found)


def patterns(flow: Flow, say: Say, language: str, limits: Limits) -> tuple[re.Pattern[str], ...]:
    """What the messages of a Say look like whatever the facts are: one pattern a message, for comparing with a message that was seen."""
    shape = _shape(flow, (say.node, say.slot, say.among), language, limits)
    return tuple(re.compile("".join(_any(clause, language) for clause in message).strip(), re.DOTALL) for message in shape.messages)


def _any(clause: Clause, language: str) -> str:
    said = [pieces for _, pieces in clause.forms] or [clause.pieces]
    pattern = "|".join(".+?".join(re.escape(in_script(piece, language)) for piece in pieces[::2]) for pieces in said)
    return f"(?:{pattern})?" if clause.needs or clause.unless else pattern


def _parts(text: str, view: View, *, bare: bool) -> tuple[str, ...]:
    """The text in the reader's digits, in as many messages as the channel's longest asks for.

    Typography that costs money is made plain; a language's letters only where the author allows it (`bare`).
    """
    text = in_script(text, view.language).strip()
    if view.limits.segments_max is not None and not text.isascii():
        text = fitted(gsm(text)) if bare else gsm(text)
    return (text,) if 0 < len(text) <= view.limits.text_max // 2 else split(text, view.limits.text_max)


@lru_cache(maxsize=8192)
def _shape(flow: Flow, place: tuple[str, str, tuple[str, ...]], language: str, limits: Limits) -> _Shape:
    node, slot, among = place
    wordings = flow.wordings(node, language, limits.channel)
    asked = _asked(flow, node, wordings, among)
    buttons = _buttons(node, asked, limits)
    answers = "" if buttons else _answers(asked, limits)
    text, tongue = _text(flow, (node, slot), language, wordings)
    voice = _voice(wordings, text) if limits.voice else ""
    if answers and _PLACE.search(text) is None:
        text = f"{text} {{{OPTIONS}}}"
    parts = BREAK.split(text) if limits.segments_max is not None else [BREAK.sub("\n", text)]
    said = (_placed(part, answers, limits) for part in parts)
    return _Shape(tuple(compile_text(part, tongue) for part in said if part.strip()), buttons, voice)


def _placed(text: str, answers: str, limits: Limits) -> str:
    """The text with its answers in their place: in the sentence where letters cost money, a line each where they do not."""
    if not answers:
        return _PLACE.sub("", text)
    if limits.segments_max is not None:
        return text.replace(f"{{{OPTIONS}}}", answers)
    return _LIST.sub(lambda _: f"\n{answers}\n", text).strip()


def _text(flow: Flow, place: tuple[str, str], language: str, wordings: tuple[tuple[Wording, ...], ...]) -> tuple[str, str]:
    """The nearest text, and the language it is in.

    A question has a second wording, or is asked again as it was, before another language is tried.
    """
    node, slot = place
    slots = _SLOTS[_SLOTS.index(slot) :]
    for near, (tongue, _) in zip(wordings, flow.spoken(node, language), strict=True):
        for text in (getattr(wording, each) for each in slots for wording in near):
            if text:
                return str(text), tongue
    return "", flow.language


def labelled(flow: Flow, node: str, language: str, channel: str) -> tuple[tuple[str, str], ...]:
    """What would stand on the buttons of a node: (id of the option or way out, title); all there is, whether or not it fits."""
    return tuple((choice.option, choice.button) for choice in _asked(flow, node, flow.wordings(node, language, channel), ()))


def _voice(wordings: tuple[tuple[Wording, ...], ...], text: str) -> str:
    """The recording of just this text: one of other words, of the question put again, or in another language would say something else."""
    for near in wordings:
        for depth, wording in enumerate(near, 1):
            if text and wording.text == text:
                return next((each.voice for each in near[:depth] if each.voice), "")
    return ""


def _buttons(node: str, asked: tuple[_Choice, ...], limits: Limits) -> tuple[tuple[str, str], ...]:
    """What stands on buttons, or in a list; nothing where there is too little room: then the answers stand in the text."""
    found = tuple((choice.option if "." in choice.option else option_id(node, choice.option), choice.button) for choice in asked)
    return found if fits(found, limits) != "numbered" else ()


def fits(choices: Sequence[tuple[str, str]], limits: Limits) -> Fit:
    """How a channel can show these choices (id, title): on buttons, in a list that opens from one, or as numbered text."""
    rooms: tuple[tuple[Fit, int, int], ...] = (
        ("buttons", limits.buttons_max, limits.button_title_max),
        ("list", limits.list_max, limits.list_title_max),
    )
    for form, most, longest in rooms:
        small = any(len(title) > longest or len(name.encode()) > limits.option_bytes_max for name, title in choices)
        if len(choices) <= most and not small:
            return form
    return "numbered"


def _answers(asked: tuple[_Choice, ...], limits: Limits) -> str:
    """The numbered answers, then the ways out; nothing where nothing can be chosen."""
    numbered = [f"{choice.digit} {choice.text}" for choice in asked if choice.digit]
    return (" " if limits.segments_max is not None else "\n").join(numbered)


def _asked(flow: Flow, node: str, wordings: tuple[tuple[Wording, ...], ...], among: tuple[str, ...]) -> tuple[_Choice, ...]:
    """The options in their order, then the ways out; all of them, or those among which she is asked."""
    found = (*_options(flow.nodes[node], wordings), *_offers(wordings))
    return tuple(choice for choice in found if not among or choice.option in among)


def _options(node: Node, wordings: tuple[tuple[Wording, ...], ...]) -> Iterator[_Choice]:
    labels = [wording.options for near in wordings for wording in near]
    for option, digit in node.digits().items() if isinstance(node, Waiting) else ():
        own = [each[option] for each in labels if option in each]
        text = next((label.text for label in own if label.text), option)
        button = next((label.button or label.text for label in own if label.button or label.text), option)
        yield _Choice(option, digit, text, button)


def _offers(wordings: tuple[tuple[Wording, ...], ...]) -> Iterator[_Choice]:
    offers = (tuple(wording.offers.items()) for near in wordings for wording in near if wording.offers)
    for command, title in next(offers, ()):
        yield _Choice(option_id(OFFER, command), OFFER_DIGITS.get(command, ""), title, title)
