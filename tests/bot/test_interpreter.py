"""Translation as an annotation: later, beside the words, and honest when there is none."""

from pathlib import Path

from cases import desk
from store.tables import annotations, cases
from tests.line import Line
from translations.base import NO_CARE, Care, NoTranslator, Translation

WORDS = "They did not pay overtime"


class PhraseBook:
    """A translator that knows one sentence of English to Dutch, and admits that it knows no other."""

    def knows(self, source: str, target: str) -> bool:
        return (source, target) == ("en", "nl")

    def languages_into(self, target: str) -> frozenset[str]:
        return frozenset({"en"}) if target == "nl" else frozenset()

    def translate(self, text: str, source: str, target: str, care: Care = NO_CARE) -> Translation:
        if text == WORDS:
            return Translation("Ze betaalden geen overuren", source, target, "phrasebook", "unsure")
        return NoTranslator().translate(text, source, target)


def test_words_lie_on_the_desk_in_both_languages_with_where_they_come_from(database_url: str, tmp_path: Path) -> None:
    line = Line(database_url, tmp_path / "data", translator=PhraseBook())
    phone = line.phone()
    phone.send("52746 en")
    phone.send(WORDS)
    phone.send("and other words that no book knows")
    reference = line.rows(cases)[0]["reference"]
    view = line.desk("sanne", lambda at: desk.view(at, reference))
    line.close()

    first, second = [entry for entry in view.entries if entry.kind == "words"]
    assert first.text == WORDS
    assert [(made.text, made.engine) for made in first.translations] == [("Ze betaalden geen overuren", "phrasebook")]
    assert [(made.engine, made.confidence, made.text) for made in second.translations] == [("none", "not_translated", "")]
    assert (first.translated, second.translated) == (True, False)


def test_without_models_the_words_stay_as_they_came_and_nothing_pretends(line: Line) -> None:
    phone = line.phone()
    phone.send("52746 en")
    phone.send(WORDS)

    assert line.rows(annotations) == []
    assert NoTranslator().translate(WORDS, "bn", "nl") == Translation("", "bn", "nl", "none", "not_translated")
