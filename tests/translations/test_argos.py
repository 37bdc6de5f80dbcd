"""What we take of argostranslate and what we leave: no folder in a home, nothing heard from the environment, nothing sent away."""

import os
import re
import subprocess
import sys
from importlib.metadata import requires, version
from pathlib import Path

import pytest

from tests.translations.naive import STAND_INS
from translations.argos import SendsTextAway, cores, refuse_senders
from translations.engine import Argos

HOUSE = Path(__file__).parents[2]
HEAVY = ("stanza", "spacy", "torch", "minisbd", "onnxruntime")

LOOK = """
import sys
import translations.engine
print(sorted(name for name in sys.modules if name.startswith(("argostranslate", "stanza", "minisbd", "spacy", "torch", "sacremoses"))))
"""

START = """
from pathlib import Path
from translations.engine import Argos
engine = Argos(Path("none"))
print(engine.hops())
engine.close()
"""


def ran(code: str, home: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("ARGOS_", "XDG_"))}
    environment |= {"HOME": str(home), **more}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, cwd=HOUSE, check=False, timeout=60)


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-test.txt", "requirements-dev.txt"])
def test_no_lock_brings_two_gigabytes_for_a_splitter_that_is_not_used(lock: str) -> None:
    locked = re.findall(r"^([a-z0-9][a-z0-9._-]*)==", (HOUSE / lock).read_text(encoding="utf-8"), re.MULTILINE)

    assert "argostranslate" in locked
    assert [name for name in locked if name in HEAVY or name.startswith(("nvidia", "cuda"))] == []


def test_the_engine_takes_a_tokenizer_of_the_library_and_nothing_else(tmp_path: Path) -> None:
    ended = ran(LOOK, tmp_path)

    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.strip() == "['argostranslate', 'argostranslate.tokenizer']"


def test_the_engine_makes_no_folder_in_the_home_where_the_library_makes_three(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.mkdir()
    theirs.mkdir()

    ran(START, ours)
    ran("import argostranslate.settings", theirs)

    assert [*ours.rglob("*")] == []
    assert len([path for path in theirs.rglob("*") if path.name == "argos-translate"]) == 3


@pytest.mark.parametrize("provider", ["LIBRETRANSLATE", "OPENAI", "ANYTHING"])
def test_an_environment_that_would_send_words_away_stops_the_start(tmp_path: Path, provider: str) -> None:
    with pytest.raises(SendsTextAway, match="ARGOS_MODEL_PROVIDER"):
        Argos(tmp_path, {"ARGOS_MODEL_PROVIDER": provider})


def test_the_process_itself_does_not_start_with_it(tmp_path: Path) -> None:
    refused, started = ran(START, tmp_path, ARGOS_MODEL_PROVIDER="OPENAI"), ran(START, tmp_path)

    assert refused.returncode != 0
    assert "SendsTextAway" in refused.stderr
    assert started.stdout == "()\n"


def test_an_environment_that_says_nothing_or_the_models_here_is_well() -> None:
    refuse_senders({})
    refuse_senders({"ARGOS_MODEL_PROVIDER": "OPENNMT"})

    assert cores() >= 1


def test_what_the_environment_says_about_packages_is_not_heard(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"

    ended = ran(START, tmp_path, ARGOS_PACKAGES_DIR=str(elsewhere), ARGOS_DEBUG="1")

    assert ended.stdout == "()\n"
    assert not elsewhere.exists()


WITHOUT = """
import sys
from tests.translations.naive import stand_in
stand_in()
for name in [name for name in sys.modules if name.split(".")[0] == "{name}"]:
    sys.modules[name] = None
import argostranslate.translate
"""


@pytest.mark.parametrize("name", STAND_INS)
def test_the_stand_ins_go_when_the_library_needs_them_no_more(name: str, tmp_path: Path) -> None:
    ended = ran(WITHOUT.format(name=name), tmp_path)

    assert "ModuleNotFoundError" in ended.stderr, (
        f"argostranslate {version('argostranslate')} no longer imports {name}: take its stand-in out of tests/translations/naive.py, "
        "and what it no longer requires out of `override-dependencies` in pyproject.toml"
    )


def test_the_library_still_asks_for_what_is_overridden() -> None:
    asked = {re.split(r"[ (<>=;\[]", requirement)[0] for requirement in requires("argostranslate") or []}

    assert {"stanza", "spacy", "minisbd"} <= asked, "argostranslate asks for less: shorten `override-dependencies` in pyproject.toml"
