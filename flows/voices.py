"""Which recordings a flow names, and what each of them is to say."""

from dataclasses import dataclass

from flows.model import Flow


@dataclass(frozen=True, slots=True)
class Voice:
    """A recording that a text names: the file's name, the text it reads, and where that stands."""

    name: str
    text: str
    flow: str
    node: str
    language: str


def voices(flow: Flow) -> tuple[Voice, ...]:
    """Every recording of a flow, in the order of its nodes; one that two texts share comes twice."""
    found: dict[Voice, None] = {}
    for node in flow.nodes:
        for language in flow.languages:
            for tongue, wording in flow.spoken(node, language):
                for channel in ("whatsapp", "telegram"):
                    said = wording.on(channel)
                    name = next((each.voice for each in said if each.voice), "")
                    text = next((each.text for each in said if each.text), "")
                    if name and tongue == language:
                        found[Voice(name, text, flow.name, node, language)] = None
    return tuple(found)
