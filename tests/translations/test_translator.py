"""A translator made of an engine: what comes out, what is admitted, and that nothing a worker writes makes it stumble."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translations.base import Care, Hop, QueueFull, Rendered, Sentence, Translation, Urgency
from translations.engine import Argos
from translations.translator import LEFT_OUT, Careful, base_of, cleaned

CARE = Care(names=("Sunrise Garments",), glossary={"supervisor": {"nl": "opzichter", "en": "line chief"}})


@pytest.fixture(scope="module")
def argos(tiny_packages: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Argos]:
    engine = Argos(tmp_path_factory.mktemp("languages"), {})
    for file in tiny_packages.values():
        engine.packages.install(file)
    yield engine
    engine.close()


@pytest.fixture
def tiny(argos: Argos) -> Careful:
    return Careful(argos, argos.placeholder)


class Plain:
    """An engine by rule: it says words of a sentence in a fixed way, and does to the sentence what it is told to do."""

    name = "plain"

    def __init__(self, *pairs: str, forget: tuple[str, ...] = (), lose: str = "", full: bool = False, score: float | None = None) -> None:
        self._hops = tuple(Hop(pair[:2], pair[3:], f"{pair} 1") for pair in pairs)
        self._forget, self._lose, self._full, self._score = forget, lose, full, score
        self.asked: list[tuple[str, Urgency]] = []

    def hops(self) -> tuple[Hop, ...]:
        return self._hops

    def render(self, sentences: Sequence[str], hop: Hop, urgency: Urgency = "dialogue") -> list[Rendered]:
        if self._full:
            raise QueueFull
        self.asked.extend((sentence, urgency) for sentence in sentences)
        return [Rendered(self._said(sentence), self._score, complete="endless" not in sentence) for sentence in sentences]

    def _said(self, sentence: str) -> str:
        for mark in self._forget:
            sentence = sentence.replace(mark, "")
        sentence = "".join(letter for letter in sentence if letter != self._lose)
        return sentence.translate(str.maketrans("aeioulrstmn", "ieuoalrtsnm"))


def words(sentences: tuple[Sentence, ...]) -> list[tuple[str, str]]:
    return [(sentence.text, sentence.confidence) for sentence in sentences]


def test_a_sentence_goes_over_two_hops_and_both_are_named(tiny: Careful) -> None:
    made = tiny.translate("Hola, el jefe grita en la fábrica.", "es", "nl")

    assert made.text == "Hallo, de baas schreeuwt in de fabriek."
    assert made.back == "Hola, el jefe grita en el fábrica."
    assert [(hop.source, hop.target) for hop in made.hops] == [("es", "en"), ("en", "nl")]
    assert (made.engine, made.by) == ("argos", "es-en 1.0, en-nl 1.0")
    assert made.confidence == "good"


def test_what_means_the_same_in_every_language_goes_over_both_hops_untouched(tiny: Careful) -> None:
    text = "El supervisor de Sunrise Garments no me pagan €1.200 desde 28-11-2026, ver https://example.org/a_b o WK-7F3K-92QX."
    made = tiny.translate(text, "es", "nl", CARE)

    assert (
        made.text
        == "De opzichter van Sunrise Garments niet mij zij betalen €1.200 sinds 28-11-2026, ver https://example.org/a_b of WK-7F3K-92QX."
    )
    assert "supervisor" in made.back
    assert "€1.200" in made.back


def test_digits_of_the_writer_come_out_as_the_readers_write_them(tiny: Careful) -> None:
    made = tiny.translate("বেতন ৳১২,৫০০ নেই, ৩ মাস।", "bn", "en")

    assert made.text.casefold().startswith("wage ৳12,500 is not, 3 months")


def test_lines_and_their_sentences_stay_where_they_were(tiny: Careful) -> None:
    made = tiny.translate("Hola señor.\n\nNo hay agua. El baño está cerrado.\n🔥", "es", "nl")

    assert made.text == "Hallo meneer.\n\nNiet er is water. De toilet is gesloten.\n🔥"
    assert [sentence.source for sentence in made.sentences] == ["Hola señor.", "No hay agua.", "El baño está cerrado.", "🔥"]


@pytest.mark.parametrize(
    ("source", "target"), [("my", "nl"), ("es", "my"), ("xx", "yy"), ("", ""), ("bn-Latn", "en"), ("vi-ascii", "en"), ("nl", "bn")]
)
def test_without_a_model_it_says_so(tiny: Careful, source: str, target: str) -> None:
    made = tiny.translate("Hola mundo", source, target)

    assert not tiny.knows(source, target)
    assert (made.text, made.engine, made.confidence, made.hops) == ("", "none", "not_translated", ())


@pytest.mark.parametrize("target", ["nl", "nl-BE"])
def test_regions_are_the_same_language(tiny: Careful, target: str) -> None:
    assert tiny.knows("es-GT", target)
    assert tiny.translate("Hola", "es-GT", target).text == "Hallo"
    assert tiny.translate("Hola", "es-GT", target).target == target


def test_the_same_language_needs_no_model(tiny: Careful) -> None:
    made = tiny.translate("Hola\nmundo", "es-GT", "es")

    assert not tiny.knows("es-GT", "es")
    assert (made.text, made.engine, made.confidence) == ("Hola\nmundo", "none", "good")


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u200b", "\x00\x07", "\u202e\u202c"])
def test_nothing_is_not_translated(tiny: Careful, text: str) -> None:
    assert (tiny.translate(text, "es", "nl").confidence, tiny.translate(text, "es", "nl").text) == ("not_translated", "")


@pytest.mark.parametrize("text", ["🔥🔥", "12.500", "...", "https://example.org", "👩🏽‍🏭 2️⃣"])
def test_what_holds_no_word_comes_out_as_it_is(tiny: Careful, text: str) -> None:
    made = tiny.translate(text, "es", "nl")

    assert (made.text, made.back, made.confidence) == (text, text, "good")


@pytest.mark.parametrize("text", ["🔥🔥", "12.500", "3️⃣ 👍"])
@pytest.mark.parametrize("source", ["my", "bn-Latn", "", "xx"])
def test_digits_and_emoji_need_no_model_at_all(tiny: Careful, text: str, source: str) -> None:
    assert tiny.translate(text, source, "nl") == Translation(text, source, "nl", "none", "good", back=text)


def test_ten_thousand_letters_without_a_stop_are_cut_and_marked() -> None:
    engine = Plain("es-en", "en-es")
    made = Careful(engine).translate("hola jefe malo " * 667, "es", "en")

    assert max(len(sentence) for sentence, _ in engine.asked) <= 300
    assert "".join(made.text.split()) == "".join(engine._said("hola jefe malo " * 667).split())
    assert all("pieces" in sentence.marks for sentence in made.sentences)
    assert made.confidence == "unsure"


def test_ten_thousand_letters_without_any_space_lose_none() -> None:
    made = Careful(Plain("th-en")).translate("โรงงาน" * 1667, "th", "en")

    assert made.confidence == "not_translated"
    assert "".join(sentence.source for sentence in made.sentences) == "โรงงาน" * 1667
    assert {sentence.marks for sentence in made.sentences} == {("copied", "empty")}


def test_another_form_is_tried_where_a_span_was_lost() -> None:
    engine = Plain("es-en", forget=("[[1]]", "[1]"))
    made = Careful(engine).translate("el jefe debe €30 a todos", "es", "en")

    assert "€30" in made.text
    assert [sentence for sentence, _ in engine.asked] == [f"el jefe debe {mark} a todos" for mark in ("[[1]]", "[1]", "XQ1X")]


def test_a_sentence_whose_span_no_form_saves_stands_there_as_it_was_written() -> None:
    engine = Plain("es-en", "en-es", forget=("[[1]]", "[1]", "XQ1X"))
    made = Careful(engine).translate("El jefe debe €30 hoy. No hay agua aqui.", "es", "en")

    assert words(made.sentences)[0] == ("El jefe debe €30 hoy.", "not_translated")
    assert made.sentences[0].marks == ("lost",)
    assert made.text.startswith("El jefe debe €30 hoy. ")
    assert made.back.startswith(f"{LEFT_OUT} ")
    assert made.confidence == "unsure"


def test_a_model_that_keeps_no_placeholder_still_translates_what_has_none() -> None:
    made = Careful(Plain("es-en"), lambda hop: ()).translate("El jefe debe €30 hoy. No hay agua aqui. Somos 12 mujeres.", "es", "en")

    assert [sentence.confidence for sentence in made.sentences] == ["not_translated", "good", "good"]
    assert "12" in made.sentences[2].text


def test_a_number_that_changed_is_shielded_and_asked_again() -> None:
    engine = Plain("es-en", lose="2")
    made = Careful(engine, lambda hop: ("[[{n}]]",)).translate("somos 12 mujeres en la sala", "es", "en")

    assert "12" in made.text
    assert made.confidence == "good"
    assert [sentence for sentence, _ in engine.asked] == ["somos 12 mujeres en la sala", "somos [[1]] mujeres en la sala"]


def test_a_number_that_stays_wrong_is_marked() -> None:
    made = Careful(Plain("es-en", lose="2"), lambda hop: ()).translate("somos 12 mujeres en la sala", "es", "en")

    assert made.sentences[0].marks == ("numbers",)
    assert made.confidence == "unsure"


def test_the_end_that_a_limit_cut_off_is_marked() -> None:
    assert "cut" in Careful(Plain("es-en")).translate("an endless tale of the boss", "es", "en").sentences[0].marks


def test_a_model_that_was_not_sure_is_marked() -> None:
    assert Careful(Plain("es-en", score=-9.0)).translate("una historia larga", "es", "en").sentences[0].marks == ("weak",)


def test_a_full_queue_is_told_to_whoever_asked() -> None:
    with pytest.raises(QueueFull):
        Careful(Plain("es-en", full=True)).translate("hola mundo", "es", "en")


@pytest.mark.parametrize("urgency", ["danger", "dialogue", "backlog"])
def test_who_waits_for_it_is_told_to_the_engine(urgency: Urgency) -> None:
    engine = Plain("es-en", "en-es")
    Careful(engine).translate("hola mundo", "es", "en", Care(urgency=urgency))

    assert {asked for _, asked in engine.asked} == {urgency}


@pytest.mark.parametrize(
    ("language", "base"),
    [("pt-BR", "pt"), ("es-419", "es"), ("zh-Hant-TW", "zh"), ("bn-Latn", "bn-latn"), ("vi-ascii", "vi-ascii"), ("NL", "nl")],
)
def test_a_language_in_strange_letters_is_another_one(language: str, base: str) -> None:
    assert base_of(language) == base


@given(st.text(st.characters(codec=None), max_size=200))
def test_any_text_at_all_gets_an_answer(text: str) -> None:
    made = Careful(Plain("es-en", "en-es")).translate(text, "es", "en", CARE)

    assert made.confidence in {"good", "unsure", "not_translated"}
    assert (made.text == "") == (made.confidence == "not_translated")
    made.text.encode()


@pytest.mark.parametrize("text", ["hola \ud800 mundo", "\udc00", "a\x00b\x1bc", "\u202eabc\u202c", "مرحبا abc \u200f123"])
def test_what_is_no_text_becomes_one(tiny: Careful, text: str) -> None:
    clean = cleaned(text)
    clean.encode()

    assert not set(clean) & set("\x00\x1b\u202e\u202c\u200f")
    assert tiny.translate(text, "es", "nl").source == "es"


@given(st.text(max_size=50))
def test_letters_are_never_cleaned_away(text: str) -> None:
    assert [letter for letter in cleaned(text) if letter.isalnum()] == [letter for letter in text if letter.isalnum()]
