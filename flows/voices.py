"""Which recordings a flow names, and what each of them is to say."""

from collections.abc import Mapping
from dataclasses import dataclass

from flows.events import Say
from flows.model import Flow
from flows.render import View, render
from flows.transcript import MEASURES


@dataclass(frozen=True, slots=True)
class Voice:
    """A recording beside a text: the file's name, the text as a worker reads it, and where that stands."""

    name: str
    text: str
    flow: str
    node: str
    language: str


def voices(flow: Flow, facts: Mapping[str, str]) -> tuple[Voice, ...]:
    """Every recording that goes along with a text of a flow, filled with these facts; a text said in several places comes once."""
    heard: dict[tuple[str, str, str], Voice] = {}
    for language in flow.languages:
        for limits in (each for each in MEASURES.values() if each.voice):
            for node in flow.nodes:
                said = render(flow, Say(flow.name, flow.revision, node, "text"), View(language, limits, facts))
                if said and said[0].voice:
                    found = Voice(said[0].voice, said[0].text, flow.name, node, language)
                    heard.setdefault((node, found.name, found.text), found)
    return tuple(heard.values())


def named(flow: Flow) -> frozenset[str]:
    """Every recording that a flow names, also beside words that no channel with voice says."""
    places = ((node, language, channel) for node in flow.nodes for language in flow.languages for channel in MEASURES)
    wordings = (each for place in places for near in flow.wordings(*place) for each in near)
    return frozenset(each.voice for each in wordings if each.voice)
