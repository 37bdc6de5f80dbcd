"""The worker is asked whether the machine understood: once, when an answer was read, and never over a question of the officer's."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.clock import HOUR
from cases import desk
from store.tables import cases
from tests.line import Line, Phone
from translations.base import NO_CARE, Care, NoTranslator, Sentence, Translation

WORDS = "They did not pay overtime"
BACK = "They paid no extra hours"
ASKED = f'We understood: "{BACK}". Did we hear you right? 1 Yes 2 Partly 3 No'


class Gist:
    """A translator from English to Dutch that is never quite sure, and tells what its words are carried back."""

    def knows(self, source: str, target: str) -> bool:
        return (source, target) == ("en", "nl")

    def languages_into(self, target: str) -> frozenset[str]:
        return frozenset({"en"}) if target == "nl" else frozenset()

    def translate(self, text: str, source: str, target: str, care: Care = NO_CARE) -> Translation:
        if not self.knows(source, target):
            return NoTranslator().translate(text, source, target, care)
        sentence = Sentence(text, "Ze betaalden geen overuren", "unsure", ("may be copied",))
        back = BACK if text == WORDS else "Something else"
        return Translation(sentence.text, source, target, "gist", "unsure", "gist en-nl 1", (sentence,), (), back)


@pytest.fixture
def line(database_url: str, tmp_path: Path) -> Iterator[Line]:
    opened = Line(database_url, tmp_path / "data", translator=Gist())
    yield opened
    opened.close()


def _case(line: Line) -> tuple[Phone, str]:
    phone = line.phone()
    phone.send("52746 en")
    assert re.search(r"\d{4} \d{4}", " ".join(phone.send(WORDS)))
    for answer in ("2", "1", "2"):
        phone.send(answer)
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


def test_where_the_machine_made_nothing_there_is_nothing_to_ask(database_url: str, tmp_path: Path) -> None:
    line = Line(database_url, tmp_path / "data")
    phone, reference = _case(line)
    read = _answered(line, phone, reference, "I heard you.")
    line.close()

    assert read == ["I heard you."]
