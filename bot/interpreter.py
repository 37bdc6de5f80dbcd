"""Worker's words and desk's words, side by side: a translation is an annotation, written later, and never delays keeping them.

Words for which no model is here stay as they came; the desk says so, and a person can put a translation beside them. An officer's answer
is never translated and sent by a machine alone: it waits for a wording that a person approved (`cases/desk_reply.py`).
"""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from bot.clock import Clock
from bot.speech import House
from cases import timeline
from cases.timeline import Annotation
from store.batch import Batch, CaseTask, ChangedCase, NewCase
from store.casekeys import load_data_key
from store.database import Database
from store.sealing import Keyring, Unopenable
from store.tables import cases
from store.writer import Writer
from translations.base import Translation, Translator

TASK = "translate_words"


class Interpreter:
    """Has workers' words translated to the language of the desk they lie on."""

    def __init__(self, translator: Translator, keyring: Keyring, house: Callable[[], House], clock: Clock) -> None:
        self._translator = translator
        self._keyring = keyring
        self._house = house
        self._clock = clock

    def wanted(self, batch: Batch) -> list[CaseTask]:
        """The translations that the words of a batch call for, as far as there are models for them."""
        touched: list[NewCase | ChangedCase] = [*batch.new_cases, *batch.changed_cases]
        return [
            CaseTask(TASK, case.row["reference"], entry["seq"], case.row["updated_at"])
            for case in touched
            for entry in case.entries
            if entry["kind"] == "words" and self._knows(case.row)
        ]

    def _knows(self, case: Mapping[str, Any]) -> bool:
        return self._translator.knows(case["language"], self._house().programme.desk_language(case["company_id"]))

    def to_desk(self, database: Database, writer: Writer, arguments: Mapping[str, Any]) -> None:
        """Translate one entry and keep the translation beside it; words of a forgotten case are left alone."""
        with contextlib.suppress(Unopenable):
            self._to_desk(database, writer, arguments)

    def _to_desk(self, database: Database, writer: Writer, arguments: Mapping[str, Any]) -> None:
        with database.read() as connection:
            case, words = self._words(connection, arguments["case_id"], arguments["seq"])
        target = self._house().programme.desk_language(case["company_id"])
        made = self._translator.translate(words["text"], words["language"], target)
        if made.confidence != "not_translated":
            writer.call_sync(lambda connection: self._keep(connection, case, arguments["seq"], made))

    def _words(self, connection: sa.Connection, case_id: int, seq: int) -> tuple[dict[str, Any], Mapping[str, Any]]:
        case = dict(connection.execute(sa.select(cases).where(cases.c.id == case_id)).mappings().one())
        entries = timeline.read(connection, case, load_data_key(connection, self._keyring, case_id))
        return case, next(entry.body for entry in entries if entry.seq == seq)

    def _keep(self, connection: sa.Connection, case: dict[str, Any], seq: int, made: Translation) -> None:
        note = Annotation(seq, made.target, made.engine, made.by or made.engine, made.confidence, self._clock(), made.text)
        timeline.annotate(connection, case, load_data_key(connection, self._keyring, case["id"]), note)
