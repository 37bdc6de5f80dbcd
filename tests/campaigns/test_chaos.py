"""Five processes on one PostgreSQL, struck again and again, have lost nothing and said nothing twice. The long campaign is `make chaos`."""

import tempfile
from pathlib import Path

from tests.campaigns.chaos import campaign
from tests.campaigns.kill import Storm

FAULTS = 10
SEED = 20_261_126  # the long campaign draws its own and prints it


def test_several_processes_lose_nothing_whatever_fails_around_them() -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders let nobody in but their owner, and PostgreSQL refuses root
        Path(folder).chmod(0o755)
        outcome = campaign(Path(folder), Storm(FAULTS, seed=SEED, at_once=8, pace=0.3, longest_life=1.0))
    print(outcome)

    assert outcome.kills >= FAULTS
    assert not outcome.wrong, outcome
