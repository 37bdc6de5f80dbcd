"""REST: how promises are kept, and who did what. Counts only: nothing here leads to a case or a worker."""

from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.guard import Admin, CaseReader, House
from api.report_shapes import AuditOut, AuditPageOut, MeasureOut, MeasuresOut
from api.sessions import Caller
from cases.lifecycle import OPEN
from store.tables import audit, cases, entries

ROUTER = APIRouter(prefix="/api/v1", tags=["reports"])


def _count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)


def counts(connection: sa.Connection, caller: Caller, now: int) -> tuple[MeasureOut, ...]:
    """Count cases a company: all companies for an admin, else the caller's own."""
    is_open = cases.c.state.in_(OPEN)
    missed = sa.exists().where(entries.c.case_id == cases.c.id, entries.c.kind == "late", entries.c.at <= cases.c.answered_at)
    wanted = (
        sa.select(
            cases.c.company_id,
            _count(is_open).label("open"),
            _count(is_open & cases.c.danger.is_not(None)).label("danger"),
            _count(is_open & sa.or_(cases.c.late_at.is_not(None), cases.c.answer_by <= now)).label("late"),
            sa.func.count().label("opened"),
            _count(cases.c.answered_at.is_not(None)).label("answered"),
            _count(cases.c.answered_at.is_not(None) & ~missed).label("answered_in_time"),
        )
        .group_by(cases.c.company_id)
        .order_by(cases.c.company_id)
    )
    if "admin" not in caller.scopes:
        wanted = wanted.where(cases.c.company_id == caller.officer.company_id)
    return tuple(MeasureOut.model_validate(row) for row in connection.execute(wanted))


@ROUTER.get("/measures")
def measures(house: House, caller: CaseReader) -> MeasuresOut:
    """Count open, late and answered cases: your company's, or each company's for an admin of the programme."""
    now = house.clock()
    with house.database.read() as connection:
        return MeasuresOut(at=now, companies=counts(connection, caller, now))


class AuditFilters(BaseModel):
    """Which acts to list."""

    officer: Annotated[str | None, Field(max_length=80)] = None
    subject: Annotated[str | None, Field(max_length=80, description="A case's reference, or another name.")] = None
    cursor: Annotated[int | None, Field(ge=1, le=2**53)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 100


def _acts(filters: AuditFilters) -> sa.Select[Any]:
    wanted = sa.select(audit).order_by(audit.c.id.desc()).limit(filters.limit + 1)
    if filters.officer is not None:
        wanted = wanted.where(audit.c.officer_id == filters.officer)
    if filters.subject is not None:
        wanted = wanted.where(audit.c.subject == filters.subject)
    return wanted if filters.cursor is None else wanted.where(audit.c.id < filters.cursor)


@ROUTER.get("/audit")
def acts(house: House, caller: Admin, filters: Annotated[AuditFilters, Query()]) -> AuditPageOut:  # noqa: ARG001 - only an admin comes this far
    """List what officers did, newest first. Workers are never in it."""
    with house.database.read() as connection:
        found = [AuditOut.model_validate(row) for row in connection.execute(_acts(filters))]
    page = found[: filters.limit]
    return AuditPageOut(acts=tuple(page), next_cursor=str(page[-1].id) if len(found) > filters.limit else None)
