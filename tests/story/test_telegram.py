"""A whole line on Telegram, as processes: its posts and its polling, its blocks and its retries, and no token anywhere."""

import re
import subprocess
import sys
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from store.tables import inbox, workers
from tests.databases import KINDS, Databases, Kind
from tests.doubles import telegram_posts as posts
from tests.processes import PUBLIC_URL
from tests.story.street import UPDATES, Street, street, until
from tests.story.test_carriers import away

PERSON, NEXT, THIRD = 9_007_700_911, 9_007_700_912, 9_007_700_913
WORDS = "The gate of the third floor is rusty"


@pytest.fixture(scope="module", params=KINDS)
def posting(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """A line whose webhook was set by its own command, with everything logged."""
    kind: Kind = request.param
    folder = tmp_path_factory.mktemp(kind)
    with databases.fresh(kind, folder) as url, street(url, folder / "house", LOG_LEVEL="DEBUG") as opened:
        told = command(opened, "telegram", "webhook", "set")
        assert (told.returncode, UPDATES in told.stdout) == (0, True)
        opened.telegram.postman.door = opened.house.url
        yield opened
        quiet(opened)


@pytest.fixture(scope="module", params=KINDS)
def asking(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    """A line without a public address and without a secret; on PostgreSQL `weerklank work` asks."""
    kind: Kind = request.param
    folder = tmp_path_factory.mktemp(kind)
    more = {"LOG_LEVEL": "DEBUG", "TELEGRAM_POLLING": "true", "TELEGRAM_WEBHOOK_SECRET": ""}
    with databases.fresh(kind, folder) as url, street(url, folder / "house", **more) as opened:
        yield opened
        quiet(opened)


def command(running: Street, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of this installation, as its operator does."""
    house = running.house
    return subprocess.run(
        [sys.executable, "-m", "weerklank", *words], env=house.environment, cwd=house.folder, capture_output=True, text=True, check=False
    )


def quiet(running: Street) -> None:
    """Nothing of a token, an address or a word stands in any log, at the lowest level."""
    logs = running.house.logs()
    secrets = (posts.TOKEN, posts.TOKEN.partition(":")[2], posts.SECRET, str(PERSON), str(NEXT), str(THIRD), WORDS, "Rahima")
    assert [each for each in secrets if each in logs] == []


def start(running: Street, person: int) -> None:
    running.telegram.bring(posts.said(person, "/start 52746-en"))
    running.texts(running.telegram, str(person), 1)


def _said(running: Street, first: str, count: int) -> list[str]:
    """The words of the case that begins with these, once there are so many."""
    sanne = running.token("sanne")

    def words() -> list[str]:
        lines = [running.timeline(line["reference"], sanne) for line in running.cases(sanne)]
        found = [[each["text"] for each in line if each["kind"] == "words"] for line in lines]
        return next((said for said in found if said[:1] == [first] and len(said) >= count), [])

    return until(words, f"{count} words of a case")


def kept(running: Street) -> int:
    with running.database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(inbox)).scalar_one())


def test_a_talk_by_webhook_from_the_link_to_the_desk_and_back(posting: Street) -> None:
    sanne = posting.token("sanne")
    start(posting, PERSON)
    posting.telegram.bring(posts.said(PERSON, WORDS))
    [line] = until(lambda: posting.cases(sanne), "the case")

    assert [each["text"] for each in posting.timeline(line["reference"], sanne) if each["kind"] == "words"] == [WORDS]
    asked = until(lambda: [each for each in posting.telegram.taken if each.choices], "a question with buttons")[0]
    option, title = asked.choices[-1]
    tap = posts.tapped(PERSON, option, title)
    posting.telegram.bring(tap)
    until(lambda: posting.telegram.acknowledged, "the tap acknowledged in the answer to its post")
    assert posting.telegram.acknowledged == [tap["callback_query"]["id"]]  # type: ignore[index]


def test_a_link_carries_its_site_and_language(posting: Street) -> None:
    posting.telegram.bring(posts.said(NEXT, "/start 52746-nl"))
    first = posting.texts(posting.telegram, str(NEXT), 1)[0]

    assert first != posting.telegram.texts_to(str(PERSON))[0]


def test_an_update_that_comes_again_and_again_has_no_effect(posting: Street) -> None:
    start(posting, THIRD)
    before, texts = kept(posting), len(posting.telegram.texts_to(str(THIRD)))
    again = posts.said(THIRD, "hello hello")
    posting.telegram.bring(again, again, again)
    until(lambda: not posting.telegram.postman.waiting, "all posts taken")
    posting.texts(posting.telegram, str(THIRD), texts + 1)

    assert kept(posting) == before + 1


def test_while_the_database_is_away_telegram_posts_again_and_nothing_changes_places(posting: Street) -> None:
    person = PERSON + 50
    start(posting, person)
    posting.telegram.postman.statuses.clear()
    with away(posting):
        posting.telegram.bring(posts.said(person, "first they shouted"), posts.said(person, "then they locked the gate"))
        until(lambda: 503 in posting.telegram.postman.statuses, "a post that is refused")
    until(lambda: not posting.telegram.postman.waiting, "all posts taken")

    assert _said(posting, "first they shouted", 2) == ["first they shouted", "then they locked the gate"]


def test_an_update_of_no_known_form_does_not_hold_up_its_chat(posting: Street) -> None:
    person = PERSON + 60
    odd = posts.update(message={"message_id": 1, "from": posts.person(person), "chat": {"id": person}, "date": 1})
    posting.telegram.bring(odd, posts.said(person, "/start 52746-en"))

    assert len(posting.texts(posting.telegram, str(person), 1)) == 1


def test_a_worker_whom_the_operator_forgets_has_the_talk_deleted_from_the_phone_first(posting: Street) -> None:
    person = PERSON + 70
    start(posting, person)
    posting.telegram.bring(posts.said(person, WORDS))
    until(lambda: any(_code_in(text) for text in posting.telegram.texts_to(str(person))), "the code")
    code = next(found for text in posting.telegram.texts_to(str(person)) if (found := _code_in(text)))
    before = len(posting.telegram.called("deleteMessages"))
    done = command(posting, "forget", code)
    until(lambda: len(posting.telegram.called("deleteMessages")) > before, "the talk deleted from the phone")

    def theirs() -> int:
        with posting.database.read() as connection:
            return int(connection.execute(sa.select(sa.func.count()).where(workers.c.key_sealed.is_(None))).scalar_one())

    until(theirs, "the worker's key destroyed")
    assert done.returncode == 0, done.stderr
    assert posting.telegram.called("deleteMessages")[before]["chat_id"] == person
    assert theirs() == 1


def _code_in(text: str) -> str:
    found = re.search(r"\d{4}[ -]?\d{4}", text)
    return found[0] if found else ""


def test_the_operator_sees_where_telegram_posts(posting: Street) -> None:
    shown = command(posting, "telegram", "webhook", "show")

    assert f"Telegram posts to {PUBLIC_URL}/webhooks/telegram" in shown.stdout
    assert posts.TOKEN not in shown.stdout + shown.stderr


def test_a_talk_by_polling_from_the_link_to_the_desk(asking: Street) -> None:
    sanne = asking.token("sanne")
    start(asking, PERSON)
    asking.telegram.bring(posts.said(PERSON, WORDS))
    [line] = until(lambda: asking.cases(sanne), "the case")

    assert [each["text"] for each in asking.timeline(line["reference"], sanne) if each["kind"] == "words"] == [WORDS]
    until(lambda: not asking.telegram.queue, "all updates confirmed")


def test_what_telegram_could_not_tell_while_the_database_was_away_is_told_then(asking: Street) -> None:
    start(asking, NEXT)
    with away(asking):
        asking.telegram.bring(posts.said(NEXT, "first they shouted"), posts.said(NEXT, "then they locked the gate"))
        until(lambda: asking.telegram.queue, "updates that wait")
    until(lambda: not asking.telegram.queue, "all updates confirmed")

    assert _said(asking, "first they shouted", 2) == ["first they shouted", "then they locked the gate"]


def test_what_happened_while_the_line_was_down_is_told_when_it_is_up_again_and_only_once(asking: Street) -> None:
    start(asking, THIRD)
    asking.house.stop()
    asking.telegram.bring(posts.said(THIRD, "we are locked in"))
    before = kept(asking)
    asking.house.start()
    asking.house.await_up()
    until(lambda: not asking.telegram.queue, "the update confirmed")

    assert kept(asking) == before + 1


def test_a_post_to_a_line_that_asks_is_refused(asking: Street) -> None:
    hook = posts.webhook(UPDATES, posts.said(PERSON, "forged"))

    assert asking.post(hook).status == 403


def test_the_operator_is_told_of_a_webhook_that_stands_in_the_way(asking: Street) -> None:
    asking.telegram.hook = {"url": "https://former-line.example/x", "secret_token": "former"}
    until(lambda: "weerklank telegram webhook delete" in asking.house.logs(), "the sentence that says what to do")

    assert command(asking, "telegram", "webhook", "delete").returncode == 0
    assert asking.telegram.hook == {}
    assert command(asking, "telegram", "webhook", "show").returncode == 0
