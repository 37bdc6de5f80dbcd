"""The library loads a model once for each thread that comes first."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.translations.naive import Naive
from translations.engine import Argos

THREADS = 8


def together(call: Callable[[], str]) -> list[str]:
    """What each of eight threads is told that begin at the same moment."""
    gate = threading.Barrier(THREADS)
    said: list[str] = []

    def one() -> None:
        gate.wait()
        said.append(call())

    threads = [threading.Thread(target=one) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def test_eight_first_callers_load_a_model_more_than_once_in_the_library_and_once_with_us(
    naive: Naive, engine: Argos, tiny_packages: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    naive.install(tiny_packages["es-en"])
    engine.packages.install(tiny_packages["es-en"])
    (hop,) = engine.hops()
    loads: list[int] = []
    real = naive.translate.ctranslate2.Translator
    # Every thread is let into the constructor before any leaves it, as happens with models that take a second to load.
    inside = threading.Barrier(THREADS)

    def counted(*given: Any, **named: Any) -> Any:
        loads.append(1)
        inside.wait(timeout=30)
        return real(*given, **named)

    monkeypatch.setattr(naive.translate.ctranslate2, "Translator", counted)
    pair = naive.pair("es", "en")
    theirs = together(lambda: str(pair.translate("hola mundo")))
    monkeypatch.undo()
    ours = together(lambda: engine.render(["hola mundo"], hop)[0].text)

    assert theirs == ours == ["hello world"] * THREADS
    assert len(loads) == THREADS
    assert engine.registry.loads == 1


def test_eight_threads_that_ask_the_registry_itself_get_one_model(engine: Argos, tiny_packages: dict[str, Path]) -> None:
    engine.packages.install(tiny_packages["es-en"])
    (hop,) = engine.hops()

    models = together(lambda: str(id(engine.registry.model(hop))))

    assert len(set(models)) == 1
    assert engine.registry.loads == 1


def test_a_model_that_was_warmed_up_is_not_loaded_by_the_first_message(engine: Argos, tiny_packages: dict[str, Path]) -> None:
    engine.packages.install(tiny_packages["es-en"])

    engine.warm_up(engine.hops())
    before = engine.registry.loads
    engine.render(["hola"], engine.hops()[0])

    assert (before, engine.registry.loads) == (1, 1)
    assert engine.registry.loaded() == ("es-en",)
