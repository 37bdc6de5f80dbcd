"""Which language words are in: how often it is told right, by language, native and romanised, and how long it takes.

Run it as `python -m bench.detect`; it needs npm for the Declaration of Human Rights. Native rows: the first 60 letters of each of its
paragraphs. Romanised rows: the labelled lines of bench/data and tests/translations/data; the words of the lists were written before they
were seen; the two lines that a list has to reach were moved, and a few shared words taken out, after looking. All the languages below are
possible, and nobody chose one: the worker's choice, which comes first in the product, is left out here.
"""

import time
from collections import Counter
from pathlib import Path

import yaml
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bench import udhr
from translations.detect import Detector

_ROOT = Path(__file__).parents[1]
_TABLES = (
    "tests/translations/data/danger.yaml",
    "bench/data/concerns.yaml",
    "bench/data/danger-tuned.yaml",
    "bench/data/danger-held-out.yaml",
)
LANGUAGES = sorted(udhr.FILES.keys() - {"fa", "it", "ja", "ru", "uk"})


def main() -> None:
    """Print the table."""
    began = time.perf_counter()
    ours, alone = Detector(LANGUAGES), LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    print(f"made in {time.perf_counter() - began:.1f} s")
    alone.set_languages(LANGUAGES)
    declaration = udhr.fetch()
    texts = {language: [paragraph[:60] for paragraph in declaration[language]] for language in LANGUAGES}
    for table in _TABLES:
        for row in yaml.safe_load((_ROOT / table).read_text(encoding="utf-8")):
            if "-" in row["language"]:
                texts.setdefault(str(row["language"]).replace("-ascii", "-Latn"), []).append(str(row["text"]))
    print("| language | texts | ours right % | ours unknown % | ours wrong | py3langid alone right % |\n|---|---|---|---|---|---|")
    for language, lines in texts.items():
        said = Counter(ours.detect(line).language for line in lines)
        right, unknown = said.pop(language, 0), said.pop(None, 0)
        by_itself = sum(alone.classify(line)[0] == language for line in lines)
        wrong = ", ".join(f"{other} {count}" for other, count in said.most_common())
        print(f"| {language} | {len(lines)} | {_of(right, lines)} | {_of(unknown, lines)} | {wrong} | {_of(by_itself, lines)} |")
    every = [line for lines in texts.values() for line in lines]
    began = time.perf_counter()
    for line in every:
        ours.detect(line, "bn")
    print(f"{1000 * (time.perf_counter() - began) / len(every):.2f} ms a message")


def _of(count: int, lines: list[str]) -> str:
    return f"{100 * count / len(lines):.0f}"


if __name__ == "__main__":
    main()
