"""How much danger is heard, and how often something else is taken for it: recall and false alarms of the word lists, by language.

Run it as `python -m bench.danger`. It needs no network, no database and no model, and gives the same figures every time.

Method. Every line of a labelled table is heard by the lexicon that the service uses, with the lists of all languages at once, as a worker's
message is. A line that is labelled with a danger counts as heard when any danger is heard, and as answered rightly when it is that one. A
line that is labelled `none` is a false alarm when danger is heard. Two parts are never added up: `tuned` are lines that the lists were
written or widened with (tests/translations/data/danger.yaml, bench/data/concerns.yaml, bench/data/danger-tuned.yaml), `held out` are lines
that nobody may tune on (bench/data/danger-held-out.yaml). The interval is Wilson's, 95 %: with few lines it is wide, and it says so.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import yaml

from bot.lexicon import the_lexicon
from flows.phrases import saying

_ROOT = Path(__file__).parents[1]
TUNED = (_ROOT / "tests/translations/data/danger.yaml", _ROOT / "bench/data/concerns.yaml", _ROOT / "bench/data/danger-tuned.yaml")
HELD_OUT = (_ROOT / "bench/data/danger-held-out.yaml",)
_Z = 1.96


@dataclass(frozen=True, slots=True)
class Line:
    """One labelled message: what must be heard in it, or `none`."""

    language: str
    hears: str
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over some lines: `dangers` of which `heard` and `right`, and `others` of which `alarms`."""

    dangers: int
    heard: int
    right: int
    others: int
    alarms: int


def lines(paths: Iterable[Path]) -> list[Line]:
    """Read labelled tables; a message that stands in two of them counts once."""
    found: dict[str, Line] = {}
    for path in paths:
        for row in yaml.safe_load(path.read_text(encoding="utf-8")):
            found.setdefault(row["text"], Line(str(row["language"]), str(row["hears"]), str(row["text"])))
    return list(found.values())


def score(labelled: Iterable[Line]) -> Score:
    """Hear every line."""
    lexicon = the_lexicon()
    heard = [(line.hears, lexicon.danger(saying(line.text))) for line in labelled]
    dangers = [(label, kind) for label, kind in heard if label != "none"]
    others = [kind for label, kind in heard if label == "none"]
    return Score(
        dangers=len(dangers),
        heard=sum(kind is not None for _, kind in dangers),
        right=sum(kind == label for label, kind in dangers),
        others=len(others),
        alarms=sum(kind is not None for kind in others),
    )


def table(labelled: list[Line]) -> Iterator[str]:
    """The table of a part as Markdown: a line for each language, and one for all."""
    yield "| language | dangers | heard | recall | the right kind | no danger | false alarms |"
    yield "|---|---|---|---|---|---|---|"
    for language in sorted({line.language for line in labelled}):
        yield _row(language, score(line for line in labelled if line.language == language))
    yield _row("**all**", score(labelled))


def _row(name: str, found: Score) -> str:
    recall = _share(found.heard, found.dangers)
    return (
        f"| {name} | {found.dangers} | {found.heard} | {recall} | {found.right} | {found.others} | {_share(found.alarms, found.others)} |"
    )


def _share(part: int, whole: int) -> str:
    """A share in per cent with its interval."""
    if whole == 0:
        return "-"
    share = part / whole
    middle = (share + _Z**2 / (2 * whole)) / (1 + _Z**2 / whole)
    half = _Z * sqrt(share * (1 - share) / whole + _Z**2 / (4 * whole**2)) / (1 + _Z**2 / whole)
    return f"{share:.0%} ({max(0.0, middle - half):.0%}-{min(1.0, middle + half):.0%})"


def main() -> None:
    """Print both parts."""
    for title, paths in (("Held out", HELD_OUT), ("Tuned", TUNED)):
        print(f"### {title}\n")
        print("\n".join(table(lines(paths))), end="\n\n")


if __name__ == "__main__":
    main()
