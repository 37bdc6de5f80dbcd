"""Drafts and publications: what was current before is in force after, and again when taken back."""

import sqlalchemy as sa

from store import drafts, flows
from store.drafts import Draft
from store.flows import Kept, Publication

_REVISIONS = (("a" * 64, "tea", 1), ("b" * 64, "tea", 2), ("c" * 64, "soup", 3))


def load(connection: sa.Connection) -> None:
    """Two flows, of which one has an older revision."""
    for revision, name, at in _REVISIONS:
        row = {"revision": revision, "name": name, "source": '{"tea.yaml": "flow: tea"}', "at": at}
        connection.execute(
            sa.text("INSERT INTO flow_revisions (revision, name, source, created_at) VALUES (:revision, :name, :source, :at)"), row
        )
    for revision, name in (("b" * 64, "tea"), ("c" * 64, "soup")):
        connection.execute(sa.text("INSERT INTO flow_current VALUES (:name, :revision)"), {"name": name, "revision": revision})


def check(connection: sa.Connection) -> None:
    """What was current is in force; more can be published and drafted, and the newest is what going back keeps."""
    assert flows.current(connection) == {"tea": "b" * 64, "soup": "c" * 64}
    assert [each.at for each in flows.publications(connection, "tea")] == [2]
    assert flows.revisions(connection, "tea") == [Kept("b" * 64, True, 2), Kept("a" * 64, True, 1)]
    flows.publish(connection, Publication("tea", 2, "a" * 64, 4, "nadia", "the older one was right"))
    drafts.save(connection, Draft("tea", 1, "draft", {"tea.yaml": "flow: tea"}, {}, "a" * 64, "nadia", 5))


def check_back(connection: sa.Connection) -> None:
    """What was in force last is current."""
    found = connection.execute(sa.text("SELECT name, revision FROM flow_current ORDER BY name")).all()
    assert [tuple(row) for row in found] == [("soup", "c" * 64), ("tea", "a" * 64)]
