"""How grave a concern is: the highest of scale, scope and what cannot be undone (UNGP 14), never below what the worker's words say."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from cases import reasons, taxonomy
from cases.model import Level

UNKNOWN = 2
HIGH = 4
GRAVEST = 5

# What words that make a case serious say by themselves; any such word that is not here counts as HIGH.
FLOORS = MappingProxyType(
    {
        "child": 5,
        "papers": 5,
        "passport": 5,
        "locked": 5,
        "trafficking": 5,
        "fainted": 4,
        "injury": 4,
        "pregnant": 4,
        "poison": 4,
        "union": 4,
        "fired": 4,
        "threatened": 4,
    }
)
_PEOPLE = ((250, 5), (50, 4), (10, 3), (2, 2), (1, 1))


@dataclass(frozen=True, slots=True)
class Severity:
    """A level from 1 (comfort) to 5 (life, limb, freedom), and why, in lines for the desk that hold no word of the worker."""

    level: int
    because: tuple[str, ...]


def scope(people: int | None) -> int:
    """Say how grave a number of people makes it: 1, 2 to 9, 10 to 49, 50 to 249, or more; 0 when nobody said."""
    if people is None or people < 1:
        return 0
    return next(level for least, level in _PEOPLE if people >= least)


def of(groups: Iterable[str], *, people: int | None = None, floor: Iterable[str] = (), danger: str | None = None) -> Severity:
    """Judge what is known of a case. It can only be raised: words that were said stay said."""
    codes = tuple(map(taxonomy.known, groups))
    found: list[tuple[int, str]] = [(GRAVEST, reasons.kept("danger", kind=danger))] if danger else []
    found += [(FLOORS.get(word, HIGH), reasons.kept("speaks", topic=word)) for word in floor]
    found += [(taxonomy.SCALES[code], reasons.kept("starts", code=code, level=taxonomy.SCALES[code])) for code in codes]
    if people is not None and scope(people) > 1:
        found.append((scope(people), reasons.kept("people", people=people)))
    if not found:
        return Severity(UNKNOWN, (reasons.kept("unknown", level=UNKNOWN),))
    return Severity(max(level for level, _ in found), tuple(because for _, because in found))


def clock(severity: int, danger: str | None) -> Level:
    """Say which promise of a company's holds: danger, high (4 or 5) or normal."""
    if danger is not None:
        return "danger"
    return "high" if severity >= HIGH else "normal"
