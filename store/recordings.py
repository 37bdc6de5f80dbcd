"""Recorded voices: each kept under a hash of its name and sound, so that a message that left goes on pointing at what it was sent with."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from store.database import insert_new
from store.tables import recordings


@dataclass(frozen=True, slots=True)
class Kept:
    """One recording: its name in flows, a SHA-256 of name and sound (hex), what kind of file it is, who brought it and when (ms)."""

    name: str
    digest: str
    media_type: str
    officer_id: str | None
    at: int


@dataclass(frozen=True, slots=True)
class Brought:
    """A recording that somebody brings: its name in flows, what kind of file it is, and the sound."""

    name: str
    media_type: str
    sound: bytes

    @property
    def digest(self) -> str:
        """What it is kept under."""
        return hashlib.sha256(self.name.encode() + b"\n" + self.sound).hexdigest()


def put(connection: sa.Connection, brought: Sequence[Brought], officer_id: str, now: int) -> list[Kept]:
    """Keep recordings: from now on they are those of their names, also where they had been so before."""
    for each in brought:
        row = {"digest": each.digest, "name": each.name, "media_type": each.media_type, "sound": each.sound}
        if not insert_new(connection, recordings, [row | {"officer_id": officer_id, "at": now}], ["digest"], recordings.c.digest):
            again = sa.update(recordings).where(recordings.c.digest == each.digest)
            connection.execute(again.values(officer_id=officer_id, at=now))
    return [Kept(each.name, each.digest, each.media_type, officer_id, now) for each in brought]


_ABOUT = (recordings.c.name, recordings.c.digest, recordings.c.media_type, recordings.c.officer_id, recordings.c.at)


def newest(connection: sa.Connection, names: Collection[str] | None = None) -> dict[str, Kept]:
    """The recording of each name, of these names or of all."""
    wanted = sa.select(*_ABOUT).order_by(recordings.c.at, recordings.c.digest)
    if names is not None:
        wanted = wanted.where(recordings.c.name.in_(sorted(names)))
    return {row.name: Kept(row.name, row.digest, row.media_type, row.officer_id, row.at) for row in connection.execute(wanted)}


def sound(connection: sa.Connection, digest: str) -> tuple[str, bytes] | None:
    """The kind of file and the sound itself, None where there is none."""
    row = connection.execute(sa.select(recordings.c.media_type, recordings.c.sound).where(recordings.c.digest == digest)).first()
    return None if row is None else (row.media_type, row.sound)
