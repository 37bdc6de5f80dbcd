"""The operator's pages name what is there: every command runs or parses, every service, setting, file and link exists."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

import pytest
import yaml

from tests.operations.files import COMPOSE, HOUSE, compose, example
from tests.operations.test_compose import SERVICES
from weerklank.__main__ import parser
from weerklank.sample import programme_text
from weerklank.settings import Settings

PAGES = [HOUSE / "docs" / "how-to" / f"{name}.md" for name in ("deploy", "back-up-and-restore", "upgrade", "scale", "rotate-keys")]
VERBS = {"build", "exec", "version", "logs", "ps", "run", "stop", "up"}
WITH_A_WORD = {"--since", "--tail", "--env", "--entrypoint", "--user"}
OTHERS = {
    *("install", "openssl", "chmod", "chown", "useradd", "git", "docker", "ssh", "getent", "apt-get", "cd", "systemctl", "mv"),
    ".venv/bin/python",
}


def _lines(page: Path) -> list[str]:
    """The lines of a page's blocks to type; a block with a language is something to write into a file."""
    blocks = re.findall(r"^ *```(\w*)\n(.*?)^ *```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [line.strip() for language, block in blocks if not language for line in block.splitlines() if line.strip()]


def _inline(page: Path) -> list[str]:
    text = re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [found for found in re.findall(r"`([^`\n]+)`", text) if found.startswith(("weerklank ", ".venv/bin/weerklank "))]


COMMANDS = [(page.stem, line) for page in PAGES for line in _lines(page)]
NAMED = [(page.stem, line) for page in PAGES for line in _inline(page)]


def _parses(words: list[str]) -> None:
    """A command of ours with its options; wrong usage ends the test."""
    arguments = parser().parse_args(words)
    assert callable(arguments.run)


def _positional(words: list[str]) -> Iterator[str]:
    """Words of a `docker compose` command that are no options: a verb, a service, and what runs in it.

    `cp` is none of the verbs: the file system of a service of ours is read-only, and the daemon refuses to copy into what is in memory.
    """
    left = iter(words)
    for word in left:
        if word in WITH_A_WORD:
            next(left)
        elif not word.startswith("-"):
            yield word
            if word in SERVICES and words[0] in {"exec", "run"}:
                yield from left


def _compose(words: list[str]) -> None:
    verb, *rest = _positional(words)
    assert verb in VERBS
    if verb in {"exec", "run"}:
        service, *inside = rest
        assert service in SERVICES
        if verb == "run" and SERVICES[service]["image"].startswith("weerklank:"):
            _parses(inside or SERVICES[service]["command"])
        elif inside and inside[0] == "weerklank":
            _parses(inside[1:])
    else:
        assert set(rest) <= set(SERVICES)


@pytest.mark.parametrize(("page", "line"), COMMANDS, ids=[f"{page}-{number}" for number, (page, _) in enumerate(COMMANDS)])
def test_every_line_to_type_is_one_that_can_be_typed(page: str, line: str) -> None:
    words = list(takewhile(lambda word: word not in {">", ">>", "<", "|"}, shlex.split(line)))

    if words[:2] == ["docker", "compose"]:
        _compose(words[2:])
    elif words[:3] == ["runuser", "-u", "weerklank"]:
        _parses(words[words.index("--") + 2 :])
    elif words[0].endswith("weerklank"):
        _parses(words[1:])
    elif words[0] == "make":
        assert re.search(rf"^{words[1]}:", (HOUSE / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    else:
        assert words[0] in OTHERS
        assert [each for each in words if each.startswith(("deploy/", "tests/")) and not (HOUSE / each).exists()] == []


def test_a_first_start_comes_after_the_programme_and_nothing_is_entered_before_it() -> None:
    words = [shlex.split(line)[2:] for page, line in COMMANDS if page == "deploy" and line.startswith("docker compose")]
    verbs = [verb for verb, *_ in words]
    applied = [at for at, each in enumerate(words) if each[-5:-2] == ["programme", "apply", "-"]]

    # No process of ours starts while no programme is in force: `up --wait` before that fails, and `exec` finds nothing that runs.
    assert [verbs[at] for at in applied] == ["run"]
    assert applied[0] < verbs.index("up") < verbs.index("exec")


def test_with_sqlite_the_file_of_settings_is_shut_before_a_key_is_in_it_and_what_runs_beside_the_service_is_its_account() -> None:
    typed = [line for page, line in COMMANDS if page == "deploy"]
    lines = typed[next(at for at, line in enumerate(typed) if line.startswith("useradd")) :]
    order = ["install -m 600", ".venv/bin/weerklank keys new", ".venv/bin/weerklank officer add", "chown -R weerklank:", "systemctl enable"]
    places = [next(at for at, line in enumerate(lines) if line.startswith(each)) for each in order]

    assert places == sorted(places)
    assert [line for line in lines[places[3] :] if line.startswith(".venv/bin/weerklank")] == []


@pytest.mark.parametrize("page", ["deploy", "back-up-and-restore", "upgrade"])
def test_with_sqlite_the_service_never_starts_on_files_that_root_laid(page: str) -> None:
    """A command of ours that root types makes files that the service's account may not write, until they are given to it."""
    laid = started = False
    for line in (line for on, line in COMMANDS if on == page):
        if line.startswith(".venv/bin/weerklank") and "weerklank backup " not in line:
            laid = True
        elif line.startswith("chown -R weerklank:") and "var" in line.split():
            laid = False
        elif line.startswith(("systemctl start weerklank", "systemctl enable --now weerklank", "systemctl restart weerklank")):
            started = True
            assert not laid, line
    assert started


def test_a_restore_and_an_upgrade_lay_no_web_process_anew_but_by_its_name() -> None:
    starts = [shlex.split(line)[3:] for page, line in COMMANDS if page in {"back-up-and-restore", "upgrade"} and "compose up" in line]
    wide = [each for each in starts if "--no-deps" not in each and set(_positional(["up", *each])) - {"up"} != {"database"}]

    # `up` without names lays both at once when Compose finds either changed, and what carriers post meanwhile finds no door.
    assert len(starts) > 5
    assert wide == []


@pytest.mark.parametrize(("ends", "failed"), [(0, False), (1, False), (2, True)])
def test_the_copy_that_leaves_is_no_failure_when_the_log_grew_meanwhile_and_is_one_when_it_failed(
    *, tmp_path: Path, ends: int, failed: bool
) -> None:
    [there] = [shlex.split(line)[2] for page, line in COMMANDS if page == "back-up-and-restore" and line.startswith("ssh")]
    tar = tmp_path / "tar"
    tar.write_text(f"#!/bin/sh\nexit {ends}\n", encoding="utf-8")
    tar.chmod(0o700)

    inside = subprocess.run(
        ["/bin/sh", "-c", f'docker() {{ shift 7; "$@"; }}; {there}'], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=False
    )

    assert (inside.returncode != 0) == failed


@pytest.mark.parametrize(("page", "line"), NAMED, ids=[f"{page}-{number}" for number, (page, _) in enumerate(NAMED)])
def test_every_command_in_a_sentence_is_one_of_ours(page: str, line: str) -> None:
    _parses(shlex.split(line)[1:])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_leads_only_to_pages_and_settings_that_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    leads = re.findall(r"\]\(([^)#:]+)\)", text)
    named = {name.lower() for name in re.findall(r"\bWEERKLANK_([A-Z_]+)", text)}

    assert [lead for lead in leads if not (page.parent / lead).exists()] == []
    assert named <= set(Settings.model_fields)
    assert set(re.findall(r"\b(?:KEEP_DAYS|SITE_NAME)\b", text)) <= set(example())


def test_the_volumes_and_images_that_the_pages_name_are_those_of_compose() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    name = re.search(r"^name: (\w+)$", COMPOSE.read_text(encoding="utf-8"), re.MULTILINE)
    made = compose()
    images = {service["image"] for service in SERVICES.values()}

    assert name is not None
    assert set(re.findall(r"\bweerklank_(\w+)", text)) == {"backups", "copies", "data", "inside"} <= {*made["volumes"], *made["networks"]}
    assert set(re.findall(r"\bpostgres:\d\S+", text)) <= images
    assert name[1] == "weerklank"


def test_the_accounts_that_the_pages_let_in_stand_in_the_sample_and_the_first_governs_the_programme() -> None:
    typed = [shlex.split(line) for _, line in COMMANDS if " officer add " in line or " officer token " in line]
    named = [next(word for word in words if "@" in word) for words in typed]
    people = {person["email"]: person["role"] for person in yaml.safe_load(programme_text())["people"]}

    assert len(named) >= 4
    assert set(named) <= set(people)
    assert {people[email] for words, email in zip(typed, named, strict=True) if "admin" in words} == {"programme_admin"}
    assert people[named[0]] == "programme_admin"
