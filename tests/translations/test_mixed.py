"""Messages of several languages: cut where the language certainly changes, never for a word or two, and honest about every sentence."""

import pytest

from translations.base import NoTranslator, Sentence
from translations.detect import UNKNOWN, Detector
from translations.engine import Argos
from translations.mixed import Stretch, stretches, translate
from translations.translator import LEFT_OUT, Careful

DETECTOR = Detector(["en", "nl", "es", "fr", "pt", "id", "ms", "tr", "vi", "sw", "bn", "hi", "ne", "ur", "ar", "th", "my", "km", "zh"])

ES, BN, EN = "No pagaron el salario desde dos meses.", "তিন মাস বেতন পাইনি।", "The manager does not listen to anybody."
MY, AR, ZH, NL = "လစာ မရသေးဘူး။", "صاحب العمل يهددنا بالشرطة.", "宿舍夜里锁门。", "De poort is elke nacht op slot gedaan."
BANGLISH = "amader beton dey nai, onek kharap kotha bole."


@pytest.mark.parametrize(
    ("text", "choice", "languages"),
    [
        (f"{ES} {BN}", "es", ["es", "bn"]),
        (f"{ES} {BN}", "bn", ["es", "bn"]),
        (f"{ES} {BN}", "", ["es", "bn"]),
        (f"{ES} {BN}{EN}", "es", ["es", "bn", "en"]),
        (f"{EN} {MY}", "my", ["en", "my"]),
        (f"{BN} {BANGLISH}", "bn", ["bn", "bn-Latn"]),
        (f"{EN} {BANGLISH}", "bn", ["en", "bn-Latn"]),
        (f"{AR}\n{ES}", "ar", ["ar", "es"]),
        (f"{ZH}{EN}", "zh", ["zh", "en"]),
        (f"{NL} {EN}", "nl", ["nl", "en"]),
        (f"{ES} {BN} {ES}", "es", ["es", "bn", "es"]),
        (f"{ES} Мастер кричит на нас.", "es", ["es", UNKNOWN]),
    ],
)
def test_a_message_is_cut_where_its_language_certainly_changes(text: str, choice: str, languages: list[str]) -> None:
    assert [each.language for each in stretches(DETECTOR, text, choice)] == languages


@pytest.mark.parametrize(
    ("text", "choice", "language"),
    [
        (ES, "es", "es"),
        (f"Hello boss. {ES}", "es", "es"),
        (f"{ES} Thank you.", "es", "es"),
        (f"OK sir! {BN}", "bn", "bn"),
        (f"{BN} Rahim, Gazipur.", "bn", "bn"),
        (f"ok. {EN}", "es", "en"),
        (f"{ES} 👍 12.500", "es", "es"),
        ("Kami tidak dibayar. Gaji selama tiga bulan belum dibayar juga.", "id", "id"),
        ("Kami tidak dibayar. Gaji selama tiga bulan belum dibayar juga.", "ms", "ms"),
        (f"{BANGLISH} amra ki korbo, keu sune na.", "bn", "bn-Latn"),
        ("paisa nahi mila hai. salary nahi mila hai.", "ur", "ur-Latn"),
        ("De chef is weg. Wij wachten. Niemand zegt iets tegen ons.", "nl", "nl"),
        ("হ্যাঁ। না। বেতন পাইনি।", "bn", "bn"),
        ("Jefe, no. Sí señor. Mañana no hay trabajo, dicen.", "es", "es"),
        ("qwrt zxcv. mnbv.", "es", "es"),
    ],
)
def test_a_short_or_uncertain_sentence_cuts_no_message_that_is_plainly_in_one_language(text: str, choice: str, language: str) -> None:
    assert stretches(DETECTOR, text, choice) == (Stretch(text, language),)


@pytest.mark.parametrize(
    ("text", "choice", "first"),
    [(f"{ES} Jefe mal. {BN}", "es", f"{ES} Jefe mal."), (f"{ES}\n👍\n{BN}", "bn", f"{ES}\n👍"), (f"{BN} {ES} Ok.", "es", BN)],
)
def test_an_uncertain_sentence_of_a_mixed_message_goes_with_the_choice_or_its_neighbour(text: str, choice: str, first: str) -> None:
    found = stretches(DETECTOR, text, choice)

    assert (len(found), found[0].text) == (2, first)


@pytest.mark.parametrize("text", ["", "🔥🔥", "12", "\n\n", "\ud800. \x00."])
def test_what_says_nothing_is_one_stretch_in_the_language_of_the_talk(text: str) -> None:
    assert stretches(DETECTOR, text, "es") == (Stretch(text, "es"),)
    assert stretches(DETECTOR, text, "") == (Stretch(text, UNKNOWN),)


def test_nothing_of_a_message_is_lost_between_its_stretches() -> None:
    text = f"{ES}\n\n{BN} {EN}\n{ES}"

    assert "".join(each.before + each.text for each in stretches(DETECTOR, text, "es")) == text


def test_each_sentence_is_translated_from_its_own_language_and_names_its_models(tiny_engine: Argos) -> None:
    made = translate(Careful(tiny_engine), [Stretch("no pagaron el salario.", "es"), Stretch(BN, "bn", "\n")], "nl")

    assert made.text == "niet zij betaalden de loon.\ndrie maanden loon niet received।"
    assert [(each.source, each.language, each.by) for each in made.sentences] == [
        ("no pagaron el salario.", "es", "es-en 1.0, en-nl 1.0"),
        (BN, "bn", "bn-en 1.0, en-nl 1.0"),
    ]
    assert (made.source, made.engine, made.by) == ("es", "argos", "es-en 1.0, en-nl 1.0, bn-en 1.0")
    assert made.back == f"no pagaron el salario.\n{LEFT_OUT}"


def test_a_sentence_without_a_model_stands_as_it_was_and_the_whole_is_partly_translated(tiny_engine: Argos) -> None:
    made = translate(Careful(tiny_engine), [Stretch("gracias.", "es"), Stretch(MY, "my", " ")], "nl")

    assert (made.text, made.confidence) == (f"bedankt. {MY}", "partly")
    assert made.sentences[1] == Sentence(MY, MY, "not_translated", ("unread",), "my")


def test_a_sentence_in_the_desks_language_stands_as_it_is(tiny_engine: Argos) -> None:
    made = translate(Careful(tiny_engine), [Stretch(NL, "nl"), Stretch("gracias.", "es", " ")], "nl")

    assert made.text == f"{NL} bedankt."
    assert made.sentences[0] == Sentence(NL, NL, "good", language="nl")


@pytest.mark.parametrize("parts", [[Stretch(NL, "nl"), Stretch(MY, "my", " ")], [Stretch(BN, "bn"), Stretch(MY, "my", " ")]])
def test_where_no_sentence_could_be_translated_nothing_pretends(parts: list[Stretch]) -> None:
    made = translate(NoTranslator(), parts, "nl")

    assert (made.text, made.engine, made.confidence) == ("", "none", "not_translated")
    assert [each.language for each in made.sentences] == [part.language for part in parts]
