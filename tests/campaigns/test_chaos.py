"""Six faults of five processes, their database, wires and clocks: nothing lost, nothing doubled. `make chaos` is the long form."""

from tests.campaigns.chaos import campaign
from tests.campaigns.kill import Storm
from tests.campaigns.scratch import folder_for

FAULTS = 6
SEED = 6  # the long campaign draws its own and prints it


def test_whatever_breaks_nothing_is_lost_nothing_doubled_and_each_clock_rings_once() -> None:
    with folder_for(None) as folder:
        outcome = campaign(folder, Storm(FAULTS, SEED, at_once=4, longest_life=1.0, pace=0.1))
    print(outcome)

    assert outcome.kills == FAULTS
    assert not outcome.wrong, outcome
