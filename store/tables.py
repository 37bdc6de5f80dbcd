"""Every table on one page. Times are milliseconds since 1970 in UTC; `sealed` columns are listed in store/sealed_fields.py."""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Bytes(sa.LargeBinary):
    """Bytes as they are: both drivers take and give them so, and wrapping each one costs more than writing it."""

    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> None:
        """Give the driver what it was given."""

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> None:
        """Give back what the driver gave."""


Serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.BigInteger()
Sealed = Bytes()
Name = sa.String(80)
WorkerId = sa.String(22)


def _serial() -> sa.Column[int]:
    return sa.Column("id", Serial, primary_key=True, autoincrement=True)


def _case_id(*, primary_key: bool = False, nullable: bool = False) -> sa.Column[int]:
    return sa.Column("case_id", Serial, sa.ForeignKey("cases.id"), primary_key=primary_key, nullable=nullable, autoincrement=False)


workers = sa.Table(
    "workers",
    metadata,
    sa.Column("id", WorkerId, primary_key=True),
    sa.Column("key_sealed", Sealed, nullable=True),  # NULL: the worker was forgotten, and nothing of theirs can be read again
    sa.Column("current_case_id", Serial, nullable=True),
    sa.Column("live_until", Moment, nullable=False, default=0, server_default="0"),
    sa.Column("knocked_at", Moment, nullable=True),  # a knock went out and was not answered yet
    sa.Column("wrong_codes", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("code_blocked_until", Moment, nullable=False, default=0, server_default="0"),
    sa.Column("closed_to", sa.String(20), nullable=True),  # why nothing may be sent: opt_out, blocked_by_user, undeliverable
    sa.Column("heard_at", Moment, nullable=False, default=0, server_default="0"),  # their last word: a channel's window opens with it
    sa.Column("quiet_from", sa.Integer, nullable=True),  # minutes after midnight where they are; nothing knocks from then ...
    sa.Column("quiet_until", sa.Integer, nullable=True),  # ... until then
    sa.Column("pin_hash", Bytes(32), nullable=True),  # what they asked to be asked for before anything is shown
    sa.Column("pin_open_until", Moment, nullable=False, default=0, server_default="0"),
)

contacts = sa.Table(
    "contacts",
    metadata,
    sa.Column("lookup", Bytes(32), primary_key=True),
    sa.Column("worker_id", WorkerId, sa.ForeignKey("workers.id"), nullable=False, index=True),
    sa.Column("channel", Name, nullable=False),
    sa.Column("address_sealed", Sealed, nullable=False),
)

inbox = sa.Table(
    "inbox",
    metadata,
    _serial(),
    sa.Column("channel", Name, nullable=False),
    sa.Column("key", sa.String(160), nullable=False),
    sa.Column("worker_id", WorkerId, nullable=False),
    sa.Column("sealed", Sealed, nullable=True),  # NULL once handled
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),  # new, done, aside
    sa.Column("attempts", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("reason", sa.String(200), nullable=True),
    sa.UniqueConstraint("channel", "key", name="uq_inbox_channel_key"),
    sa.Index("ix_inbox_new", "id", sqlite_where=sa.text("state = 'new'"), postgresql_where=sa.text("state = 'new'")),
    sa.Index("ix_inbox_aside", "id", sqlite_where=sa.text("state = 'aside'"), postgresql_where=sa.text("state = 'aside'")),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("worker_id", WorkerId, primary_key=True),
    sa.Column("channel", Name, nullable=False),
    sa.Column("sealed", Sealed, nullable=False),
    sa.Column("updated_at", Moment, nullable=False),
)

timers = sa.Table(
    "timers",
    metadata,
    sa.Column("worker_id", WorkerId, primary_key=True),
    sa.Column("channel", Name, nullable=False),
    sa.Column("timer", sa.Integer, nullable=False),  # its number in the session: an older one does nothing
    sa.Column("lasts", Moment, nullable=False),
    sa.Column("set_at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=True, index=True),  # NULL: the text before it has not left yet
)

cases = sa.Table(
    "cases",
    metadata,
    _serial(),
    sa.Column("reference", sa.String(16), nullable=False, unique=True),
    sa.Column("code_hash", Bytes(32), nullable=True, unique=True),
    sa.Column("worker_id", WorkerId, nullable=True, index=True),  # who gets the answers now; NULL: hidden until the code comes
    sa.Column("channel", Name, nullable=False),
    sa.Column("language", sa.String(20), nullable=False),
    sa.Column("place_id", Name, nullable=True, index=True),
    sa.Column("supplier_id", Name, nullable=True),
    sa.Column("company_id", Name, nullable=False, index=True),  # whose desk it lies on
    sa.Column("officer_id", Name, nullable=True),
    sa.Column("excluded", sa.JSON, nullable=False, default=list),  # officers who may not read it (they are accused)
    sa.Column("who", sa.String(20), nullable=False),  # affected, neighbour, representative, union
    sa.Column("on_behalf_of", sa.Integer, nullable=True),  # how many people
    sa.Column("state", sa.String(24), nullable=False),
    sa.Column("severity", sa.Integer, nullable=False),
    sa.Column("danger", sa.String(12), nullable=True),
    sa.Column("groups", sa.JSON, nullable=False, default=list),
    sa.Column("may_we", sa.String(12), nullable=False),  # hide_me, ask_first, never
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("answer_by", Moment, nullable=True, index=True),  # NULL: no answer is owed
    sa.Column("late_at", Moment, nullable=True),  # when the present promise was found missed
    sa.Column("answered_at", Moment, nullable=True),  # when a person first answered
    sa.Column("updated_at", Moment, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, default=1, server_default="1"),
    sa.Column("last_seq", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("tail_hash", Bytes(32), nullable=False),
    sa.Column("public_key", Bytes(32), nullable=False),
    sa.Column("data_key_sealed", Sealed, nullable=True),  # NULL: forgotten
    sa.Column("forgotten_at", Moment, nullable=True),
)

_ZERO, _ONE, _NEVER = (sa.literal_column(number, sa.Integer) for number in ("0", "1", "9007199254740992"))
_UNANSWERED = cases.c.state.in_([sa.literal_column(f"'{state}'", sa.String) for state in ("new", "answer_needed")])
QUEUE_ORDER: tuple[sa.ColumnElement[int], ...] = (
    sa.case((sa.and_(cases.c.danger.is_not(None), _UNANSWERED), _ZERO), else_=_ONE),
    -cases.c.severity,
    sa.func.coalesce(cases.c.answer_by, _NEVER),
    cases.c.id,
)
"""The order of a desk: danger first, then the gravest, then the nearest date. Numbers are constants, so that a planner sees the index."""
REFERENCE_HALVES: tuple[sa.ColumnElement[str], ...] = tuple(
    sa.func.substr(cases.c.reference, *(sa.literal_column(number, sa.Integer) for number in place)) for place in (("4", "4"), ("9", "4"))
)
"""The two groups of four of a reference, by which it is looked for."""
sa.Index("ix_cases_queue", cases.c.company_id, cases.c.state, *QUEUE_ORDER)
sa.Index("ix_cases_first_half", REFERENCE_HALVES[0])
sa.Index("ix_cases_second_half", REFERENCE_HALVES[1])

case_grants = sa.Table(
    "case_grants",
    metadata,
    _case_id(primary_key=True),
    sa.Column("reader", Name, primary_key=True),
    sa.Column("envelope", Sealed, nullable=False),
)

case_links = sa.Table(
    "case_links",
    metadata,
    _case_id(primary_key=True),
    sa.Column("other_id", Serial, sa.ForeignKey("cases.id"), primary_key=True, autoincrement=False, index=True),
)

entries = sa.Table(
    "entries",
    metadata,
    _case_id(primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("author", sa.String(120), nullable=False),  # worker, bot, clock, carrier, or officer:<id>
    sa.Column("at", Moment, nullable=False),
    sa.Column("sealed", Sealed, nullable=False),
    sa.Column("hash", Bytes(32), nullable=False),
)

annotations = sa.Table(
    "annotations",
    metadata,
    _serial(),
    sa.Column("case_id", Serial, sa.ForeignKey("cases.id"), nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("language", sa.String(20), nullable=False),
    sa.Column("engine", Name, nullable=False),  # person, none, or the machine's name
    sa.Column("author", sa.String(120), nullable=False),
    sa.Column("confidence", sa.String(16), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("sealed", Sealed, nullable=False),
    sa.UniqueConstraint("case_id", "seq", "language", "engine", name="uq_annotations_place"),
)

outbox = sa.Table(
    "outbox",
    metadata,
    _serial(),
    sa.Column("worker_id", WorkerId, nullable=False),
    sa.Column("channel", Name, nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),  # flow, knock, reply, late
    sa.Column("case_id", Serial, nullable=True, index=True),
    sa.Column("seq", sa.Integer, nullable=True),  # the timeline entry whose wording this carries (reply)
    sa.Column("state", sa.String(12), nullable=False),  # held, due, sending, sent, maybe_sent, failed, dropped
    sa.Column("hold", sa.String(16), nullable=True),  # why held: knock, translation, notice, hidden
    sa.Column("mail_id", Serial, nullable=True),  # held until this mail left or failed
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("lease_until", Moment, nullable=True),
    sa.Column("attempts", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column(
        "maybe", sa.Boolean, nullable=False, default=False, server_default=sa.false()
    ),  # one attempt was cut off: the carrier may have it
    sa.Column("sealed", Sealed, nullable=True),  # text and choices under the worker's key; NULL for a reply, or once sent
    sa.Column("sealed_else", Sealed, nullable=True),  # what is said when the mail did not leave
    sa.Column("provider_id", sa.String(80), nullable=True, index=True),
    sa.Column("status", sa.String(12), nullable=True),  # queued, sent, delivered, read, undelivered, failed
    sa.Column("failure", sa.String(20), nullable=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("settled_at", Moment, nullable=True),
    sa.Index(
        "ix_outbox_due",
        "id",  # the oldest goes first; what waits for a later moment is little
        sqlite_where=sa.text("state IN ('due', 'sending')"),
        postgresql_where=sa.text("state IN ('due', 'sending')"),
    ),
    sa.Index(
        "ix_outbox_leaving",
        "channel",  # a channel with nothing to send does not read another's long queue
        "id",
        sqlite_where=sa.text("state IN ('due', 'sending')"),
        postgresql_where=sa.text("state IN ('due', 'sending')"),
    ),
    sa.Index(
        "ix_outbox_open",
        "worker_id",
        "id",
        sqlite_where=sa.text("state IN ('held', 'due', 'sending')"),
        postgresql_where=sa.text("state IN ('held', 'due', 'sending')"),
    ),
    sa.Index("ix_outbox_held", "mail_id", sqlite_where=sa.text("state = 'held'"), postgresql_where=sa.text("state = 'held'")),
    sa.Index(
        "ix_outbox_behind",
        "due_at",  # from when on it may be knocked for: what was knocked for lies ahead
        sqlite_where=sa.text("state = 'held' AND hold = 'knock'"),
        postgresql_where=sa.text("state = 'held' AND hold = 'knock'"),
    ),
    sa.Index(
        "ix_outbox_badly",
        "id",
        sqlite_where=sa.text("state IN ('failed', 'maybe_sent')"),
        postgresql_where=sa.text("state IN ('failed', 'maybe_sent')"),
    ),
    sa.Index(
        "ix_outbox_worded",
        "worker_id",  # whose words lie here yet: they go when the worker does
        sqlite_where=sa.text("sealed IS NOT NULL OR sealed_else IS NOT NULL"),
        postgresql_where=sa.text("sealed IS NOT NULL OR sealed_else IS NOT NULL"),
    ),
)

feeds = sa.Table(
    "feeds",  # what a channel's carrier still takes at this moment, from all processes together
    metadata,
    sa.Column("channel", Name, primary_key=True),
    sa.Column("left", sa.Float, nullable=False),
    sa.Column("filled_at", Moment, nullable=False),
)

rests = sa.Table(
    "rests",  # workers who were written to a moment ago, on channels that want time between two messages
    metadata,
    sa.Column("worker_id", WorkerId, primary_key=True),
    sa.Column("until", Moment, nullable=False),
)

traces = sa.Table(
    "traces",  # what lies with carriers and is to be deleted there: the ledger of the purge
    metadata,
    _serial(),
    sa.Column("worker_id", WorkerId, nullable=False, index=True),
    sa.Column("channel", Name, nullable=False),
    sa.Column("provider_id", sa.String(80), nullable=False),
    sa.Column("ours", sa.Boolean, nullable=False),  # false: the worker's own message
    sa.Column("media", sa.Boolean, nullable=False, default=False, server_default=sa.false()),
    sa.Column("at", Moment, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),  # kept (only for a wipe), due, done, impossible
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("why", sa.String(120), nullable=True),
    sa.UniqueConstraint("channel", "provider_id", "worker_id", name="uq_traces_place"),
    sa.Index(
        "ix_traces_due",
        "due_at",
        sqlite_where=sa.text("state IN ('due', 'kept')"),
        postgresql_where=sa.text("state IN ('due', 'kept')"),
    ),
    sa.Index("ix_traces_impossible", "id", sqlite_where=sa.text("state = 'impossible'"), postgresql_where=sa.text("state = 'impossible'")),
)

attachments = sa.Table(
    "attachments",
    metadata,
    _serial(),
    sa.Column("worker_id", WorkerId, nullable=False, index=True),
    sa.Column("channel", Name, nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),  # voice, photo, video, document, place, sticker
    sa.Column("case_id", Serial, nullable=True, index=True),
    sa.Column("seq", sa.Integer, nullable=True),  # the entry of the timeline that it belongs to
    sa.Column("ref_sealed", Sealed, nullable=True),  # where the carrier gives it out; NULL once it was brought
    sa.Column("state", sa.String(12), nullable=False),  # wanted, kept, refused, gone
    sa.Column("why", sa.String(120), nullable=True),
    sa.Column("file", sa.String(40), nullable=True),  # a random name in the folder of attachments
    sa.Column("key_sealed", Sealed, nullable=True),  # the file's own key; NULL: the file can be read by nobody
    sa.Column("media_type", sa.String(80), nullable=True),  # what the content is, whatever the carrier said
    sa.Column("size", sa.BigInteger, nullable=True),
    sa.Column("seconds", sa.Integer, nullable=True),  # how long it plays; NULL: it plays nothing, or nobody can tell
    sa.Column("original", sa.String(40), nullable=True),  # the file as it came, kept only if the worker agreed
    sa.Column("attempts", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("lease_until", Moment, nullable=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Index("ix_attachments_wanted", "due_at", sqlite_where=sa.text("state = 'wanted'"), postgresql_where=sa.text("state = 'wanted'")),
)

recordings = sa.Table(
    "recordings",  # voices that flows name; a new one of a name stands beside the old, which sent texts may still point to
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("name", Name, nullable=False, index=True),
    sa.Column("media_type", Name, nullable=False),
    sa.Column("sound", Bytes(), nullable=False),
    sa.Column("officer_id", Name, nullable=True),
    sa.Column("at", Moment, nullable=False),
)

early_statuses = sa.Table(
    "early_statuses",
    metadata,
    sa.Column("provider_id", sa.String(80), primary_key=True),  # a status that came before our own send was settled
    sa.Column("status", sa.String(12), nullable=False),
    sa.Column("error", sa.String(20), nullable=True),
    sa.Column("at", Moment, nullable=False),
)

mails = sa.Table(
    "mails",
    metadata,
    _serial(),
    sa.Column("key", sa.String(120), nullable=False, unique=True),
    sa.Column("kind", sa.String(16), nullable=False),  # new_case, answer, danger, late, sign_in
    sa.Column("officer_ids", sa.JSON, nullable=False),
    sa.Column("case_id", Serial, nullable=True),
    sa.Column("state", sa.String(12), nullable=False),  # due, sending, sent, maybe_sent, failed
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("lease_until", Moment, nullable=True),
    sa.Column("attempts", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("settled_at", Moment, nullable=True),
    sa.Index(
        "ix_mails_due",
        "due_at",
        sqlite_where=sa.text("state IN ('due', 'sending')"),
        postgresql_where=sa.text("state IN ('due', 'sending')"),
    ),
    sa.Index(
        "ix_mails_badly",
        "id",
        sqlite_where=sa.text("state IN ('failed', 'maybe_sent')"),
        postgresql_where=sa.text("state IN ('failed', 'maybe_sent')"),
    ),
)

tasks = sa.Table(
    "tasks",
    metadata,
    _serial(),
    sa.Column("task", Name, nullable=False),
    sa.Column("arguments", sa.JSON, nullable=False),
    sa.Column("key", sa.String(160), nullable=True, unique=True),
    sa.Column("run_at", Moment, nullable=False),
    sa.Column("state", sa.String(8), nullable=False),  # due, running, done, dead
    sa.Column("lease_until", Moment, nullable=True),
    sa.Column("attempts", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("reason", sa.String(200), nullable=True),
    sa.Column("job", sa.BigInteger, nullable=True),  # the engine's, on PostgreSQL (store/jobs.py)
    sa.Index(
        "ix_tasks_due",
        "run_at",
        sqlite_where=sa.text("state IN ('due', 'running')"),
        postgresql_where=sa.text("state IN ('due', 'running')"),
    ),
    sa.Index("ix_tasks_dead", "id", sqlite_where=sa.text("state = 'dead'"), postgresql_where=sa.text("state = 'dead'")),
)

ticks = sa.Table(
    "ticks",
    metadata,
    sa.Column("task", Name, primary_key=True),
    sa.Column("period", Moment, primary_key=True, autoincrement=False),
)

code_pool = sa.Table(
    "code_pool",
    metadata,
    _serial(),
    sa.Column("code_hash", Bytes(32), nullable=False, unique=True),
    sa.Column("code_sealed", Sealed, nullable=False),
)

flow_revisions = sa.Table(
    "flow_revisions",
    metadata,
    sa.Column("revision", sa.String(64), primary_key=True),
    sa.Column("name", Name, nullable=False, index=True),
    sa.Column("source", sa.JSON, nullable=False),  # file name -> text: the flow and its overlays
    sa.Column("shipped", sa.Boolean, nullable=False, default=False, server_default=sa.false()),  # it came with a version of ours
    sa.Column("created_at", Moment, nullable=False),
)

flow_publications = sa.Table(
    "flow_publications",
    metadata,
    _serial(),
    sa.Column("name", Name, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),  # the newest of a name is in force; nothing here is ever changed
    sa.Column("revision", sa.String(64), sa.ForeignKey("flow_revisions.revision"), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("officer_id", Name, nullable=True),  # NULL: it came with a version of ours
    sa.Column("why", sa.String(500), nullable=False, default="", server_default=""),
    sa.Column("moves", sa.JSON, nullable=False, default=dict),  # old node -> new node, for those who stood there
    sa.Column("transcripts", sa.JSON, nullable=False, default=dict),  # file name -> text: the talks that were run before
    sa.UniqueConstraint("name", "number", name="uq_flow_publications_number"),
)

flow_drafts = sa.Table(
    "flow_drafts",
    metadata,
    sa.Column("name", Name, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("state", sa.String(12), nullable=False),  # draft, checked, published
    sa.Column("source", sa.JSON, nullable=False),
    sa.Column("transcripts", sa.JSON, nullable=False, default=dict),
    sa.Column("based_on", sa.String(64), sa.ForeignKey("flow_revisions.revision"), nullable=True),
    sa.Column("officer_id", Name, nullable=True),  # NULL: a new version of ours offers it
    sa.Column("saved_at", Moment, nullable=False),
)

programmes = sa.Table(
    "programmes",
    metadata,
    _serial(),
    sa.Column("digest", sa.String(64), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("applied_at", Moment, nullable=False),
)

officers = sa.Table(
    "officers",
    metadata,
    sa.Column("id", Name, primary_key=True),
    sa.Column("email", sa.String(254), nullable=False, unique=True),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("company_id", Name, nullable=False, index=True),
    sa.Column("role", sa.String(24), nullable=False),  # officer, lead_officer, programme_admin, translator
    sa.Column("languages", sa.JSON, nullable=False, default=list),
    sa.Column("active", sa.Boolean, nullable=False, default=True, server_default=sa.true()),
    sa.Column("password_hash", sa.String(200), nullable=True),
    sa.Column("totp_sealed", Sealed, nullable=True),
    sa.Column("totp_last", sa.BigInteger, nullable=False, default=0, server_default="0"),  # last time step used: a code works once
    sa.Column("failures", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("locked_until", Moment, nullable=False, default=0, server_default="0"),
)

officer_links = sa.Table(
    "officer_links",
    metadata,
    sa.Column("token_hash", Bytes(32), primary_key=True),
    sa.Column("officer_id", Name, sa.ForeignKey("officers.id"), nullable=False),
    sa.Column("purpose", sa.String(12), nullable=False),  # enrol, demo
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("used_at", Moment, nullable=True),
)

officer_sessions = sa.Table(
    "officer_sessions",
    metadata,
    sa.Column("token_hash", Bytes(32), primary_key=True),
    sa.Column("officer_id", Name, sa.ForeignKey("officers.id"), nullable=False, index=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)

api_tokens = sa.Table(
    "api_tokens",
    metadata,
    sa.Column("token_hash", Bytes(32), primary_key=True),
    sa.Column("officer_id", Name, sa.ForeignKey("officers.id"), nullable=False, index=True),
    sa.Column("name", Name, nullable=False),
    sa.Column("scopes", sa.JSON, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("revoked_at", Moment, nullable=True),
)

idempotency = sa.Table(
    "idempotency",
    metadata,
    sa.Column("officer_id", Name, primary_key=True),
    sa.Column("key", sa.String(120), primary_key=True),
    sa.Column("digest", Bytes(32), nullable=False),  # of the request: the same key with another request is refused
    sa.Column("answer", sa.JSON, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

audit = sa.Table(
    "audit",
    metadata,
    _serial(),
    sa.Column("at", Moment, nullable=False),
    sa.Column("officer_id", Name, nullable=False),
    sa.Column("company_id", Name, nullable=True, index=True),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(80), nullable=False),
)

signals = sa.Table(
    "signals",
    metadata,
    _serial(),
    sa.Column("place_id", Name, nullable=True, index=True),
    sa.Column("kind", sa.String(40), nullable=False),  # retaliation.identity_hunt ...
    sa.Column("at", Moment, nullable=False),
)

no_cases = sa.Table(
    "no_cases",
    metadata,
    sa.Column("day", sa.String(10), primary_key=True),
    sa.Column("place_id", Name, primary_key=True),
    sa.Column("kind", sa.String(24), primary_key=True),
    sa.Column("count", sa.Integer, nullable=False),
)

screens = sa.Table(
    "screens",
    metadata,
    _serial(),
    sa.Column("phone", Bytes(32), nullable=False, index=True),
    sa.Column("sealed", Sealed, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

marks = sa.Table(
    "marks",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("lookup", Bytes(32), nullable=False),
    sa.Column("sealed", Sealed, nullable=False),
)
