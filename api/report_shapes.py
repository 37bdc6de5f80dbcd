"""What reports answer: the audit, and figures that stand for no single case."""

from api.shapes import Shape
from api.times import Moment


class AuditOut(Shape):
    """What an officer did, when."""

    id: int
    at: Moment
    officer_id: str
    company_id: str | None
    action: str
    subject: str


class AuditPageOut(Shape):
    """A page of the audit, newest first, and the cursor for older ones."""

    acts: tuple[AuditOut, ...]
    next_cursor: str | None


class MeasureOut(Shape):
    """How one company keeps its promises; `answered_in_time` counts cases whose first answer came before any promise was missed."""

    company_id: str
    open: int
    danger: int
    late: int
    opened: int
    answered: int
    answered_in_time: int


class MeasuresOut(Shape):
    """Counts, a line a company."""

    at: Moment
    companies: tuple[MeasureOut, ...]
