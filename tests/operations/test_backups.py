"""Back-ups, drilled with the scripts that Compose runs: the server's disk is lost, a mistake is undone, and what is lost is measured."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

import psycopg
import pytest

from bot.spool import Spool
from channels.base import Inbound
from store.database import open_database
from store.migrate import upgrade
from store.sealing import Keyring, new_key
from tests import databases
from tests.campaigns.postgres import children
from tests.operations.files import DEPLOY, HOUSE
from tests.operations.test_compose import SERVICES
from weerklank.commands.database import find_problems

PASSWORDS = {"SERVICE_PASSWORD": "servicepassword", "ARCHIVE_PASSWORD": "archivepassword", "POSTGRES_PASSWORD": "rootpassword"}
PATIENCE = 60.0
VOLUME = "/var/lib/postgresql"
MOST_LOST = 5.0  # seconds; measured: some milliseconds. A busy machine may hold the receiver up.


@dataclass
class Server:
    """A PostgreSQL server of the wheel, made and run as the image of Compose makes and runs it."""

    folder: Path
    volume: Path = field(init=False)
    data: Path = field(init=False)
    backups: Path = field(init=False)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict[str, "subprocess.Popen[bytes]"])

    def __post_init__(self) -> None:
        self.account = databases.account(self.folder)
        self.binaries = databases.binaries(self.folder)
        self.port = databases.free_port()
        self.volume, self.backups = self.folder / "volume", self.folder / "backups"
        self.data = self.volume / PurePosixPath(SERVICES["restore"]["environment"]["PGDATA"]).relative_to(VOLUME)
        for script in DEPLOY.glob("*.sh"):
            (self.folder / script.name).write_bytes(script.read_bytes())
        self.environment = {
            "PATH": f"{self.binaries}:/usr/bin:/bin",
            "PGDATA": str(self.data),
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": "archive",
            "PGPASSWORD": PASSWORDS["ARCHIVE_PASSWORD"],
        }

    def script(self, name: str, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run one of the scripts to its end."""
        return subprocess.run(
            ["/bin/sh", self.folder / name, *words],
            env=self.environment | more,
            user=self.account,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def make(self) -> None:
        """Make the server as its image does at the first start: a superuser with a password, then the script of ours."""
        password = self.folder / "password"
        password.write_text(PASSWORDS["POSTGRES_PASSWORD"])
        self.backups.mkdir()
        # The image gives the volume's own folder to everybody, as /tmp is, and makes those below it as root.
        self.volume.mkdir()
        self.volume.chmod(0o1777)
        self.data.mkdir(parents=True)
        if self.account is not None:
            for path in (password, self.backups, self.data):
                shutil.chown(path, self.account)
        laid: list[Path | str] = [self.binaries / "initdb", "-D", self.data, "-U", "postgres", "-A", "scram-sha-256", "--encoding=UTF8"]
        subprocess.run([*laid, "--locale=C", f"--pwfile={password}"], check=True, capture_output=True, user=self.account, cwd=self.folder)
        self.start()
        root = {"POSTGRES_USER": "postgres", "PGUSER": "postgres", "PGPASSWORD": PASSWORDS["POSTGRES_PASSWORD"]}
        done = self.script("prepare-database.sh", **PASSWORDS, **root)
        assert done.returncode == 0, done.stderr
        self.stop("server")
        self.start()

    def copy(self) -> None:
        """Make one whole copy."""
        done = self.script("backup.sh", str(self.backups))
        assert done.returncode == 0, done.stderr

    def begin(self, name: str, command: list[Path | str]) -> None:
        """Start a process that lasts."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command, env=self.environment, user=self.account, cwd=self.folder, stdout=log, stderr=log, start_new_session=True
            )

    def start(self) -> None:
        """Start the server with the options of Compose, and wait until it lets the service in or refuses it by name."""
        options = SERVICES["database"]["command"][1:]
        self.begin("server", [self.binaries / "postgres", "-D", self.data, "-p", str(self.port), "-k", self.folder, *options])
        until = time.monotonic() + PATIENCE
        ready: list[Path | str] = [self.binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready, check=False, env=self.environment).returncode != 0:
            lives = self.running["server"].poll() is None
            assert lives, (self.folder / "server.log").read_text()
            assert time.monotonic() < until
            time.sleep(0.05)

    def stop(self, name: str) -> None:
        """End a process in good order."""
        self.running[name].send_signal(signal.SIGINT)
        self.running.pop(name).wait(PATIENCE)

    def lose_the_disk(self) -> None:
        """End every process of the server in the same moment, as a power cut does, and take its data away."""
        server = self.running.pop("server")
        for pid in (*children(server.pid), server.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        server.wait()
        subprocess.run(["rm", "-rf", *self.volume.iterdir()], check=True)

    def move_away(self) -> None:
        """Move the database away with the words of the page, as the root of a container."""
        page = (HOUSE / "docs" / "how-to" / "back-up-and-restore.md").read_text(encoding="utf-8")
        [shell] = re.findall(r"--user root --entrypoint sh restore -c '([^']+)'", page)
        shell = shell.replace(VOLUME, str(self.volume)).replace("chown postgres ", f"chown {self.account or os.getuid()} ")
        subprocess.run(["/bin/sh", "-c", shell], check=True)

    @property
    def url(self) -> str:
        """The service's address of its database."""
        return f"{databases.DRIVER}weerklank:{PASSWORDS['SERVICE_PASSWORD']}@127.0.0.1:{self.port}/weerklank"

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """Connect as the service does."""
        return psycopg.connect(self.url.replace(databases.DRIVER, "postgresql://"), autocommit=True)

    def close(self) -> None:
        for process in self.running.values():
            process.kill()
            process.wait()


@pytest.fixture
def server() -> Iterator[Server]:
    with tempfile.TemporaryDirectory(prefix="weerklank-backups-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        made = Server(folder)
        try:
            made.make()
            made.begin("archive", ["/bin/sh", folder / "archive.sh", made.backups])
            yield made
        finally:
            made.close()


class Writing:
    """Commits a row every few milliseconds, and remembers when each was acknowledged."""

    def __init__(self, server: Server) -> None:
        self.acknowledged: dict[int, float] = {}
        self._server = server
        self._thread = threading.Thread(target=self._write)
        self._thread.start()

    def _write(self) -> None:
        try:
            with self._server.connect() as connection:
                while True:
                    row = len(self.acknowledged) + 1
                    connection.execute("INSERT INTO heard (id) VALUES (%s)", [row])
                    self.acknowledged[row] = time.monotonic()
                    time.sleep(0.005)
        except psycopg.OperationalError:
            return

    def ended(self) -> None:
        self._thread.join(PATIENCE)


def _lay(server: Server) -> None:
    """Lay the tables, with the service's own account, and one of ours to count in."""
    database = open_database(server.url)
    upgrade(database)
    database.close()
    with server.connect() as connection:
        connection.execute("CREATE TABLE heard (id INT PRIMARY KEY)")


def _problems(server: Server) -> list[str]:
    """What `weerklank db check` finds."""
    database = open_database(server.url)
    problems = find_problems(database)
    database.close()
    return problems


def _archived(server: Server) -> None:
    """Wait until everything that is committed has been received."""
    until = time.monotonic() + PATIENCE
    with server.connect() as connection:
        here = connection.execute("SELECT pg_current_wal_lsn()").fetchone()
        asked = "SELECT confirmed FROM (SELECT restart_lsn >= %s::pg_lsn AS confirmed FROM pg_replication_slots) AS slots"
        while connection.execute(asked, here).fetchone() != (True,):
            assert time.monotonic() < until
            time.sleep(0.05)


def test_a_lost_disk_costs_no_more_than_what_was_not_yet_received(server: Server) -> None:
    _lay(server)
    _archived(server)
    server.copy()
    writing = Writing(server)
    time.sleep(3.0)
    server.lose_the_disk()
    writing.ended()
    server.stop("archive")

    began = time.monotonic()
    restored = server.script("restore.sh", str(server.backups))
    assert restored.returncode == 0, restored.stderr
    server.start()
    with server.connect() as connection:
        kept: set[int] = {row for (row,) in connection.execute("SELECT id FROM heard")}
    back = time.monotonic() - began

    acknowledged = writing.acknowledged
    lost = set(acknowledged) - kept
    seconds = max(acknowledged.values()) - max(acknowledged[row] for row in kept if row in acknowledged)
    print(f"{len(acknowledged)} rows acknowledged, {len(lost)} lost: the last {seconds:.3f} s; back after {back:.1f} s")
    assert len(writing.acknowledged) > 50
    assert kept == set(range(1, len(kept) + 1))
    assert seconds < MOST_LOST
    assert _problems(server) == []


def test_a_mistake_is_undone_by_going_back_to_the_moment_before_it_and_backups_go_on_after(server: Server) -> None:
    _lay(server)
    server.copy()
    with server.connect() as connection:
        connection.execute("INSERT INTO heard SELECT generate_series(1, 100)")
        time.sleep(0.2)
        moment = datetime.now(UTC)
        time.sleep(0.2)
        connection.execute("DELETE FROM heard WHERE id > 10")
    _archived(server)
    server.stop("archive")
    server.stop("server")
    server.move_away()

    too_early = server.script("restore.sh", str(server.backups), "2020-01-01 00:00:00+00")
    restored = server.script("restore.sh", str(server.backups), f"{moment:%Y-%m-%d %H:%M:%S.%f+00}")
    again = server.script("restore.sh", str(server.backups))
    assert restored.returncode == 0, restored.stderr
    server.start()
    _until_writable(server)
    with server.connect() as connection:
        assert connection.execute("SELECT count(*) FROM heard").fetchone() == (100,)
    assert too_early.returncode == 1
    assert "there is no copy from before that time" in too_early.stderr
    assert again.returncode == 1
    assert "is not empty" in again.stderr

    _goes_on(server)


def _goes_on(server: Server) -> None:
    """The log of the new present is received, a copy of it can be made, and it can be restored in its turn: to its last moment."""
    server.begin("archive", ["/bin/sh", server.folder / "archive.sh", server.backups])
    server.copy()
    with server.connect() as connection:
        connection.execute("INSERT INTO heard VALUES (101)")
    _archived(server)
    assert len(list((server.backups / "current" / "base").iterdir())) == 1
    assert [each.name[:7] for each in server.backups.iterdir() if each.name != "current"] == ["before-"]
    server.stop("archive")
    server.lose_the_disk()
    restored = server.script("restore.sh", str(server.backups))
    assert restored.returncode == 0, restored.stderr
    server.start()
    _until_writable(server)
    with server.connect() as connection:
        assert connection.execute("SELECT count(*) FROM heard").fetchone() == (101,)


def _until_writable(server: Server) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        with server.connect() as connection:
            if connection.execute("SELECT pg_is_in_recovery()").fetchone() == (False,):
                return
        assert time.monotonic() < until
        time.sleep(0.1)


def test_the_account_of_the_archive_reads_no_table_and_the_service_is_no_master_of_the_server(server: Server) -> None:
    _lay(server)
    address = f"postgresql://archive:{PASSWORDS['ARCHIVE_PASSWORD']}@127.0.0.1:{server.port}/weerklank"
    with psycopg.connect(address) as archive, pytest.raises(psycopg.errors.InsufficientPrivilege):
        archive.execute("SELECT * FROM heard")
    with server.connect() as service:
        assert service.execute("SELECT usesuper FROM pg_user WHERE usename = current_user").fetchone() == (False,)


def test_files_are_copied_by_day_and_leave_the_copies_some_days_after_they_were_deleted(tmp_path: Path) -> None:
    data, copies = tmp_path / "data", tmp_path / "copies"
    (data / "attachments").mkdir(parents=True)
    copies.mkdir()
    (data / "attachments" / "first").write_bytes(b"sealed")
    for day in ("2026-01-01", "2026-01-02", "2026-01-03"):
        (copies / day).mkdir()
    (copies / "2026-01-03" / "first").write_bytes(b"sealed")
    (copies / "2026-01-03" / "gone").write_bytes(b"sealed")
    (data / "attachments" / "second").write_bytes(b"sealed too")

    done = subprocess.run(
        ["/bin/sh", DEPLOY / "files.sh", data, copies], env={"PATH": "/usr/bin:/bin", "KEEP_DAYS": "2"}, capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr
    *days, today, waiting = sorted(copies.iterdir())
    assert [each.name for each in (*days, waiting)] == ["2026-01-02", "2026-01-03", "waiting"]
    assert {each.name: each.read_bytes() for each in today.iterdir()} == {"first": b"sealed", "second": b"sealed too"}
    assert list(waiting.iterdir()) == []


def test_words_that_wait_for_the_database_are_copied_while_they_wait_and_taken_up_once_when_they_are_put_back(tmp_path: Path) -> None:
    data, copies = tmp_path / "data", tmp_path / "copies"
    copies.mkdir()
    keyring = Keyring([new_key()], new_key())
    spool = Spool(data / "spool", keyring)
    spool.put([Inbound("sms", "first", "+447700900100", "message", "words"), Inbound("sms", "second", "+447700900100", "message", "more")])
    (data / "spool" / "half.part").write_bytes(b"begun")
    for_each_minute: list[str | Path] = ["/bin/sh", DEPLOY / "files.sh", data, copies]
    subprocess.run(for_each_minute, env={"PATH": "/usr/bin:/bin"}, check=True)

    assert [message.key for _, message in Spool(copies / "waiting", keyring).oldest(9)] == ["first", "second"]
    assert not list((copies / "waiting").glob("*.part"))

    spool.remove([path for path, _ in spool.oldest(1)])
    subprocess.run(for_each_minute, env={"PATH": "/usr/bin:/bin"}, check=True)
    assert [message.key for _, message in Spool(copies / "waiting", keyring).oldest(9)] == ["second"]


def test_a_back_up_that_stands_still_is_known_by_its_age(tmp_path: Path) -> None:
    def lately(minutes: int) -> int:
        command: list[str | Path] = ["/bin/sh", DEPLOY / "lately.sh", tmp_path, "*Z", str(minutes)]
        return subprocess.run(command, env={"PATH": "/usr/bin:/bin"}, check=False).returncode

    assert lately(60) == 1
    copied = tmp_path / "2026-11-26T030000Z"
    copied.mkdir()
    (tmp_path / "2026-11-26T040000Z.part").mkdir()
    assert lately(60) == 0
    os.utime(copied, (time.time() - 3700, time.time() - 3700))
    assert lately(60) == 1
    assert lately(70) == 0


def test_what_the_back_ups_write_is_what_their_health_is_asked_of(server: Server, tmp_path: Path) -> None:
    _lay(server)
    _archived(server)
    server.copy()
    (tmp_path / "data").mkdir()
    (tmp_path / "copies").mkdir()
    subprocess.run(["/bin/sh", DEPLOY / "files.sh", tmp_path / "data", tmp_path / "copies"], env={"PATH": "/usr/bin:/bin"}, check=True)

    for name, folder, here in (
        ("archive", VOLUME, server.backups),
        ("nightly", VOLUME, server.backups),
        ("files", "/copies", tmp_path / "copies"),
    ):
        _, shell, script, *words = SERVICES[name]["healthcheck"]["test"]
        words[0] = words[0].replace(folder, str(here))
        assert subprocess.run([shell, DEPLOY / Path(script).name, *words], check=False).returncode == 0
