"""Killed five times at random, the service has lost nothing and said nothing twice. The long campaign is `make kill`."""

from pathlib import Path

import pytest

from tests.campaigns.kill import Storm, campaign
from tests.databases import KINDS, Databases, Kind

KILLS = 5
SEED = 20_261_123  # the long campaign draws its own and prints it


@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_any_moment_nothing_is_lost_and_nothing_doubled(kind: Kind, databases: Databases, tmp_path: Path) -> None:
    storm = Storm(KILLS, seed=SEED, at_once=8, pace=0.3, longest_life=0.3, early=0.6)
    with databases.fresh(kind, tmp_path) as url:
        outcome = campaign(url, tmp_path / "house", storm)
    print(outcome)

    assert outcome.kills >= KILLS
    assert not outcome.wrong, outcome
