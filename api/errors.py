"""One table from what went wrong to what a caller hears; endpoints raise what happened and know no status."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.passwords import TooBusy
from bot.drafting import NoSuchFlow
from bot.recordings import BadRecording
from cases.errors import CaseError, NotFound, Refused, Stale, Unclear
from cases.programme import ProgrammeError
from flows.problems import FlowError
from store.database import StoreAway
from store.drafts import DraftChanged
from store.flows import Overtaken
from store.sealing import Unopenable
from store.writer import WriterBusy
from words.marked import marked


class NotSignedIn(Exception):
    """Nobody is signed in, or the session or token has ended."""


class NotRight(Exception):
    """A sign-in that failed; which part was wrong is told to nobody."""


class NotAllowed(Exception):
    """The officer's role, or the token's scopes, do not reach this."""


class CrossSite(Exception):
    """A browser was sent here by another site's page."""


class NoProgramme(Exception):
    """No programme file was applied yet, so there are no desks."""


class Absent(Exception):
    """There is nothing by this name."""


class KeyReused(Exception):
    """An Idempotency-Key came again with another request."""


class BadMatch(Exception):
    """An If-Match header that names no version of ours."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What a caller hears: a status, a short name for programs, a sentence for people; `retry_after` in seconds."""

    status: HTTPStatus
    name: str
    sentence: str
    retry_after: int | None = None


TABLE: Mapping[type[Exception], Problem] = MappingProxyType(
    {
        NotSignedIn: Problem(HTTPStatus.UNAUTHORIZED, "not-signed-in", marked("Sign in first.")),
        NotRight: Problem(
            HTTPStatus.UNAUTHORIZED,
            "not-right",
            marked("That did not work. Check the e-mail address, the password and a fresh code; after several tries, wait a few minutes."),
        ),
        NotAllowed: Problem(HTTPStatus.FORBIDDEN, "not-allowed", marked("Your role does not reach this.")),
        CrossSite: Problem(HTTPStatus.FORBIDDEN, "cross-site", marked("This came from another site's page, or from one open too long.")),
        NoSuchFlow: Problem(HTTPStatus.NOT_FOUND, "not-found", marked("There is no flow, draft or revision by this name.")),
        FlowError: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "flow", marked("The flow is refused whole; every problem is listed.")),
        DraftChanged: Problem(
            HTTPStatus.PRECONDITION_FAILED,
            "draft-changed",
            marked("The draft is not the version you saw, or is published. Look at it again."),
        ),
        BadRecording: Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "recording", marked("This is no recording that a phone plays.")),
        Overtaken: Problem(
            HTTPStatus.CONFLICT, "overtaken", marked("Somebody else published a flow at the same moment. Look at what differs.")
        ),
        NotFound: Problem(HTTPStatus.NOT_FOUND, "not-found", marked("There is no such case.")),
        Absent: Problem(HTTPStatus.NOT_FOUND, "not-found", marked("There is nothing by this name.")),
        Unopenable: Problem(HTTPStatus.GONE, "forgotten", marked("The words of this case were destroyed at the worker's wish.")),
        Refused: Problem(HTTPStatus.CONFLICT, "refused", marked("This cannot be done with the case as it stands.")),
        Stale: Problem(
            HTTPStatus.PRECONDITION_FAILED, "stale", marked("The case changed since you opened it. Look again before you write.")
        ),
        KeyReused: Problem(HTTPStatus.CONFLICT, "key-reused", marked("This Idempotency-Key was used for another request.")),
        Unclear: Problem(HTTPStatus.BAD_REQUEST, "unclear", marked("A filter or date cannot be read.")),
        BadMatch: Problem(HTTPStatus.BAD_REQUEST, "bad-match", marked("If-Match must be the ETag of the case as you saw it.")),
        ProgrammeError: Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, "programme", marked("The programme is refused whole; every problem is listed.")
        ),
        RequestValidationError: Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, "malformed", marked("The request is not in the form this address takes.")
        ),
        NoProgramme: Problem(HTTPStatus.SERVICE_UNAVAILABLE, "no-programme", marked("No programme was applied yet."), 60),
        TooBusy: Problem(
            HTTPStatus.TOO_MANY_REQUESTS, "busy", marked("Many people sign in at this moment. Try again in a few seconds."), 5
        ),
        StoreAway: Problem(
            HTTPStatus.SERVICE_UNAVAILABLE, "store-away", marked("The database cannot be reached now; nothing was written."), 5
        ),
        WriterBusy: Problem(HTTPStatus.SERVICE_UNAVAILABLE, "busy", marked("Too much work waits; nothing was written."), 5),
    }
)
BROKEN = Problem(
    HTTPStatus.INTERNAL_SERVER_ERROR, "broken", marked("Something broke on our side. It was written down, without your words.")
)
_BY_STATUS = {
    400: marked("This request could not be read."),
    404: marked("There is nothing at this address."),
    405: marked("This address does not take that method."),
    413: marked("This is larger than what can be taken here. Nothing was kept. Send less, or smaller files."),
}


def problem_of(error: Exception) -> Problem:
    """Find what a caller hears of an error."""
    for kind in type(error).__mro__:
        if kind in TABLE:
            known = TABLE[kind]
            said: str = error.args[0] if isinstance(error, CaseError | BadRecording) and error.args else ""
            return Problem(known.status, known.name, said or known.sentence, known.retry_after)
    if isinstance(error, HTTPException):
        status = HTTPStatus(error.status_code)
        return Problem(status, status.phrase.lower().replace(" ", "-"), _BY_STATUS.get(status, f"{status.phrase}."))
    return BROKEN


def details_of(error: Exception) -> Sequence[dict[str, Any]]:
    """List what is wrong part by part, without a word of what was sent."""
    if isinstance(error, FlowError):
        return [asdict(each) for each in error.problems]
    if isinstance(error, ProgrammeError):
        return [{"line": each.line, "where": each.where, "what": each.what, "mend": each.mend} for each in error.problems]
    if isinstance(error, RequestValidationError):
        return [{"where": ".".join(map(str, each["loc"])), "what": each["msg"]} for each in error.errors()]
    return []
