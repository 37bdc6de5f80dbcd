"""The description of a local SMS gateway, read from a YAML file: what it posts, what it takes, and what its words mean.

Secrets never stand in the file: `{secret}`, `{account}`, `{password}`, `{url}` and `{from}` are filled from the settings, so that a file
can be shared, and those in `gateways/` are.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from channels.base import ChannelError, Failure, SendStatus

SHIPPED = Path(__file__).with_name("gateways")
BIGGEST = 100_000
OF_SETTINGS = frozenset({"url", "account", "password", "secret", "from"})
OF_MESSAGES = frozenset({"to", "to_bare", "to_national", "text", "id", "coding", "valid_seconds", "callback"})
_PERSONAL = frozenset({"to", "to_bare", "to_national", "text"})
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_MOST_PROBLEMS = 12

Words: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Line: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[!-~][ -~]*$", max_length=200)]
Spot: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[^.\s]+(\.[^.\s]+)*$", max_length=200)]
Country: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class GatewayFileError(ChannelError):
    """A gateway's file that cannot be used; the message names the file, each key that is wrong, and what to write."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, coerce_numbers_to_str=True)


class Proof(_Part):
    """How a post shows that it is the gateway's: `{secret}` in a header, in the address's query, as basic password, or as HMAC.

    `name` is the header or the query's field (for `basic`, the account). An HMAC is over the body, followed by the value of the header
    `then_header` where one is named, written as `digits`, after `prefix`.
    """

    kind: Literal["header", "query", "basic", "hmac"]
    name: Line
    hash: Literal["sha256", "sha512", "sha1"] = "sha256"
    digits: Literal["hex", "HEX", "base64"] = "hex"
    then_header: Line | None = None
    prefix: str = ""


class Reply(_Part):
    """What a gateway hears when its post was kept."""

    body: str = Field(default="", max_length=1000)
    media_type: Line = "text/plain; charset=utf-8"


class Numbers(_Part):
    """How the country's own numbers are written, so that one worker has one address however the gateway writes it.

    A number without its calling code is known by `national_digits`, counted without `trunk`; others stay as they came.
    """

    calling_code: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,2}$")]
    trunk: Annotated[str, StringConstraints(pattern=r"^[0-9]{0,2}$")] = "0"
    national_digits: int = Field(ge=6, le=12)


class Inbound(_Part):
    """Where a post holds what. `event` is the field that tells what a post is; without one the end of the path tells.

    `messages` are the events that are a worker's words, `unsupported` those that came from a worker and cannot be read.
    """

    proof: Proof
    format: Literal["form", "json"] = "form"
    sender: Spot = "from"
    text: Spot = "text"
    id: Spot | None = None
    date: Spot | None = None
    event: Spot | None = None
    messages: list[Words] = ["receive"]
    unsupported: list[Words] = []
    reply: Reply = Reply()

    @model_validator(mode="after")
    def _told_apart(self) -> "Inbound":
        if self.id is None and self.date is None:
            raise ValueError("name the field `id` or the field `date`, or a message that is posted twice cannot be told from a new one")
        return self


class Statuses(_Part):
    """Where a post tells how a message fared. `id` is where the message's id stands; `word` the field with the word, else the event.

    `reasons` gives a word in the field `reason` one of the nine names; a failure without one is `undeliverable`.
    """

    events: list[Words] = []
    id: Spot = "id"
    word: Spot | None = None
    words: dict[str, SendStatus]
    reason: Spot | None = None
    reasons: dict[str, Failure] = {}


class Stopped(_Part):
    """The events by which a gateway tells that a worker wants no more messages."""

    events: list[Words] = ["stopped"]
    sender: Spot = "from"


class Taken(_Part):
    """Which answer means that a message was taken: its status, and where a field must say so too, the field and its words.

    `already` are the statuses by which a gateway tells that it has a message with our id: an earlier try had arrived after all.
    """

    statuses: list[Annotated[int, Field(ge=200, le=299)]] = [200, 201, 202]
    already: list[Annotated[int, Field(ge=400, le=499)]] = []
    field: Spot | None = None
    words: list[Words] = []
    id: Spot | None = None


class Refusal(_Part):
    """A rule that gives an answer one of the nine names, by its status, by a field's word, or both; the first that fits counts.

    `maybe` says whether the message may have left all the same; without it that is so from status 500 on.
    """

    status: int | None = Field(default=None, ge=200, le=599)
    field: Spot | None = None
    words: list[Words] = []
    means: Failure
    maybe: bool | None = None

    @model_validator(mode="after")
    def _says_when(self) -> "Refusal":
        if self.status is None and self.field is None:
            raise ValueError("write `status`, or `field` and `words`: a rule without them would fit every answer")
        if (self.field is None) != (not self.words):
            raise ValueError("`field` and `words` go together")
        return self


class Coding(_Part):
    """What stands for `{coding}`: a word for texts in the SMS alphabet, another for all others."""

    gsm7: str
    unicode: str


class Outbound(_Part):
    """How a message is handed over. `body` is filled in letter for letter; a field whose only content is a value we lack is left out."""

    method: Literal["POST", "PUT", "GET"] = "POST"
    url: Words
    headers: dict[Line, Line] = {}
    basic: bool = False
    format: Literal["form", "json", "query"] = "form"
    body: dict[str, Any]
    taken: Taken = Taken()
    refusals: list[Refusal] = []

    @model_validator(mode="after")
    def _sound(self) -> "Outbound":
        inside = set(placeholders(self.body))
        outside = set(placeholders([self.url, *self.headers.values()]))
        if unknown := sorted((inside | outside) - OF_SETTINGS - OF_MESSAGES):
            raise ValueError(f"nothing is known to fill in for {{{unknown[0]}}}; there are {', '.join(sorted(OF_SETTINGS | OF_MESSAGES))}")
        if outside & OF_MESSAGES:
            raise ValueError("an address and its headers are kept in logs on the way; what is a message's own belongs into `body`")
        if "text" not in inside or not inside & (_PERSONAL - {"text"}):
            raise ValueError("`body` must hold {text}, and {to}, {to_bare} or {to_national}")
        if self.format != "json" and any(isinstance(value, dict | list) for value in self.body.values()):
            raise ValueError("only a `json` body has fields within fields")
        if self.taken.already and "id" not in inside:
            raise ValueError("`taken.already` is about our own id: `body` must hold {id}")
        if self.method == "GET" and self.format != "query":
            raise ValueError("a GET has no body; write `format: query`, or better `method: POST`")
        return self


class Gateway(_Part):
    """A gateway as its file describes it. `countries` are those whose numbers it serves, `max_length` counts letters in one message.

    `encoding`: `unicode` sends every letter as it is; `smart` writes typographic signs plainly where the whole text then fits the SMS
    alphabet; `gsm7` is for a gateway that has no other alphabet, and refuses a text that does not fit.
    """

    name: Words
    source: str = ""
    countries: list[Country] = []
    numbers: Numbers | None = None
    inbound: Inbound
    outbound: Outbound
    statuses: Statuses | None = None
    stopped: Stopped | None = None
    max_length: int = Field(default=1600, ge=60, le=1600)
    encoding: Literal["unicode", "gsm7", "smart"] = "smart"
    coding: Coding | None = None
    per_second: float | None = Field(default=None, gt=0, le=1000)
    between_seconds: float = Field(default=0.0, ge=0, le=3600)

    @model_validator(mode="after")
    def _has_what_it_fills_in(self) -> "Gateway":
        used = set(placeholders(self.outbound.body))
        if "coding" in used and self.coding is None:
            raise ValueError("`outbound.body` has {coding}: write `coding` with a word for gsm7 and one for unicode")
        if "to_national" in used and self.numbers is None:
            raise ValueError("`outbound.body` has {to_national}: write `numbers` with calling_code and national_digits")
        return self

    @property
    def needs(self) -> frozenset[str]:
        """The placeholders that settings must fill."""
        spoken = [self.outbound.body, self.outbound.url, *self.outbound.headers.values()]
        basic = {"account", "password"} if self.outbound.basic else set[str]()
        return frozenset({*placeholders(spoken), *basic}) & OF_SETTINGS


def placeholders(template: object) -> Iterator[str]:
    """Every name in braces in a template, however deep."""
    if isinstance(template, str):
        yield from PLACEHOLDER.findall(template)
    elif isinstance(template, dict):
        for each in cast("dict[str, object]", template).values():
            yield from placeholders(each)
    elif isinstance(template, list):
        for each in cast("list[object]", template):
            yield from placeholders(each)


def shipped() -> Sequence[str]:
    """The names of the descriptions that come with the package."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def read_gateway(named: str) -> Gateway:
    """The gateway of a file, or of a description that comes with the package by its name. Raises GatewayFileError."""
    path = SHIPPED / f"{named}.yaml" if named in shipped() else Path(named)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise GatewayFileError(f"{path}: there is no such file; name one, or one of {', '.join(shipped())}") from None
    except (OSError, ValueError):
        raise GatewayFileError(f"{path}: it cannot be read as text; check who may read it, and that it is UTF-8") from None
    return gateway_of(text, str(path))


def gateway_of(text: str, file: str) -> Gateway:
    """The gateway that a text describes; `file` is named in problems. Raises GatewayFileError."""
    if len(text) > BIGGEST:
        raise GatewayFileError(f"{file}: it is longer than any gateway's description")
    try:
        content: object = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise GatewayFileError(f"{file}, line {line}: this is not YAML ({error.problem}); mend the line") from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise GatewayFileError(f"{file}: this is not YAML; look for letters or dates that YAML forbids") from None
    try:
        return Gateway.model_validate(content)
    except ValidationError as error:
        problems = [_problem(each) for each in error.errors(include_url=False, include_input=False)[:_MOST_PROBLEMS]]
        raise GatewayFileError("; ".join(f"{file}: {problem}" for problem in problems)) from None


_MENDS = {
    "missing": "it is not there; write it",
    "extra_forbidden": "no such key is known here; take it out",
    "string_type": "it must be a text; put it in quotes",
    "model_type": "it must have keys below it",
}


def _problem(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"]) or "the whole"
    return f"{where}: {_MENDS.get(error['type'], error['msg'].removeprefix('Value error, '))}"
