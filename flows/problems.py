"""What is wrong with a flow file, in sentences: the file, the line, the place, and the mend."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from flows.yaml_text import Document

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend; `where` is the path to it, as in `nodes.about.options.pay`.

    `code` names its kind, where it is one of reading a flow (flows/checks/reading.py says why each matters) or of the linter.
    """

    file: str
    line: int
    where: str
    what: str
    mend: str
    code: str = ""

    def __str__(self) -> str:
        place = f" {self.where}:" if self.where else ""
        return f"{self.file}:{self.line}:{place} {self.what}. {self.mend}"


class FlowError(Exception):
    """A flow that cannot be read, with every problem in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


# Pydantic's kinds of error, said to an author.
_SENTENCES = MappingProxyType(
    {
        "missing": ("this is missing", "Write it."),
        "extra_forbidden": ("nothing of this name is known here", "Take it out, or mend its spelling."),
        "union_tag_not_found": ("this node has no kind", "Give it a `kind`, such as `ask` or `say`."),
        "union_tag_invalid": ("no node is of this kind", "The kinds are {expected_tags}."),
        "string_type": ("this must be one text", "Write it on one line, in quotes if it holds a colon."),
        "dict_type": ("this must be `key: value` lines", "Write them one below the other, indented."),
        "mapping_type": ("this must be `key: value` lines", "Write them one below the other, indented."),
        "model_type": ("this must be `key: value` lines", "Write them one below the other, indented."),
        "model_attributes_type": ("this must be `key: value` lines", "Write them one below the other, indented."),
        "tuple_type": ("this must be a list", "Write it as in `[one, two]`."),
        "bool_parsing": ("this is yes or no", "Write `true` or `false`."),
        "too_short": ("there are too few here", "Add what is missing."),
        "too_long": ("there are too many here", "Cut the flow in two and `call` the second."),
    }
)

_CODES = MappingProxyType(
    {
        "missing": "missing-key",
        "extra_forbidden": "unknown-key",
        "union_tag_not_found": "unknown-kind",
        "union_tag_invalid": "unknown-kind",
    }
)


def said(file: str, document: Document, error: "ErrorDetails") -> Problem:
    """Put one of pydantic's findings into words, with the line it is on."""
    path = _path(document, error["loc"])
    code = _CODES.get(error["type"], "wrong-value")
    what, mend = _SENTENCES.get(error["type"], (error["msg"][:1].lower() + error["msg"][1:], "Write what is allowed here."))
    return Problem(file, document.line(path), ".".join(path), what, mend.format_map(error.get("ctx", {})), code)


def _path(document: Document, location: tuple[int | str, ...]) -> tuple[str, ...]:
    """The place in the file: pydantic puts a node's kind into its path (`nodes.hello.ask.go`), where the file has none."""
    places = [str(each) for each in location if each != "[key]"]
    if len(places) > 3 and places[0] == "nodes" and tuple(places[:3]) not in document.lines:
        del places[2]
    return tuple(places)
