"""Restarted in turn under traffic, processes lose nothing, say nothing twice and leave no doubt. `make rolling` is the long form."""

from pathlib import Path

from tests.campaigns.kill import Storm
from tests.campaigns.rolling import campaign
from tests.databases import Databases

ROUNDS = 1
SEED = 20_261_126  # the long campaign draws its own and prints it
PROCESSES = 4


def test_a_rolling_restart_loses_nothing_doubles_nothing_and_leaves_no_doubt(databases: Databases, tmp_path: Path) -> None:
    with databases.fresh("postgresql", tmp_path) as url:
        outcome = campaign(url, tmp_path, Storm(ROUNDS, SEED, at_once=4, pace=0.1), slow=0.1)
    print(outcome)

    assert outcome.kills == ROUNDS * PROCESSES
    assert not outcome.wrong, outcome
