"""A programme after years: as many workers, cases and messages as are asked for, put where the service finds them, on either database.

What is sealed is noise of the right length, and whoever is in it is nobody (their own keys are gone): only rows, indexes and plans
are what is measured. For each case there are one worker, ten messages that came, ten that left and ten entries of the timeline; three
cases in a hundred are open, and for as many workers an answer waits behind a knock that nobody answered. All of it came evenly over a year.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from store.database import Database

PER_CASE = 10
"""Messages that came, messages that left, and entries of the timeline, for each case."""
_YEAR = 365 * 86_400_000
_PUT_ASIDE = 6 * 3_600_000
"""Milliseconds in which what waits behind an unanswered knock is looked at once (store/waiting.py)."""
_OPEN_OF_100 = 3
_AT_ONCE = 200_000
_FIRST_ID = 1_000_000
"""Behind what the service wrote before."""
_NUMBERED = ("cases", "annotations", "inbox", "outbox", "mails", "tasks")


@dataclass(frozen=True, slots=True)
class _Tongue:
    """How one database says what the other says differently; `g` is the number of a row."""

    series: str
    name: str
    hexed: str
    once: str
    noise: str
    none: str

    def say(self, statement: str) -> str:
        """A statement in this tongue."""
        words = {"WORKER": self.name, "HEX8": self.hexed, "ONCE32": self.once, "JSON_NONE": self.none, "SERIES": self.series}
        for length in (60, 80, 120, 250, 300):
            words[f"NOISE{length}"] = self.noise.format(length=length, twice=2 * length)
        for word, sql in words.items():
            statement = statement.replace(word, sql)
        return statement


_TONGUES = {
    "postgresql": _Tongue(
        series="generate_series(CAST(:low AS bigint), CAST(:high AS bigint)) AS s(g)",
        name="'w' || lpad(CAST(OF_WORKER AS text), 21, '0')",
        hexed="upper(lpad(to_hex((OF_CASE * 2654435761) % 4294967296), 8, '0'))",
        once="sha256(int8send(g))",
        noise="decode(rpad(md5(CAST(g AS text)), {twice}, 'a'), 'hex')",
        none="CAST('[]' AS json)",
    ),
    "sqlite": _Tongue(
        series="(WITH RECURSIVE s(g) AS (SELECT :low UNION ALL SELECT g + 1 FROM s WHERE g < :high) SELECT g FROM s)",
        name="printf('w%021d', OF_WORKER)",
        hexed="printf('%08X', (OF_CASE * 2654435761) % 4294967296)",
        once="randomblob(32)",
        noise="randomblob({length})",
        none="'[]'",
    ),
}
_ONE_A_CASE = {"OF_WORKER": "g", "OF_CASE": "g"}
_MANY_A_CASE = {"OF_WORKER": f"(g / {PER_CASE})", "OF_CASE": f"(g / {PER_CASE})"}
_IS_OPEN = f"(g % 100) < {_OPEN_OF_100}"
_AT = f":now - {_YEAR} + ({_YEAR} / :rows) * g"
_BY_DESK = "CASE WHEN g % 10 < 7 THEN {halmstra} WHEN g % 10 < 9 THEN {weidegaard} ELSE {ketenstem} END"
_COMPANY = _BY_DESK.format(halmstra="'halmstra'", weidegaard="'weidegaard'", ketenstem="'ketenstem'")
_KNOWN = _BY_DESK.format(halmstra="'nodirpar-sewing'", weidegaard="'kiboko-farm'", ketenstem="NULL")
_PLACE = f"CASE WHEN g % 37 <> 0 THEN {_KNOWN} END"

_ROWS: tuple[tuple[dict[str, str], int, str], ...] = (
    (
        _ONE_A_CASE,
        1,
        f"""INSERT INTO workers (id, key_sealed, current_case_id, heard_at, knocked_at)
        SELECT WORKER, NULL, g + :first, {_AT}, CASE WHEN {_IS_OPEN} THEN :now - 86400000 END FROM SERIES""",
    ),
    (
        _ONE_A_CASE,
        1,
        "INSERT INTO contacts (lookup, worker_id, channel, address_sealed) SELECT ONCE32, WORKER, 'sms', NOISE60 FROM SERIES",
    ),
    (
        _ONE_A_CASE,
        1,
        f"INSERT INTO sessions (worker_id, channel, sealed, updated_at) SELECT WORKER, 'sms', NOISE300, {_AT} FROM SERIES",
    ),
    (
        _ONE_A_CASE,
        1,
        f"""INSERT INTO cases (id, reference, code_hash, worker_id, channel, language, place_id, supplier_id, company_id, excluded,
            who, state, severity, danger, groups, may_we, opened_at, answer_by, late_at, answered_at, updated_at, version, last_seq,
            tail_hash, public_key, data_key_sealed)
        SELECT g + :first, 'WK-' || substr(HEX8, 1, 4) || '-' || substr(HEX8, 5, 4), ONCE32, WORKER, 'sms', 'bn', {_PLACE}, NULL,
            {_COMPANY},
            JSON_NONE, 'affected',
            CASE WHEN g % 100 = 0 THEN 'new' WHEN g % 100 = 1 THEN 'answer_needed' WHEN g % 100 = 2 THEN 'waiting_worker'
                 WHEN g % 4 = 0 THEN 'closed_no_answer' ELSE 'closed_agreed' END,
            1 + (g / 3) % 5, CASE WHEN g % 500 = 0 THEN 'fire' END, JSON_NONE, 'ask_first', {_AT},
            CASE WHEN g % 100 < 2 THEN :now + 3600000 + (g * 104729) % 432000000 END, CASE WHEN g % 1000 < 2 THEN :now - 3600000 END,
            CASE WHEN g % 100 <> 0 THEN {_AT} + 3600000 END, {_AT}, 12, {PER_CASE}, ONCE32, ONCE32, NOISE80 FROM SERIES""",
    ),
    (
        _ONE_A_CASE,
        1,
        "INSERT INTO case_grants (case_id, reader, envelope) SELECT g + :first, 'service', NOISE120 FROM SERIES",
    ),
    (
        _ONE_A_CASE,
        1,
        f"""INSERT INTO case_grants (case_id, reader, envelope) SELECT g + :first, 'desk:' || {_COMPANY}, NOISE120 FROM SERIES""",
    ),
    (
        _MANY_A_CASE,
        PER_CASE,
        f"""INSERT INTO entries (case_id, seq, kind, author, at, sealed, hash)
        SELECT OF_CASE + :first, 1 + g % {PER_CASE}, CASE WHEN g % 2 = 0 THEN 'words' ELSE 'reply' END,
            CASE WHEN g % 2 = 0 THEN 'worker' ELSE 'officer:sanne' END, {_AT}, NOISE250, ONCE32 FROM SERIES""",
    ),
    (
        _ONE_A_CASE,
        1,
        f"""INSERT INTO annotations (id, case_id, seq, language, engine, author, confidence, at, sealed)
        SELECT g + :first, g + :first, 1, 'nl', 'person', 'officer:sanne', 'good', {_AT}, NOISE250 FROM SERIES""",
    ),
    (
        _MANY_A_CASE,
        PER_CASE,
        f"""INSERT INTO inbox (id, channel, key, worker_id, received_at, state, attempts)
        SELECT g + :first, 'sms', 'SM' || HEX8 || '-' || CAST(g AS text), WORKER, {_AT}, 'done', 0 FROM SERIES""",
    ),
    (
        _MANY_A_CASE,
        PER_CASE,
        f"""INSERT INTO outbox (id, worker_id, channel, kind, case_id, seq, state, due_at, attempts, provider_id, status,
            created_at, settled_at)
        SELECT g + :first, WORKER, 'sms', CASE WHEN g % {PER_CASE} = 9 THEN 'reply' ELSE 'flow' END,
            CASE WHEN g % {PER_CASE} = 9 THEN OF_CASE + :first END, CASE WHEN g % {PER_CASE} = 9 THEN 2 END, 'sent', {_AT}, 1,
            'SM' || HEX8 || '-' || CAST(g AS text), 'delivered', {_AT}, {_AT} + 400 FROM SERIES""",
    ),
    (
        _ONE_A_CASE,
        1,
        f"""INSERT INTO outbox (id, worker_id, channel, kind, case_id, seq, state, hold, due_at, attempts, created_at)
        SELECT g + :first + :last, WORKER, 'sms', 'reply', g + :first, 4, 'held', 'knock', :now + (g * 104729) % {_PUT_ASIDE}, 0, {_AT}
        FROM SERIES WHERE {_IS_OPEN}""",
    ),
    (
        _ONE_A_CASE,
        1,
        f"""INSERT INTO mails (id, key, kind, officer_ids, case_id, state, due_at, attempts, settled_at)
        SELECT g + :first, 'new_case:' || CAST(g AS text), 'new_case', JSON_NONE, g + :first, 'sent', {_AT}, 1, {_AT} + 900 FROM SERIES""",
    ),
    (
        _ONE_A_CASE,
        1,
        f"""INSERT INTO tasks (id, task, arguments, run_at, state, attempts)
        SELECT g + :first, 'translate_words', JSON_NONE, {_AT}, 'done', 1 FROM SERIES""",
    ),
)

# Whoever ran all year has looked at what lies with carriers every quarter of an hour.
_LOOKED_AT = (
    "DELETE FROM ticks WHERE task IN ('traces.inbox', 'traces.outbox')",
    "INSERT INTO ticks (task, period) SELECT 'traces.inbox', max(id) FROM inbox",
    "INSERT INTO ticks (task, period) SELECT 'traces.outbox', max(id) FROM outbox",
)


def fill(database: Database, cases: int, now: int) -> None:
    """Put the rows of so many cases into a laid database; `now` is in milliseconds. Slow: the indexes are made once, at the end."""
    tongue, kept = _TONGUES[database.kind], _take_indexes(database)
    for words, each, statement in _ROWS:
        told = tongue.say(statement)
        for word, sql in words.items():
            told = told.replace(word, sql)
        for low in range(0, cases * each, _AT_ONCE):
            high = min(low + _AT_ONCE, cases * each) - 1
            numbers = {"low": low, "high": high, "now": now, "rows": cases * each, "last": cases * PER_CASE, "first": _FIRST_ID}
            with database.write() as connection:
                if database.kind == "postgresql":
                    connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
                connection.execute(sa.text(told), numbers)
    with database.write() as connection:
        for statement in _LOOKED_AT:
            connection.execute(sa.text(statement))
    _give_indexes(database, kept)


def _take_indexes(database: Database) -> list[str]:
    """Take every index away that no constraint needs, and give back what made them."""
    if database.kind == "postgresql":
        wanted = """SELECT indexname AS name, indexdef AS made FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE 'ix%'"""
    else:
        wanted = "SELECT name, sql AS made FROM sqlite_master WHERE type = 'index' AND name LIKE 'ix%'"
    with database.write() as connection:
        found = connection.execute(sa.text(wanted)).all()
        for row in found:
            connection.execute(sa.text(f"DROP INDEX {row.name}"))
    return [row.made for row in found]


def _give_indexes(database: Database, made: list[str]) -> None:
    for statement in made:
        with database.write() as connection:
            connection.exec_driver_sql(statement)
    if database.kind == "postgresql":
        with database.write() as connection:
            for table in _NUMBERED:
                connection.execute(sa.text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"))
        with database.reading.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
