"""A flow as it looks on one channel in one language: every node's messages, how its answers are shown, what it costs, what gave way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from flows.checks.rendered import asked
from flows.events import Say
from flows.model import Flow
from flows.nodes.base import Spoken
from flows.render import Fit, Rendered, View, fits, labelled, render
from flows.template import BREAK
from flows.texts.examples import EXAMPLES
from words.fold import gsm
from words.limits import Limits
from words.segments import segments

GaveWay = Literal["numbered", "list", "split", "typography", "letters", "language"]


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a node: its messages, how its answers are shown, and what it costs.

    `segments` are those of an SMS as it is sent, `smart` those under the carrier's Smart Encoding; 0 where letters cost nothing.
    `gave_way` says what the channel could not carry as written: buttons that became a `list` or are `numbered`, a text that was `split`,
    `typography` made plain, `letters` written without their accents, or words taken from another `language`.
    """

    slot: str
    messages: tuple[Rendered, ...]
    answers: Fit | Literal["none"]
    segments: int
    smart: int
    encoding: str
    gave_way: tuple[GaveWay, ...]


@dataclass(frozen=True, slots=True)
class Compiled:
    """A flow on one channel in one language. Nodes without words are left out."""

    flow: str
    revision: str
    channel: str
    language: str
    nodes: Mapping[str, tuple[Text, ...]]

    @property
    def segments(self) -> int:
        """What it costs to say every text once."""
        return sum(text.segments for texts in self.nodes.values() for text in texts)


def compile_flow(flow: Flow, limits: Limits, language: str, facts: Mapping[str, str] = EXAMPLES) -> Compiled:
    """Make every text of a flow as it goes out on a channel of these limits, with facts as long as real ones unless others are given."""
    view = View(language, limits, facts)
    nodes = {name: tuple(_texts(flow, name, node, view)) for name, node in flow.nodes.items() if isinstance(node, Spoken)}
    return Compiled(flow.name, flow.revision, limits.channel, language, {name: texts for name, texts in nodes.items() if texts})


def _texts(flow: Flow, name: str, node: Spoken, view: View) -> Iterator[Text]:
    for slot in asked(node):
        messages = render(flow, Say(flow.name, flow.revision, name, slot), view)
        if messages:
            yield _text(flow, (name, slot), messages, view)


def _text(flow: Flow, place: tuple[str, str], messages: tuple[Rendered, ...], view: View) -> Text:
    billed = view.limits.segments_max is not None
    plain = [segments(message.text) for message in messages]
    smart = [segments(message.text, smart=True) for message in messages]
    return Text(
        place[1],
        messages,
        _form(flow, place[0], view),
        sum(cost.segments for cost in plain) if billed else 0,
        sum(cost.segments for cost in smart) if billed else 0,
        " + ".join(dict.fromkeys(cost.encoding for cost in plain)) if billed else "",
        tuple(_gave_way(flow, place, messages, view)),
    )


def _form(flow: Flow, name: str, view: View) -> Fit | Literal["none"]:
    choices = _choices(flow, name, view)
    return fits(choices, view.limits) if choices else "none"


def _choices(flow: Flow, name: str, view: View) -> tuple[tuple[str, str], ...]:
    """What would stand on buttons, each behind the id that a button carries."""
    found = labelled(flow, name, view.language, view.limits.channel)
    return tuple((option if "." in option else f"{name}.{option}", title) for option, title in found)


def _gave_way(flow: Flow, place: tuple[str, str], messages: tuple[Rendered, ...], view: View) -> Iterator[GaveWay]:
    form = _form(flow, place[0], view)
    if form in ("numbered", "list"):
        yield "list" if form == "list" else "numbered"
    tongue, words = flow.spoken(place[0], view.language)[0]
    own = next((text for wording in words.on(view.limits.channel) if (text := str(getattr(wording, place[1])) or wording.text)), "")
    billed = view.limits.segments_max is not None
    if len(messages) > (len(BREAK.split(own)) if billed else 1):
        yield "split"
    said = " ".join((own, *(title for _, title in _choices(flow, place[0], view))))
    if billed and gsm(said) != said:
        yield "typography"
    if billed and segments(gsm(said)).encoding == "UCS-2" and all(segments(each.text).encoding == "GSM-7" for each in messages):
        yield "letters"
    if tongue.partition("-")[0] != view.language.partition("-")[0]:
        yield "language"
