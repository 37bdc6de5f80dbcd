"""What an officer asks of the machine that translates: a draft in the worker's language, a case in another, another go with words.

Nothing here translates. It keeps the wish with the case and writes the task for `bot/interpreter.py`, in the process that has the models.
"""

import hashlib
import re
from dataclasses import dataclass, replace
from typing import Final

import sqlalchemy as sa

from cases import audit, desk_reply, entries, timeline
from cases.access import AtDesk, case_for
from cases.change import Case, CaseChange, NewEntry, touched
from cases.desk_reply import LONGEST, ReplyDraft, ReplyKept, check_text, locked
from cases.errors import Refused
from cases.lifecycle import OPEN
from cases.save import Saved, save
from cases.timeline import Annotation, Sentence
from store import tasks
from store.casekeys import load_data_key
from store.tables import annotations, cases
from store.tables import entries as kept
from words.letters import NO_LANGUAGE, has_letters
from words.marked import marked

WORDS, DRAFT, CASE = "translate_words", "translate_draft", "translate_case"
HEARD: Final = "heard"
"""The engine's name beside an entry of which an officer said in which language it is."""
WORDLESS: Final = "wordless"
"""The engine's name beside an entry that needs no translation, because it holds no letter."""
NOT_WHOLLY: Final = ("not_translated", "partly")
"""What is said of a machine's go at words when some or all of them still wait for somebody who reads them."""
WAITING: Final = "waiting"
BEHIND = 0
"""The place of drafts beside a timeline: before its first entry."""
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")


@dataclass(frozen=True, slots=True)
class DraftView:
    """An answer that is not kept yet: as the officer wrote it, and the wording in the worker's language.

    `confidence` is `waiting` until the machine came round to it; `back` is the wording carried back, `marks` what to look at. `author` is
    the models that made the wording, or the officer.
    """

    text: str
    language: str
    wording: str
    wording_language: str
    author: str
    confidence: str
    back: str
    marks: tuple[str, ...]
    sentences: tuple[Sentence, ...]


def draft(at: AtDesk, reference: str, text: str, language: str, wording: str = "") -> DraftView:
    """Have an answer put into the worker's language, or with a `wording` have that one carried back.

    Nothing of it is sent: it is the officer's own until they keep an answer. Raises NotFound, or Refused for an empty or overlong text.
    """
    case = case_for(at.connection, at.officer, reference)
    if case["state"] not in OPEN:
        raise Refused("The case is closed. A word of the worker opens it again.")
    check_text(text)
    if len(wording) > LONGEST:
        raise Refused(marked("The wording is longer than {most} letters. Write less: it is read on a small phone.", most=LONGEST))
    target = case["language"]
    author = entries.by_officer(at.officer.id)
    made = Annotation(BEHIND, target, drawer(at.officer.id), author, WAITING, at.now, wording, source=tag(language), original=text)
    timeline.annotate(at.connection, case, load_data_key(at.connection, at.keyring, case["id"]), made)
    place = {"case_id": case["id"], "engine": made.engine, "language": target}
    tasks.enqueue(at.connection, DRAFT, place, at.now - 1)
    return _shown(made)


def draft_of(at: AtDesk, case: Case, beside: tuple[Annotation, ...]) -> DraftView | None:
    """Find the officer's own draft among what lies beside a case."""
    place = (BEHIND, case["language"], drawer(at.officer.id))
    made = next((each for each in beside if (each.seq, each.language, each.engine) == place), None)
    return None if made is None else _shown(made)


def _shown(made: Annotation) -> DraftView:
    words = (made.original, made.source, made.text, made.language)
    return DraftView(*words, made.author, made.confidence, made.back, made.marks, made.sentences)


def my_draft(at: AtDesk, reference: str) -> DraftView | None:
    """Show the officer's own draft of a case. Raises NotFound."""
    return _mine(at, case_for(at.connection, at.officer, reference))


def _mine(at: AtDesk, case: Case) -> DraftView | None:
    data_key = load_data_key(at.connection, at.keyring, case["id"])
    return draft_of(at, case, timeline.read_annotations(at.connection, case, data_key))


def reply(at: AtDesk, reference: str, answer: ReplyDraft) -> ReplyKept:
    """Keep an answer (`cases/desk_reply.py`), with the models that made its wording where the officer let it stand; the draft is done with.

    Raises NotFound, Stale or Refused.
    """
    case = case_for(at.connection, at.officer, reference)
    mine = _mine(at, case) if answer.approved and case["state"] != "forgotten" else None
    if mine is not None and answer.approved == mine.wording and mine.confidence in ("good", "unsure"):
        answer = replace(answer, made=(mine.author, mine.back))
    kept_answer = desk_reply.reply(at, reference, answer)
    timeline.take_annotation_away(at.connection, case, (BEHIND, case["language"], drawer(at.officer.id)))
    return kept_answer


def drawer(officer_id: str) -> str:
    """Name the place where an officer's drafts lie, short enough for a column whatever the officer is called."""
    return f"draft {hashlib.sha256(officer_id.encode()).hexdigest()[:12]}"


def ask(at: AtDesk, reference: str, language: str) -> str:
    """Have everything that was said in a case put into a language, where that was not done; gives its tag. Raises NotFound or Refused."""
    case = case_for(at.connection, at.officer, reference)
    if case["state"] == "forgotten":
        raise Refused("The worker asked to be forgotten: there are no words any more.")
    target = tag(language)
    tasks.enqueue(at.connection, CASE, {"case_id": case["id"], "target": target}, at.now)
    audit.record(at.connection, at.officer, "translate", case["reference"], at.now)
    return target


def correct_language(at: AtDesk, reference: str, seq: int, language: str) -> Saved:
    """Say in which language words are, and have them translated again from that. A person's translation stays.

    Raises NotFound, Stale or Refused.
    """
    case = locked(at, reference)
    data_key = load_data_key(at.connection, at.keyring, case["id"])
    if not any(entry.seq == seq and entry.kind == "words" for entry in timeline.read(at.connection, case, data_key)):
        raise Refused("There are no words of the worker there.")
    machines = (annotations.c.case_id == case["id"]) & (annotations.c.seq == seq) & annotations.c.engine.not_in(("person", WORDLESS))
    at.connection.execute(sa.delete(annotations).where(machines))
    said = Annotation(seq, tag(language), HEARD, entries.by_officer(at.officer.id), "good", at.now, "")
    timeline.annotate(at.connection, case, data_key, said)
    tasks.enqueue(at.connection, WORDS, {"case_id": case["id"], "seq": seq}, at.now - 1)
    saved = save(at.connection, at.keyring, case, CaseChange(touched(case, at.now)))
    audit.record(at.connection, at.officer, "language", case["reference"], at.now)
    return saved


def wordless(seq: int, entry: NewEntry) -> Annotation | None:
    """Give what is kept beside words of a worker without a letter, so that nobody is asked to translate them; None for all others."""
    if entry.kind != "words" or has_letters(str(entry.body["text"])):
        return None
    return Annotation(seq, NO_LANGUAGE, WORDLESS, WORDLESS, "good", entry.at, "")


def unread(desk_language: str) -> sa.ColumnElement[bool]:
    """Tell, over the cases' table, whether a case holds words of another language that nobody has put, or not all, into the desk's."""
    read = sa.exists().where(
        annotations.c.case_id == kept.c.case_id,
        annotations.c.seq == kept.c.seq,
        annotations.c.language.in_((desk_language, NO_LANGUAGE)),
        annotations.c.confidence.not_in(NOT_WHOLLY),
        annotations.c.engine != HEARD,
    )
    # Asked for one case after another: from a plain EXISTS PostgreSQL may make a list of all words of all cases, and go through it.
    unread_words = sa.select(kept.c.seq).where(kept.c.case_id == cases.c.id, kept.c.kind == "words", ~read).limit(1)
    words = unread_words.correlate(cases).scalar_subquery().is_not(None)
    base = desk_language.partition("-")[0]
    foreign = ~sa.or_(cases.c.language == base, cases.c.language.startswith(f"{base}-", autoescape=True))
    return sa.and_(cases.c.state != "forgotten", foreign, words)


def tag(language: str) -> str:
    """Give a language's tag (BCP 47: a language and at most a script or region). Raises Refused for anything else."""
    if _TAG.fullmatch(language) is None:
        raise Refused("That is no language's short name. Write it as in en, nl or bn-Latn.")
    return language
