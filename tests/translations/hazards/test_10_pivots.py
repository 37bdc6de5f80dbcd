"""The library translates one text on the first half of a way and every guess about it on the second."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.translations.naive import Naive
from translations.engine import Argos


def test_a_pivot_with_four_guesses_costs_five_in_the_library_and_two_with_us(
    naive: Naive, tiny_engine: Argos, tiny_packages: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    naive.install(tiny_packages["es-en"])
    naive.install(tiny_packages["en-nl"])
    pair = naive.pair("es", "nl")
    real: Callable[..., Any] = naive.translate.apply_packaged_translation
    theirs: list[str] = []

    def counted(package: Any, text: str, *more: Any) -> Any:
        theirs.append(text)
        return real(package, text, *more)

    monkeypatch.setattr(naive.translate, "apply_packaged_translation", counted)
    first, second = (next(hop for hop in tiny_engine.hops() if (hop.source, hop.target) == way) for way in (("es", "en"), ("en", "nl")))

    guesses = pair.hypotheses("hola mundo", 4)
    between = tiny_engine.render(["hola mundo"], first)
    ours = tiny_engine.render([rendered.text for rendered in between], second)

    assert len(theirs) == 5
    assert (len(between), len(ours)) == (1, 1)
    assert ours[0].text == guesses[0].value == "hallo wereld"
    assert (first.model, second.model) == ("es-en 1.0", "en-nl 1.0")
