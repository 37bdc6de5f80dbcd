"""The house keeps its own rules: locked requirements, rooms, sizes, and the commands that the README names."""

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

HOUSE = Path(__file__).parent.parent
PROJECT = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))
ROOMS = ("weerklank", "api", "bot", "cases", "channels", "flows", "translations", "store", "words")
LOCKS = ("requirements.txt", "requirements-test.txt", "requirements-dev.txt")
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
# Every table stands on one page, so that a reader sees at once what is kept about a person; a migration is a list, however long.
MAY_BE_LONG = ("store/tables.py", "store/migrations/versions/")


def sources(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (HOUSE / folder).rglob("*.py"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_address(lock: str) -> None:
    text = (HOUSE / lock).read_text(encoding="utf-8")

    assert not re.search(r"://|--(extra-)?index-url|--find-links|file:|(^|\s)-[if]\s| @ ", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_every_package_to_its_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", (HOUSE / lock).read_text(encoding="utf-8").strip())

    assert [entry for entry in entries if not re.match(r"\S+==\S+( ; .+)? \\\n\s+--hash=sha256:[0-9a-f]{64}", entry)] == []


def test_a_larger_lock_holds_the_smaller_one() -> None:
    run, test, dev = ({line for line in (HOUSE / lock).read_text(encoding="utf-8").splitlines() if "==" in line} for lock in LOCKS)

    assert run <= test <= dev


def test_the_lock_of_npm_names_no_registry_and_pins_every_package_to_its_hash() -> None:
    packages = json.loads((HOUSE / "tests" / "prism" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    brought = {name: entry for name, entry in packages.items() if name}

    assert brought
    assert [name for name, entry in brought.items() if "resolved" in entry or not entry["integrity"].startswith("sha512-")] == []


def test_the_packages_are_the_rooms() -> None:
    include = PROJECT["tool"]["setuptools"]["packages"]["find"]["include"]

    assert tuple(name.removesuffix("*") for name in include) == ROOMS
    assert tuple(PROJECT["tool"]["importlinter"]["root_packages"]) == ROOMS


def test_what_is_not_code_travels_with_the_package() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    files = [path for room in ROOMS for path in (HOUSE / room).rglob("*") if path.is_file() and path.suffix not in {".py", ".pyc"}]

    assert [path.name for path in files if f"**/*{path.suffix}" not in patterns] == []


def test_every_folder_with_code_travels_with_the_package() -> None:
    folders = {path.parent for path in sources(*ROOMS)}

    assert [short_of(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_every_top_level_folder_with_code_is_a_room_or_holds_tools() -> None:
    folders = {path.parent.name for path in HOUSE.glob("*/__init__.py")}

    assert folders - {"tests", "bench"} == set(ROOMS)


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in sources("tests")}

    assert [str(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_begins_with_its_card(room: str) -> None:
    card = ast.get_docstring(ast.parse((HOUSE / room / "__init__.py").read_text(encoding="utf-8")))

    assert card


def test_every_file_begins_with_a_sentence() -> None:
    silent = [path for path in sources(*ROOMS, "tests", "bench") if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]

    assert [str(path.relative_to(HOUSE)) for path in silent] == []


def short_of(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


def test_no_file_is_two_rooms_that_have_not_met() -> None:
    lengths = {short_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources(*ROOMS)}

    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE and not name.startswith(MAY_BE_LONG)} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    lengths = {
        f"{short_of(path)}:{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in sources(*ROOMS)
        for node in functions(path)
    }

    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION and not name.startswith(MAY_BE_LONG)} == {}


@pytest.mark.parametrize("target", ["install", "demo", "test", "lint", "bench"])
def test_the_makefile_keeps_the_names_that_others_rely_on(target: str) -> None:
    assert re.search(rf"^{target}:", (HOUSE / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_ci_runs_the_command_that_the_readme_names() -> None:
    readme = (HOUSE / "README.md").read_text(encoding="utf-8")
    lines = (HOUSE / ".ci" / "run").read_text(encoding="utf-8").splitlines()

    assert "make test" in readme
    assert "step make test" in lines


def test_the_code_and_its_papers_are_under_one_licence() -> None:
    assert PROJECT["project"]["license"] == "EUPL-1.2"
    assert (HOUSE / "LICENSE").read_text(encoding="utf-8").startswith("EUROPEAN UNION PUBLIC LICENCE v. 1.2\n")


def test_two_tests_never_meet_in_one_database(database_url: str) -> None:
    engine = sa.create_engine(database_url)

    with engine.begin() as connection:
        tables = sa.inspect(connection).get_table_names()
        connection.execute(sa.text("CREATE TABLE left_by_a_neighbour (word TEXT)"))
    engine.dispose()

    assert "cases" in tables
    assert "left_by_a_neighbour" not in tables


test_the_next_test_finds_it_clean = test_two_tests_never_meet_in_one_database


def test_an_empty_database_is_empty(empty_database_url: str) -> None:
    engine = sa.create_engine(empty_database_url)

    with engine.connect() as connection:
        assert sa.inspect(connection).get_table_names() == []
    engine.dispose()
