"""A small flow with one of everything a translator may meet, and its words in Dutch."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from hypothesis import strategies as st

from flows.model import read
from flows.texts.po import exported
from flows.texts.rows import Row, rows

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
TEA = """\
# A flow for tests.
flow: tea
language: en
about: Tea, or none.
nodes:
  # Nobody is asked twice.
  tea:
    kind: choose
    text: "Tea? {options}[wait: one{In 1 minute.} other{In {wait} minutes.}]"
    again: "Saved. Tea? {options}"
    sms:
      text: "Tea? {options}"
    whatsapp:
      offers: {person: A person}
    options:
      yes_please: {text: Yes please, button: "Yes", also: [y, yep], go: here}
      no: {text: "No", go: here}
  here: {kind: say, text: "Here.[code: Your code: {code}.]"}
"""
DUTCH = """\
# Read by S. on a Monday.
flow: tea
language: nl
nodes:
  tea:
    text: "Thee? {options}[wait: one{Over 1 minuut.} other{Over {wait} minuten.}]"
    options:
      yes_please: {text: Graag, also: [ja]}
      no: Nee

  # Short, for a cup is waiting.
  here:
    text: "Hier.[code: Je code: {code}.]"
"""
SOURCES: Mapping[str, str] = {"tea.yaml": TEA, "tea.nl.yaml": DUTCH}


def texts(sources: Mapping[str, str], language: str) -> dict[str, str]:
    """What a language says, by key."""
    return {row.key: row.text for row in rows(read(sources), language) if row.text}


def drafts(sources: Mapping[str, str], language: str) -> set[str]:
    """The nodes that are drafts."""
    return {row.node for row in rows(read(sources), language) if row.draft}


def catalogue(sources: Mapping[str, str], language: str) -> Catalog:
    """The exported texts as a translator's tool holds them."""
    return read_po(BytesIO(exported(sources, language, NOON)), abort_invalid=True)


def saved(catalog: Catalog) -> bytes:
    """What such a tool writes."""
    file = BytesIO()
    write_po(file, catalog)
    return file.getvalue()


def translated(sources: Mapping[str, str], language: str, texts: Mapping[str, str], *, fuzzy: bool = False) -> bytes:
    """The exported texts with these translations put in."""
    catalog = catalogue(sources, language)
    for message in catalog:
        if message.context and message.context in texts:
            message.string = texts[message.context]
            message.flags |= {"fuzzy"} if fuzzy else set()
    return saved(catalog)


_letters = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="{}[]|\ufffe\uffff", include_characters="\n\t")


def translations(row: Row) -> st.SearchStrategy[str]:
    """Any words around what must stay in a text, or none."""
    if row.slot[-1] == "also":
        words = st.lists(st.text(_letters, max_size=8).map(str.strip).filter(bool), max_size=3)
        return words.map(" | ".join)
    around = st.tuples(st.text(_letters, max_size=8), st.text(_letters, max_size=8))
    return st.just("") | around.map(row.source.join)


def every_row(sources: Mapping[str, str], language: str) -> Iterator[Row]:
    """The rows of a flow."""
    yield from rows(read(sources), language)
