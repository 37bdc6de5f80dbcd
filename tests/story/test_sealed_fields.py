"""Every column is either sealed or has a reason to lie open, in the tables we describe and in those a database really has."""

import re
from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa

from cases import desk
from store.database import open_database
from store.sealed_fields import ENGINE, PLAIN, SEALED, SealedField
from store.tables import annotations, metadata
from tests.line import Line

_SPEAKS = (sa.String, sa.Text, sa.JSON, sa.LargeBinary)
_ENVELOPE = {"the ring": b"\x02", "the worker's key": b"\x01", "the case's data key": b"\x01"}
_PURPOSE = re.compile(r'PURPOSE = "([a-z_]+\.[a-z_]+)"')
_LISTED = {(field.table, field.column) for field in SEALED}


def _speaking(columns: Iterable[tuple[str, str, object]]) -> set[tuple[str, str]]:
    return {(table, column) for table, column, kind in columns if isinstance(kind, _SPEAKS)}


def test_every_column_that_could_hold_words_is_sealed_or_says_why_not() -> None:
    described = _speaking([(table.name, column.name, column.type) for table in metadata.tables.values() for column in table.c])

    assert described == _LISTED | set(PLAIN)
    assert _LISTED.isdisjoint(PLAIN)
    assert all(reason.strip() for reason in PLAIN.values())


def test_a_real_database_has_no_column_beside_these(database_url: str) -> None:
    database = open_database(database_url)
    inspector = sa.inspect(database.reading)
    found = [(t, c["name"], c["type"]) for t in inspector.get_table_names() if t != "alembic_version" for c in inspector.get_columns(t)]
    database.close()

    assert _speaking(found) <= _LISTED | set(PLAIN) | set(ENGINE)


def test_a_key_of_the_ring_is_derived_by_the_name_of_its_column() -> None:
    rooms = [Path(__file__).parents[2] / room for room in ("api", "bot", "store")]
    named = {name for room in rooms for file in room.rglob("*.py") for name in _PURPOSE.findall(file.read_text())}

    assert named == {f"{field.table}.{field.column}" for field in SEALED if field.under == "the ring"}


def test_what_is_called_sealed_is_an_envelope_after_a_whole_conversation(line: Line) -> None:
    phone = line.phone()
    phone.send("52746 en")
    phone.send("They did not pay overtime")
    line.desk(
        "sanne", lambda at: desk.reply(at, line.rows(_CASES)[0]["reference"], desk.ReplyDraft("Ik hoor je.", "nl", approved="I hear."))
    )
    line.desk("sanne", lambda at: desk.translate(at, line.rows(_CASES)[0]["reference"], 2, "Ze betaalden niet."))

    seen = {field: _values(line, field) for field in SEALED}

    for field, values in seen.items():
        wanted = _ENVELOPE.get(field.under)
        assert all(wanted is None or value[:1] == wanted for value in values), field
        assert not any(re.search(rb"overtime|betaal|hoor|\d{4} \d{4}", value) for value in values), field
    filled = {f"{field.table}.{field.column}" for field, values in seen.items() if values}
    assert filled >= {"workers.key_sealed", "contacts.address_sealed", "sessions.sealed", "entries.sealed", "cases.data_key_sealed"}
    assert line.rows(annotations)


_CASES = metadata.tables["cases"]


def _values(line: Line, field: SealedField) -> list[bytes]:
    rows = line.rows(metadata.tables[field.table])
    return [bytes(row[field.column]) for row in rows if row[field.column] is not None]
