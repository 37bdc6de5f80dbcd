"""What pages and mails say: every text is found, said in Dutch with what must stay in it, and missing ones fall back as they should."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from translations import locales
from translations.texts import CATALOG, DOMAIN, TEMPLATE, Catalogues, shipped
from weerklank.texts import brought_up, catalogues, gathered, written
from words.marked import marked

_FILLED = re.compile(r"%\((\w+)\)s|\{(\w+)\}")
_TAG = re.compile(r"</?[a-z][^>]*>")


def read(path: Path) -> Catalog:
    with path.open("rb") as opened:
        return read_po(opened)


def forms(text: object) -> list[str]:
    return [text] if isinstance(text, str) else [str(each) for each in text]  # type: ignore[attr-defined]  # a tuple of plural forms


def texts(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def kept(text: str) -> tuple[set[str], list[str]]:
    """What must stay in a text: what is filled in, and its tags."""
    return {name for found in _FILLED.findall(text) for name in found if name}, sorted(_TAG.findall(text))


def test_the_template_is_what_the_source_says() -> None:
    assert TEMPLATE.read_text(encoding="utf-8") == written(gathered(), template=True), "run `make texts`"


@pytest.mark.parametrize("po", catalogues(), ids=lambda po: po.parent.parent.name)
def test_a_catalogue_is_brought_up_to_the_template(po: Path) -> None:
    assert po.read_text(encoding="utf-8") == brought_up(po, gathered()), "run `make texts`"


def test_dutch_says_every_text() -> None:
    dutch = {(message.context, message.id): message for message in texts(read(CATALOG / "nl" / "LC_MESSAGES" / f"{DOMAIN}.po"))}

    assert len(dutch) > 700
    assert [key for key, message in dutch.items() if message.fuzzy or not message.string or not all(forms(message.string))] == []


@pytest.mark.parametrize("po", catalogues(), ids=lambda po: po.parent.parent.name)
def test_a_translation_keeps_what_is_filled_in_and_every_tag(po: Path) -> None:
    lost = [
        message.id for message in texts(read(po)) for said in forms(message.string) if said and kept(said) != kept(forms(message.id)[-1])
    ]

    assert lost == []


@pytest.mark.parametrize("po", catalogues(), ids=lambda po: po.parent.parent.name)
def test_a_translation_brings_no_sign_that_ends_an_attribute(po: Path) -> None:
    said = [_TAG.sub("", each) for message in texts(read(po)) for each in forms(message.string)]

    assert [each for each in said if '"' in each or "<" in each] == []


@pytest.mark.parametrize("po", catalogues(), ids=lambda po: po.parent.parent.name)
def test_a_catalogue_counts_by_cldr(po: Path) -> None:
    catalog, known = read(po), get_plural(po.parent.parent.name)

    assert (catalog.num_plurals, catalog.plural_expr) == (known.num_plurals, known.plural_expr)


def test_a_state_keeps_the_colon_before_which_lists_cut_it() -> None:
    dutch = texts(read(CATALOG / "nl" / "LC_MESSAGES" / f"{DOMAIN}.po"))
    cut = [message for message in dutch if re.match(r"(New|Proposed): ", forms(message.id)[0])]

    assert cut
    assert [message.id for message in cut if ": " not in forms(message.string)[0]] == []


def half_done(folder: Path) -> dict[str, Path]:
    """A Dutch catalogue with one text of two, and one that nobody looked at since its source changed."""
    catalog = Catalog(locale="nl", fuzzy=False)
    catalog.add("Queue", "Wachtrij")
    catalog.add("Keys", "")
    catalog.add("Facts", "Oude feiten", flags=["fuzzy"])
    po = folder / "nl.po"
    po.write_text(written(catalog), encoding="utf-8")
    return {"nl": po}


def test_a_missing_text_is_english_for_an_officer_and_in_brackets_for_whoever_develops(tmp_path: Path) -> None:
    sensible = Catalogues(half_done(tmp_path)).of("nl")
    visible = Catalogues(half_done(tmp_path), show_missing=True).of("nl")

    assert [sensible.say(each) for each in ("Queue", "Keys", "Facts")] == ["Wachtrij", "Keys", "Facts"]
    assert [visible.say(each) for each in ("Queue", "Keys", "Facts")] == ["Wachtrij", "⟦Keys⟧", "⟦Facts⟧"]
    assert visible.count("{count} day", "{count} days", 2) == "⟦2 days⟧"


def test_a_text_from_elsewhere_stays_as_it_was_written(tmp_path: Path) -> None:
    visible = Catalogues(half_done(tmp_path), show_missing=True).of("nl")

    assert [visible.say_known(each) for each in ("Queue", "a rule of the programme's own")] == ["Wachtrij", "a rule of the programme's own"]


def test_a_marked_text_is_english_to_programs_and_says_its_values_to_people() -> None:
    error = marked("This case cannot be moved to {to}. It can go to: {known}.", to=marked("nowhere"), known="proposed")

    assert error == "This case cannot be moved to nowhere. It can go to: proposed."
    assert shipped().of("nl").say(error) == "Deze zaak kan niet naar nergens. Ze kan naar: proposed."


def test_numbers_and_plurals_are_written_as_the_language_does() -> None:
    dutch, english = shipped().of("nl"), shipped().of("en")

    assert [dutch.count("{count} day", "{count} days", each) for each in (1, 2, 12_000)] == ["1 dag", "2 dagen", "12.000 dagen"]
    assert english.count("{count} day", "{count} days", 12_000) == "12,000 days"


def test_a_language_of_another_country_will_do_and_another_language_will_not() -> None:
    assert shipped().fitting(("fy", "nl-BE", "en")) == "nl"
    assert shipped().fitting(("fy", "pap")) is None
    assert shipped().of("fy").language == "en"


@pytest.mark.parametrize(
    ("tag", "plain", "with_year"),
    [("en", "Wed 25 Nov, 22:15", "25 Nov 2026, 22:15"), ("nl", "wo 25 nov, 22:15", "25 nov 2026, 22:15")],
)
def test_a_moment_is_written_as_the_language_does(tag: str, plain: str, with_year: str) -> None:
    at, locale = 1_795_641_300_000, locales.locale_of(tag)

    assert locales.moment(at, "Europe/Amsterdam", locale) == plain
    assert locales.moment(at, "Europe/Amsterdam", locale, year=True) == with_year


def test_a_sentence_begins_with_the_capital_of_its_language() -> None:
    said = {tag: locales.capital(text, locales.locale_of(tag)) for tag, text in (("nl", "ijs"), ("tr", "iyi"), ("en", "ice, IN"))}

    assert said == {"nl": "IJs", "tr": "İyi", "en": "Ice, IN"}


def test_a_language_is_written_from_the_side_that_cldr_says() -> None:
    assert [locales.direction(tag) for tag in ("ar", "ur", "nl", "ur-Latn", None)] == ["rtl", "rtl", "ltr", "ltr", "auto"]
