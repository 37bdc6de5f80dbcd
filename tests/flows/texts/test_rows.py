"""Every text that a node can hold is a row, and nothing else is."""

from flows.model import read
from flows.nodes.base import Spoken
from flows.texts.rows import rows
from flows.wording import CHANNELS, Label, Texts, Words, digest, slots
from tests.flows.texts.tea import SOURCES

# What stands beside the words and is not said: add a field here only if no worker ever reads or hears it.
NEVER_SAID: set[str] = set()


def test_a_text_that_somebody_adds_to_the_format_goes_out_to_translators() -> None:
    texts = {name: f"<{name}>" for name, field in Texts.model_fields.items() if field.annotation is str}
    label = {name: f"<{name}>" for name, field in Label.model_fields.items() if field.annotation is str}
    words = Words.model_validate(
        {**texts, "options": {"one": label}, **{channel: {**texts, "options": {"one": label}} for channel in CHANNELS}}
    )
    found = {slot for slot, _ in slots(words)}

    places = [(), *((channel,) for channel in CHANNELS)]
    wanted = {(*place, name) for place in places for name in texts} | {
        (*place, "options", "one", name) for place in places for name in label
    }
    assert {slot for slot in wanted if slot[-1] not in NEVER_SAID} == found


def test_every_text_has_a_name_of_its_own_and_never_an_empty_source() -> None:
    every = rows(read(SOURCES), "nl")

    assert len({row.key for row in every}) == len(every)
    assert all(row.source for row in every)


def test_a_text_that_only_the_translation_has_is_a_row_with_the_source_it_stands_for() -> None:
    dutch = SOURCES["tea.nl.yaml"].replace("    options:\n", '    telegram: {again: "Nog eens? {options}"}\n    options:\n')
    row = next(row for row in rows(read({**SOURCES, "tea.nl.yaml": dutch}), "nl") if row.key == "tea.telegram.again")

    assert (row.source, row.text, row.needed, row.channel) == ("Saved. Tea? {options}", "Nog eens? {options}", False, "telegram")


def said(old: str = "", new: str = "") -> str:
    """The name of what the question says when the flow's file is changed so."""
    node = read({**SOURCES, "tea.yaml": SOURCES["tea.yaml"].replace(old, new, 1)}).nodes["tea"]
    assert isinstance(node, Spoken)
    return digest(node)


def test_what_a_node_says_has_one_name_whatever_else_it_does() -> None:
    assert said() == said("go: here}", "go: tea}") == said("[y, yep]", "[y]")
    assert len({said(), said("Saved. Tea?", "Kept. Tea?"), said("Yes please", "Please"), said("A person", "Someone")}) == 4
