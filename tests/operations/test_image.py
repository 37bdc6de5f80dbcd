"""The image without an engine: the Dockerfile's own steps, done in a folder, give a service that writes below its data folder alone."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.operations.files import DOCKERFILE, HOUSE, instructions, program
from tests.operations.test_compose import wheels
from tests.processes import Installation
from weerklank.__main__ import parser

STAGE = "/opt/weerklank"
LARGEST = 550 * 2**20  # bytes
_LIST = "from importlib.metadata import distributions as found; print(*(f'{each.name}=={each.version}' for each in found()))"


def _named(word: str) -> list[str]:
    return [rest for name, rest in instructions() if name == word]


@wheels
def test_the_linter_of_dockerfiles_has_nothing_to_say() -> None:
    said = subprocess.run([program("hadolint"), DOCKERFILE], capture_output=True, text=True, check=False)

    assert (said.stdout, said.returncode) == ("", 0)


def test_both_stages_stand_on_the_same_exact_version_and_the_last_has_an_account_of_its_own() -> None:
    bases = [rest.split()[0] for rest in _named("FROM")]

    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-[a-z]+", bases[0])
    assert _named("USER") == ["10001"]
    assert instructions().index(("USER", "10001")) > instructions().index(("FROM", bases[0]))


def test_every_file_it_copies_is_there_and_goes_to_the_builder() -> None:
    sources = [rest.split()[0] for rest in _named("COPY") if not rest.startswith("--from")]
    rest = [word for rest in _named("COPY") if not rest.startswith("--from") for word in rest.split()[1:-1]]
    sent = {line[1:] for line in (HOUSE / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")}

    assert set(sources) | set(rest) == sent
    assert [each for each in sent if not (HOUSE / each).exists()] == []


def test_nothing_else_goes_to_the_builder() -> None:
    lines = [line for line in (HOUSE / ".dockerignore").read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]

    assert lines[0] == "*"
    assert not {"!.env", "!var", "!tests", "!.git"} & set(lines)


def test_what_it_runs_is_a_command_of_ours_and_what_asks_for_its_health_is_a_page_of_ours() -> None:
    [entry], [command], [health] = _named("ENTRYPOINT"), _named("CMD"), _named("HEALTHCHECK")
    arguments = parser().parse_args(json.loads(command))

    assert json.loads(entry) == ["weerklank"]
    assert (arguments.host, arguments.port) == ("0.0.0.0", 8000)
    assert "http://127.0.0.1:8000/healthz" in health


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What the first stage makes, by its own steps, in a folder of ours; then nothing in it may be written any more."""
    folder = tmp_path_factory.mktemp("image")
    for name in (line[1:] for line in (HOUSE / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")):
        _copied(HOUSE / name, folder)
    steps = instructions()[: [word for word, _ in instructions()].index("FROM", 1)]
    for step in (rest for word, rest in steps if word == "RUN"):
        here = step.replace(STAGE, str(folder / "opt"))
        ran = subprocess.run(["/bin/sh", "-ec", here], cwd=folder, env=_building(), capture_output=True, text=True, check=False)
        assert ran.returncode == 0, f"{here}\n{ran.stdout[-2000:]}\n{ran.stderr[-4000:]}"
    _set_writable(folder / "opt", writable=False)
    yield folder / "opt"
    _set_writable(folder / "opt", writable=True)


def _copied(source: Path, folder: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, folder / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, folder)


def _building() -> dict[str, str]:
    """The steps find `python` as they do in the base image, and packages wherever this machine finds them."""
    path = f"{Path(os.path.realpath(sys.executable)).parent}{os.pathsep}{os.environ['PATH']}"
    quicker = {"PIP_NO_COMPILE": "1", "PIP_ROOT_USER_ACTION": "ignore", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return {**os.environ, **quicker, "PATH": path}


def _set_writable(folder: Path, *, writable: bool) -> None:
    for path in [folder, *folder.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | 0o200 if writable else mode & ~0o222)


def _bound(command: list[str]) -> list[str]:
    """A command that may no more than any account may: root lays down what lets it write where nobody may."""
    return ["setpriv", "--bounding-set=-all", "--inh-caps=-all", *command] if os.geteuid() == 0 else command


def test_it_serves_from_a_file_system_that_is_not_written_to(stage: Path, sqlite_url: str, tmp_path: Path) -> None:
    here = Installation(tmp_path / "data", sqlite_url, more={"WEB_PHONE": "true", "CODES_AHEAD": "1"})
    here.lay()
    environment = {**here.environment, "PATH": f"{stage / 'bin'}:/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    words = json.loads(_named("CMD")[0])
    words[words.index("8000")] = str(here.port)
    refused = subprocess.run(_bound(["touch", f"{stage}/written"]), capture_output=True, text=True, check=False)
    with here.log("serve").open("ab") as log:
        started = _bound([str(stage / "bin" / "weerklank"), *words])
        here.processes["serve"] = subprocess.Popen(started, env=environment, cwd=tmp_path, stdout=log, stderr=log)
    try:
        here.await_up()
        health = re.sub("8000", str(here.port), json.loads(_named("HEALTHCHECK")[0].partition("CMD ")[2])[2])
        asked = subprocess.run([str(stage / "bin" / "python"), "-c", health], env=environment, check=False, capture_output=True)
        page = httpx.get(f"{here.url}/talk").raise_for_status()
    finally:
        here.stop()

    assert "Permission denied" in refused.stderr
    assert asked.returncode == 0, asked.stderr
    assert "<svg" in page.text
    assert "Traceback" not in here.logs()


def test_its_bill_of_materials_lists_what_is_in_it_in_the_form_of_cyclonedx(stage: Path) -> None:
    text = (stage / "sbom.cdx.json").read_text(encoding="utf-8")
    told = subprocess.run([stage / "bin" / "python", "-c", _LIST], capture_output=True, text=True, check=True)
    components: list[dict[str, Any]] = orjson.loads(text)["components"]
    listed = {f"{each['name']}=={each['version']}".lower().replace("_", "-") for each in components}
    there = {each.lower().replace("_", "-") for each in told.stdout.split()}
    silent = [each["name"] for each in components if "licenses" not in each]

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert {each for each in there if not each.startswith("weerklank==")} == listed
    assert len(listed) > 60
    assert len(silent) <= 3, silent


def test_what_it_adds_to_its_base_stays_small(stage: Path) -> None:
    """Measured on x86-64: 480 MiB, a third of it the engine of translation. Python's compiled copies are not made here."""
    size = sum(path.lstat().st_size for path in stage.rglob("*"))

    assert size < LARGEST, size // 2**20
