"""The whole of our path, for hazards that an engine alone cannot answer: shield, engine and judgement."""

import pytest

from translations.engine import Argos
from translations.translator import Careful


@pytest.fixture
def whole(engine: Argos) -> Careful:
    """What the product makes of the packages that a test installs."""
    return Careful(engine, engine.placeholder)


@pytest.fixture
def tiny_whole(tiny_engine: Argos) -> Careful:
    """What the product makes of every tiny pair."""
    return Careful(tiny_engine, tiny_engine.placeholder)
