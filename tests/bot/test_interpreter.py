"""Translation as an annotation: later, beside the words, and honest when there is none."""

from pathlib import Path

from cases import desk
from cases.carrying import WORDLESS
from cases.desk import Backlog, EntryView, QueueFilters
from store.tables import annotations, cases, tasks
from tests.line import Line
from tests.translations.pairs import tiny_translator
from translations.base import NoTranslator, Translation

WORDS = "they paid not overtime"


def test_words_lie_on_the_desk_in_both_languages_with_where_they_come_from(database_url: str, tmp_path: Path) -> None:
    with tiny_translator(tmp_path / "languages") as translator:
        line = Line(database_url, tmp_path / "data", translator=translator)
        phone = line.phone()
        phone.send("52746 en")
        phone.send(WORDS)
        phone.send("grwmbl frznk blorptz vexqu")
        reference = line.rows(cases)[0]["reference"]
        line.until(lambda: len(line.rows(annotations)) == 2)
        view = line.desk("sanne", lambda at: desk.view(at, reference))
        line.close()

    first, second = [entry for entry in view.entries if entry.kind == "words"]
    assert first.text == WORDS
    assert [(made.text, made.engine, made.author) for made in first.translations] == [
        ("zij betaalden niet overuren", "argos", "en-nl 1.0"),
    ]
    assert [(made.engine, made.confidence, made.text) for made in second.translations] == [("none", "not_translated", "")]
    assert (first.translated, second.translated) == (True, False)


def _to_translate(line: Line) -> int:
    return len(line.desk("sanne", lambda at: desk.queue(at, QueueFilters(unread=True))).lines)


def test_digits_and_emoji_ask_nobody_for_a_translation_and_words_do(line: Line) -> None:
    phone = line.phone()
    phone.send("52746 en")
    phone.send(WORDS)
    reference = line.rows(cases)[0]["reference"]
    seq = next(each.seq for each in line.desk("sanne", lambda at: desk.view(at, reference)).entries if each.text == WORDS)
    assert _to_translate(line) == 1
    line.desk("sanne", lambda at: desk.translate(at, reference, seq, "zij betaalden geen overuren"))
    assert _to_translate(line) == 0

    phone.send("12 👍")
    view = line.desk("sanne", lambda at: desk.view(at, reference))
    entry = next(each for each in view.entries if each.text == "12 👍")
    assert (entry.kind, entry.translated, entry.translations) == ("words", True, ())
    assert [row["engine"] for row in line.rows(annotations) if row["seq"] == entry.seq] == [WORDLESS]
    assert _to_translate(line) == 0

    line.desk("sanne", lambda at: desk.correct_language(at, reference, entry.seq, "bn"))
    assert _to_translate(line) == 0

    phone.send("they paid nothing again")
    assert _to_translate(line) == 1


def test_without_models_the_words_stay_as_they_came_and_nothing_pretends(line: Line) -> None:
    phone = line.phone()
    phone.send("52746 en")
    phone.send(WORDS)

    assert line.rows(annotations) == []
    assert NoTranslator().translate(WORDS, "bn", "nl") == Translation("", "bn", "nl", "none", "not_translated")


def test_a_model_that_comes_later_reads_all_open_cases_on_one_word_and_none_twice(database_url: str, tmp_path: Path) -> None:
    line = Line(database_url, tmp_path / "data")
    for number in range(3):
        phone = line.phone(address=f"+44770090030{number}")
        phone.send("52746 en")
        phone.send(WORDS)
    before = line.rows(annotations)
    with tiny_translator(tmp_path / "languages") as line.translator:
        line.restart()
        models = line.translator.models
        first = line.desk("sanne", lambda at: desk.take_up(at, models))
        second = line.desk("sanne", lambda at: desk.take_up(at, models))
        entries: list[EntryView] = [
            entry
            for row in line.rows(cases)
            for entry in line.desk("sanne", lambda at, row=row: desk.view(at, row["reference"])).entries
            if entry.kind == "words"
        ]
        done = [row for row in line.rows(tasks) if row["key"]]
        line.close()

    assert before == []
    assert first == Backlog("nl", waiting=3, taken=3)
    assert second == Backlog("nl")
    assert [row["state"] for row in done] == ["done"] * 3
    assert [[made.text for made in entry.translations] for entry in entries] == [["zij betaalden niet overuren"]] * 3
