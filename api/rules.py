"""REST: routing rules. They are data of the programme file: a new set is checked whole with the rest of it, or refused whole."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal

import orjson
import sqlalchemy as sa
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from api.deps import Services
from api.errors import NoProgramme
from api.guard import Admin, House
from api.seat import IfMatch
from api.sessions import Caller
from cases import audit, programme
from cases.errors import Stale
from cases.model import Rule
from cases.yaml_lines import top_level
from store.tables import programmes

ROUTER = APIRouter(prefix="/api/v1/routing-rules", tags=["programme"])
Effect = Literal["company", "officer", "exclude"]
Words = Annotated[str, Field(max_length=500)]
Value = Words | Annotated[list[Words], Field(max_length=500)]


class RuleForm(BaseModel):
    """A rule as in the programme file: `when` holds conditions, `then` a company, an officer or `exclude`, `why` is shown on the case."""

    model_config = ConfigDict(extra="forbid")
    id: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9_-]{0,39}$")]
    when: Annotated[dict[Words, Value], Field(max_length=20)]
    then: Annotated[dict[Effect, Words], Field(min_length=1)]
    why: Annotated[Words, Field(min_length=1)]


class Rules(BaseModel):
    """The whole list; the first rule that matches wins."""

    model_config = ConfigDict(extra="forbid")
    rules: Annotated[list[RuleForm], Field(max_length=500)]


def _form_of(rule: Rule) -> RuleForm:
    effects: tuple[tuple[Effect, str | None], ...] = (
        ("company", rule.company),
        ("officer", rule.officer),
        ("exclude", "accused" if rule.exclude_accused else None),
    )
    when: dict[str, Value] = {key: values[0] if len(values) == 1 else list(values) for key, values in rule.when.items()}
    return RuleForm(id=rule.id, when=when, then={effect: value for effect, value in effects if value}, why=rule.why)


@dataclass(frozen=True, slots=True)
class _Kept:
    """The programme file in force, and what names it."""

    digest: str
    source: str


def _latest(connection: sa.Connection) -> _Kept:
    newest = sa.select(programmes.c.digest, programmes.c.source).order_by(programmes.c.id.desc()).limit(1)
    found = connection.execute(newest).one_or_none()
    if found is None:
        raise NoProgramme
    return _Kept(found.digest, found.source)


def _shown(connection: sa.Connection, response: Response) -> Rules:
    latest = _latest(connection)
    response.headers["ETag"] = f'"{latest.digest}"'
    return Rules(rules=[_form_of(rule) for rule in programme.read_programme(latest.source).rules])


def with_rules(source: str, rules: Rules) -> str:
    """Put new rules in the text of a programme file, and leave every other line as it is. JSON is YAML, one line a rule."""
    lines = source.splitlines(keepends=True)
    starts = [*top_level(source), ("", len(lines))]
    old = next(((start, end) for (key, start), (_, end) in pairwise(starts) if key == "routing"), None)
    start, end = old if old is not None else (len(lines), len(lines))
    new = ["routing:\n", *(f"  - {orjson.dumps(rule.model_dump()).decode()}\n" for rule in rules.rules)]
    return "".join([*lines[:start], *(new if rules.rules else ["routing: []\n"]), *lines[end:]])


def _replace(connection: sa.Connection, house: Services, caller: Caller, rules: Rules, if_match: str | None) -> None:
    latest = _latest(connection)
    if if_match is not None and if_match.strip() not in {"*", f'"{latest.digest}"'}:
        raise Stale
    source = with_rules(latest.source, rules)
    programme.apply(connection, programme.read_programme(source, "the rules"), source, house.clock())
    audit.record(connection, caller.officer, "routing_rules", "programme", house.clock())


@ROUTER.get("")
def show(house: House, caller: Admin, response: Response) -> Rules:  # noqa: ARG001 - only an admin comes this far
    """Show the rules in force; the ETag names the programme they stand in."""
    with house.database.read() as connection:
        return _shown(connection, response)


@ROUTER.put("")
def replace(
    house: House,
    caller: Admin,
    rules: Rules,
    response: Response,
    if_match: IfMatch = None,
) -> Rules:
    """Replace every rule. Refused whole, with each problem named, when one of them is wrong."""
    house.writer.call_sync(lambda connection: _replace(connection, house, caller, rules, if_match))
    house.programme_changed()
    with house.database.read() as connection:
        return _shown(connection, response)
