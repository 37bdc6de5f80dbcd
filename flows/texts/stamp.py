"""Translations that were written by hand, marked with the source they were made from, so that they are noticed when it changes."""

from flows import yaml_text
from flows.model import read
from flows.nodes.base import Spoken
from flows.texts import overlay
from flows.texts.accept import Sources, name_of
from flows.wording import digest


def stamped(sources: Sources) -> Sources:
    """A flow's files with every translation marked that had no mark: its author says that it fits the source of today.

    Raises FlowError for sources that are no flow.
    """
    flow = read(sources)
    marks = {name: digest(node) for name, node in flow.nodes.items() if isinstance(node, Spoken)}
    new = dict(sources)
    for language in flow.overlays:
        name = name_of(sources, language)
        nodes = yaml_text.read(sources[name]).data["nodes"]
        bare = {node: {**words, "source": marks[node]} for node, words in nodes.items() if "source" not in words}
        new[name] = overlay.rewritten(sources[name], bare, tuple(flow.nodes)) if bare else sources[name]
    return new
