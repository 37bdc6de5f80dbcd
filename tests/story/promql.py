"""Expressions of PromQL, taken apart: what each of them reads, and through which functions it goes."""

from collections.abc import Iterator
from dataclasses import dataclass

from promql_parser import AggregateExpr, Call, Expr, MatrixSelector, VectorSelector, parse, walk


@dataclass(frozen=True, slots=True)
class Reading:
    """A metric that an expression reads: its name, what its labels must be, and what stands around it, the nearest last."""

    metric: str
    wanted: tuple[tuple[str, str], ...]
    around: tuple[str, ...]
    grouped: frozenset[str]


def readings(text: str) -> list[Reading]:
    """Everything that an expression reads. Raises ValueError where it is no PromQL."""
    found: list[Reading] = []
    above: list[Expr] = []

    def enter(expression: Expr) -> None:
        if isinstance(expression, VectorSelector):
            found.append(_reading(expression, above))
        above.append(expression)

    def leave(_: Expr) -> None:
        above.pop()

    # Grafana puts a duration in the place of its own variable.
    walk(parse(text.replace("$__rate_interval", "5m")), enter, leave)
    return found


def _reading(selector: VectorSelector, above: list[Expr]) -> Reading:
    wanted = tuple((each.name, word) for each in selector.matchers.matchers for word in each.value.split("|"))
    around = tuple(_words(above))
    grouped = {label for each in above if isinstance(each, AggregateExpr) and each.modifier for label in each.modifier.labels}
    return Reading(selector.name or "", wanted, around, frozenset(grouped))


def _words(above: list[Expr]) -> Iterator[str]:
    for expression in above:
        if isinstance(expression, AggregateExpr):
            yield str(expression.op)
        elif isinstance(expression, Call):
            yield expression.func.name
        elif isinstance(expression, MatrixSelector):
            yield "[]"
