"""The node kind `branch`: go one way or another by what is known."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, model_validator

from flows.nodes.base import Here, Node, Step
from flows.session import Session
from flows.wording import SPOKEN_AS, Id, Written
from words.quantities import measure

Subject = Literal["channel", "language"]


def _can_be_measured(written: str) -> str:
    if measure(written) is None:
        raise ValueError("write a number (`12`, `0.5`) or a date (`2026-11-28`)")
    return written


def _in_order(ends: tuple[str, str]) -> tuple[str, str]:
    if not _ordered(*ends):
        raise ValueError("write two numbers or two dates, the lower one first")
    return ends


Measured = Annotated[str, AfterValidator(_can_be_measured)]


def _ordered(low: str, high: str) -> bool:
    """Whether both are numbers or both are dates, and the first is not above the second; never true of words."""
    one, other = measure(low), measure(high)
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return one <= other
    return isinstance(one, date) and isinstance(other, date) and one <= other


def _same(known: str, written: str) -> bool:
    return known == written or (_ordered(known, written) and _ordered(written, known))


class Comparison(Written):
    """One comparison, and where it leads. `field` or `of` is what is compared, unless the branch says it for all of them."""

    field: Id | None = None
    of: Subject | None = None
    equals: Annotated[str | None, Field(alias="is")] = None
    one_of: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    above: Measured | None = None
    below: Measured | None = None
    between: Annotated[tuple[Measured, Measured], AfterValidator(_in_order)] | None = None
    known: Literal["yes", "no"] | None = None
    go: Id

    @model_validator(mode="after")
    def _compares_once(self) -> "Comparison":
        if sum(getattr(self, name) is not None for name in _COMPARE) != 1:
            raise ValueError("write one comparison: `is`, `one_of`, `above`, `below`, `between` or `known`")
        return self

    def holds(self, values: tuple[str, ...]) -> bool:
        """Tell whether one of the names a thing goes by passes; a field that nobody set has none, and passes `known: no` only."""
        if self.known is not None:
            return bool(values) is (self.known == "yes")
        name = next(name for name in _COMPARE if getattr(self, name) is not None)
        return any(_COMPARE[name](self, value) for value in values)

    def in_words(self, subject: str) -> str:
        """The comparison as it is read in a dialogue."""
        name = next(name for name in _COMPARE if getattr(self, name) is not None)
        against = getattr(self, name)
        said = against if isinstance(against, str) else " and ".join(against) if name == "between" else " or ".join(against)
        return f"{self.field or self.of or subject} {_SAID[name]} {said}"


_COMPARE: Final[Mapping[str, Callable[[Comparison, str], bool]]] = MappingProxyType(
    {
        "equals": lambda test, value: _same(value, test.equals or ""),
        "one_of": lambda test, value: any(_same(value, each) for each in test.one_of or ()),
        "above": lambda test, value: _ordered(test.above or "", value) and not _ordered(value, test.above or ""),
        "below": lambda test, value: _ordered(value, test.below or "") and not _ordered(test.below or "", value),
        "between": lambda test, value: test.between is not None and _ordered(test.between[0], value) and _ordered(value, test.between[1]),
        "known": lambda test, value: test.known == "yes",  # noqa: ARG005  # there is a value
    }
)
_SAID: Final = MappingProxyType(
    {"equals": "is", "one_of": "is", "above": "is above", "below": "is below", "between": "is between", "known": "is known:"}
)


class Branch(Node):
    """Goes one way or another by what is known; what fits nowhere goes the `otherwise` way. Nothing is ever evaluated.

    `cases` are values of a field, each with where it leads: `cases: {unknown: which_factory}`.

    `when` is a list of comparisons, of which the first that holds leads on: `is`, `one_of`, `above`, `below`, `between` (its ends count in)
    and `known` (`yes` if the field was set). Numbers are compared with numbers and dates with dates; words, and a field nobody set, are
    neither above nor below anything. What is compared is a `field`, or with `of` the `channel` (`sms`, `whatsapp`, `telegram`, `web`) or
    the `language` (`bn` holds for `bn-Latn` too), said once for the branch or in each comparison.

    how_many:
      kind: branch
      field: people
      when:
        - {above: "50", go: many}
        - {between: ["2", "50"], go: some}
        - {of: channel, is: sms, go: one_by_sms}
      otherwise: one
    """

    kind: Literal["branch"]
    field: Id | None = None
    of: Subject | None = None
    cases: Mapping[str, Id] = {}
    when: tuple[Comparison, ...] = ()
    otherwise: Id

    @model_validator(mode="after")
    def _compares_something(self) -> "Branch":
        if not self.cases and not self.when:
            raise ValueError("nothing is compared; write `cases` or `when`")
        if self.field is not None and self.of is not None:
            raise ValueError("write either `field` or `of`")
        if not self.subject and (self.cases or any(test.field is None and test.of is None for test in self.when)):
            raise ValueError("it is not said what is compared; write `field`, or `of`")
        return self

    @property
    def subject(self) -> str:
        """What is compared where a comparison does not say it."""
        return self.field or self.of or ""

    def enter(self, here: Here) -> Step:
        """Go where the first comparison that holds leads."""
        for value in _values(here.session, self.field, self.of):
            if value in self.cases:
                return Step(go=self.cases[value])
        holding = (test.go for test in self.when if test.holds(self._compared(here.session, test)))
        return Step(go=next(holding, self.otherwise))

    def targets(self) -> tuple[tuple[str, str], ...]:
        """Every way it can go."""
        cases = ((f"cases.{value}", node) for value, node in self.cases.items())
        return (*cases, *((f"when.{place}.go", test.go) for place, test in enumerate(self.when)), ("otherwise", self.otherwise))

    def _compared(self, session: Session, test: Comparison) -> tuple[str, ...]:
        own = test.field is not None or test.of is not None
        return _values(session, test.field, test.of) if own else _values(session, self.field, self.of)


def _values(session: Session, field: str | None, of: Subject | None) -> tuple[str, ...]:
    """The names that a thing goes by, the narrowest first; none for a field that nobody set."""
    if of == "language":
        return tuple(dict.fromkeys((session.language, session.language.partition("-")[0])))
    value = SPOKEN_AS.get(session.channel, session.channel) if of == "channel" else session.fields.get(field or "")
    return (value,) if value else ()
