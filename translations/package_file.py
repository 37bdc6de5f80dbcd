"""An `.argosmodel` file looked at before anything of it is believed: a zip with one folder, made by people we do not know."""

import hashlib
import os
import re
import stat
import zipfile
from pathlib import Path, PurePosixPath
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

BIGGEST: Final = 2 * 2**30
"""Bytes a package may come to when unpacked; the largest published ones have some 300 MiB."""

_MOST_PARTS = 500
_METADATA_BYTES = 64 * 1024
_BLOCK = 1024 * 1024
# What translating needs. Splitters of sentences that come along (stanza, spacy, minisbd) are programmes and pickles: they stay in the zip.
_WANTED = re.compile(r"(metadata\.json|sentencepiece\.model|bpe\.model|README\.md|model/[^/]+)")

Code = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]


class PackageRefused(Exception):
    """A package is not taken; the message is a sentence that says why and names no word of anybody."""


class Metadata(BaseModel):
    """What a package says of itself, as `metadata.json` has it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    from_code: Code
    to_code: Code
    package_version: str = Field(pattern=r"^\d{1,6}(\.\d{1,6}){0,3}$")
    type: Literal["translate"] = "translate"
    target_prefix: str = Field(default="", max_length=40)

    @property
    def pair(self) -> str:
        """Such as `es-en`."""
        return f"{self.from_code}-{self.to_code}"

    @property
    def order(self) -> tuple[int, ...]:
        """The version to compare by: 1.10 comes after 1.9."""
        return version_order(self.package_version)


def version_order(version: str) -> tuple[int, ...]:
    """A version as numbers, without zeros at its end: 1.10 comes after 1.9, and 1.0 is 1."""
    numbers = [int(part) for part in version.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def read_metadata(text: bytes | str) -> Metadata:
    """Read a `metadata.json`. Raises PackageRefused."""
    try:
        found = Metadata.model_validate_json(text)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors(include_input=False, include_url=False)[0]["loc"]) or "as a whole"
        raise PackageRefused(f"its metadata.json is wrong ({where}); this is no package for a pair of languages") from error
    if found.from_code == found.to_code:
        raise PackageRefused("its metadata.json names the same language twice")
    return found


def digest_of(file: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    found = hashlib.sha256()
    with file.open("rb") as opened:
        while block := opened.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def unpack(file: Path, into: Path, room: int) -> Metadata:
    """Unpack what is needed into an empty folder, `room` bytes at most. Raises PackageRefused, and OSError as the disk does."""
    try:
        with zipfile.ZipFile(file) as packed:
            parts = _parts(packed, min(room, BIGGEST), room)
            if "metadata.json" not in parts:
                raise PackageRefused("it has no metadata.json; this is no package for a pair of languages")
            if parts["metadata.json"].file_size > _METADATA_BYTES:
                raise PackageRefused("its metadata.json is far too large")
            metadata = read_metadata(packed.read(parts["metadata.json"]))
            if not any(name.startswith("model/") for name in parts):
                raise PackageRefused("it has no model in it")
            for name, entry in parts.items():
                _write(packed, entry, into / name)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise PackageRefused("it is no whole zip file: it was cut off on the way, damaged, or is something else; fetch it again") from error
    return metadata


def _parts(packed: zipfile.ZipFile, most: int, room: int) -> dict[str, zipfile.ZipInfo]:
    """The wanted parts by their path below the one folder."""
    entries = [entry for entry in packed.infolist() if not entry.is_dir()]
    if len(entries) > _MOST_PARTS:
        raise PackageRefused(f"it holds {len(entries)} files, more than {_MOST_PARTS}")
    folders: set[str] = set()
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        path = PurePosixPath(entry.filename)
        # zipfile itself puts `/` for a backslash only on Windows.
        if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or ":" in entry.filename or len(path.parts) < 2:
            raise PackageRefused("a file in it would be written outside its own folder")
        if stat.S_IFMT(entry.external_attr >> 16) not in {0, stat.S_IFREG}:
            raise PackageRefused("it holds a link or a device")
        folders.add(path.parts[0])
        below = "/".join(path.parts[1:])
        if _WANTED.fullmatch(below):
            if below in found:
                raise PackageRefused("it holds the same file twice")
            found[below] = entry
    if len(folders) != 1:
        raise PackageRefused("it holds not one folder but " + (str(len(folders)) if folders else "none"))
    size = sum(entry.file_size for entry in found.values())
    if size > most:
        raise PackageRefused(
            f"unpacked it has {size // 2**20} MiB, more than the {room // 2**20} MiB free here"
            if most == room
            else f"unpacked it has {size // 2**20} MiB, more than any package needs"
        )
    return found


def _write(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path) -> None:
    """Write one part; never more than it says it has, whatever comes out of it."""
    path.parent.mkdir(exist_ok=True)
    left = entry.file_size
    with packed.open(entry) as source, path.open("xb") as target:
        while block := source.read(_BLOCK):
            left -= len(block)
            if left < 0:
                raise PackageRefused("a file in it is larger than it says")
            target.write(block)
        target.flush()
        os.fsync(target.fileno())
