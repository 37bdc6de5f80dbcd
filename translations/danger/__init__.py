"""The words that must never wait for a translation: danger, what makes a case serious, greetings, and ways out; one file a language.

Whoever runs a line may add files of the same form in a folder of their own (`added`). They can only add: what the shipped lists hear
is heard whatever stands there.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

import yaml
from pydantic import ValidationError

from translations.danger.faults import ListError, Problem, faults_between, faults_of
from translations.danger.listed import Listed

FOLDER: Final = Path(__file__).parent
BIGGEST: Final = 400_000
"""The most bytes a file may have; the longest shipped one has a tenth of that."""
# Every scalar stays text (`no` is a word here); libyaml's form of this reader is faster and not in every wheel.
_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

__all__ = ["FOLDER", "ListError", "Listed", "Problem", "load", "load_with"]


def load(folder: Path = FOLDER) -> tuple[Listed, ...]:
    """Read every language's words. Raises ListError with every problem of every file."""
    return _whole([*_found(folder)])


def load_with(added: Path | None) -> tuple[Listed, ...]:
    """Read the shipped words and, where the folder is there, those that were added beside them. Raises ListError with every problem."""
    if added is None or not added.is_dir():
        return load()
    own = [*_found(added)]
    return _whole([*_found(FOLDER), *own], tuple(name for name, _ in own))


def _found(folder: Path) -> Iterator[tuple[str, Listed]]:
    problems: list[Problem] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            yield path.name if folder == FOLDER else str(path), _read(path)
        except ListError as error:
            problems += error.problems
    if problems:
        raise ListError(problems)


def _whole(named: list[tuple[str, Listed]], added: tuple[str, ...] = ()) -> tuple[Listed, ...]:
    problems = [problem for name, listed in named for problem in faults_of(name, listed, added=name in added)]
    problems += faults_between(named)
    if problems:
        raise ListError(map(_with_line, problems))
    return tuple(listed for _, listed in named)


def _with_line(problem: Problem) -> Problem:
    """Find the line of the phrase that is wrong, or else of its key."""
    lines = (FOLDER / problem.file).read_text(encoding="utf-8").splitlines()
    phrase = problem.what.split("`")[1] if "`" in problem.what else ""
    sought = (phrase or "\0", f"{problem.where.rpartition('.')[2]}:")
    at = next((number for text in sought for number, line in enumerate(lines, 1) if text in line), 1)
    return replace(problem, line=at)


def _read(path: Path) -> Listed:
    if path.stat().st_size > BIGGEST:
        raise ListError([Problem(str(path), 1, "", f"the file has more than {BIGGEST} bytes", "Keep one language in it, phrases only.")])
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=_LOADER)
        raw = cast("object", yaml.load(text, Loader=_LOADER))  # noqa: S506  # this reader builds texts, lists and mappings, nothing else
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = 1 if mark is None else mark.line + 1
        what = getattr(error, "problem", None) or "this is no text that can be read"
        raise ListError([Problem(str(path), line, "", what, "Write UTF-8 text in the form of a shipped list.")]) from None
    try:
        return Listed.model_validate(raw)
    except ValidationError as error:
        raise ListError(_said(path, root, dict(each)) for each in error.errors(include_url=False, include_input=False)) from None


def _said(path: Path, root: yaml.Node | None, error: dict[str, Any]) -> Problem:
    where = tuple(str(part) for part in error["loc"] if part != "[key]")
    mend = f"Known are: {', '.join(Listed.model_fields)}." if error["type"] == "extra_forbidden" else "Write it as in a shipped list."
    return Problem(str(path), _line(root, where), ".".join(where), str(error["msg"]), mend)


def _line(root: yaml.Node | None, where: tuple[str, ...]) -> int:
    """The line of a key, counted from 1; that of the nearest key above it where it is absent."""
    node, line = root, 1
    for part in where:
        pairs = cast("list[tuple[yaml.Node, yaml.Node]]", node.value) if isinstance(node, yaml.MappingNode) else []
        found = next(((key, value) for key, value in pairs if key.value == part), None)
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line
