"""What commands about flows are given: files or folders, languages, a country."""

import argparse
import re
from collections.abc import Iterable
from pathlib import Path

from flows.model import LANGUAGE
from weerklank.commands.errors import CommandError

_COUNTRY = re.compile(r"[A-Z]{2}")


def yaml_files(paths: Iterable[Path]) -> list[Path]:
    """Every YAML file there. Raises CommandError where there is none."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise CommandError(f"there is no file or folder {path}")
        found += sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    if not found:
        raise CommandError("no .yaml file there")
    return found


def flow_files(paths: Iterable[Path]) -> list[Path]:
    """Every flow there; the languages that lie beside one (`NAME.bn.yaml`) are part of it. Raises CommandError where there is none."""
    found = [path for path in yaml_files(paths) if path.name.count(".") == 1]
    if not found:
        raise CommandError("no flow there; name the file NAME.yaml, its languages are read with it")
    return found


def language(text: str) -> str:
    """A language tag of BCP 47, for argparse."""
    if re.fullmatch(LANGUAGE, text) is None:
        raise argparse.ArgumentTypeError(f"`{text}` is no language tag; write one such as bn or es-PE")
    return text


def country(text: str) -> str:
    """A country of ISO 3166, for argparse."""
    if _COUNTRY.fullmatch(text) is None:
        raise argparse.ArgumentTypeError(f"`{text}` is no country code; write two capitals, such as BD")
    return text
