"""How fast translations are: our queue and batches against argostranslate's own path, in one run, on a model as large as a published one.

`python -m bench.translate`. Messages of one sentence each, of 12 to 28 tokens, 24 tokens out, beam 4, handed in by 1, 8 and 64 callers at
once; the library is called by as many threads, with its own settings. Rounds take turns, so that other work on the machine falls on both.
`--short` does the same with a tiny package of the tests in some seconds: it shows that both say the same, and no speed that matters.
"""

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from bench.large_model import build
from bench.webhook import machine
from tests.translations import tiny
from tests.translations.naive import Naive
from tests.translations.pairs import PAIRS
from translations.engine import Argos

CALLERS = {1: 8, 8: 24, 64: 64}
AIM = 3.0
ROUNDS = 3
_TINY = ("el jefe no paga las horas extra", "hay fuego en la fábrica", "no hay agua", "la puerta está cerrada")

Render = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Measured:
    """Sentences a second, and milliseconds of processor time for each."""

    rate: float
    cpu: float


LOAD = """
import resource, sys, time
from pathlib import Path
from translations.engine import Argos

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20

engine = Argos(Path(sys.argv[1]), {})
before, began = resident(), time.monotonic()
engine.warm_up(engine.hops())
took, loaded = time.monotonic() - began, resident()
engine.render([sys.argv[2]] * 32, engine.hops()[0])
print(f"loaded in {took:.1f} s; {loaded - before:.0f} MiB more in memory, {resident() - before:.0f} after a batch of 32", end="")
engine.registry._idle_seconds = -1
engine.registry.let_go()
print(f", {resident() - before:.0f} once it was let go")
engine.close()
"""
IMPORT = "import time; began = time.perf_counter(); import translations.engine; print(f'{(time.perf_counter() - began) * 1000:.0f}')"


def in_a_process(code: str, *words: str) -> str:
    """What a fresh process says."""
    return subprocess.run([sys.executable, "-c", code, *words], check=True, capture_output=True, text=True).stdout.strip()


def measure(render: Render, sentences: list[str], callers: int) -> tuple[Measured, list[str]]:
    """Let so many callers hand in sentences, one each at a time."""
    with ThreadPoolExecutor(callers) as pool:
        began, used = time.monotonic(), time.process_time()
        said = list(pool.map(render, sentences))
        took, used = time.monotonic() - began, time.process_time() - used
    return Measured(len(sentences) / took, used / len(sentences) * 1000), said


def middle(of: list[Measured]) -> Measured:
    """The median round."""
    return Measured(statistics.median(each.rate for each in of), statistics.median(each.cpu for each in of))


def compare(ours: Render, theirs: Render, sentences: list[str]) -> tuple[list[str], int, int]:
    """Measure both with each number of callers; what fell short, how many sentences came out equal, of how many."""
    short: list[str] = []
    equal = total = 0
    print("| callers | the library: sentences/s, CPU ms | ours: sentences/s, CPU ms | × |\n|---|---|---|---|")
    for callers, count in CALLERS.items():
        rounds: tuple[list[Measured], list[Measured]] = ([], [])
        for _ in range(ROUNDS):
            taken = sentences[:count]
            (first, said), (second, told) = measure(theirs, taken, callers), measure(ours, taken, callers)
            rounds[0].append(first)
            rounds[1].append(second)
            equal += sum(one == other for one, other in zip(said, told, strict=True))
            total += count
        library, us = middle(rounds[0]), middle(rounds[1])
        ratio = us.rate / library.rate
        print(f"| {callers} | {library.rate:.1f} · {library.cpu:.0f} | {us.rate:.1f} · {us.cpu:.0f} | {ratio:.1f} |", flush=True)
        aim = 1.0 if callers == 1 else AIM
        if ratio < aim:
            short.append(f"{ratio:.1f} x with {callers} callers (aim {aim:.0f})")
    return short, equal, total


def _packed(file: Path, *, short: bool) -> list[str]:
    """Build the package; returns sentences in its language."""
    if short:
        tiny.build(PAIRS["es-en"], file)
        return [_TINY[number % len(_TINY)] for number in range(max(CALLERS.values()))]
    words = build(file)
    chance = random.Random(1)
    return [" ".join(chance.choices(words, k=chance.randint(12, 28))) for _ in range(max(CALLERS.values()))]


def main() -> int:
    """Measure, print, and say what fell short; 0 always, since a busy machine is no fault."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="with a tiny package, in some seconds")
    chosen = parser.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "large.argosmodel"
        sentences = _packed(file, short=chosen.short)
        library_folder = Path(scratch) / "library"
        library_folder.mkdir()
        library = Naive(library_folder)
        library.install(file)
        began = time.monotonic()
        engine = Argos(Path(scratch) / "languages", {})
        installed = engine.packages.install(file)
        print(f"package of {file.stat().st_size / 2**20:.0f} MiB, verified, tried and in place in {time.monotonic() - began:.1f} s")
        print(in_a_process(LOAD, str(engine.packages.folder), sentences[0]))
        print(f"weights on disk {installed.record.weights / 2**20:.0f} MiB; importing the engine takes {in_a_process(IMPORT)} ms\n")
        engine.warm_up(engine.hops())
        pair = library.pair("es", "en")
        pair.translate(sentences[0])
        short, equal, total = compare(
            lambda sentence: engine.render([sentence], installed.hop)[0].text, lambda sentence: str(pair.translate(sentence)), sentences
        )
        engine.close()
    print(
        f"\nthe same words in {equal} of {total} sentences; "
        + ("every aim is met" if not short else "short of the aims: " + "; ".join(short))
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
