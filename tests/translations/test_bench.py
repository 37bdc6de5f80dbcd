"""The bench of translations runs, and both sides of it say the same words; how fast is for a quiet machine to say."""

import re
import subprocess
import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]


def test_the_bench_of_translations_compares_the_same_words_of_both() -> None:
    words = [sys.executable, "-m", "bench.translate", "--short"]
    done = subprocess.run(words, cwd=_ROOT, capture_output=True, text=True, timeout=300, check=False)
    rows = re.findall(r"^\| (\d+) \| [\d.]+ · \d+ \| [\d.]+ · \d+ \| [\d.]+ \|$", done.stdout, re.MULTILINE)

    assert done.returncode == 0, done.stderr
    assert rows == ["1", "8", "64"]
    assert "the same words in 288 of 288 sentences" in done.stdout
