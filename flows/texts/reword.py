"""One text of a flow said in other words, in any of its languages: what a form in the browser sends."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from flows import yaml_text
from flows.model import Flow, read
from flows.nodes.base import Spoken
from flows.texts import overlay, source
from flows.texts.accept import Sources, accepted, name_of
from flows.texts.incoming import Given, clean, synonyms
from flows.texts.rows import Row, rows
from flows.wording import CHANNELS, Slot, digest, slots

FORM = "form"


@dataclass(frozen=True, slots=True)
class Edit:
    """New words of a node in one language, by slot. `draft`: nobody who speaks the language has read them yet."""

    language: str
    texts: Mapping[Slot, str] = field(default_factory=dict[Slot, str])
    draft: bool = False


def base(slot: Slot) -> Slot:
    """A slot without its channel."""
    return slot[1:] if slot[0] in CHANNELS else slot


def of_part(flow: Flow, node: str, part: Slot, language: str) -> tuple[Row, ...]:
    """The texts of one part of a node (`text`, `again`, `offers`, an option), in one language and on every channel.

    In the flow's own language a row's `text` is its source.
    """
    if language == flow.language:
        own = flow.nodes[node]
        found = tuple(Row(node, slot, text, needed=True, text=text) for slot, text in slots(own)) if isinstance(own, Spoken) else ()
    else:
        found = tuple(row for row in rows(flow, language) if row.node == node)
    return tuple(row for row in found if base(row.slot)[: len(part)] == part)


def reworded(sources: Sources, node: str, edits: Iterable[Edit], *, fits: bool = False) -> Sources:
    """A flow's files with these words in them, or FlowError with everything that is wrong, and then nothing is changed.

    Translations that were made from other words than the source has now become drafts, unless its author says that they still fit (`fits`):
    a slip of the pen was mended.
    """
    flow = read(sources)
    every = tuple(edits)
    new = dict(sources)
    own = {slot: clean(text) for each in every if each.language == flow.language for slot, text in each.texts.items()}
    there = {row.slot: row.text for row in of_part(flow, node, (), flow.language)}
    own = {slot: text for slot, text in own.items() if text != there.get(slot, "")}
    if own:
        file = min(sources, key=lambda name: (name.count("."), name))
        new[file] = source.changed(new[file], file, {("nodes", node, *slot): _value(slot, text) for slot, text in own.items()})
        _mark(new, node, (flow, read(new)), fits=fits)
    given = tuple(each for edit in every if edit.language != flow.language for each in _given(flow, node, edit))
    return accepted(new, given, FORM).sources if given else new


def _value(slot: Slot, text: str) -> str | list[str]:
    return synonyms(text) if slot[-1] == "also" else text


def _mark(sources: dict[str, str], node: str, before_and_after: tuple[Flow, Flow], *, fits: bool) -> None:
    """Say in every other language from which words its own were made."""
    before, after = before_and_after
    old, new = (digest(each) for each in (before.nodes[node], after.nodes[node]) if isinstance(each, Spoken))
    for language, words in before.overlays.items():
        if old == new or node not in words or words[node].draft:
            continue
        file = name_of(sources, language)
        there = yaml_text.read(sources[file]).data["nodes"][node]
        mark = new if fits else there.get("source") or old
        if there.get("source") != mark:
            sources[file] = overlay.rewritten(sources[file], {node: {**there, "source": mark}}, tuple(before.nodes))


def _given(flow: Flow, node: str, edit: Edit) -> Iterator[Given]:
    """What comes in for one language; nothing when neither a text nor its readiness changed. A node is read as a whole."""
    every = [row for row in rows(flow, edit.language) if row.node == node]
    texts = {row.slot: clean(edit.texts.get(row.slot, row.text)) for row in every}
    words = flow.overlays.get(edit.language, {}).get(node)
    was_draft = words.draft if words is not None else edit.draft
    if was_draft == edit.draft and all(texts[row.slot] == row.text for row in every):
        return
    for place, row in enumerate(every, 1):
        if texts[row.slot] or row.text:
            yield Given(row.key, edit.language, texts[row.slot], edit.draft, place)
