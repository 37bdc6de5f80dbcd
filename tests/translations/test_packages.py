"""A package is believed only after it was looked at and tried; whatever goes wrong, what was installed stays."""

import json
import resource
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.translations.conftest import Build
from tests.translations.lexicons import ES_EN
from tests.translations.tiny import Package
from translations import package_file
from translations.base import Hop
from translations.engine import Argos
from translations.package_file import PackageRefused, digest_of, version_order
from translations.packages import RECORD, AlreadyThere, NotInstalled, Packages

ES = Package("es", "en", ES_EN)
NEWER = Package("es", "en", {"hola": "good day"}, version="1.10")


def changed(file: Path, name: str, content: bytes | None, as_name: str | None = None, mode: int = 0) -> Path:
    """A package with one part replaced, taken out (None), or written under another name."""
    out = file.with_name(f"changed-{file.name}")
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            if not entry.filename.endswith(name):
                new.writestr(entry.filename, old.read(entry))
        if content is not None:
            entry = zipfile.ZipInfo(as_name or f"{ES.folder}/{name}")
            entry.external_attr = mode << 16
            new.writestr(entry, content)
    return out


def metadata(**more: object) -> bytes:
    return json.dumps({"from_code": "es", "to_code": "en", "package_version": "1.0", "type": "translate", **more}).encode()


BROKEN: dict[str, tuple[Callable[[Path], Path], str]] = {
    "no metadata": (lambda file: changed(file, "metadata.json", None), "no metadata.json"),
    "metadata that is no JSON": (lambda file: changed(file, "metadata.json", b"{"), "metadata.json is wrong"),
    "a language that is none": (
        lambda file: changed(file, "metadata.json", metadata(from_code="../es")),
        r"metadata.json is wrong \(from_code",
    ),
    "a version that is none": (lambda file: changed(file, "metadata.json", metadata(package_version="1/0")), r"wrong \(package_version"),
    "a splitter's package": (lambda file: changed(file, "metadata.json", metadata(type="sbd")), r"wrong \(type"),
    "one language twice": (lambda file: changed(file, "metadata.json", metadata(to_code="es")), "same language twice"),
    "endless metadata": (lambda file: changed(file, "metadata.json", b" " * 70_000), "far too large"),
    "no tokenizer": (lambda file: changed(file, "sentencepiece.model", None), "neither a sentencepiece.model nor a bpe.model"),
    "a tokenizer that is none": (lambda file: changed(file, "sentencepiece.model", b"no model"), "cannot be loaded"),
    "no weights": (lambda file: changed(file, "model/model.bin", None), "cannot be loaded"),
    "weights that are none": (lambda file: changed(file, "model/model.bin", b"\0" * 1000), "cannot be loaded"),
    "a way out of its folder": (lambda file: changed(file, "README.md", b"x", f"{ES.folder}/../../evil"), "outside its own folder"),
    "a way to the root": (lambda file: changed(file, "README.md", b"x", "/tmp/evil"), "outside its own folder"),
    "a way out as Windows writes it": (
        lambda file: changed(file, "README.md", b"x", f"{ES.folder}\\..\\..\\evil"),
        "outside its own folder",
    ),
    "a link": (lambda file: changed(file, "README.md", b"/etc/passwd", mode=stat.S_IFLNK | 0o777), "a link or a device"),
    "two folders": (lambda file: changed(file, "README.md", b"x", "other/README.md"), "not one folder but 2"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_package_that_is_wrong_is_refused_in_one_sentence_and_leaves_nothing(engine: Argos, made: Build, case: str) -> None:
    change, reason = BROKEN[case]

    with pytest.raises(PackageRefused, match=reason):
        engine.packages.install(change(made(ES)))

    assert engine.hops() == ()
    assert [*engine.packages.folder.iterdir()] == []


def test_a_file_that_was_cut_off_is_refused(engine: Argos, made: Build, tmp_path: Path) -> None:
    half = tmp_path / "half.argosmodel"
    half.write_bytes(made(ES).read_bytes()[:5000])

    with pytest.raises(PackageRefused, match="no whole zip file"):
        engine.packages.install(half)


def test_one_changed_byte_in_the_weights_is_noticed(engine: Argos, made: Build, tmp_path: Path) -> None:
    content = bytearray(made(ES).read_bytes())
    content[len(content) // 2] ^= 0xFF
    file = tmp_path / "flipped.argosmodel"
    file.write_bytes(bytes(content))

    with pytest.raises(PackageRefused):
        engine.packages.install(file)


def test_a_zip_that_would_fill_the_disk_is_refused_before_it_is_unpacked(
    engine: Argos, made: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    bomb = changed(made(ES), "model/model.bin", b"\0" * 5_000_000)
    monkeypatch.setattr(package_file, "BIGGEST", 1_000_000)

    with pytest.raises(PackageRefused, match="more than any package needs"):
        engine.packages.install(bomb)


def test_a_zip_of_very_many_files_is_refused(engine: Argos, made: Build) -> None:
    file = made(ES)
    with zipfile.ZipFile(file, "a") as packed:
        for number in range(600):
            packed.writestr(f"{ES.folder}/stanza/{number}", b"")

    with pytest.raises(PackageRefused, match="more than 500"):
        engine.packages.install(file)


def test_programmes_and_pickles_that_come_along_stay_in_the_zip(engine: Argos, made: Build) -> None:
    file = made(ES)
    with zipfile.ZipFile(file, "a") as packed:
        packed.writestr(f"{ES.folder}/stanza/tokenize.pt", b"pickle")
        packed.writestr(f"{ES.folder}/setup.py", b"print()")

    installed = engine.packages.install(file)

    assert sorted(path.name for path in installed.folder.iterdir()) == sorted(
        ["README.md", "metadata.json", "model", "sentencepiece.model", RECORD]
    )


def test_the_record_beside_the_model_holds_where_it_came_from_and_what_it_keeps(engine: Argos, made: Build) -> None:
    file = made(ES)

    installed = engine.packages.install(file)
    record = json.loads((installed.folder / RECORD).read_text(encoding="utf-8"))

    assert record["sha256"] == digest_of(file)
    assert (record["source"], record["target"], record["version"]) == ("es", "en", "1.0")
    assert record["placeholders"][0] == "[[{n}]]"
    assert engine.placeholder(Hop("es", "en", "es-en 1.0")) == tuple(record["placeholders"])


def test_a_form_that_a_model_does_not_keep_is_not_offered(engine: Argos, made: Build) -> None:
    spoiling = {"[": "(", "K": "k", "(": "«", ")": "»"}
    engine.packages.install(made(Package("es", "en", {"hola": "hello"}, spoiled=spoiling)))

    assert engine.placeholder(engine.hops()[0]) == ("XQ{n}X",)


def test_what_another_process_installs_or_removes_is_noticed_at_once(engine: Argos, made: Build) -> None:
    other = Packages(engine.packages.folder)
    assert dict(engine.packages.installed()) == {}

    other.install(made(ES))
    assert [each.record.version for each in engine.packages.installed().values()] == ["1.0"]
    other.install(made(NEWER))
    assert [each.record.version for each in engine.packages.installed().values()] == ["1.10"]
    other.remove("es-en")
    assert dict(engine.packages.installed()) == {}


def test_looking_again_at_what_did_not_change_reads_no_record(engine: Argos, made: Build) -> None:
    engine.packages.install(made(ES))
    before = engine.packages.installed()

    assert engine.packages.installed() is before


def test_a_digest_that_was_named_is_held_to(engine: Argos, made: Build) -> None:
    file = made(ES)

    with pytest.raises(PackageRefused, match="another file"):
        engine.packages.install(file, "0" * 64)
    assert engine.packages.install(file, digest_of(file).upper()).pair == "es-en"


def test_a_newer_version_takes_the_place_of_the_older_and_the_older_never_of_the_newer(engine: Argos, made: Build) -> None:
    old, new = made(ES), made(NEWER)
    engine.packages.install(old)

    engine.packages.install(new)
    with pytest.raises(AlreadyThere, match=r"es-en 1\.10 is there already, and this is 1\.0"):
        engine.packages.install(old)

    assert engine.hops() == (Hop("es", "en", "es-en 1.10"),)
    assert len([*engine.packages.folder.iterdir()]) == 1


def test_the_same_package_twice_is_told_so(engine: Argos, made: Build) -> None:
    file = made(ES)
    engine.packages.install(file)

    with pytest.raises(AlreadyThere):
        engine.packages.install(file)


def test_versions_are_numbers_and_not_words() -> None:
    assert sorted(["1.10", "1.9", "2", "1.0.1", "1.0"], key=version_order) == ["1.0", "1.0.1", "1.9", "1.10", "2"]
    assert version_order("1.0") == version_order("1")


def test_a_package_is_taken_away_and_one_that_is_not_there_is_told_with_those_that_are(engine: Argos, made: Build) -> None:
    engine.packages.install(made(ES))

    with pytest.raises(NotInstalled, match="there is no package en-nl; there is es-en"):
        engine.packages.remove("en-nl")
    engine.packages.remove("es-en")

    assert engine.hops() == ()
    assert [*engine.packages.folder.iterdir()] == []


# A process of its own may write files of so many bytes at most, as on a disk that is full; the kernel refuses the next byte.
FULL = """
import resource, signal, sys
from pathlib import Path
from translations.packages import NoRoom, Packages
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    Packages(Path(sys.argv[1])).install(Path(sys.argv[2]))
except NoRoom as error:
    print(error)
"""


def test_a_disk_that_is_full_leaves_the_old_one_in_force(engine: Argos, made: Build) -> None:
    engine.packages.install(made(ES))

    ended = subprocess.run(
        [sys.executable, "-c", FULL, str(engine.packages.folder), str(made(NEWER))], capture_output=True, text=True, check=False, timeout=60
    )

    assert ended.stdout.startswith("it could not be written (")
    assert ended.stdout.strip().endswith("what was installed before is as it was")
    assert engine.render(["hola"], engine.hops()[0])[0].text == "hello"
    assert len([*engine.packages.folder.iterdir()]) == 1
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_what_an_installation_left_that_was_cut_off_is_no_package_and_is_cleared_later(
    engine: Argos, made: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = engine.packages.folder / ".new-0123456789abcdef"
    left.mkdir(parents=True)
    monkeypatch.setattr("translations.packages._LEFT_OVER_SECONDS", -1.0)

    before = engine.hops()
    engine.packages.install(made(ES))

    assert before == ()
    assert not left.exists()


def test_a_folder_that_is_not_there_yet_holds_nothing(tmp_path: Path) -> None:
    packages = Packages(tmp_path / "none")

    packages.sweep()

    assert packages.installed() == {}
    assert packages.quarantined() == ()
