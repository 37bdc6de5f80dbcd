"""The timeline of a case: append-only, sealed under the case's own key, and chained so that a changed or missing entry shows."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson
import sqlalchemy as sa

from cases.change import Case, NewEntry
from store.sealing import open_with, seal_with
from store.tables import annotations, cases, entries


@dataclass(frozen=True, slots=True)
class Tail:
    """Where a timeline ends: how many entries it has and the hash of the last. `case_id` is None before the case has its row."""

    case_id: int | None
    reference: str
    last_seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Appended:
    """Rows for the entries' table, and the tail that the case's row must now hold (`last_seq`, `tail_hash`)."""

    rows: tuple[dict[str, Any], ...]
    tail: Tail

    @property
    def columns(self) -> dict[str, Any]:
        """Give the columns of the case's row that hold the tail."""
        return {"last_seq": self.tail.last_seq, "tail_hash": self.tail.hash}


@dataclass(frozen=True, slots=True)
class Entry:
    """One opened entry; times in milliseconds."""

    seq: int
    kind: str
    author: str
    at: int
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an entry and what became of it; `marks` name why it is not `good`. Not translated, its text is the original.

    `language` and `by`, its own language and models, are empty where they are the whole entry's.
    """

    source: str
    text: str
    confidence: str
    marks: tuple[str, ...] = ()
    language: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Annotation:
    """A translation beside an entry, with where it comes from: engine `person`, `none` or a machine's name.

    `source` is the language it was made from (empty where nobody said), `sentences` say it piece by piece, `back` is the text carried back
    to the source, `original` the text it was made of where no entry holds that, and `marks` what a reader must know of the whole.
    """

    seq: int
    language: str
    engine: str
    author: str
    confidence: str
    at: int
    text: str
    source: str = ""
    sentences: tuple[Sentence, ...] = ()
    back: str = ""
    original: str = ""
    marks: tuple[str, ...] = ()


_HELD = ("text", "source", "back", "original", "marks")


def fresh(reference: str) -> Tail:
    """Give the tail of a case that has no entry yet; its hash starts from the reference, so no chain fits another case."""
    return Tail(None, reference, 0, hashlib.sha256(b"weerklank timeline 1\x00" + reference.encode()).digest())


def tail_of(case: Case) -> Tail:
    """Give the tail that a case's row holds."""
    return Tail(case["id"], case["reference"], case["last_seq"], case["tail_hash"])


def append(tail: Tail, data_key: bytes, new: Sequence[NewEntry]) -> Appended:
    """Seal entries and chain them to a tail. Pure: the caller writes the rows and the tail together.

    A case without its row yet gives rows whose `case_id` is None, for the caller to fill.
    """
    rows: list[dict[str, Any]] = []
    last = tail.hash
    for seq, entry in enumerate(new, start=tail.last_seq + 1):
        sealed = seal_with(data_key, orjson.dumps(dict(entry.body)), _place(tail.reference, seq))
        last = _link(last, tail.reference, (seq, entry.kind, entry.author, entry.at), sealed)
        rows.append(
            {
                "case_id": tail.case_id,
                "seq": seq,
                "kind": entry.kind,
                "author": entry.author,
                "at": entry.at,
                "sealed": sealed,
                "hash": last,
            }
        )
    return Appended(tuple(rows), Tail(tail.case_id, tail.reference, tail.last_seq + len(rows), last))


def write(connection: sa.Connection, case: Case, data_key: bytes, new: Sequence[NewEntry]) -> Appended:
    """Append entries to a case whose row the caller has locked; the caller writes `Appended.columns` with its other columns."""
    appended = append(tail_of(case), data_key, new)
    if appended.rows:
        connection.execute(sa.insert(entries), list(appended.rows))
    return appended


def read(connection: sa.Connection, case: Case, data_key: bytes) -> tuple[Entry, ...]:
    """Open every entry of a case, oldest first. Raises Unopenable when an envelope was changed."""
    found = connection.execute(sa.select(entries).where(entries.c.case_id == case["id"]).order_by(entries.c.seq))
    return tuple(open_entry(row, case["reference"], data_key) for row in found)


def open_entry(row: Any, reference: str, data_key: bytes) -> Entry:
    """Open one row of the entries. Raises Unopenable when its envelope was changed, or belongs elsewhere."""
    return Entry(row.seq, row.kind, row.author, row.at, orjson.loads(open_with(data_key, row.sealed, _place(reference, row.seq))))


def annotation(reference: str, data_key: bytes, case_id: int, made: Annotation) -> dict[str, Any]:
    """Make the row of a translation, sealed under the case's key and bound to its place."""
    held = {name: getattr(made, name) for name in _HELD} | {"sentences": [asdict(each) for each in made.sentences]}
    sealed = seal_with(data_key, orjson.dumps(held), _beside(reference, made.seq, made.language, made.engine))
    return {
        "case_id": case_id,
        "seq": made.seq,
        "language": made.language,
        "engine": made.engine,
        "author": made.author,
        "confidence": made.confidence,
        "at": made.at,
        "sealed": sealed,
    }


def annotate(connection: sa.Connection, case: Case, data_key: bytes, made: Annotation) -> None:
    """Put a translation beside an entry; a better one by the same engine in the same language takes its place."""
    take_annotation_away(connection, case, (made.seq, made.language, made.engine))
    connection.execute(sa.insert(annotations), annotation(case["reference"], data_key, case["id"], made))


def take_annotation_away(connection: sa.Connection, case: Case, place: tuple[int, str, str]) -> None:
    """Take away what stands beside an entry: its number, the language and the engine."""
    seq, language, engine = place
    mine = (annotations.c.case_id == case["id"]) & (annotations.c.seq == seq) & (annotations.c.engine == engine)
    connection.execute(sa.delete(annotations).where(mine, annotations.c.language == language))


def read_annotations(connection: sa.Connection, case: Case, data_key: bytes) -> tuple[Annotation, ...]:
    """Open every translation of a case, in the order of its entries, oldest first."""
    found = connection.execute(
        sa.select(annotations).where(annotations.c.case_id == case["id"]).order_by(annotations.c.seq, annotations.c.id)
    )
    return tuple(open_annotation(row, case["reference"], data_key) for row in found)


def open_annotation(row: Any, reference: str, data_key: bytes) -> Annotation:
    """Open one row of the annotations. Raises Unopenable when its envelope was changed, or belongs elsewhere."""
    held: dict[str, Any] = orjson.loads(open_with(data_key, row.sealed, _beside(reference, row.seq, row.language, row.engine)))
    told: list[dict[str, Any]] = held.pop("sentences")
    sentences = tuple(_sentence(each) for each in told)
    marks = tuple(held.pop("marks"))
    return Annotation(row.seq, row.language, row.engine, row.author, row.confidence, row.at, sentences=sentences, marks=marks, **held)


def verify(connection: sa.Connection, case_id: int) -> tuple[str, ...]:
    """Walk a case's chain without any key; returns what is wrong with it, nothing when it is whole.

    Of a case that was forgotten nothing may be left, since what nobody can open goes in time.
    """
    case = connection.execute(sa.select(cases).where(cases.c.id == case_id)).mappings().first()
    if case is None:
        return ("there is no such case",)
    tail, wrong = fresh(case["reference"]), list[str]()
    for row in connection.execute(sa.select(entries).where(entries.c.case_id == case_id).order_by(entries.c.seq)):
        if row.seq != tail.last_seq + 1:
            wrong.append(f"entry {tail.last_seq + 1} is missing before entry {row.seq}")
        if row.hash != _link(tail.hash, tail.reference, (row.seq, row.kind, row.author, row.at), row.sealed):
            wrong.append(f"entry {row.seq} was changed, or the one before it")
        tail = Tail(case_id, tail.reference, row.seq, row.hash)
    if tail.last_seq == 0 and case["forgotten_at"] is not None:
        return ()
    if (tail.last_seq, tail.hash) != (case["last_seq"], case["tail_hash"]):
        wrong.append(f"the case holds another end than its last entry {tail.last_seq}")
    return tuple(wrong)


def _sentence(told: dict[str, Any]) -> Sentence:
    """A sentence as it was sealed; what was sealed before sentences had languages of their own names none."""
    marks = tuple(told.pop("marks"))
    return Sentence(**told, marks=marks)


def _place(reference: str, seq: int) -> bytes:
    return f"entries|{reference}|{seq}".encode()


def _beside(reference: str, seq: int, language: str, engine: str) -> bytes:
    return f"annotations|{reference}|{seq}|{language}|{engine}".encode()


def _link(before: bytes, reference: str, header: tuple[int, str, str, int], sealed: bytes) -> bytes:
    """Hash an entry onto the one before it: its header, which lies open, and its sealed body."""
    return hashlib.sha256(before + orjson.dumps([reference, *header]) + sealed).digest()
