"""`weerklank languages` and what the doctor says of them, as an operator types it, against an index on loopback."""

import http.server
import json
import threading
from collections.abc import Iterator
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from cases import programme
from tests.translations.lexicons import BN_EN, EN_NL, ES_EN, turned
from tests.translations.tiny import Package, build
from translations.package_file import digest_of
from translations.packages import Packages
from weerklank.__main__ import main
from weerklank.commands import doctor_languages
from weerklank.commands.languages_needed import wanted


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *given: Any) -> None:  # noqa: A002
        """Say nothing."""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    build(Package("es", "en", ES_EN, version="1.9"), folder / "es-en.argosmodel")
    build(Package("en", "nl", EN_NL, version="1.8"), folder / "en-nl.argosmodel")
    build(Package("nl", "en", turned(EN_NL), version="1.8"), folder / "nl-en.argosmodel")
    build(Package("en", "es", turned(ES_EN), version="1.9"), folder / "en-es.argosmodel")
    build(Package("bn", "en", BN_EN, version="1.9"), folder / "bn-en.argosmodel")
    return folder


@pytest.fixture
def index(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An index on loopback; its first address for each package is gone, and an older version stands in it too."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(published))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        base = f"http://127.0.0.1:{server.server_port}"
        pairs = [
            *(("es", "en", version) for version in ("1.9", "1.10x", "1.1")),
            *(("en", "nl", "1.8"), ("nl", "en", "1.8"), ("en", "es", "1.9"), ("bn", "en", "1.9")),
        ]
        entries = [
            {
                "type": "translate",
                "from_code": source,
                "to_code": target,
                "package_version": version,
                "links": ["ipfs://none", f"{base}/gone", f"{base}/{source}-{target}.argosmodel"],
            }
            for source, target, version in pairs
        ]
        (published / "index.json").write_text(json.dumps(entries), encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("WEERKLANK_DATA_DIR", str(tmp_path))
        monkeypatch.setenv("WEERKLANK_ARGOS_INDEX_URL", f"{base}/index.json")
        yield base
        server.shutdown()
        thread.join()


def run(*words: str) -> int:
    return main(["languages", *words])


def test_what_a_dialogue_needs_is_fetched_both_ways_on_the_operators_word_and_its_digests_are_told(
    index: str, published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("install", "es", "nl") == 0
    said = capsys.readouterr().out.splitlines()
    assert run("list") == 0
    listed = capsys.readouterr().out.splitlines()

    four = {"es-en": "1.9", "en-nl": "1.8", "nl-en": "1.8", "en-es": "1.9"}
    fetched = [f"{pair} {version} is installed; sha256 {digest_of(published / f'{pair}.argosmodel')}" for pair, version in four.items()]
    ways = ["es to nl: by pivot: es-en 1.9, then en-nl 1.8", "nl to es: by pivot: nl-en 1.8, then en-es 1.9"]
    assert said[:-1] == [*fetched, *ways]
    assert "open cases with words that it can read are now offered to be translated" in said[-1]
    assert {"es to en: direct: es-en 1.9", *ways} <= set(listed)


def test_what_is_there_already_is_not_fetched_again_and_is_no_error(
    index: str, published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("install", "es", "nl") == 0
    capsys.readouterr()
    # Were one asked for again, it would be at none of its addresses.
    away = published / "es-en.argosmodel"
    away.rename(away.with_suffix(".away"))
    again = run("install", "es", "nl")
    away.with_suffix(".away").rename(away)
    said = capsys.readouterr().out

    assert again == 0
    assert "es-en 1.9 is there already" in said
    assert "offered" not in said


def test_a_way_that_the_index_lacks_is_told_beside_what_was_fetched(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("install", "bn", "nl") == 1
    told = capsys.readouterr()

    assert "bn-en 1.9 is installed" in told.out
    assert "bn to nl: by pivot: bn-en 1.9, then en-nl 1.8" in told.out
    assert "nl to bn: none" in told.out
    assert "no package is published that carries nl to bn, and none by way of English" in told.err


def test_what_the_line_needs_is_listed_by_the_languages_of_its_workers_its_flows_and_its_desks(
    index: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEERKLANK_DATABASE_URL", f"sqlite:///{tmp_path / 'line.sqlite3'}")
    assert run("list") == 0
    before = capsys.readouterr().out
    assert main(["db", "upgrade"]) == 0
    capsys.readouterr()
    assert run("list") == 0
    without_programme = capsys.readouterr().out
    programme_file = tmp_path / "programme.yaml"
    programme_file.write_text(files("weerklank.sample").joinpath("programme.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    assert main(["programme", "apply", str(programme_file)]) == 0
    assert run("install", "es", "nl") == 0
    capsys.readouterr()
    assert run("list") == 0
    listed = capsys.readouterr().out.splitlines()
    needed = listed[1 : listed.index("what the packages here can do:")]

    assert "what this line needs is not known: the database has not the tables of this version" in before
    assert "what this line needs is not known: no programme is in force" in without_programme
    assert listed[0].startswith("what this line needs")
    assert needed == [
        line
        for source, target, there, back in (
            ("bn", "en", "none", "none"),
            ("bn", "nl", "none", "none"),
            ("bn-Latn", "en", "none", "none"),
            ("bn-Latn", "nl", "none", "none"),
            ("en", "nl", "direct: en-nl 1.8", "direct: nl-en 1.8"),
            ("es", "en", "direct: es-en 1.9", "direct: en-es 1.9"),
            ("es", "nl", "by pivot: es-en 1.9, then en-nl 1.8", "by pivot: nl-en 1.8, then en-es 1.9"),
            ("sw", "en", "none", "none"),
            ("sw", "nl", "none", "none"),
        )
        for line in (f"{source} to {target}: {there}", f"{target} to {source}: {back}")
    ]


def test_the_languages_of_flows_are_needed_too_and_a_desk_needs_none_for_its_own() -> None:
    text = files("weerklank.sample").joinpath("programme.yaml").read_text(encoding="utf-8")
    sample = programme.read_programme(text, "programme.yaml")

    assert ("si", "nl") not in wanted(sample)
    assert ("si", "nl") in wanted(sample, ["si", "nl"])
    assert all(source != target for source, target in wanted(sample, ["nl"]))


def test_a_language_that_nobody_publishes_is_told_in_one_sentence(index: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("install", "my", "en") == 1
    assert "no package is published that carries my to en" in capsys.readouterr().err


def test_an_index_that_is_away_says_what_to_do_instead(
    index: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WEERKLANK_ARGOS_INDEX_URL", f"{index}/none.json")

    assert run("install", "es", "en") == 1
    assert "install a file" in capsys.readouterr().err


def test_a_file_is_installed_and_taken_away_without_any_network(index: str, published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = published / "es-en.argosmodel"

    assert run("install", str(file), "--sha256", "0" * 64) == 1
    assert "another file" in capsys.readouterr().err
    assert run("install", str(file), "--sha256", digest_of(file)) == 0
    assert "open cases with words that it can read are now offered to be translated" in capsys.readouterr().out
    assert run("remove", "es-en") == 0
    assert run("remove", "es-en") == 1
    assert "there is no package es-en; there is none at all" in capsys.readouterr().err
    assert run("list") == 0
    assert "no language package is installed" in capsys.readouterr().out


def test_a_file_that_is_none_is_refused_in_one_sentence(index: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "note.txt").write_text("hello", encoding="utf-8")

    assert run("install", str(tmp_path / "note.txt")) == 1
    assert run("install", str(tmp_path / "none")) == 1
    assert run("install", "a", "b", "c") == 1
    first, second, third = capsys.readouterr().err.splitlines()
    assert "no whole zip file" in first
    assert "there is no file" in second
    assert "name one file" in third


def test_the_doctor_names_what_was_set_aside(index: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "languages"
    (folder / "stray").mkdir(parents=True)
    Packages(folder).sweep()

    (finding,) = doctor_languages.packages(folder)

    assert not finding.well
    assert "stray is set aside" in finding.what
    assert run("list") == 0
    assert "set aside: stray" in capsys.readouterr().out


def test_the_doctor_names_the_languages_that_no_model_carries_to_a_desk(index: str, tmp_path: Path) -> None:
    text = files("weerklank.sample").joinpath("programme.yaml").read_text(encoding="utf-8")
    sample = programme.read_programme(text, "programme.yaml")

    (before,) = doctor_languages.untranslated(sample, tmp_path / "languages")
    assert run("install", "es", "nl") == 0
    (after,) = doctor_languages.untranslated(sample, tmp_path / "languages")

    assert before.well
    assert "es to nl" in before.what
    assert "es to nl" not in after.what
    assert "sw to nl" in after.what
