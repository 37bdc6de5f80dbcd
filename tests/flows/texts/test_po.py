"""Texts go out as a gettext catalogue that every tool opens, and come back exactly, or not at all."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.model import read
from flows.problems import FlowError
from flows.revisions import shipped_sources
from flows.texts.accept import Change, accepted
from flows.texts.po import exported, read_back
from flows.texts.take import taken_over
from tests.flows.texts.tea import DUTCH, NOON, SOURCES, TEA, catalogue, drafts, every_row, saved, texts, translated, translations

SHIPPED = shipped_sources()
LANGUAGES = ("nl", "es", "bn", "bn-Latn", "ar")
SPANISH = """\
flow: tea
language: es
nodes:
  tea:
    source: ...
    options:
      "no": {text: "No", also: [nada, "no"]}
  here:
    source: ...
    text: "Aquí.[code: Su clave: {code}.]"
"""
KEYS = {row.key: row for row in every_row(SOURCES, "nl")}


def problems(data: bytes) -> list[str]:
    with pytest.raises(FlowError) as refused:
        accepted(SOURCES, read_back(data, "tea.po", "tea"), "tea.po")
    return [str(each) for each in refused.value.problems]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SHIPPED)
def test_what_goes_out_and_comes_back_changes_nothing(name: str, language: str) -> None:
    out = exported(SHIPPED[name], language, NOON)
    outcome = accepted(SHIPPED[name], read_back(out, "out.po", name), "out.po")

    assert outcome.sources == SHIPPED[name]
    assert (outcome.changes, outcome.warnings) == ((), ())


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="gettext is not installed here")
@pytest.mark.parametrize("name", SHIPPED)
def test_gettext_itself_finds_nothing_to_say_about_it(name: str, tmp_path: Path) -> None:
    for language in LANGUAGES:
        (tmp_path / f"{language}.po").write_bytes(exported(SHIPPED[name], language, NOON))
        done = subprocess.run(
            ["msgfmt", "--check", "-o", "/dev/null", f"{language}.po"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("msgmerge") is None, reason="gettext is not installed here")
def test_what_gettext_s_own_tools_wrote_anew_comes_back_the_same(tmp_path: Path) -> None:
    (tmp_path / "out.po").write_bytes(exported(SHIPPED["raise-concern"], "bn", NOON))
    for command in (["msgcat", "out.po", "-o", "cat.po"], ["msgmerge", "--quiet", "cat.po", "out.po", "-o", "merged.po"]):
        subprocess.run(command, cwd=tmp_path, check=True)

    for name in ("cat.po", "merged.po"):
        outcome = taken_over(SHIPPED["raise-concern"], (tmp_path / name).read_bytes(), name)
        assert (outcome.changes, outcome.warnings) == ((), ())


def test_a_translator_reads_what_a_text_is_for_what_it_may_cost_and_what_must_stay() -> None:
    message = next(each for each in catalogue(SOURCES, "nl") if each.context == "tea.text")
    option = next(each for each in catalogue(SOURCES, "nl") if each.context == "tea.options.yes_please.text")
    short = next(each for each in catalogue(SOURCES, "nl") if each.context == "here.text")

    assert message.locations == [("tea.yaml", 9)]
    assert "python-brace-format" not in message.flags
    assert message.auto_comments == [
        "Nobody is asked twice.",
        "Said while we wait for the worker's words or choice.",
        "Now: 1 segment, GSM-7.",
        "Keep {options}: where the answers stand.",
        "Keep {wait}: whole minutes before another code may be tried.",
        "Keep [wait:...]: said only when this is known.",
        "A count: write the forms one{...}, other{...}.",
    ]
    assert option.auto_comments[0] == "The answer 1, as it stands behind its digit; leads to `here`."
    assert any(each.startswith("SMS: at most 2 segments") for each in short.auto_comments)


def test_an_arab_translator_is_asked_for_all_six_forms_of_a_count() -> None:
    message = next(each for each in catalogue(SOURCES, "ar") if each.context == "tea.text")

    assert "A count: write the forms zero{...}, one{...}, two{...}, few{...}, many{...}, other{...}." in message.auto_comments


@given(st.fixed_dictionaries({}, optional={key: translations(row) for key, row in KEYS.items()}), st.sampled_from(["nl", "es"]))
def test_a_translated_catalogue_gives_exactly_its_texts(new: dict[str, str], language: str) -> None:
    before = texts(SOURCES, language)
    outcome = accepted(SOURCES, read_back(translated(SOURCES, language, new), "tea.po", "tea"), "tea.po")

    assert texts(outcome.sources, language) == {key: text for key, text in (before | new).items() if text}
    assert accepted(outcome.sources, read_back(exported(outcome.sources, language, NOON), "tea.po", "tea"), "tea.po").changes == ()
    assert outcome.sources["tea.yaml"] == TEA


def test_a_new_language_gets_a_file_of_its_own() -> None:
    data = translated(
        SOURCES, "es", {"here.text": "Aquí.[code: Su clave: {code}.]", "tea.options.no.text": "No", "tea.options.no.also": "nada | no"}
    )
    outcome = accepted(SOURCES, read_back(data, "tea.po", "tea"), "tea.po")

    assert outcome.sources["tea.nl.yaml"] == DUTCH
    assert re.sub('source: "?[0-9a-f]{8}"?', "source: ...", outcome.sources["tea.es.yaml"]) == SPANISH
    assert Change("es", "here.text", "new") in outcome.changes


def test_what_did_not_change_stays_as_its_author_wrote_it() -> None:
    data = translated(SOURCES, "nl", {"tea.options.no.text": "Nee, dank je"})
    outcome = accepted(SOURCES, read_back(data, "tea.po", "tea"), "tea.po")
    changed = outcome.sources["tea.nl.yaml"]

    assert changed.startswith("# Read by S. on a Monday.\nflow: tea\n")
    assert changed.endswith(DUTCH[DUTCH.index("\n  # Short, for a cup") :])
    assert '      no: "Nee, dank je"\n' in changed.replace('"no"', "no")
    assert outcome.changes == (Change("nl", "tea.options.no.text", "changed"),)


def test_a_fuzzy_text_makes_its_node_a_draft_and_goes_out_fuzzy_again() -> None:
    outcome = accepted(
        SOURCES, read_back(translated(SOURCES, "nl", {"here.text": "Daar.[code: {code}]"}, fuzzy=True), "tea.po", "tea"), "tea.po"
    )

    assert "draft: true" in outcome.sources["tea.nl.yaml"]
    assert drafts(outcome.sources, "nl") == {"here"}
    assert {each.context for each in catalogue(outcome.sources, "nl") if each.fuzzy} == {"here.text"}


def test_a_person_who_takes_the_mark_away_accepts_the_draft() -> None:
    draft = accepted(
        SOURCES, read_back(translated(SOURCES, "nl", {"here.text": "Daar.[code: {code}]"}, fuzzy=True), "tea.po", "tea"), "tea.po"
    )
    catalog = catalogue(draft.sources, "nl")
    for message in catalog:
        message.flags.discard("fuzzy")
    outcome = accepted(draft.sources, read_back(saved(catalog), "tea.po", "tea"), "tea.po")

    assert outcome.changes == (Change("nl", "here", "accepted"),)
    assert drafts(outcome.sources, "nl") == set()
    assert "draft" not in outcome.sources["tea.nl.yaml"]


def test_when_the_source_changes_after_a_text_was_taken_over_the_text_is_a_draft_again() -> None:
    taken = accepted(SOURCES, read_back(translated(SOURCES, "nl", {"here.text": "Daar.[code: {code}]"}), "tea.po", "tea"), "tea.po")
    now = {**taken.sources, "tea.yaml": TEA.replace("Here.", "Here it is.")}

    assert drafts(taken.sources, "nl") == set()
    assert drafts(now, "nl") == {"here"}
    assert {each.context for each in catalogue(now, "nl") if each.fuzzy} == {"here.text"}


def test_a_text_made_from_an_older_source_comes_in_as_a_draft_and_says_so() -> None:
    data = translated(SOURCES, "nl", {"here.text": "Daar.[code: {code}]"})
    now = {**SOURCES, "tea.yaml": TEA.replace("Here.", "Here it is.")}
    outcome = accepted(now, read_back(data, "tea.po", "tea"), "tea.po")

    assert drafts(outcome.sources, "nl") == {"here"}
    assert [each.what for each in outcome.warnings] == ["the source says something else by now"]


def test_new_synonyms_in_the_source_make_no_translation_old() -> None:
    taken = accepted(SOURCES, read_back(translated(SOURCES, "nl", {"tea.options.no.text": "Nee hoor"}), "tea.po", "tea"), "tea.po")

    assert drafts({**taken.sources, "tea.yaml": TEA.replace("[y, yep]", "[y, yep, sure]")}, "nl") == set()


def test_an_emptied_text_is_taken_out_and_said_so() -> None:
    outcome = accepted(SOURCES, read_back(translated(SOURCES, "nl", {"here.text": ""}), "tea.po", "tea"), "tea.po")

    assert "here" not in read(outcome.sources).overlays["nl"]
    assert outcome.changes == (Change("nl", "here.text", "taken out"),)


def test_a_text_that_costs_too_much_is_taken_over_with_a_warning() -> None:
    outcome = accepted(
        SOURCES, read_back(translated(SOURCES, "nl", {"here.text": "Hier " * 80 + "[code: {code}]"}), "tea.po", "tea"), "tea.po"
    )

    assert [(each.where, each.what) for each in outcome.warnings] == [("here.text (nl)", "as an SMS this takes 3 segments, GSM-7")]


@pytest.mark.parametrize(
    ("key", "text", "says"),
    [
        ("here.text", "Hier.", "{code} of the source is missing"),
        ("here.text", "Hier. {code}", "[code:...] of the source is missing"),
        ("here.text", "Hier.[code: {code}][voice: hoor]", "[voice:...] is not in the source"),
        ("here.text", "Hier.[code: {code} {line}]", "{line} is not in the source"),
        ("here.text", "Hier.[code: {code}", "a bracket is not closed"),
        ("here.text", "Hier.[code: {kode}]", "nobody fills the fact kode"),
        ("here.text", "Hier\x07.[code: {code}]", "none that a phone can show"),
        ("tea.text", "Thee? {options}[wait: other{Over {wait} minuten.}]", "needs the form one too"),
        ("tea.text", "Thee? {options}[wait: one{1} one{2} other{{wait}}]", "the form one of wait is written twice"),
        ("tea.options.no.text", "n" * 201, "it has 201 letters, and 200 is the most"),
        ("tea.options.no.button", "n" * 41, "it has 41 letters, and 40 is the most"),
    ],
)
def test_a_text_that_would_hurt_is_refused_with_its_line(key: str, text: str, says: str) -> None:
    data = translated(SOURCES, "nl", {key: text, "tea.options.yes_please.text": "Heel graag"})
    found = problems(data)
    line = next(number for number, each in enumerate(data.decode().split("\n"), 1) if each == f'msgctxt "{key}"')

    assert any(says in each for each in found), found
    assert all(each.startswith(f"tea.po:{line + 1}: {key} (nl): ") for each in found)


def test_every_problem_of_a_catalogue_is_told_at_once() -> None:
    data = translated(SOURCES, "nl", {"here.text": "Hier.", "tea.text": "Thee? {options}["})
    data = data.replace(b'msgctxt "tea.again"', b'msgctxt "tea.agian"')

    assert len(problems(data)) == 4, "one is not known, one loses a count and the end of a bracket, one loses a code and its clause"


def test_lines_that_are_none_of_a_catalogue_are_all_named() -> None:
    text = exported(SOURCES, "nl", NOON).decode().replace('msgstr "Graag"', "msgstr Graag").replace('msgstr "Nee"', 'msgstr "Nee\\q"')
    lines = [number for number, each in enumerate(text.split("\n"), 1) if each in ("msgstr Graag", 'msgstr "Nee\\q"')]

    assert len(lines) == 2
    assert [each.split(": ")[0] for each in problems(text.encode())] == [f"tea.po:{line}" for line in lines]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('msgctxt "tea.again"', 'msgctxt "tea.text"', "stands on line"),
        ("Project-Id-Version: tea", "Project-Id-Version: coffee", "the texts of `coffee`, and not of `tea`"),
        ("Language: nl", "Language: ", "does not say which language"),
        ("Language: nl", "Language: en", "`en` is the flow's own language"),
        ("Language: nl", "Language: ../nl", "not"),
        ('msgstr "Graag"', "", "an entry is not complete"),
        ('msgstr "Graag"', 'msgid_plural "x"\nmsgstr[0] "Graag"', "no plural entries"),
        ("charset=utf-8", "charset=klingon", "not written in klingon"),
        ("charset=utf-8", "charset=ascii", "not written in ascii"),
    ],
)
def test_a_file_that_is_not_this_flow_s_is_refused_in_words(old: str, new: str, says: str) -> None:
    accented = {**SOURCES, "tea.nl.yaml": DUTCH.replace("Hier.", "Híer.")}
    text = exported(accented, "nl", NOON).decode()

    assert old in text
    assert any(says in each for each in problems(text.replace(old, new).encode()))


@pytest.mark.parametrize(
    "junk", [b"", b"\xff\xfe\x00", b"PK\x03\x04", b"msgid", b'msgid ""\nmsgstr[x] ""', b"\x00" * 100, b'"a"', b"#~ msgid"]
)
def test_no_file_ends_in_a_stack_trace(junk: bytes) -> None:
    assert problems(junk)


def test_a_file_without_end_is_refused_before_it_is_read() -> None:
    assert "larger than 5 MB" in problems(b"#" * 5_000_001)[0]


def is_taken_or_told(data: bytes) -> bool:
    try:
        return bool(accepted(SOURCES, read_back(data, "tea.po", "tea"), "tea.po").sources)
    except FlowError as refused:
        return bool(refused.problems)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_comes_in_is_a_catalogue_or_a_list_of_problems(data: bytes) -> None:
    base = exported(SOURCES, "nl", NOON)

    assert is_taken_or_told(data)
    assert is_taken_or_told(base[:900] + data + base[900:])


def test_a_flow_goes_out_in_no_language_of_its_own_and_in_none_that_is_none() -> None:
    for language in ("en", "../x", "Dutch please"):
        with pytest.raises(FlowError):
            exported(SOURCES, language, NOON)


def test_a_windows_machine_changes_nothing_by_its_line_ends_and_its_mark() -> None:
    data = b"\xef\xbb\xbf" + exported(SOURCES, "nl", NOON).replace(b"\n", b"\r\n")

    assert accepted(SOURCES, read_back(data, "tea.po", "tea"), "tea.po").changes == ()
