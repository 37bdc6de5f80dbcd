"""A machine without models says so, and guesses nothing."""

from translations.base import NoTranslator, Translation, Translator


def test_without_an_engine_words_stay_as_they_came() -> None:
    translator: Translator = NoTranslator()

    assert translator.translate("Tunapulizia dawa bila glavu", "sw", "nl") == Translation(
        text="", source="sw", target="nl", engine="none", confidence="not_translated"
    )
