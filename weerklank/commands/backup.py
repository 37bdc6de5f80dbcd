"""`weerklank backup FILE` and `restore FILE`, for an installation on SQLite; on PostgreSQL its own programs do it, second by second."""

import argparse
import os
import sqlite3
import tarfile
import tempfile
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa

from weerklank.commands.common import Commands, database_of, say, settings
from weerklank.commands.errors import CommandError
from weerklank.settings import Settings

_DATABASE = "weerklank.sqlite3"
_FILES = "attachments"
_ELSEWHERE = "on PostgreSQL back-ups are made by its own programs; see docs/how-to/back-up-and-restore.md"


def add_parser(commands: Commands) -> None:
    """Add `backup` and `restore`."""
    backup = commands.add_parser("backup", help="copy the database and workers' files into one file, while the service runs (SQLite)")
    backup.add_argument("file", metavar="FILE", type=Path, help="is made anew, and never written over")
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="lay a backup's database and files where there are none yet (SQLite)")
    restore.add_argument("file", metavar="FILE", type=Path)
    restore.set_defaults(run=_restore)


def _database_file(present: Settings) -> Path:
    url = sa.make_url(present.database)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise CommandError(_ELSEWHERE)
    return Path(url.database)


@contextmanager
def _whole(target: Path) -> Generator[Path]:
    """A name to write under, which becomes the file's own once everything is on the disk. Raises CommandError when it is there already."""
    if target.exists():
        raise CommandError(f"{target} is there already; choose another name")
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield part
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def _backup(arguments: argparse.Namespace) -> int:
    present = settings()
    source = _database_file(present)
    with database_of(present), tempfile.TemporaryDirectory(dir=arguments.file.absolute().parent) as beside:
        copy = Path(beside) / _DATABASE
        _copied(source, copy)
        with _whole(arguments.file) as part, tarfile.open(part, "w:gz") as archive:
            archive.add(copy, _DATABASE)
            for path in sorted((present.data_dir / _FILES).glob("*")):
                if path.suffix != ".part":
                    _added(archive, path)
    say(f"everything but the keys is in {arguments.file}: keep WEERKLANK_SEALING_KEYS and WEERKLANK_LOOKUP_PEPPER apart from it")
    return 0


def _copied(source: Path, target: Path) -> None:
    """Copy a database in one state, with what still lies in its write-ahead log, and without stopping who writes."""
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(target)) as copy:
        live.backup(copy)


def _added(archive: tarfile.TarFile, path: Path) -> None:
    """Add a worker's file; one that was deleted since the database was copied is one that nobody may have any more."""
    try:
        archive.add(path, f"{_FILES}/{path.name}")
    except FileNotFoundError:
        return


def _restore(arguments: argparse.Namespace) -> int:
    present = settings()
    target, files = _database_file(present), present.data_dir / _FILES
    for there in (target, *sorted(files.glob("*"))[:1]):
        if there.exists():
            raise CommandError(f"{there} is there already; stop the service and move what is there away first")
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=target.parent) as beside:
        laid = _unpacked(arguments.file, Path(beside))
        present.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        if (laid / _FILES).exists():
            files.mkdir(mode=0o700, exist_ok=True)
            for path in (laid / _FILES).iterdir():
                path.rename(files / path.name)
        (laid / _DATABASE).rename(target)
    say("restored; now `weerklank db upgrade`, `weerklank db check`, and start the service")
    return 0


def _unpacked(file: Path, folder: Path) -> Path:
    """Unpack a backup, which is complete or refused before anything is laid. Raises CommandError."""
    try:
        with tarfile.open(file, "r:gz") as archive:
            archive.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError, OSError) as error:
        if isinstance(error, FileNotFoundError):
            raise
        raise CommandError(f"{file} is no backup, or not whole") from error
    if not (folder / _DATABASE).exists():
        raise CommandError(f"{file} is no backup: it has no database")
    return folder
