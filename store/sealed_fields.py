"""What lies sealed in the database and what lies open, column by column; a column without a row here fails a test.

Numbers, moments and flags are not listed: they hold nothing a person said. An address and words are only ever in a sealed column.
"""

from dataclasses import dataclass
from typing import Literal

Key = Literal["the ring", "the worker's key", "the case's data key", "the case's public key"]


@dataclass(frozen=True, slots=True)
class SealedField:
    """A sealed column: under which key, and what an envelope is bound to, so that it opens in no other place.

    Under `the ring` each column has a key of its own, derived from the service's keys by the name `table.column`.
    """

    table: str
    column: str
    under: Key
    bound_to: str


SEALED: tuple[SealedField, ...] = (
    SealedField("workers", "key_sealed", "the ring", "worker id"),
    SealedField("contacts", "address_sealed", "the worker's key", "look-up hash"),
    SealedField("inbox", "sealed", "the worker's key", "channel and carrier's id"),
    SealedField("sessions", "sealed", "the worker's key", "worker id"),
    SealedField("outbox", "sealed", "the worker's key", "worker id"),
    SealedField("outbox", "sealed_else", "the worker's key", "worker id"),
    SealedField("attachments", "ref_sealed", "the worker's key", "worker id"),
    SealedField("attachments", "key_sealed", "the case's data key", "the file's name"),
    SealedField("case_grants", "envelope", "the ring", "the case's public key"),
    SealedField("cases", "data_key_sealed", "the case's public key", "nothing: a sealed box opens with one private key only"),
    SealedField("entries", "sealed", "the case's data key", "reference and number of the entry"),
    SealedField("annotations", "sealed", "the case's data key", "reference, number of the entry, language, engine"),
    SealedField("code_pool", "code_sealed", "the ring", "hash of the code"),
    SealedField("screens", "sealed", "the ring", "hash of the phone's token"),
    SealedField("officers", "totp_sealed", "the ring", "officer id"),
    SealedField("marks", "sealed", "the ring", "the keyed hash beside it"),
)

_STATE = "where a queue stands: a word of ours"
_PSEUDONYM = "a random pseudonym"
_CHANNEL = "which kind of phone, so that answers leave on it"
_HASH = "a one-way hash"
_KEYED = "a keyed hash: without the pepper nothing is found by it"
_ROUTING = "on whose desk a case lies, from the public programme file"
_PLACE = "a site or area of the programme file"
_OFFICER = "an officer, who is known by name (ASVS 16: officers are logged fully, workers only coarsely)"
_JUDGED = "what the queue is ordered by; never words"
_CARRIER = "the carrier's own id of a message: says nothing by itself, leads to a phone only in the carrier's records"
_OURS = "a name that we chose"
_NODES = "names of places in a flow; who stands there is in the sealed sessions alone"
_TEXTS = "texts for every worker alike, which their author means to publish"
_PUBLIC = "public: shipped texts, or the programme file that its operator wrote"

PLAIN: dict[tuple[str, str], str] = {
    ("workers", "id"): _PSEUDONYM,
    ("workers", "closed_to"): "why nothing may be sent: a word of ours",
    ("workers", "pin_hash"): "a slow hash with a secret salt",
    ("contacts", "lookup"): _KEYED,
    ("contacts", "worker_id"): _PSEUDONYM,
    ("contacts", "channel"): _CHANNEL,
    ("inbox", "channel"): _CHANNEL,
    ("inbox", "key"): _CARRIER,
    ("inbox", "worker_id"): _PSEUDONYM,
    ("inbox", "state"): _STATE,
    ("inbox", "reason"): "the name of an exception's class, never its text",
    ("sessions", "worker_id"): _PSEUDONYM,
    ("sessions", "channel"): _CHANNEL,
    ("timers", "worker_id"): _PSEUDONYM,
    ("timers", "channel"): _CHANNEL,
    ("cases", "reference"): "drawn at random; what officers call the case",
    ("cases", "code_hash"): "a slow hash with a secret salt",
    ("cases", "worker_id"): _PSEUDONYM,
    ("cases", "channel"): _CHANNEL,
    ("cases", "language"): "so that the desk knows in which language to answer",
    ("cases", "place_id"): _PLACE,
    ("cases", "supplier_id"): _ROUTING,
    ("cases", "company_id"): _ROUTING,
    ("cases", "officer_id"): _OFFICER,
    ("cases", "excluded"): _OFFICER,
    ("cases", "who"): "affected, neighbour, representative or union: one of four words",
    ("cases", "state"): _JUDGED,
    ("cases", "danger"): _JUDGED,
    ("cases", "groups"): _JUDGED,
    ("cases", "may_we"): "what the worker allowed: one of three words",
    ("cases", "tail_hash"): _HASH,
    ("cases", "public_key"): "public by its nature",
    ("case_grants", "reader"): "who may open the case: a name of ours",
    ("entries", "kind"): "what kind of entry; its body is sealed",
    ("entries", "author"): "worker, bot, clock, carrier or an officer's id",
    ("entries", "hash"): "a hash over sealed bytes: the chain is checked without any key",
    ("annotations", "language"): "which language a translation is in",
    ("annotations", "engine"): _OURS,
    ("annotations", "author"): _OFFICER,
    ("annotations", "confidence"): _OURS,
    ("outbox", "worker_id"): _PSEUDONYM,
    ("outbox", "channel"): _CHANNEL,
    ("outbox", "kind"): _STATE,
    ("outbox", "state"): _STATE,
    ("outbox", "hold"): _STATE,
    ("outbox", "provider_id"): _CARRIER,
    ("outbox", "status"): _STATE,
    ("outbox", "failure"): "a class of failure, or the carrier's number for it",
    ("feeds", "channel"): _CHANNEL,
    ("rests", "worker_id"): _PSEUDONYM,
    ("traces", "worker_id"): _PSEUDONYM,
    ("traces", "channel"): _CHANNEL,
    ("traces", "provider_id"): _CARRIER,
    ("traces", "state"): _STATE,
    ("traces", "why"): "why a message could not be deleted at its carrier: a phrase of ours",
    ("attachments", "worker_id"): _PSEUDONYM,
    ("attachments", "channel"): _CHANNEL,
    ("attachments", "kind"): "voice, photo, video, document, place or sticker",
    ("attachments", "state"): _STATE,
    ("attachments", "why"): "why it could not be kept: a phrase of ours",
    ("attachments", "file"): "a random name; what lies under it is sealed",
    ("attachments", "media_type"): "what kind of file it is",
    ("attachments", "original"): "a random name; what lies under it is sealed",
    ("recordings", "digest"): _HASH,
    ("recordings", "name"): _OURS,
    ("recordings", "media_type"): _OURS,
    ("recordings", "sound"): "a voice that reads a flow's text to every worker alike",
    ("recordings", "officer_id"): _OFFICER,
    ("early_statuses", "provider_id"): _CARRIER,
    ("early_statuses", "status"): _STATE,
    ("early_statuses", "error"): "the carrier's number for a failure",
    ("mails", "key"): "kind, case number and date: what makes a notice one notice",
    ("mails", "kind"): _STATE,
    ("mails", "officer_ids"): _OFFICER,
    ("mails", "state"): _STATE,
    ("tasks", "task"): _OURS,
    ("tasks", "arguments"): "numbers and pseudonyms only",
    ("tasks", "key"): "what makes a task one task: numbers and pseudonyms",
    ("tasks", "state"): _STATE,
    ("tasks", "reason"): "the name of an exception's class, never its text",
    ("ticks", "task"): _OURS,
    ("code_pool", "code_hash"): "a slow hash with a secret salt",
    ("flow_revisions", "revision"): _HASH,
    ("flow_revisions", "name"): _PUBLIC,
    ("flow_revisions", "source"): _PUBLIC,
    ("flow_publications", "name"): _PUBLIC,
    ("flow_publications", "revision"): _HASH,
    ("flow_publications", "officer_id"): _OFFICER,
    ("flow_publications", "why"): "why a flow was published: words about texts, never about a case",
    ("flow_publications", "moves"): _NODES,
    ("flow_publications", "transcripts"): _PUBLIC,
    ("flow_drafts", "name"): _PUBLIC,
    ("flow_drafts", "state"): _STATE,
    ("flow_drafts", "source"): _TEXTS,
    ("flow_drafts", "transcripts"): _TEXTS,
    ("flow_drafts", "based_on"): _HASH,
    ("flow_drafts", "officer_id"): _OFFICER,
    ("programmes", "digest"): _HASH,
    ("programmes", "source"): _PUBLIC,
    ("officers", "id"): _OFFICER,
    ("officers", "email"): _OFFICER,
    ("officers", "name"): _OFFICER,
    ("officers", "company_id"): _ROUTING,
    ("officers", "role"): _OFFICER,
    ("officers", "languages"): _OFFICER,
    ("officers", "password_hash"): "Argon2id",
    ("officer_links", "token_hash"): _KEYED,
    ("officer_links", "officer_id"): _OFFICER,
    ("officer_links", "purpose"): _OURS,
    ("officer_sessions", "token_hash"): _KEYED,
    ("officer_sessions", "officer_id"): _OFFICER,
    ("api_tokens", "token_hash"): _KEYED,
    ("api_tokens", "officer_id"): _OFFICER,
    ("api_tokens", "name"): _OFFICER,
    ("api_tokens", "scopes"): _OURS,
    ("idempotency", "officer_id"): _OFFICER,
    ("idempotency", "key"): "what an officer's script calls its request",
    ("idempotency", "digest"): _HASH,
    ("idempotency", "answer"): "reference, number and state of what was kept; never its words",
    ("audit", "officer_id"): _OFFICER,
    ("audit", "company_id"): _ROUTING,
    ("audit", "action"): _OURS,
    ("audit", "subject"): "a reference or a name of ours",
    ("signals", "place_id"): _PLACE,
    ("signals", "kind"): _OURS,
    ("no_cases", "day"): "a day, so that nothing finer can be counted back to a person",
    ("no_cases", "place_id"): _PLACE,
    ("no_cases", "kind"): _OURS,
    ("screens", "phone"): _KEYED,
    ("marks", "lookup"): "a keyed hash of a word that everybody may know",
}
"""Columns that lie open, each with the reason why it may."""

_ENGINE = "the engine's own word; of a task it is told the number alone (store/jobs.py)"
ENGINE: dict[tuple[str, str], str] = {
    **{("procrastinate_jobs", column): _ENGINE for column in ("queue_name", "task_name", "lock", "queueing_lock", "args", "status")},
    **{("procrastinate_periodic_defers", column): _ENGINE for column in ("task_name", "periodic_id")},
    ("procrastinate_events", "type"): _ENGINE,
}
"""Columns of the engine that runs tasks on PostgreSQL, which its own scripts make beside ours."""
