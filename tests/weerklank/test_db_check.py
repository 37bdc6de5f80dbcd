"""`weerklank db check`, as an operator types it: every sealed field is opened, what does not open is named, and nothing of it is told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from api import accounts
from bot.identity import Identity
from bot.people import Worker
from bot.sealed import Source, Wording, inbox_aad, seal_inbound, seal_message, seal_source
from cases import desk
from cases.access import AtDesk
from channels.base import Attachment, Inbound
from store import codes, screens
from store.database import Database, open_database
from store.sealed_fields import SEALED, SealedField
from store.sealing import Keyring, new_key, seal_with
from store.tables import (
    Sealed,
    attachments,
    case_grants,
    cases,
    contacts,
    entries,
    inbox,
    marks,
    metadata,
    outbox,
    workers,
)
from tests.databases import KINDS, Databases, Kind
from tests.line import Line
from tests.media import makings
from tests.weerklank.office import NEWER, OLDER, PEPPER, Office, text
from tests.weerklank.played import Played
from weerklank.commands.database import find_problems
from weerklank.commands.sealed_check import LOT, NAMED, check
from weerklank.commands.sealed_columns import COLUMNS

ADDRESSES = {"sms": "+447700900311", "whatsapp": "+447700900312"}
WORDS = ("They did not pay overtime", "Ze betaalden het overwerk niet", "I hear you", "a text that waits", "JBSWY3DPEHPK3PXP")
RING = Keyring([OLDER], PEPPER)
_SUMS = (" sealed fields open", "could not be tried", " problems")
_IDS = [f"{field.table}.{field.column}" for field in SEALED]


@dataclass
class Programme:
    """A database with at least two rows in every sealed column, but for the mark."""

    url: str
    database: Database

    def rows(self, name: str, column: str = "") -> list[dict[str, Any]]:
        """A table's rows in the order of its key; with a column, those where it is filled."""
        table = metadata.tables[name]
        asked = sa.select(table).order_by(*table.primary_key.columns)
        asked = asked.where(table.c[column].is_not(None)) if column else asked
        with self.database.read() as connection:
            return [dict(row) for row in connection.execute(asked).mappings()]

    @contextmanager
    def changed(self, name: str, *changes: tuple[dict[str, Any], dict[str, Any]]) -> Iterator[None]:
        """Change rows for a while: each as it is, with what it gets; afterwards all is as before."""
        for row, values in changes:
            self.put(name, row, values)
        try:
            yield
        finally:
            for row, values in changes:
                self.put(name, row | values, {column: row[column] for column in values})

    def put(self, name: str, row: dict[str, Any], values: dict[str, Any]) -> None:
        table = metadata.tables[name]
        its = sa.and_(*(column == row[column.name] for column in table.primary_key.columns))
        with self.database.write() as connection:
            assert connection.execute(sa.update(table).where(its).values(values)).rowcount == 1

    def named(self, name: str, row: dict[str, Any]) -> str:
        """How a report calls a row."""
        references = {case["id"]: case["reference"] for case in self.rows("cases")}
        match name:
            case "cases":
                return f"case {row['reference']}"
            case "case_grants":
                return f"case {references[row['case_id']]}"
            case "entries":
                return f"case {references[row['case_id']]}, entry {row['seq']}"
            case "contacts" | "sessions":
                return f"row of worker {row['worker_id']}"
            case _:
                return f"row {row['id']}"

    def workers(self) -> list[Worker]:
        return [Identity(RING).passer_by(row["id"], row["key_sealed"]) for row in self.rows("workers")]


@pytest.fixture(scope="module", params=KINDS)
def full(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Programme]:
    """One of everything, twice; whoever changes something puts it back."""
    kind: Kind = request.param
    folder = tmp_path_factory.mktemp("full")
    with databases.fresh(kind, folder) as url:
        _talked(url, folder)
        programme = Programme(url, open_database(url))
        _waiting(programme)
        yield programme
        programme.database.close()


def _talked(url: str, folder: Path) -> None:
    """What comes of talks with two workers, and of officers at their desks."""
    line = Line(url, folder, sealing_keys=text(OLDER), lookup_pepper=text(PEPPER))
    try:
        line.carriers["whatsapp"].files |= {"voice-1": makings.opus(seconds=2), "photo-1": makings.photo()}
        phones = [line.phone(channel, address) for channel, address in ADDRESSES.items()]
        for phone in phones:
            phone.send("52746 en")
            phone.send(WORDS[0])
        phones[-1].send(attachments=(Attachment("voice", "voice-1", "audio/ogg"),))
        phones[-1].send(attachments=(Attachment("photo", "photo-1", "image/jpeg"),))
        line.until(lambda: [row["state"] for row in line.rows(attachments)] == ["kept", "kept"])
        for case in line.rows(cases):
            [seq] = [row["seq"] for row in line.rows(entries) if row["case_id"] == case["id"] and row["kind"] == "words"]
            line.desk("sanne", partial(_translated, reference=case["reference"], seq=seq))
            line.desk("sanne", partial(_answered, reference=case["reference"]))
        line.service.writer.call_sync(_enrolled)
    finally:
        line.close()


def _enrolled(connection: sa.Connection) -> None:
    credentials = accounts.Credentials("no password is tried here", WORDS[4], 0)
    for officer in ("sanne", "nadia"):
        accounts.enrol(connection, RING, officer, credentials)
    for phone in (b"p" * 32, b"q" * 32):
        screens.add(connection, RING, phone, {"text": WORDS[2]}, 1)


def _translated(at: AtDesk, reference: str, seq: int) -> object:
    return desk.translate(at, reference, seq, WORDS[1])


def _answered(at: AtDesk, reference: str) -> object:
    return desk.reply(at, reference, desk.ReplyDraft("Ik hoor je", "nl", approved=WORDS[2]))


def _waiting(programme: Programme) -> None:
    """What a moment leaves sealed that is past too soon to be met: words and texts on their way, and files to be brought."""
    with programme.database.write() as connection:
        for number, worker in enumerate(programme.workers()):
            key, whose = worker.key, {"worker_id": worker.id, "channel": "sms"}
            words = Inbound("sms", f"waits-{number}", "", "message", WORDS[0])
            said = {"key": words.key, "sealed": seal_inbound(key, words), "received_at": 1, "state": "aside"}
            connection.execute(sa.insert(inbox).values(**whose, **said))
            texts = {name: seal_message(key, worker.id, Wording(WORDS[3])) for name in ("sealed", "sealed_else")}
            connection.execute(sa.insert(outbox).values(**whose, **texts, kind="flow", state="held", hold="notice", due_at=1, created_at=1))
            source = seal_source(key, worker.id, Source(Attachment("voice", "at-the-carrier")))
            connection.execute(
                sa.insert(attachments).values(**whose, kind="voice", ref_sealed=source, state="wanted", due_at=1, created_at=1)
            )


@pytest.fixture
def at(full: Programme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Office:
    """An operator of that programme."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WEERKLANK_DATABASE_URL", full.url)
    monkeypatch.setenv("WEERKLANK_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("WEERKLANK_LOOKUP_PEPPER", text(PEPPER))
    office = Office(full.database, tmp_path / "data", monkeypatch, capsys)
    office.settle(OLDER)
    return office


def told(office: Office) -> list[str]:
    """What `db check` names, without its sums; the exit code and the last line agree with it, and nothing sealed is in it."""
    code, said = office.run("db", "check")
    lines = said.splitlines()
    named = [line for line in lines if not line.endswith(_SUMS) and line != "nothing wrong"]
    assert (code, lines[-1]) == ((1, f"{len(named)} problems") if named else (0, "nothing wrong"))
    assert not [each for each in (*WORDS, *ADDRESSES.values()) if each in said]
    return named


def test_every_sealed_column_is_tried() -> None:
    described = {f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.c if column.type is Sealed}

    assert set(COLUMNS) == {f"{field.table}.{field.column}" for field in SEALED} == described


def test_in_a_healthy_programme_every_sealed_field_opens(full: Programme, at: Office) -> None:
    filled = {name: len(full.rows(*name.split("."))) for name in _IDS}

    code, said = at.run("db", "check")

    assert {name for name, count in filled.items() if count < 2} == {"marks.sealed"}
    assert (code, said.splitlines()) == (0, [f"{sum(filled.values()):,} sealed fields open", "nothing wrong"])


def test_in_the_sample_every_sealed_field_opens(played: Played) -> None:
    report = check(played.service.database, played.service.keyring)

    assert (report.lines, report.problems, report.under_shut_keys) == ([], 0, 0)
    assert report.opened > 100


@pytest.mark.parametrize("byte", [0, 1, 30, -1])
@pytest.mark.parametrize("field", SEALED, ids=_IDS)
def test_a_byte_that_flipped_is_named_by_table_column_and_row_and_nothing_else_is(
    full: Programme, at: Office, field: SealedField, byte: int
) -> None:
    row = full.rows(field.table, field.column)[-1]
    flipped = bytearray(row[field.column])
    flipped[byte] ^= 1

    with full.changed(field.table, (row, {field.column: bytes(flipped)})):
        chained = [line for line in told(at) if "was changed, or the one before it" in line]
        named = [line for line in told(at) if line not in chained]

    name = full.named(field.table, row)
    assert len(named) == 1
    assert named[0].startswith(f"{field.table}.{field.column}, {name}: does not open")
    assert chained == ([f"{name.replace(', ', ': ')} was changed, or the one before it"] if field.table == "entries" else [])
    assert told(at) == []


@pytest.mark.parametrize("field", [field for field in SEALED if field.table != "marks"], ids=[name for name in _IDS if "marks" not in name])
def test_an_envelope_in_the_place_of_another_is_named(full: Programme, at: Office, field: SealedField) -> None:
    one, *others = full.rows(field.table, field.column)
    other = next(row for row in others if field.bound_to != "worker id" or _worker_of(field, row) != _worker_of(field, one))

    swapped = [(one, {field.column: other[field.column]}), (other, {field.column: one[field.column]})]
    with full.changed(field.table, *swapped):
        named = [line for line in told(at) if line.startswith(f"{field.table}.")]

    assert sorted(named) == sorted(f"{field.table}.{field.column}, {full.named(field.table, row)}: does not open" for row in (one, other))


def _worker_of(field: SealedField, row: dict[str, Any]) -> str:
    worker_id: str = row["id" if field.table == "workers" else "worker_id"]
    return worker_id


def test_of_two_texts_of_one_worker_nobody_can_tell_which_stood_where(full: Programme, at: Office) -> None:
    """As docs/reference/commands.md says."""
    row = full.rows("outbox", "sealed_else")[0]

    with full.changed("outbox", (row, {"sealed": row["sealed_else"], "sealed_else": row["sealed"]})):
        assert told(at) == []


@pytest.mark.parametrize(
    ("table", "values", "named"),
    [
        ("cases", {"data_key_sealed": None}, "case_grants.envelope, {}: is there still, though the key it leads to is gone"),
        ("cases", {"forgotten_at": 1}, "cases.data_key_sealed, {}: is there still, though the case was forgotten"),
        ("case_grants", {"reader": "somebody"}, "case_grants.envelope, {}: is gone, though the case was not forgotten"),
        ("workers", {"key_sealed": None}, "contacts.address_sealed, row of worker {}: is there still, though its worker was forgotten"),
        ("inbox", {"worker_id": "nobody"}, "inbox.sealed, {}: belongs to no worker that is there"),
        ("attachments", {"case_id": 987_654}, "attachments.key_sealed, {}: belongs to no case that is there"),
    ],
    ids=lambda value: value if isinstance(value, str) and "{" not in value else "",
)
def test_who_is_half_forgotten_and_what_belongs_to_nobody_is_named(
    full: Programme, at: Office, table: str, values: dict[str, Any], named: str
) -> None:
    row = full.rows(table, {"attachments": "key_sealed", "inbox": "sealed"}.get(table, ""))[0]
    whose = row["id"] if table == "workers" else full.named(table, row)

    with full.changed(table, (row, values)):
        assert told(at) == [named.format(whose)]


def test_a_case_that_lost_both_its_keys_without_being_forgotten_is_named(full: Programme, at: Office) -> None:
    [case, *_], [grant, *_] = full.rows("cases"), full.rows("case_grants")

    with full.changed("cases", (case, {"data_key_sealed": None})), full.changed("case_grants", (grant, {"reader": "somebody"})):
        assert told(at) == [f"cases.data_key_sealed, case {case['reference']}: is gone, though the case was not forgotten"]


def test_what_a_newer_version_sealed_is_well_and_what_nobody_can_read_is_named(full: Programme, at: Office) -> None:
    row, worker = full.rows("inbox", "sealed")[0], full.workers()
    key = next(each.key for each in worker if each.id == row["worker_id"])

    def sealed(content: bytes) -> dict[str, Any]:
        return {"sealed": seal_with(key, content, inbox_aad(row["channel"], row["key"]))}

    with full.changed("inbox", (row, sealed(orjson.dumps(["message", WORDS[0], None, None, [], None, None, "newer"])))):
        assert told(at) == []
    with full.changed("inbox", (row, sealed(orjson.dumps({"of another": WORDS[0]})))):
        assert told(at) == [f"inbox.sealed, row {row['id']}: opens, but this version cannot read what is in it"]


def test_without_keys_in_the_settings_one_line_says_so_and_the_rest_is_checked(full: Programme, at: Office) -> None:
    at.at.delenv("WEERKLANK_SEALING_KEYS")
    at.at.delenv("WEERKLANK_LOOKUP_PEPPER")
    unopened = "sealed fields were not opened: WEERKLANK_SEALING_KEYS and WEERKLANK_LOOKUP_PEPPER are not set here"
    assert at.run("db", "check") == (0, f"{unopened}\nnothing wrong\n")

    row = full.rows("entries")[0]
    with full.changed("entries", (row, {"sealed": row["sealed"][:-1]})):
        code, said = at.run("db", "check")
    assert (code, said.splitlines()[1:]) == (1, [unopened, "1 problems"])


@pytest.mark.parametrize("how", ["mended", "gone"])
def test_a_row_that_changed_while_it_was_looked_at_is_looked_at_again(full: Programme, at: Office, how: str) -> None:
    row, met = full.rows("inbox", "sealed")[0], list[str]()
    bad = row["sealed"][:-1] + bytes([row["sealed"][-1] ^ 1])
    its = inbox.c.id == row["id"]

    def meanwhile(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "FROM inbox" in statement and not met:
            met.append(statement)
            with full.database.write() as writing:
                writing.execute(
                    sa.update(inbox).where(its).values(sealed=row["sealed"]) if how == "mended" else sa.delete(inbox).where(its)
                )

    full.put("inbox", row, {"sealed": bad})
    event.listen(full.database.reading, "after_cursor_execute", meanwhile)
    try:
        report = check(full.database, RING)
    finally:
        event.remove(full.database.reading, "after_cursor_execute", meanwhile)
        with full.database.write() as connection:
            connection.execute(sa.delete(inbox).where(its))
            connection.execute(sa.insert(inbox).values(row))

    assert len(met) == 1
    assert (report.lines, report.problems) == ([], 0)


def test_a_forgotten_worker_and_a_forgotten_case_are_no_problem(office: Office, database_url: str) -> None:
    line = Line(database_url, office.folder, sealing_keys=text(OLDER), lookup_pepper=text(PEPPER))
    try:
        phone = line.phone()
        phone.send("52746 en")
        said = " ".join(phone.send(WORDS[0]))
    finally:
        line.close()
    office.settle(OLDER)
    code = next(f"{first}{last}" for first, last in _pairs(said.split()))
    assert told(office) == []

    assert office.run("forget", code)[0] == 0

    with office.database.read() as connection:
        assert connection.execute(sa.select(workers.c.key_sealed)).scalars().all() == [None]
        assert connection.execute(sa.select(cases.c.data_key_sealed)).scalars().all() == [None]
        assert connection.execute(sa.select(case_grants)).all() == []
        assert connection.execute(sa.select(sa.func.count()).select_from(entries)).scalar_one() > 0
    assert told(office) == []


def _pairs(said: list[str]) -> Iterator[tuple[str, str]]:
    """The two groups of four digits of a code."""
    for first, last in pairwise(said):
        if (first + last[:4]).isdigit() and len(first) == len(last[:4]) == 4:
            yield first, last[:4]


def test_an_older_key_that_is_missing_is_one_line_whatever_lies_under_it(office: Office) -> None:
    office.settle(OLDER)
    office.strangers(300, OLDER)
    with office.database.write() as connection:
        codes.stock(connection, Keyring([OLDER], PEPPER), [codes.Code("12345678", b"h" * 32), codes.Code("87654321", b"i" * 32)])
    office.settle(NEWER, OLDER)
    assert told(office) == []
    office.strangers(301, NEWER, OLDER)
    office.settle(NEWER)

    code, said = office.run("db", "check")

    assert code == 1
    assert said.splitlines() == [
        (
            "a key is missing from WEERKLANK_SEALING_KEYS: rows are sealed under one that is not set "
            "(300 in workers.key_sealed, 2 in code_pool.code_sealed); put the key that was taken away back, behind the others"
        ),
        "3 sealed fields open",
        "300 sealed fields lie under a key that does not open, and could not be tried",
        "1 problems",
    ]


def test_rows_are_named_up_to_a_dozen_and_then_counted(office: Office) -> None:
    office.settle(OLDER)
    office.strangers(300, OLDER)
    with office.database.write() as connection:
        connection.execute(sa.update(contacts).values(address_sealed=b"\x01" + bytes(80)))

    lines = office.run("db", "check")[1].splitlines()

    assert len(lines) == NAMED + 3
    assert all(line.startswith("contacts.address_sealed, row of worker ") for line in lines[:NAMED])
    assert lines[NAMED:] == ["contacts.address_sealed: and 288 rows more", "301 sealed fields open", "300 problems"]


def test_a_table_of_many_lots_is_gone_through_to_its_last_row(office: Office) -> None:
    office.settle(OLDER)
    office.strangers(2 * LOT + 100, OLDER)
    with office.database.read() as connection:
        known = connection.execute(sa.select(contacts.c.lookup, contacts.c.worker_id).order_by(contacts.c.lookup)).all()
    damaged = [known[place] for place in (0, LOT - 1, LOT, 2 * LOT, -1)]
    with office.database.write() as connection:
        bad = sa.update(contacts).where(contacts.c.lookup.in_([row.lookup for row in damaged]))
        connection.execute(bad.values(address_sealed=b"\x01" + bytes(80)))

    assert told(office) == [f"contacts.address_sealed, row of worker {row.worker_id}: does not open" for row in damaged]
    assert f"{1 + 2 * (2 * LOT + 100) - 5:,} sealed fields open" in office.run("db", "check")[1]


def test_with_other_keys_that_open_nothing_it_refuses_and_looks_at_nothing(office: Office) -> None:
    office.settle(OLDER)
    office.strangers(3, OLDER)
    office.settle(new_key(), begun=False)

    code, said = office.run("db", "check")

    assert (code, said.splitlines()) == (1, [said.rstrip("\n")])
    assert said.startswith("weerklank: this database was sealed under other keys")


def test_a_mark_that_is_gone_is_no_reason_to_look_at_nothing(office: Office) -> None:
    office.settle(OLDER)
    office.strangers(3, OLDER)
    with office.database.write() as connection:
        connection.execute(sa.delete(marks))

    assert told(office) == []


def test_beside_the_traffic_nothing_is_called_a_problem(database_url: str, tmp_path: Path) -> None:
    line = Line(database_url, tmp_path / "data", sealing_keys=text(OLDER), lookup_pepper=text(PEPPER))
    looked = 0
    try:
        talking = threading.Thread(target=_talk, args=(line,))
        talking.start()
        while talking.is_alive():
            assert find_problems(line.service.database) == []
            report = check(line.service.database, RING)
            assert (report.lines, report.problems, report.under_shut_keys) == ([], 0, 0)
            looked += 1
        talking.join()
        assert len(line.rows(cases)) == 12
        assert len(line.rows(entries)) > 4 * 12
    finally:
        line.close()
    assert looked > 3


def _talk(line: Line) -> None:
    for number in range(12):
        phone = line.phone("sms", f"+4477009006{number:02d}")
        phone.send("52746 en")
        phone.send(WORDS[0])
        case = line.rows(cases)[-1]
        line.desk("sanne", partial(_answered, reference=case["reference"]))
        phone.send("1")
