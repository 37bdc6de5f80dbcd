"""What Prometheus may know: queues and clocks, never a person."""

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from store.tables import cases, code_pool, inbox, mails, outbox, tasks
from weerklank.wiring import Service

_QUEUES = {
    "inbox": inbox,
    "outbox": outbox,
    "mails": mails,
    "tasks": tasks,
}


def text(service: Service) -> bytes:
    """The present figures in Prometheus' text form."""
    registry = CollectorRegistry()
    rows = Gauge("weerklank_queue_rows", "Rows of a queue by state", ["queue", "state"], registry=registry)
    late = Gauge("weerklank_cases_late", "Cases whose promised date has passed", registry=registry)
    ready = Gauge("weerklank_codes_ready", "Workers' codes made ahead", registry=registry)
    with service.database.read() as connection:
        for name, table in _QUEUES.items():
            for row in connection.execute(sa.select(table.c.state, sa.func.count()).group_by(table.c.state)):
                rows.labels(name, row[0]).set(row[1])
        late.set(_count(connection, sa.select(sa.func.count()).where(cases.c.answer_by <= service.clock())))
        ready.set(_count(connection, sa.select(sa.func.count()).select_from(code_pool)))
    return generate_latest(registry)


def _count(connection: sa.Connection, statement: sa.Select[int]) -> int:
    return connection.execute(statement).scalar_one()
