"""The operator's files as tests read them: Compose with its variables filled in, the Dockerfile by its instructions."""

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

HOUSE = Path(__file__).parents[2]
COMPOSE = HOUSE / "docker-compose.yml"
DOCKERFILE = HOUSE / "Dockerfile"
DEPLOY = HOUSE / "deploy"
SCRIPTS = sorted(DEPLOY.glob("*.sh"))
EXAMPLE = DEPLOY / "env.example"
SITE = "line.example"

_VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?:(?P<kind>:[-?])(?P<other>[^}]*))?\}")


def program(name: str) -> Path:
    """A program that a wheel put beside this Python."""
    return Path(sys.executable).with_name(name)


def example() -> dict[str, str]:
    """What stands in the example of `.env`."""
    lines = (line for line in EXAMPLE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its variables replaced as Compose replaces them. Raises LookupError for one that must be set and is not."""

    def value(found: re.Match[str]) -> str:
        known = values.get(found["name"], "")
        if known or found["kind"] is None:
            return known
        if found["kind"] == ":?":
            raise LookupError(f"{found['name']}: {found['other']}")
        return str(found["other"])

    return _VARIABLE.sub(value, text)


def compose(**more: str) -> dict[str, Any]:
    """docker-compose.yml, read with the example's values, and invented ones where the example leaves them empty."""
    values = {name: value or "invented" for name, value in example().items()} | more
    read: dict[str, Any] = yaml.safe_load(filled(COMPOSE.read_text(encoding="utf-8"), values))
    return read


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, each with what follows it on its lines."""
    text = re.sub(r"^\s*#.*\n", "", DOCKERFILE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines if line.strip())]
