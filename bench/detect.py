"""Which language words are in: how often it is told right, by language, native and romanised, by us and by others, and how long it takes.

Run it as `python -m bench.detect`; it needs npm for the Declaration of Human Rights, and tells how to install the other detectors. Native
rows: the first 60 letters of each of its paragraphs. Romanised rows: the labelled lines of bench/data and tests/translations/data; the
words of the lists were written before they were seen; the two lines that a list has to reach were moved, and a few shared words taken out,
after looking. All the languages below are possible, and nobody chose one: the worker's choice, which comes first in the product, is left
out here. The second table is of the same lines, cut before the twentieth letter where a word ends. The last lines count messages that are
cut into several languages: three native lines of one language are to stay whole, two of two are to be cut where the second begins.
"""

import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import yaml

from bench import udhr
from bench.detectors import Tell, others
from translations.detect import Detector
from translations.mixed import stretches

_ROOT = Path(__file__).parents[1]
_TABLES = (
    "tests/translations/data/danger.yaml",
    "bench/data/concerns.yaml",
    "bench/data/danger-tuned.yaml",
    "bench/data/danger-held-out.yaml",
)
LANGUAGES = sorted(udhr.FILES.keys() - {"fa", "it", "ja", "ru", "uk"})
LONG, SHORT = 60, 20
_INSTALL: Final = "python -m pip install -r bench/requirements-detectors.txt"

Texts = Mapping[str, Sequence[str]]


def main() -> None:
    """Print the tables."""
    began = time.perf_counter()
    ours = Detector(LANGUAGES)
    print(f"made in {time.perf_counter() - began:.1f} s")
    declaration = udhr.fetch()
    texts = {language: [paragraph[:LONG] for paragraph in declaration[language]] for language in LANGUAGES}
    for table in _TABLES:
        for row in yaml.safe_load((_ROOT / table).read_text(encoding="utf-8")):
            if "-" in row["language"]:
                texts.setdefault(str(row["language"]).replace("-ascii", "-Latn"), []).append(str(row["text"]))
    found = dict(others(LANGUAGES))
    for name in (name for name, tell in found.items() if tell is None):
        print(f"{name} is not installed and left out: {_INSTALL}")
    installed = {name: tell for name, tell in found.items() if tell is not None}
    _table(texts, ours, installed)
    print(f"\nAt most {SHORT} letters:\n")
    _table({language: [short(line) for line in lines] for language, lines in texts.items()}, ours, installed)
    every = [line for lines in texts.values() for line in lines]
    began = time.perf_counter()
    for line in every:
        ours.detect(line, "bn")
    print(f"\n{1000 * (time.perf_counter() - began) / len(every):.2f} ms a message")
    _mixed(ours, texts)


def short(line: str, most: int = SHORT) -> str:
    """The beginning of a line, up to the last whole word; of a script without spaces, just the beginning."""
    return line if len(line) <= most else (line[: most + 1].rpartition(" ")[0] or line[:most])


def _table(texts: Texts, ours: Detector, installed: Mapping[str, Tell]) -> None:
    print(f"| language | texts | ours right % | ours unknown % | ours wrong | {' | '.join(f'{name} right %' for name in installed)} |")
    print("|---|---|---|---|---|" + "---|" * len(installed))
    shares: dict[bool, list[Sequence[float]]] = {False: [], True: []}
    for language, lines in texts.items():
        said = Counter(ours.detect(line).language for line in lines)
        right, unknown = said.pop(language, 0), said.pop(None, 0)
        wrong = ", ".join(f"{other} {count}" for other, count in said.most_common())
        theirs = [sum(tell(line) == language for line in lines) for tell in installed.values()]
        shares["-" in language].append([count / len(lines) for count in (right, unknown, *theirs)])
        told = " | ".join(_of(count, lines) for count in theirs)
        print(f"| {language} | {len(lines)} | {_of(right, lines)} | {_of(unknown, lines)} | {wrong} | {told} |")
    for romanised, rows in shares.items():
        means = [f"{100 * sum(column) / len(rows):.1f}" for column in zip(*rows, strict=True)]
        print(f"| mean of {'romanised' if romanised else 'native'} | | {means[0]} | {means[1]} | | {' | '.join(means[2:])} |")


def _mixed(ours: Detector, texts: Texts) -> None:
    for chosen in (True, False):
        whole = [
            len(stretches(ours, "\n".join(texts[language][at : at + 3]), language if chosen else "")) == 1
            for language in LANGUAGES
            for at in range(0, len(texts[language]) - 2, 3)
        ]
        print(f"one language, {'chosen' if chosen else 'nothing chosen'}: {sum(whole)} of {len(whole)} stay whole")
    chance = random.Random(1)
    pairs = [(first, second) for first in LANGUAGES for second in LANGUAGES if first != second]
    said: Counter[str] = Counter()
    for first, second in pairs:
        cut = stretches(ours, "\n".join(short(chance.choice(texts[each]), LONG - 1) for each in (first, second)), first)
        right = [part.language for part in cut] == [first, second]
        said["cut right" if right else "left whole" if len(cut) == 1 else "cut, one language wrong"] += 1
    print(f"two languages, the first chosen, {len(pairs)} pairs: {', '.join(f'{name} {count}' for name, count in said.most_common())}")


def _of(count: int, lines: Sequence[str]) -> str:
    return f"{100 * count / len(lines):.0f}"


if __name__ == "__main__":
    main()
