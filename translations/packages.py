"""The installed packages: one folder each, with a small record beside the model of where it came from and what it showed.

A folder appears whole, by one rename, or not at all; of two for a pair the newer version counts. So an installation that is cut off, at any
point, leaves what was there. Whatever else lies among them breaks nothing: it is moved aside and told (`quarantined`).
"""

import os
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from translations.argos import Ask, Model, Unloadable
from translations.base import Hop
from translations.package_file import Code, PackageRefused, digest_of, unpack, version_order
from translations.selftest import examine

RECORD: Final = "weerklank.json"
_ASIDE = ".quarantine"
_STAGE = ".new-"
_GOING = ".old-"
_LEFT_OVER_SECONDS = 24 * 3600.0


class AlreadyThere(PackageRefused):
    """This package, or a newer one for the same pair, is installed."""


class NoRoom(PackageRefused):
    """The disk does not take it; what was installed is as it was."""


class NotInstalled(Exception):
    """There is no package for this pair; the message says which there are."""


class Record(BaseModel):
    """What is kept about an installed package."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    source: Code
    target: Code
    version: str
    sha256: str
    installed_at: datetime
    weights: int
    prefix: str = ""
    placeholders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Installed:
    """A package that is ready, and the folder it lies in."""

    record: Record
    folder: Path

    @property
    def pair(self) -> str:
        """Such as `es-en`."""
        return f"{self.record.source}-{self.record.target}"

    @property
    def hop(self) -> Hop:
        """What a translation names as its way."""
        return Hop(self.record.source, self.record.target, f"{self.pair} {self.record.version}")

    def open(self) -> Model:
        """Load it. Raises translations.argos.Unloadable."""
        return Model(self.folder, self.record.source, self.record.target, Ask(prefix=self.record.prefix))


@dataclass(frozen=True, slots=True)
class Aside:
    """Something that lay among the packages and is none; where it is now, and why."""

    name: str
    why: str


class Packages:
    """The folder of packages. Several processes may look and install at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: tuple[tuple[tuple[str, int], ...], Mapping[str, Installed]] | None = None

    def installed(self) -> Mapping[str, Installed]:
        """The package in force for each pair; the records are read again only when a folder came, went or changed.

        Whoever handles a message asks for this, so it may cost no more than a look at the folder's names.
        """
        looks = tuple(self._looks())
        seen = self._seen
        if seen is None or seen[0] != looks:
            seen = self._seen = looks, MappingProxyType(self._in_force())
        return seen[1]

    def _looks(self) -> Iterator[tuple[str, int]]:
        """The folders with when something in them came or went; one that another process takes away meanwhile is not there."""
        for folder in sorted(self._folders()):
            with suppress(FileNotFoundError):
                yield folder.name, folder.stat().st_mtime_ns

    def _in_force(self) -> dict[str, Installed]:
        found: dict[str, Installed] = {}
        for folder in self._folders():
            each = _read(folder)
            if each is None:
                continue
            held = found.get(each.pair)
            if held is None or _rank(held) < _rank(each):
                found[each.pair] = each
        return dict(sorted(found.items()))

    def install(self, file: Path, sha256: str | None = None) -> Installed:
        """Verify a package, try it, and put it in the place of an older one. Raises PackageRefused with one clear sentence."""
        digest = digest_of(file)
        if sha256 is not None and digest != sha256.lower():
            raise PackageRefused(f"its SHA-256 is {digest}, not the one you named; it is another file, or was changed on the way")
        self._clear()
        stage = self.folder / f"{_STAGE}{secrets.token_hex(8)}"
        try:
            stage.mkdir(parents=True)
            new = self._staged(file, digest, stage)
            for old in self._settled(stage, new):
                self._drop(old)
        except OSError as error:
            raise NoRoom(f"it could not be written ({error.strerror}); what was installed before is as it was") from error
        finally:
            shutil.rmtree(stage, ignore_errors=True)
        return self.installed()[new.pair]

    def remove(self, pair: str) -> None:
        """Take a pair's packages away. Raises NotInstalled."""
        there = self.installed()
        if pair not in there:
            raise NotInstalled(f"there is no package {pair}; there is " + (", ".join(there) or "none at all"))
        for old in self._of(pair):
            self._drop(old)

    def set_aside(self, folder: Path, why: str) -> None:
        """Move a folder out of the way, where it harms nothing and can be looked at."""
        aside = self.folder / _ASIDE
        aside.mkdir(exist_ok=True)
        name = folder.name
        while (aside / name).exists():
            name = f"{folder.name}-{secrets.token_hex(3)}"
        try:
            folder.rename(aside / name)
        except FileNotFoundError:
            # Another process was quicker.
            return
        (aside / f"{name}.why").write_text(why, encoding="utf-8")

    def sweep(self) -> None:
        """Move aside whatever lies among the packages and was not put there by `install`."""
        for folder in self._folders():
            if _read(folder) is None:
                self.set_aside(folder, "it was not put there by `weerklank languages install`, or has lost a part since")

    def quarantined(self) -> tuple[Aside, ...]:
        """What was moved aside, until somebody looks at it and deletes it."""
        reasons = sorted((self.folder / _ASIDE).glob("*.why"))
        return tuple(Aside(path.stem, path.read_text(encoding="utf-8")) for path in reasons if path.with_suffix("").exists())

    def _staged(self, file: Path, digest: str, stage: Path) -> Installed:
        metadata = unpack(file, stage, shutil.disk_usage(stage).free)
        held = self.installed().get(metadata.pair)
        if held is not None and (held.record.sha256 == digest or version_order(held.record.version) >= metadata.order):
            raise AlreadyThere(
                f"{held.hop.model} is there already, and this is {metadata.package_version}; to go back, run "
                f"`weerklank languages remove {metadata.pair}` first"
            )
        try:
            shown = examine(Model(stage, metadata.from_code, metadata.to_code, Ask(prefix=metadata.target_prefix)), metadata.from_code)
        except Unloadable as error:
            raise PackageRefused(str(error)) from error
        if not shown.speaks:
            raise PackageRefused("the model in it answers nothing to the sentences it was tried with")
        record = Record(
            source=metadata.from_code,
            target=metadata.to_code,
            version=metadata.package_version,
            sha256=digest,
            installed_at=datetime.now(UTC),
            weights=(stage / "model" / "model.bin").stat().st_size,
            prefix=metadata.target_prefix,
            placeholders=shown.placeholders,
        )
        (stage / RECORD).write_text(record.model_dump_json(indent=2), encoding="utf-8")
        return Installed(record, self.folder / f"{metadata.pair}-{metadata.package_version}-{digest[:12]}")

    def _settled(self, stage: Path, new: Installed) -> list[Path]:
        """Let the new one appear; returns those it replaces."""
        before = self._of(new.pair)
        stage.rename(new.folder)
        return [folder for folder in before if folder != new.folder]

    def _of(self, pair: str) -> list[Path]:
        return [each.folder for each in map(_read, self._folders()) if each is not None and each.pair == pair]

    def _drop(self, folder: Path) -> None:
        """Out of sight in one step, then gone; whoever has it loaded has it in memory."""
        going = folder.with_name(f"{_GOING}{secrets.token_hex(8)}")
        folder.rename(going)
        shutil.rmtree(going, ignore_errors=True)

    def _clear(self) -> None:
        """Delete what an installation left that was cut off by a crash, a day or more ago."""
        before = time.time() - _LEFT_OVER_SECONDS
        for mark in (_STAGE, _GOING):
            for folder in self.folder.glob(f"{mark}*"):
                if folder.stat().st_mtime < before:
                    shutil.rmtree(folder, ignore_errors=True)

    def _folders(self) -> Iterator[Path]:
        if not self.folder.is_dir():
            return
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False) and not entry.name.startswith("."):
                    yield Path(entry.path)


def _rank(installed: Installed) -> tuple[tuple[int, ...], datetime]:
    return version_order(installed.record.version), installed.record.installed_at


def _read(folder: Path) -> Installed | None:
    """A folder of ours with its parts in place, or None."""
    try:
        record = Record.model_validate_json((folder / RECORD).read_bytes())
        weights = (folder / "model" / "model.bin").stat().st_size
    except (OSError, ValidationError):
        return None
    return Installed(record, folder) if weights == record.weights else None
