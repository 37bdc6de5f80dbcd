"""What the doctor's parts find, each a line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor: well or not, what, and what to do."""

    well: bool
    what: str
    do: str = ""
