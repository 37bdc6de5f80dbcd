"""The officers' side of a sample case, through the desk's own functions at their own moments, and what carrier and clock do between."""

from collections.abc import Callable, Iterable

import sqlalchemy as sa

from bot.clock import SECOND
from cases import desk, entries, lifecycle, routing, timeline
from cases.access import AtDesk
from cases.change import CaseChange, NewEntry, NewMail, touched
from cases.desk import ReplyDraft
from cases.save import save
from cases.severity import Severity
from cases.timeline import Annotation
from store import outbox as kept
from store import waiting
from store.casekeys import load_data_key
from store.outbox import Row
from store.tables import case_links, cases, outbox
from weerklank.sample import voice
from weerklank.sample.form import Duty, SampleCase
from weerklank.sample.script import Act
from weerklank.sample.voice import Person, Stage

_TAKEN_UP = {"nl": "Opgepakt", "en": "Taken up"}
_ASKED = {"nl": "De leverancier is gevraagd", "en": "The supplier was asked"}
_ROW = sa.select(
    outbox.c.id,
    outbox.c.worker_id,
    outbox.c.channel,
    outbox.c.kind,
    outbox.c.case_id,
    outbox.c.seq,
    outbox.c.sealed,
    outbox.c.attempts,
    outbox.c.maybe,
)


def _at(stage: Stage, officer_id: str, now: int) -> AtDesk:
    programme = stage.house.programme
    return AtDesk(stage.connection, stage.service.keyring, programme, programme.officers[officer_id], now)


def _change(stage: Stage, key: str, change: CaseChange) -> int:
    """Write a change of a case; returns the number of its last entry."""
    return save(stage.connection, stage.service.keyring, stage.row(key), change).last_seq


def _in_words(stage: Stage, case: SampleCase, words: dict[str, str]) -> str:
    return words[stage.house.programme.desk_language(stage.row(case.key)["company_id"])]


def translate(stage: Stage, act: Act, kind: str, at: int) -> None:
    """Put a person's translations beside the entry of this kind that came last."""
    row = stage.row(act.case.key)
    keys = load_data_key(stage.connection, stage.service.keyring, row["id"])
    found = [entry for entry in timeline.read(stage.connection, row, keys) if entry.kind == kind]
    author = entries.by_officer(act.line.translator)
    for language, text in act.line.translations:
        made = Annotation(found[-1].seq, language, "person", author, "good", at, act.when.dated(text, language))
        timeline.annotate(stage.connection, row, keys, made)


def judge(stage: Stage, act: Act) -> None:
    """Write how grave the case is by all that was told, and what the worker allows where no digit said it."""
    case, row = act.case, stage.row(act.case.key)
    written: list[NewEntry] = [entries.severity(act.at, Severity(case.severity.level, case.severity.because))]
    if row["may_we"] != case.may_we:
        written.append(entries.consent(act.at, case.may_we))
    columns = touched(row, act.at, severity=case.severity.level, groups=list(case.groups), may_we=case.may_we)
    _change(stage, case.key, CaseChange(columns, tuple(written)))
    for linked in case.linked:
        stage.connection.execute(sa.insert(case_links), {"case_id": row["id"], "other_id": stage.cases[linked]})


def take_up(stage: Stage, act: Act) -> None:
    """An officer who has not written to the worker yet takes the case in hand, and where the sample says so begins the work."""
    case = act.case
    if case.officer is None or case.answered:
        return
    reason = _in_words(stage, case, _TAKEN_UP)
    row = stage.row(case.key)
    if row["officer_id"] != case.officer:
        desk.assign(_at(stage, case.officer, act.at), row["reference"], case.officer, reason)
    if row["state"] != case.state and lifecycle.may("officer", row["state"], case.state):
        desk.move(_at(stage, case.officer, act.at), row["reference"], case.state, reason)


def reply(stage: Stage, act: Act) -> None:
    """An officer answers, with a person's wording where the languages differ; the line knocks, and the answer waits behind the knock."""
    case, line, when = act.case, act.line, act.when
    row = stage.row(case.key)
    promised = when.promised(line.text)
    draft = ReplyDraft(
        when.dated(line.text, line.language),
        line.language,
        proposes=line.asks_if_solved,
        news_by=promised and when.moment(case.answer_by or "+1d"),
    )
    desk.reply(_at(stage, line.who, act.at), row["reference"], draft)
    translate(stage, act, "reply", act.at)
    worded = (outbox.c.case_id == row["id"]) & (outbox.c.state == "held") & (outbox.c.hold == "translation")
    stage.connection.execute(sa.update(outbox).where(worded).values(hold="knock"))
    _knock(stage, row["worker_id"], act.at)


def _knock(stage: Stage, worker_id: str, at: int) -> None:
    person = stage.people[worker_id]
    knocks = stage.service.speech.rows(person.worker, person.channel, "knock", voice.session_of(stage, person), at)
    for row in knocks:
        voice.show_sent(stage, person, row, at)
    kept.put(stage.connection, [voice.gone(row, at) for row in knocks])
    waiting.knocked(stage.connection, [worker_id], at)


def read(stage: Stage, act: Act) -> None:
    """The worker answers the knock and reads what waited; the carrier says so, as far as it knows."""
    person = stage.people[stage.row(act.case.key)["worker_id"]]
    voice.answer_knock(stage, person, act.at)
    due = stage.connection.execute(_ROW.where(outbox.c.worker_id == person.worker.id, outbox.c.state == "due").order_by(outbox.c.id))
    for row in [Row(*each) for each in due]:
        _deliver(stage, person, row, act)


def _deliver(stage: Stage, person: Person, row: Row, act: Act) -> None:
    at = act.at + SECOND
    stage.show(person, {"text": stage.service.promises.wording(stage.connection, row), "choices": []}, at)
    status = "read" if act.line.seen else "delivered"
    ended = sa.update(outbox).where(outbox.c.id == row.id)
    stage.connection.execute(ended.values(state="sent", status=status, settled_at=at, attempts=1))
    told = ("delivered", "read") if act.line.seen else ("delivered",)
    steps = tuple(entries.delivery(at + number * SECOND, row.seq, status) for number, status in enumerate(told))
    key = next(key for key, case_id in stage.cases.items() if case_id == row.case_id)
    _change(stage, key, CaseChange(entries=steps))


def note(stage: Stage, act: Act) -> None:
    """An officer writes what no worker sees."""
    desk.note(_at(stage, act.line.who, act.at), stage.row(act.case.key)["reference"], act.line.text)


def miss(stage: Stage, act: Act) -> None:
    """The promised date passes: a superior is told, and a new date is made (the one that the late notice names)."""
    row, programme = stage.row(act.case.key), stage.house.programme
    new = act.when.promised(act.line.text) or act.when.now
    mail = NewMail("late", f"late:{row['id']}:{act.at}", routing.leads(programme, row["company_id"], row["excluded"]))
    columns = touched(row, act.at, answer_by=new, late_at=act.at)
    _change(stage, act.case.key, CaseChange(columns, (entries.late(act.at, act.at, new),), (mail,)))


def tell_late(stage: Stage, act: Act) -> None:
    """The one late notice leaves, behind a knock."""
    text = act.when.dated(act.line.text, act.case.language)
    said = NewEntry("bot", "bot", act.at, {"flow": "notices", "node": "late", "wording": text})
    seq = _change(stage, act.case.key, CaseChange(entries=(said,)))
    translate(stage, act, "bot", act.at)
    row = stage.row(act.case.key)
    kept.put(stage.connection, [kept.with_case(row, seq, "late", act.at)])
    _knock(stage, row["worker_id"], act.at)


def settle(stage: Stage, act: Act) -> None:
    """Bring the case to where the sample says it stands: an officer's last move, and the date that is owed."""
    case, row = act.case, stage.row(act.case.key)
    if case.officer is not None and row["state"] != case.state and lifecycle.may("officer", row["state"], case.state):
        desk.move(_at(stage, case.officer, act.at), row["reference"], case.state, _in_words(stage, case, _ASKED))
    if case.answer_by is not None and row["late_at"] is None:
        mine = sa.update(cases).where(cases.c.id == row["id"])
        stage.connection.execute(mine.values(answer_by=act.when.moment(case.answer_by)))


def write_duties(stage: Stage, act: Act) -> None:
    """Keep who is to do what by when as notes, until remedy has its own place."""
    case, row = act.case, stage.row(act.case.key)
    lines = [_duty(stage, act, "Action", each) for each in case.actions] + [_duty(stage, act, "Task", each) for each in case.tasks]
    lines += [f"Check-ins with the worker: {_checks(act, case.check_ins)}"] if case.check_ins else []
    if case.officer is not None:
        for text in lines:
            desk.note(_at(stage, case.officer, act.at), row["reference"], text)


def _duty(stage: Stage, act: Act, name: str, duty: Duty) -> str:
    programme, when = stage.house.programme, act.when
    who = duty.owner or duty.asked
    officer, supplier = programme.officers.get(who), programme.suppliers.get(who)
    known = {
        "Who": officer.name if officer else supplier.name if supplier else who,
        "Due": duty.due and when.dated(f"{{{duty.due}}}", "en"),
        "Done": duty.done and when.dated(f"{{{duty.done}}}", "en"),
        "Paid by": duty.paid_by and programme.company_name(duty.paid_by),
        "Evidence": duty.evidence,
        "Checked by": duty.checked_by,
    }
    return ". ".join([f"{name}: {duty.what}", *(f"{label}: {value}" for label, value in known.items() if value)])


def _checks(act: Act, moments: Iterable[str]) -> str:
    """Name dates in words: the first part of each is a time of the sample."""
    found: list[str] = []
    for moment in moments:
        first, _, rest = moment.partition(" ")
        found.append(" ".join([act.when.dated(f"{{{first}}}", "en"), rest]).strip())
    return "; ".join(found)


def perform(stage: Stage, act: Act) -> None:
    """Play one act."""
    case, line, at = act.case, act.line, act.at
    if act.kind == "hello":
        voice.hello(stage, case, at)
    elif act.kind == "words":
        voice.say(stage, case, line.text, at)
        translate(stage, act, "words", at)
    elif act.kind == "code":
        voice.send_code(stage, case, at)
    elif act.kind == "own_case":
        voice.open_beside(stage, case, line.text, at)
        translate(stage, act, "words", at)
    else:
        _OFFICE[act.kind](stage, act)


_OFFICE: dict[str, Callable[[Stage, Act], None]] = {
    "judged": judge,
    "taken_up": take_up,
    "read": read,
    "reply": reply,
    "note": note,
    "missed": miss,
    "late": tell_late,
    "settled": settle,
    "duties": write_duties,
}
