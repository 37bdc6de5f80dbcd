"""A form over one part of a programme file: it reads fields and collects every problem with its line, instead of stopping at the first."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from cases.yaml_lines import Lined

WHOLE = "the file"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_TAG = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?")
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a programme file: its line (from 1), the part it stands in, what is wrong, and how to mend it."""

    line: int
    where: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.where}: {self.what}. {self.mend}."


class ProgrammeError(Exception):
    """The programme file is refused whole; `problems` holds everything that is wrong with it, in the order of its lines."""

    def __init__(self, problems: tuple[Problem, ...], name: str = "programme") -> None:
        super().__init__(f"{name} has {len(problems)} problem(s):\n" + "\n".join(f"{name}, {problem}" for problem in problems))
        self.problems = problems


@dataclass(slots=True)
class Problems:
    """Everything found so far; the same problem is told once."""

    found: set[Problem] = field(default_factory=set[Problem])

    def add(self, line: int, where: str, what: str, mend: str) -> None:
        """Note a problem."""
        self.found.add(Problem(line, where, what, mend))

    def in_order(self) -> tuple[Problem, ...]:
        """Give the problems by line."""
        return tuple(sorted(self.found))


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of one mapping in the file. Every reader gives a usable value even when it had to note a problem."""

    where: str
    line: int
    fields: Mapping[str, Lined]
    problems: Problems

    @classmethod
    def of(cls, piece: Lined, where: str, problems: Problems) -> "Form":
        """Take a piece as a mapping; anything else is a problem and reads as empty."""
        if isinstance(piece.value, dict):
            return cls(where, piece.line, piece.value, problems)
        problems.add(piece.line, where, "this must be a list of `key: value` fields", "Write it as in the sample programme")
        return cls(where, piece.line, {}, problems)

    def wrong(self, key: str, what: str, mend: str) -> None:
        """Note a problem on a field's line, or on the form's own when the field is absent."""
        self.problems.add(self.line_of(key), self.where, what, mend)

    def line_of(self, key: str) -> int:
        """Give the line of a field."""
        return self.fields[key].line if key in self.fields else self.line

    def only(self, *known: str) -> None:
        """Note every field that nobody reads: a slip of the pen must not pass for a rule."""
        for key in self.fields:
            if key not in known:
                near = difflib.get_close_matches(key, known, 1)
                self.wrong(key, f"`{key}` is not known here", f"Did you mean `{near[0]}`" if near else f"Known are: {', '.join(known)}")

    def optional(self, key: str) -> str:
        """Read a text; empty when absent."""
        piece = self.fields.get(key)
        if piece is None:
            return ""
        if isinstance(piece.value, str):
            return piece.value
        self.wrong(key, f"`{key}` must be one text", "Write it on one line, in quotes if it holds a colon")
        return ""

    def text(self, key: str) -> str:
        """Read a text that must be there."""
        if key not in self.fields or self.fields[key].value == "":
            self.wrong(key, f"`{key}` is missing", f"Add `{key}: ...`")
            return ""
        return self.optional(key)

    def name(self, key: str) -> str:
        """Read an id: lower-case letters, digits, `-` and `_`, at most 40."""
        found = self.text(key)
        if found and not _NAME.fullmatch(found):
            self.wrong(key, f"`{found}` is no id", "Use lower-case letters, digits, - and _, at most 40")
        return found

    def country(self, key: str = "country") -> str:
        """Read a country of ISO 3166: two capitals."""
        found = self.text(key)
        if found and not _COUNTRY.fullmatch(found):
            self.wrong(key, f"`{found}` is no country code", "Write two capitals, as in BD or NL")
        return found

    def tags(self, key: str) -> tuple[str, ...]:
        """Read a list of language tags of BCP 47; at least one."""
        found = self.words(key)
        if not found:
            self.wrong(key, f"`{key}` names no language", "Write for example `languages: [bn, en]`")
        for tag in found:
            if not _TAG.fullmatch(tag):
                self.wrong(key, f"`{tag}` is no language tag", "Write tags as in nl, bn or bn-Latn")
        return found

    def words(self, key: str) -> tuple[str, ...]:
        """Read a list of texts; empty when absent."""
        piece = self.fields.get(key)
        if piece is None or piece.value == "":
            return ()
        if isinstance(piece.value, tuple) and all(isinstance(each.value, str) for each in piece.value):
            return tuple(each.value for each in piece.value if isinstance(each.value, str))
        self.wrong(key, f"`{key}` must be a list of texts", f"Write for example `{key}: [one, two]`")
        return ()

    def number(self, key: str) -> int | None:
        """Read a whole number, zero or more; None when absent."""
        found = self.optional(key)
        if not found:
            return None
        if found.isascii() and found.isdigit():
            return int(found)
        self.wrong(key, f"`{key}` must be a whole number, not `{found}`", "Write digits only")
        return None

    def texts(self, key: str) -> dict[str, str]:
        """Read a mapping from language tag to text; empty, with a problem, when absent."""
        form = self.form(key)
        found = {tag: form.optional(tag) for tag in form.fields if _TAG.fullmatch(tag)}
        form.only(*found)
        if key in self.fields and not any(found.values()):
            self.wrong(key, f"`{key}` has no text in any language", f"Write for example `{key}: {{en: ..., nl: ...}}`")
        return found

    def form(self, key: str) -> "Form":
        """Read a mapping inside this one; empty, with a problem, when absent."""
        if key in self.fields:
            return Form.of(self.fields[key], key if self.where == WHOLE else f"{self.where}.{key}", self.problems)
        self.wrong(key, f"`{key}` is missing", f"Add `{key}:` as in the sample programme")
        return Form(self.where, self.line, {}, self.problems)

    def forms(self, key: str, *, needed: bool = True) -> Iterator["Form"]:
        """Go through a list of mappings; each is named by its id where it has one."""
        piece = self.fields.get(key)
        if piece is None or not isinstance(piece.value, tuple):
            if needed or (piece is not None and piece.value != ""):
                self.wrong(key, f"`{key}` must be a list", f"Add `{key}:` with one line `- {{...}}` each")
            return
        for number, each in enumerate(piece.value, start=1):
            yield Form.of(each, f"{key}[{_called(each) or number}]", self.problems)


def _called(piece: Lined) -> str:
    if isinstance(piece.value, dict):
        for key in ("id", "company"):
            named = piece.value.get(key)
            if named is not None and isinstance(named.value, str):
                return named.value
    return ""
