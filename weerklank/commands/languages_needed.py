"""Which languages a line has to carry to which desks: those that workers can speak on it, by its programme and its flows."""

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from cases.model import Programme
from store.database import Database
from translations.index import PIVOT
from translations.packages import Installed
from translations.translator import base_of
from weerklank.house import Houses, NoProgramme


def way(installed: Mapping[str, Installed], source: str, target: str) -> tuple[Installed, ...]:
    """The packages from one language to another: one, or two by way of English; none where nothing leads."""
    start, end = base_of(source), base_of(target)
    if (direct := installed.get(f"{start}-{end}")) is not None:
        return (direct,)
    first, second = installed.get(f"{start}-{PIVOT}"), installed.get(f"{PIVOT}-{end}")
    return (first, second) if first is not None and second is not None and start != end else ()


def wanted(programme: Programme, of_flows: Iterable[str] = ()) -> tuple[tuple[str, str], ...]:
    """Every pair of a language that workers can speak and one that a desk reads, in the order of their names.

    A language in letters that are not its own (`bn-Latn`) is another one here: no model for `bn` reads it.
    """
    of_places = (tag for place in programme.places.values() for tag in place.languages)
    spoken = {base_of(tag): tag for tag in sorted({*programme.languages, *of_places, *of_flows}, reverse=True)}
    desks = {base_of(programme.desk_language(company)) for company in (*programme.companies, programme.operator.id)}
    return tuple((tag, desk) for base, tag in sorted(spoken.items()) for desk in sorted(desks) if base != desk)


def of_line(database: Database, connection: sa.Connection) -> tuple[tuple[str, str], ...]:
    """The pairs of the programme and the flows in force; none before a programme is."""
    try:
        house = Houses(database).at(connection)
    except NoProgramme:
        return ()
    flows = (house.library.now(name) for name in house.library.current)
    return wanted(house.programme, (tag for flow in flows if flow is not None for tag in flow.languages))
