"""A caller at their desk, ready to read or write: what every endpoint about cases is given."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Response

from api.deps import Services
from api.guard import CaseReader, CaseWriter, House, at_desk, etag, expected_version
from api.sessions import Caller
from cases.access import AtDesk

T = TypeVar("T")
# Described with the answer that a stale version gets (api/openapi.py).
IfMatch = Annotated[str | None, Header(max_length=80, include_in_schema=False)]


@dataclass(frozen=True, slots=True)
class Seat:
    """Who sits where, and the version of the case that they saw (None: not said). The answer's ETag is set here too."""

    house: Services
    caller: Caller
    response: Response
    expects: int | None = None

    def read(self, ask: Callable[[AtDesk], T]) -> T:
        """Ask something at the desk, in a read transaction of its own."""
        with self.house.database.read() as connection:
            return ask(at_desk(self.house, connection, self.caller))

    def write(self, act: Callable[[AtDesk], T]) -> T:
        """Do something at the desk, in a write transaction of its own."""
        return self.house.writer.call_sync(lambda connection: act(at_desk(self.house, connection, self.caller, self.expects)))

    def tag(self, version: int) -> None:
        """Give the answer the ETag of a case's version."""
        self.response.headers["ETag"] = etag(version)


def _reading(house: House, caller: CaseReader, response: Response) -> Seat:
    return Seat(house, caller, response)


def _writing(
    house: House,
    caller: CaseWriter,
    response: Response,
    if_match: IfMatch = None,
) -> Seat:
    return Seat(house, caller, response, expected_version(if_match))


Reading = Annotated[Seat, Depends(_reading)]
Writing = Annotated[Seat, Depends(_writing)]
