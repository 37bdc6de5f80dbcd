"""The bill of materials: `python -m weerklank.sbom LOCK FILE` lists, as CycloneDX 1.6, which packages of the lock run here.

The same packages give the same bytes: no time stands in it, and its serial number is derived from what it lists (ASVS 15.1.2).
"""

import hashlib
import json
import re
import sys
import uuid
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)", re.MULTILINE)
_NAMESPACE = uuid.UUID("6f0c1c3e-6a53-5f0e-9a57-0d6e1f1b6a41")
_LONGEST_NAME = 80


class NotAsLocked(Exception):
    """What is installed is not what the lock names."""


def bill(lock: str) -> dict[str, Any]:
    """List the packages of a lock that are installed here; those that the lock keeps for other systems are not. Raises NotAsLocked."""
    components = [_component(name, version) for name, version in _installed(lock)]
    listed = json.dumps(components, sort_keys=True)
    ours = {"type": "application", "bom-ref": "weerklank", "name": "weerklank", "version": metadata.version("weerklank")}
    lock_hash = {"name": "weerklank:lock:sha256", "value": hashlib.sha256(lock.encode()).hexdigest()}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, listed)}",
        "version": 1,
        "metadata": {"component": ours | _licences("weerklank"), "properties": [lock_hash]},
        "components": components,
    }


def _pinned(lock: str) -> dict[str, set[str]]:
    """The versions of each package: a lock for every system may pin several, each for some of them."""
    versions: dict[str, set[str]] = {}
    for found in _PINNED.finditer(lock):
        versions.setdefault(found["name"], set()).add(found["version"])
    return versions


def _installed(lock: str) -> Iterator[tuple[str, str]]:
    for name, versions in _pinned(lock).items():
        try:
            here = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
        if here not in versions:
            raise NotAsLocked(f"{name} is {here} here and {' or '.join(sorted(versions))} in the lock")
        yield name, here


def _component(name: str, version: str) -> dict[str, Any]:
    url = f"pkg:pypi/{re.sub(r'[-_.]+', '-', name).lower()}@{version}"
    return {"type": "library", "bom-ref": url, "name": name, "version": version, "purl": url} | _licences(name)


def _licences(name: str) -> dict[str, Any]:
    """What a package says of its licence: an expression (PEP 639), else its classifiers, else its short field."""
    about = metadata.metadata(name)
    [expression] = about.get_all("License-Expression") or [""]
    if expression:
        return {"licenses": [{"expression": expression}]}
    classified = [line.rpartition(" :: ")[2] for line in about.get_all("Classifier") or () if line.startswith("License :: ")]
    [short] = about.get_all("License") or [""]
    named = [each for each in classified if each != "OSI Approved"] or [short.strip()] * (0 < len(short.strip()) <= _LONGEST_NAME)
    return {"licenses": [{"license": {"name": each}} for each in named]} if named else {}


def main(arguments: list[str]) -> int:
    """Write the bill of a lock into a file."""
    if len(arguments) != 2:
        sys.stderr.write("usage: python -m weerklank.sbom LOCK FILE\n")
        return 2
    lock, file = map(Path, arguments)
    try:
        made = bill(lock.read_text(encoding="utf-8"))
    except NotAsLocked as error:
        sys.stderr.write(f"weerklank.sbom: {error}\n")
        return 1
    file.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(made['components'])} packages in {file}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
