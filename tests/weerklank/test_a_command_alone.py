"""A command brings along what it needs and nothing else; the help knows them all."""

import argparse
import subprocess
import sys
from typing import Any

import pytest

from weerklank.__main__ import parser


def _words(top: argparse.ArgumentParser) -> list[str]:
    [commands] = [action for action in top._actions if isinstance(action, argparse._SubParsersAction)]
    known: dict[str, Any] = commands.choices
    return list(known)


EVERYTHING = _words(parser())


@pytest.mark.parametrize("word", EVERYTHING)
def test_a_command_is_found_without_all_the_others(word: str) -> None:
    alone = _words(parser(word))

    assert word in alone
    assert len(alone) <= 2


@pytest.mark.parametrize("word", ["nonsense", "--help", None])
def test_what_is_no_command_is_told_of_all(word: str | None) -> None:
    assert _words(parser(word)) == EVERYTHING


@pytest.mark.parametrize("words", ["keys new", "programme check nowhere.yaml"])
def test_what_needs_no_web_does_not_read_it(words: str) -> None:
    run = f"import sys; from weerklank.__main__ import main; main({words.split()!r})"
    look = f"{run}; sys.exit('api.app' in sys.modules or 'uvicorn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
