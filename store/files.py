"""Files that people sent, each sealed under a key of its own, in a folder; an object store can stand behind the same four verbs.

A sealed file is a row of chunks, each an envelope of its own that is bound to the file's name, its place and whether it is the last: none
can be left out, doubled or moved. A chunk fills its bucket (store/sealing.py), and only the last is padded.
"""

import os
import re
import secrets
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from store.sealing import Unopenable, open_with, seal_with

CHUNK = 2**18 - 1
"""Bytes in a chunk: with the one byte that ends the padding it fills a bucket of 256 KiB."""

_LENGTH = struct.Struct(">I")
_NAME = re.compile(r"[0-9a-f]{32}")


class NoFile(Exception):
    """There is no file of this name (any more)."""


class Files(Protocol):
    """Where sealed files lie. Names are random and say nothing."""

    def put(self, name: str, content: bytes) -> None:
        """Keep a file; once this returns it is on disk, whole."""
        ...

    def get(self, name: str) -> bytes:
        """Give a file. Raises NoFile."""
        ...

    def delete(self, name: str) -> None:
        """Delete a file; one that is gone already is no error."""
        ...

    def older(self, than: float) -> Iterator[str]:
        """Name the files that were put more than `than` seconds ago, half-written ones too."""
        ...


def new_name() -> str:
    """Draw a name for a file: 128 random bits."""
    return secrets.token_hex(16)


class Folder:
    """Files in a folder of this machine, which only this service's account may read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name.removesuffix(".part")):
            raise NoFile
        return self._folder / name

    def put(self, name: str, content: bytes) -> None:
        """Keep a file; once this returns it is on disk, whole."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(name)
        part = path.with_name(f"{name}.part")
        opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(opened, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(self._folder)

    def get(self, name: str) -> bytes:
        """Give a file. Raises NoFile."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            raise NoFile from None

    def delete(self, name: str) -> None:
        """Delete a file; one that is gone already is no error."""
        self._path(name).unlink(missing_ok=True)

    def older(self, than: float) -> Iterator[str]:
        """Name the files that were put more than `than` seconds ago, half-written ones too."""
        before = time.time() - than
        if not self._folder.exists():
            return
        for path in sorted(self._folder.iterdir()):
            try:
                if _NAME.fullmatch(path.name.removesuffix(".part")) and path.stat().st_mtime < before:
                    yield path.name
            except FileNotFoundError:
                continue


def _sync_folder(folder: Path) -> None:
    """Make a new name in a folder outlive a power cut, where folders can be opened (not on Windows)."""
    if os.name == "posix":
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _aad(name: str, place: int, *, last: bool) -> bytes:
    return f"file\n{name}\n{place}\n{'last' if last else 'more'}".encode()


def seal_file(key: bytes, name: str, content: bytes) -> bytes:
    """Seal a file's content under its own key, bound to its name."""
    starts = range(0, max(len(content), 1), CHUNK)
    sealed: list[bytes] = []
    for place, start in enumerate(starts):
        envelope = seal_with(key, content[start : start + CHUNK], _aad(name, place, last=place == len(starts) - 1))
        sealed += [_LENGTH.pack(len(envelope)), envelope]
    return b"".join(sealed)


def open_file(key: bytes, name: str, sealed: bytes) -> bytes:
    """Open a sealed file. Raises Unopenable for another key or name, and for a byte that is missing, added or changed."""
    envelopes = list(_envelopes(sealed))
    if not envelopes:
        raise Unopenable("this file is empty")
    last = len(envelopes) - 1
    return b"".join(open_with(key, each, _aad(name, place, last=place == last)) for place, each in enumerate(envelopes))


def _envelopes(sealed: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(sealed):
        if at + _LENGTH.size > len(sealed):
            raise Unopenable("this file breaks off")
        (length,) = _LENGTH.unpack_from(sealed, at)
        at += _LENGTH.size
        if at + length > len(sealed):
            raise Unopenable("this file breaks off")
        yield sealed[at : at + length]
        at += length
