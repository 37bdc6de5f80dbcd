"""Loaded models: let go when nobody needs them, and back when somebody does."""

from pathlib import Path

import pytest

from translations.base import QueueFull
from translations.packages import Packages
from translations.registry import IDLE_MINUTES, Registry


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def packages(tmp_path: Path, tiny_packages: dict[str, Path]) -> Packages:
    made = Packages(tmp_path / "languages")
    for pair in ("es-en", "en-nl"):
        made.install(tiny_packages[pair])
    return made


def test_a_model_that_nobody_used_for_a_quarter_of_an_hour_is_let_go_and_comes_back_when_asked(packages: Packages) -> None:
    clock = Clock()
    registry = Registry(packages, clock=clock)
    es_en, en_nl = packages.installed()["es-en"].hop, packages.installed()["en-nl"].hop
    registry.model(es_en)
    registry.model(en_nl)

    clock.now = IDLE_MINUTES * 60 - 1
    registry.model(es_en)
    registry.let_go()
    both = registry.loaded()
    clock.now += 2
    registry.let_go()

    assert both == ("en-nl", "es-en")
    assert registry.loaded() == ("es-en",)
    assert registry.model(en_nl).render(["hello"])[0].text == "hallo"
    assert registry.loads == 3


def test_a_model_whose_package_is_gone_is_let_go_and_never_asked_again(packages: Packages) -> None:
    registry = Registry(packages)
    hop = packages.installed()["es-en"].hop
    registry.model(hop)

    packages.remove("es-en")
    with pytest.raises(QueueFull):
        registry.model(hop)
    registry.let_go()

    assert registry.loaded() == ()
