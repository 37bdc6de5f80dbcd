"""Five processes on one PostgreSQL, struck again and again, have lost nothing and said nothing twice. The long campaign is `make chaos`."""

from pathlib import Path

from tests.campaigns.chaos import campaign
from tests.campaigns.kill import Storm

FAULTS = 12
SEED = 20_261_126  # the long campaign draws its own and prints it


def test_several_processes_lose_nothing_whatever_fails_around_them(tmp_path: Path) -> None:
    outcome = campaign(tmp_path, Storm(FAULTS, seed=SEED, at_once=8, pace=0.3, longest_life=1.0))
    print(outcome)

    assert outcome.kills >= FAULTS
    assert not outcome.wrong, outcome
