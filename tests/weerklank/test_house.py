"""Which flows serve: what was published last, what we ship where nobody published, and the older one when the newest cannot be read."""

from collections.abc import Iterator
from importlib.resources import files

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from cases import programme
from flows.model import read
from flows.revisions import shipped_sources
from store import drafts, flows
from store.database import Database, open_database
from store.drafts import Draft
from store.flows import Kept, Overtaken, Publication
from store.tables import flow_publications, flow_revisions
from weerklank import shipping
from weerklank.house import Houses

NAME = "hide"
SHIPPED = shipped_sources()[NAME]
OWN = {"hide.yaml": SHIPPED["hide.yaml"].replace("Have a good day", "Have a very good day")}
TALKS = {"hide.en.yaml": "talks: []"}
REVISION, OWN_REVISION = read(SHIPPED).revision, read(OWN).revision


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    text = files("weerklank.sample").joinpath("programme.yaml").read_text(encoding="utf-8")
    with opened.write() as connection:
        programme.apply(connection, programme.read_programme(text, "programme.yaml"), text, 1)
        shipping.store_shipped(connection, 1)
    yield opened
    opened.close()


def publish_own(database: Database, number: int = 2) -> None:
    with database.write() as connection:
        flows.keep(connection, Kept(OWN_REVISION, shipped=False, created_at=2), NAME, OWN)
        flows.publish(connection, Publication(NAME, number, OWN_REVISION, 2, "nadia", "kinder", transcripts=TALKS))


def forget_revision(database: Database, revision: str) -> None:
    """Make as if the program never shipped this revision, as before an upgrade."""
    with database.write() as connection:
        connection.execute(sa.delete(flow_publications).where(flow_publications.c.revision == revision))
        connection.execute(sa.delete(flow_revisions).where(flow_revisions.c.revision == revision))


def start_again(database: Database) -> list[str]:
    with database.write() as connection:
        return shipping.store_shipped(connection, 3)


def test_what_we_ship_is_in_force_where_the_operator_published_nothing(database: Database) -> None:
    assert Houses(database).now().library.current == {name: read(sources).revision for name, sources in shipped_sources().items()}
    assert start_again(database) == []


def test_a_new_version_of_ours_comes_into_force_by_itself(database: Database) -> None:
    older = {"hide.yaml": SHIPPED["hide.yaml"].replace("Have a good day", "Bye")}
    forget_revision(database, REVISION)
    with database.write() as connection:
        flows.keep(connection, Kept(read(older).revision, shipped=True, created_at=1), NAME, older)
        flows.publish(connection, Publication(NAME, 1, read(older).revision, 1))

    assert start_again(database) == [NAME]
    assert Houses(database).now().library.current[NAME] == REVISION


def test_a_new_version_of_ours_is_offered_once_as_a_draft_with_their_own_talks_to_whoever_has_their_own(database: Database) -> None:
    forget_revision(database, REVISION)
    publish_own(database, 1)

    assert start_again(database) == []
    with database.read() as connection:
        assert drafts.find(connection, NAME) == Draft(NAME, 1, "draft", SHIPPED, TALKS, OWN_REVISION, None, 3)
    assert Houses(database).now().library.current[NAME] == OWN_REVISION


def shipped_in_between(database: Database) -> str:
    """Make as if a version in between shipped another text, and it came into force or was offered."""
    between = {"hide.yaml": SHIPPED["hide.yaml"].replace("Have a good day", "Bye")}
    revision = read(between).revision
    with database.write() as connection:
        flows.keep(connection, Kept(revision, shipped=True, created_at=2), NAME, between)
        before = flows.in_force(connection)[NAME]
        if before.officer_id is None:
            flows.publish(connection, Publication(NAME, before.number + 1, revision, 2))
    return revision


def test_a_version_that_goes_back_to_an_older_text_of_ours_puts_it_in_force_again(database: Database) -> None:
    between = shipped_in_between(database)
    assert Houses(database).now().library.current[NAME] == between

    assert (start_again(database), start_again(database)) == ([NAME], [])
    with database.read() as connection:
        assert [each.revision for each in flows.publications(connection, NAME)] == [REVISION, between, REVISION]


def test_a_version_that_goes_back_to_an_older_text_of_ours_offers_it_once_to_whoever_has_their_own(database: Database) -> None:
    publish_own(database)
    shipped_in_between(database)

    assert start_again(database) == []
    with database.write() as connection:
        offered = drafts.find(connection, NAME)
        assert offered == Draft(NAME, 1, "draft", SHIPPED, TALKS, OWN_REVISION, None, 3)
        drafts.published(connection, NAME, 1)
    assert start_again(database) == []
    with database.read() as connection:
        assert drafts.states(connection) == {NAME: "published"}


def test_nobody_is_offered_what_they_have_in_force(database: Database) -> None:
    with database.write() as connection:
        flows.publish(connection, Publication(NAME, 2, REVISION, 2, "nadia", "ours is fine"))
    shipped_in_between(database)

    assert start_again(database) == []
    with database.read() as connection:
        assert drafts.find(connection, NAME) is None


def test_an_offer_never_takes_the_place_of_a_draft_that_is_being_written(database: Database) -> None:
    mine = Draft(NAME, 1, "draft", {"hide.yaml": "half written"}, {}, None, "nadia", 2)
    forget_revision(database, REVISION)
    publish_own(database, 1)
    with database.write() as connection:
        drafts.save(connection, mine)
    start_again(database)

    with database.read() as connection:
        assert drafts.find(connection, NAME) == mine
        assert flows.revisions(connection, NAME)[0] == Kept(REVISION, shipped=True, created_at=3)


def test_of_two_who_publish_at_once_one_is_told(database: Database) -> None:
    publish_own(database)

    with pytest.raises(Overtaken):
        publish_own(database)


def test_no_two_publications_are_written_side_by_side_and_readers_do_not_wait(postgresql_url: str) -> None:
    one, other = open_database(postgresql_url), open_database(postgresql_url)
    with one.write() as connection:
        flows.one_at_a_time(connection)
        with other.read() as reading:
            assert flows.current(reading) == {}
        with other.writing.connect() as waiting:
            waiting.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))
            with pytest.raises(OperationalError, match="lock timeout"):
                flows.one_at_a_time(waiting)
    with other.write() as connection:
        flows.one_at_a_time(connection)
    one.close()
    other.close()


def test_a_publication_of_another_process_is_taken_up_in_the_same_transaction(database: Database) -> None:
    houses = Houses(database)
    before = houses.now()
    publish_own(database)

    with database.read() as connection:
        assert houses.at(connection).library.current[NAME] == OWN_REVISION
        assert houses.at(connection) is houses.now()
    assert before.library.current[NAME] == REVISION


def test_a_revision_that_somebody_still_stands_in_is_found_long_after(database: Database) -> None:
    publish_own(database)
    library = Houses(database).now().library

    assert REVISION in library.revisions
    assert library.revisions[REVISION].revision == REVISION
    assert "0" * 64 not in library.revisions


def broken(database: Database, revision: str) -> None:
    """Make a stored flow one that this version of ours can no longer read."""
    with database.write() as connection:
        connection.execute(
            sa.update(flow_revisions).where(flow_revisions.c.revision == revision).values(source={"hide.yaml": "flow: hide"})
        )


def test_a_published_flow_that_no_longer_loads_leaves_the_older_one_serving_and_says_so(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    publish_own(database)
    broken(database, OWN_REVISION)
    houses = Houses(database)

    assert houses.now().library.current[NAME] == REVISION
    [said] = map(str, houses.broken())
    assert said == f"hide: the published revision {OWN_REVISION[:12]} cannot be read; the older {REVISION[:12]} serves"
    assert said in caplog.text
    assert "hide.yaml:1: nodes: this is missing" in caplog.text


def test_a_flow_of_which_nothing_can_be_read_is_absent_and_the_others_serve(database: Database) -> None:
    broken(database, REVISION)
    houses = Houses(database)

    assert NAME not in houses.now().library.current
    assert "no older one can be read either" in str(houses.broken()[0])
    assert houses.now().library.now("raise-concern") is not None
