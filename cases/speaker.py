"""Who speaks in a case: the one it happened to, a neighbour, or somebody for others.

Those affected may speak through a legitimate representative or a union, and have the same rights when they do (Directive (EU) 2024/1760,
Art. 14(2)). How many people stand behind the words says how grave the case may be (cases/severity.py).
"""

from dataclasses import dataclass
from typing import Final, get_args

from cases import entries, intake, severity
from cases.change import Case, CaseChange, touched
from cases.errors import Refused
from cases.model import Programme, Who
from words.marked import marked

SPEAKERS: Final[tuple[Who, ...]] = get_args(Who)
MOST_PEOPLE: Final = 1_000_000


def named(who: str | None) -> Who | None:
    """Give who speaks by its name; None for a name that stands for nobody."""
    return next((each for each in SPEAKERS if each == who), None)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who speaks, for how many people (None: nobody said), and how the officer knows."""

    who: str
    people: int | None
    reason: str


def record(case: Case, said: Speaker, author: str, programme: Programme, now: int) -> CaseChange:
    """Record who speaks. More people can raise the case and bring its date nearer, never the other way; the case stays at its desk.

    Raises Refused for a speaker that does not exist or a number that cannot be.
    """
    if said.who not in SPEAKERS:
        raise Refused(marked("Who speaks is one of: {known}.", known=", ".join(SPEAKERS)))
    if said.people is not None and not 1 <= said.people <= MOST_PEOPLE:
        raise Refused(marked("The number of people is from 1 to {most}, or left empty.", most=MOST_PEOPLE))
    raised = intake.graver(case, severity.of((), people=said.people), programme, now)
    columns = {**touched(case, now, who=said.who, on_behalf_of=said.people), **raised.columns}
    return CaseChange(columns, (entries.speaker(now, author, (said.who, said.people), said.reason), *raised.entries))
