"""Pages: the queue, how promises are kept, how the desk works; and the small pulse that says when something new came."""

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse, Response

from api import reports
from api.cases import Filters, queue_page
from api.desk.pages import at_page, desk_context, render
from api.errors import NotSignedIn
from api.guard import CaseReader, House, find_caller
from cases import desk
from cases.access import AtDesk, visible
from cases.desk import QueuePage
from cases.errors import Unclear
from cases.lifecycle import OPEN
from cases.model import Officer, Programme
from store.tables import cases
from words.marked import marked

ROUTER = APIRouter(prefix="/desk", include_in_schema=False)
_EMPTY = QueuePage((), None)


def pulse_of(connection: sa.Connection, officer: Officer) -> str:
    """Give a mark that changes whenever an open case of this officer changed, came or was closed."""
    wanted = sa.select(
        sa.func.count(), sa.func.coalesce(sa.func.sum(cases.c.version), 0), sa.func.coalesce(sa.func.sum(cases.c.last_seq), 0)
    )
    return "-".join(str(each) for each in connection.execute(wanted.where(visible(officer), cases.c.state.in_(OPEN))).one())


def _counts(at: AtDesk) -> dict[Any, int]:
    """Count what an officer's desk holds, for the strip above the queue."""

    def count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

    return dict(
        at.connection.execute(
            sa.select(
                count(sa.true()).label("open"),
                count(cases.c.danger.is_not(None)).label("danger"),
                count(sa.or_(cases.c.late_at.is_not(None), cases.c.answer_by <= at.now)).label("late"),
                count((cases.c.answer_by > at.now) & (cases.c.answer_by <= at.now + 86_400_000)).label("soon"),
                count(cases.c.officer_id.is_(None)).label("nobodys"),
            ).where(visible(at.officer), cases.c.state.in_(OPEN))
        )
        .mappings()
        .one()
    )


def _sites(programme: Programme, officer: Officer) -> list[tuple[str, str]]:
    mine = [place for place in programme.places.values() if officer.company_id in place.buyers]
    return [(place.id, place.name) for place in mine] + [("unknown", marked("Site not known yet"))]


def _context(at: AtDesk, filters: Filters) -> dict[str, Any]:
    error, page = "", _EMPTY
    try:
        page = queue_page(at, filters)
    except Unclear as unclear:
        error = unclear.args[0]
    return {
        "page": page,
        "error": error,
        "filters": filters,
        "filtered": bool(
            filters.status not in {None, "", "open"} or filters.site or filters.severity or filters.due or filters.q or filters.needs
        ),
        "counts": _counts(at),
        "sites": _sites(at.programme, at.officer),
        "states": at.wording.states,
        "now": at.now,
        "pulse": pulse_of(at.connection, at.officer),
    }


class QueueForm(Filters):
    """The queue's filters as a page's form sends them: an empty field is one that was left alone.

    `taken` is how many cases were taken up to be translated a moment ago (api/desk/backlog.py), None where nobody asked.
    """

    taken: Annotated[int | None, Query(ge=0, le=100_000)] = None
    severity: Annotated[int | str | None, Query()] = None  # type: ignore[assignment]  # a form sends "" for any


@ROUTER.get("/queue")
def queue(request: Request, house: House, caller: CaseReader, given: Annotated[QueueForm, Query()]) -> Response:
    """Show an officer's cases: danger first, then the gravest, then the nearest date."""
    severity = str(given.severity or "")
    plain = {key: value or None for key, value in given.model_dump(exclude={"severity", "needs", "limit", "taken"}).items()}
    filters = Filters(
        **plain, severity=int(severity) if severity in {"1", "2", "3", "4", "5"} else None, needs=given.needs, limit=given.limit
    )
    with house.database.read() as connection:
        at = at_page(request, connection, caller)
        behind = desk.backlog(at, house.translator.models, given.taken or 0) if given.needs else None
        shown = {"backlog": behind, "asked": given.taken is not None, "writes": "cases:write" in caller.scopes}
        return render(request, "queue.html", desk_context(caller, at.programme, "queue") | _context(at, filters) | shown)


@ROUTER.get("/pulse")
def pulse(request: Request, house: House) -> Response:
    """Say whether something changed, without counting as work: an unattended screen still signs itself out."""
    caller = find_caller(request, active=False)
    if caller is None:
        raise NotSignedIn
    with house.database.read() as connection:
        return JSONResponse({"pulse": pulse_of(connection, caller.officer)})


@ROUTER.get("/measures")
def measures(request: Request, house: House, caller: CaseReader) -> Response:
    """Show how promises are kept."""
    with house.database.read() as connection:
        at = at_page(request, connection, caller)
        lines = [(at.programme.company_name(each.company_id), each) for each in reports.counts(connection, caller, at.now)]
        return render(request, "measures.html", desk_context(caller, at.programme, "measures") | {"lines": lines})


@ROUTER.get("/help")
def explain(request: Request, house: House, caller: CaseReader) -> Response:
    """Show how the desk works, with its keys."""
    with house.database.read() as connection:
        at = at_page(request, connection, caller)
        return render(request, "help.html", desk_context(caller, at.programme, "help"))
