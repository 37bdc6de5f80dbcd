"""The flows that come with a version of Weerklank: kept at every start, put in force where the operator has none of their own."""

import logging
from collections.abc import Mapping

import sqlalchemy as sa

from flows import revisions
from flows.model import read
from store import drafts
from store import flows as kept
from store.drafts import Draft
from store.flows import Kept, Publication

_log = logging.getLogger(__name__)


def store_shipped(connection: sa.Connection, now: int) -> list[str]:
    """Keep the flows we ship as revisions. Returns the names of those that are in force from now on.

    Ours is put in force, unless the operator published one of their own: then it is offered as a draft, once. A version that ships what
    an older one shipped, since the one in between was wrong, is a new version all the same.
    """
    kept.one_at_a_time(connection)
    changed: list[str] = []
    in_force = kept.in_force(connection)
    for name, sources in revisions.shipped_sources().items():
        revision = read(sources).revision
        is_new = kept.ship(connection, Kept(revision, shipped=True, created_at=now), name, sources)
        before = in_force.get(name)
        if before is None or (before.officer_id is None and before.revision != revision):
            kept.publish(connection, Publication(name, before.number + 1 if before else 1, revision, now))
            changed.append(name)
        elif is_new and before.revision != revision:
            _offer(connection, before, sources, now)
    return changed


def _offer(connection: sa.Connection, own: Publication, sources: Mapping[str, str], now: int) -> None:
    """Lay a shipped flow down as a draft, unless somebody is writing one: theirs stays, and ours is found among the revisions.

    The operator's own transcripts go along: what they proved of their words has to hold for ours.
    """
    found = drafts.find(connection, own.name)
    if found is not None and found.state != "published" and found.officer_id is not None:
        _log.warning("a new shipped version of the flow %s is kept; a draft is being written, so it is not offered as one", own.name)
        return
    version = 1 if found is None else found.version + 1
    drafts.save(connection, Draft(own.name, version, "draft", sources, own.transcripts, own.revision, None, now))
    _log.warning("a new shipped version of the flow %s is offered as a draft, since this line has its own", own.name)
