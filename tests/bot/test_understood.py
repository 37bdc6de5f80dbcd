"""The worker is asked whether the machine understood: once, when an answer was read, and never over a question of the officer's."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.clock import HOUR
from cases import desk
from store.tables import annotations, cases
from tests.line import Line, Phone
from tests.translations.pairs import tiny_translator

WORDS = "they paid not overtime"
ASKED = f'We understood: "{WORDS}". Did we hear you right? 1 Yes 2 Partly 3 No'


@pytest.fixture
def line(database_url: str, tmp_path: Path) -> Iterator[Line]:
    with tiny_translator(tmp_path / "languages") as translator:
        opened = Line(database_url, tmp_path / "data", translator=translator)
        yield opened
        opened.close()


def _case(line: Line, words: str = WORDS) -> tuple[Phone, str]:
    phone = line.phone()
    phone.send("52746 en")
    assert re.search(r"\d{4} \d{4}", " ".join(phone.send(words)))
    for answer in ("2", "1", "2"):
        phone.send(answer)
    line.until(lambda: bool(line.rows(annotations)))
    return phone, line.rows(cases)[-1]["reference"]


def _answered(line: Line, phone: Phone, reference: str, text: str) -> list[str]:
    """What the worker reads after the officer wrote."""
    line.desk("sanne", lambda at: desk.reply(at, reference, desk.ReplyDraft(text, "en")))
    phone.news()
    return phone.send("1")


def _heard(line: Line, reference: str) -> list[str]:
    return [entry.words for entry in line.desk("sanne", lambda at: desk.view(at, reference)).entries if entry.kind == "feedback"]


def test_after_an_answer_was_read_she_is_asked_whether_we_understood_and_her_no_is_told(line: Line) -> None:
    phone, reference = _case(line)

    assert _answered(line, phone, reference, "I heard you. We ask the factory for the records.") == [
        "I heard you. We ask the factory for the records.",
        ASKED,
    ]
    assert phone.send("3") == ["Sorry. What did we get wrong? Just write."]
    assert len(_heard(line, reference)) == 1


def test_she_is_asked_once_a_case(line: Line) -> None:
    phone, reference = _case(line)
    _answered(line, phone, reference, "I heard you.")
    phone.send("1")
    line.clock.ahead += HOUR

    assert _answered(line, phone, reference, "There is news.") == ["There is news."]


@pytest.mark.parametrize("text", ["Did I hear you right?", "Is that so? 1 yes 2 no", "আপনি কি ভালো আছেন? ১ হ্যাঁ", "هل هذا صحيح؟"])
def test_an_answer_that_asks_something_itself_is_followed_by_no_question_of_ours(line: Line, text: str) -> None:
    phone, reference = _case(line)

    assert _answered(line, phone, reference, text) == [text]


def test_words_that_a_person_translated_are_not_asked_about(line: Line) -> None:
    phone, reference = _case(line)
    seq = next(e.seq for e in line.desk("sanne", lambda at: desk.view(at, reference)).entries if e.kind == "words")
    line.desk("sanne", lambda at: desk.translate(at, reference, seq, "Ze betaalden het overwerk niet"))

    assert _answered(line, phone, reference, "I heard you.") == ["I heard you."]


def test_where_the_machine_made_nothing_there_is_nothing_to_ask(line: Line) -> None:
    phone, reference = _case(line, "grwmbl frznk blorptz vexqu")

    assert _answered(line, phone, reference, "I heard you.") == ["I heard you."]
