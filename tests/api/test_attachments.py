"""A file is served through its case alone, under headers that leave a stranger's bytes no power, and in parts as players ask."""

import re

import pytest
import sqlalchemy as sa

from store.tables import attachments, cases
from tests.api.attached import attach, attach_beside
from tests.api.town import GATE, Town, town_on
from tests.media import makings
from translations.transcribing import NoTranscriber

ADDRESS = f"/api/v1/cases/{GATE}/attachments/2"


@pytest.mark.parametrize(
    ("content", "kind", "media_type", "disposition"),
    [
        (makings.opus(), "voice", "audio/ogg", f'inline; filename="{GATE}-2.ogg"'),
        (makings.photo(), "photo", "image/jpeg", f'inline; filename="{GATE}-2.jpg"'),
        (makings.pdf(), "document", "application/pdf", f'attachment; filename="{GATE}-2.pdf"'),
        (b"They did not pay", "document", "text/plain", f'attachment; filename="{GATE}-2.txt"'),
    ],
    ids=["voice", "photo", "paper", "text"],
)
def test_a_file_comes_with_a_name_that_says_nothing_and_no_power(
    small_town: Town, content: bytes, kind: str, media_type: str, disposition: str
) -> None:
    kept = attach(small_town.house, GATE, 2, kind, content)
    answer = small_town.signed_in("sanne").get(ADDRESS)

    assert (answer.status_code, answer.content) == (200, kept)
    assert answer.headers["content-type"].partition(";")[0] == media_type
    assert answer.headers["content-disposition"] == disposition
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"].endswith("sandbox")
    assert "script-src" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("asked", "status", "part", "told"),
    [
        ("bytes=0-3", 206, slice(0, 4), "bytes 0-3/{n}"),
        ("bytes=4-", 206, slice(4, None), "bytes 4-{last}/{n}"),
        ("bytes=-5", 206, slice(-5, None), "bytes {tail}-{last}/{n}"),
        ("bytes=0-999999", 206, slice(None), "bytes 0-{last}/{n}"),
        ("bytes=999999-", 416, slice(0, 0), "bytes */{n}"),
        ("bytes=0-1,4-5", 200, slice(None), None),
        ("bytes=-", 200, slice(None), None),
        ("lines=1-2", 200, slice(None), None),
    ],
)
def test_a_player_may_ask_for_a_part(small_town: Town, asked: str, status: int, part: slice, told: str | None) -> None:
    kept = attach(small_town.house, GATE, 2, "voice", makings.opus())
    answer = small_town.script("sanne").get(ADDRESS, headers={"Range": asked})

    assert (answer.status_code, answer.content) == (status, kept[part])
    n = len(kept)
    assert answer.headers.get("content-range") == (told and told.format(n=n, last=n - 1, tail=n - 5))


def test_a_file_that_is_not_there_is_answered_as_a_case_that_is_not_there(small_town: Town) -> None:
    sanne = small_town.script("sanne")

    assert sanne.get(ADDRESS).status_code == 404
    assert sanne.get(ADDRESS).json() == sanne.get("/api/v1/cases/WK-ZZZZ-ZZZZ/attachments/2").json()


def test_a_file_whose_bytes_were_changed_or_taken_away_is_not_served(town: Town) -> None:
    attach(town.house, GATE, 2, "voice", makings.opus())
    sanne, files = town.script("sanne"), town.house.services.files
    with town.house.services.database.read() as connection:
        name = connection.execute(attachments.select()).one().file
    sealed = files.get(name)
    files.put(name, sealed[:-1] + bytes([sealed[-1] ^ 1]))
    assert sanne.get(ADDRESS).status_code == 404

    files.delete(name)
    assert sanne.get(ADDRESS).status_code == 404


def beside(town: Town, number: int) -> dict[str, object]:
    """What scripts are told of a file."""
    told = town.script("sanne").get(f"/api/v1/cases/{GATE}/timeline").json()
    found: dict[str, object] = next(entry["attachment"] for entry in told["entries"] if entry["seq"] == number)
    return found


def caption(town: Town, language: str = "en") -> str:
    """What the sheet of the case says beside a player, without its tags."""
    sanne = town.signed_in("sanne")
    sanne.headers["Cookie"] = "; ".join([*(f"{name}={value}" for name, value in sanne.cookies.items()), f"weerklank-language={language}"])
    page = sanne.get(f"/desk/cases/{GATE}").text
    [found] = re.findall(r"<figcaption>(.*?)</figcaption>", page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found).split())


def test_scripts_are_told_how_long_a_voice_note_plays_and_in_which_language_the_worker_talks(town: Town) -> None:
    number = attach_beside(town.house, GATE, "voice", makings.opus(seconds=42))

    told = beside(town, number)
    assert (told["shows"], told["seconds"], told["language"]) == ("sound", 42, "bn")


@pytest.mark.parametrize(
    ("content", "kind", "seconds"), [(makings.film(), "video", 1), (makings.photo(), "photo", None)], ids=["film", "photo"]
)
def test_a_film_has_a_length_and_a_photo_none_and_neither_a_language(
    small_town: Town, content: bytes, kind: str, seconds: int | None
) -> None:
    told = beside(small_town, attach_beside(small_town.house, GATE, kind, content))

    assert (told["seconds"], told["language"]) == (seconds, None)


def test_a_file_that_is_not_there_says_no_length_and_no_language(small_town: Town) -> None:
    number = attach_beside(small_town.house, GATE, "voice", makings.opus(seconds=42))
    with small_town.house.services.database.write() as connection:
        connection.execute(sa.update(attachments).values(state="gone", why="the file is gone"))

    told = beside(small_town, number)
    assert (told["shows"], told["seconds"], told["language"]) == ("", None, None)


def test_beside_a_player_stands_its_length_to_see_and_to_hear_the_language_and_that_nobody_wrote_it_down(town: Town) -> None:
    attach_beside(town.house, GATE, "voice", makings.opus(seconds=62))

    assert caption(town).startswith(
        "1:02 It plays for 1 minute 2 seconds. · the worker’s language: Bangla"
        " Not transcribed: no machine here writes down what is said. Listen to it."
    )


def test_the_same_is_said_in_dutch(small_town: Town) -> None:
    attach_beside(small_town.house, GATE, "voice", makings.opus(seconds=42))

    assert caption(small_town, "nl").startswith(
        "0:42 Het duurt 42 seconden. · taal van de werker: Bengaals"
        " Niet uitgeschreven: geen machine hier schrijft op wat er gezegd wordt. Luister ernaar."
    )


def test_an_unknown_length_and_an_unknown_language_are_not_guessed_at(small_town: Town) -> None:
    attach_beside(small_town.house, GATE, "voice", makings.opus(seconds=42))
    with small_town.house.services.database.write() as connection:
        connection.execute(sa.update(attachments).values(seconds=None))
        connection.execute(sa.update(cases).where(cases.c.reference == GATE).values(language="und"))

    assert caption(small_town).startswith("Length not known Not transcribed: no machine here")


class Scribe(NoTranscriber):
    """An engine that could write down Bangla, and has not yet."""

    def knows(self, language: str | None) -> bool:
        return language == "bn"


def test_where_an_engine_knows_the_language_the_page_says_that_it_has_not_written_yet(sqlite_url: str) -> None:
    with town_on(sqlite_url, transcriber=Scribe()) as town:
        attach_beside(town.house, GATE, "voice", makings.opus(seconds=42))

        assert "Not transcribed yet: listen to it." in caption(town)


@pytest.mark.parametrize(("seconds", "seen"), [(59, "0:59"), (3600, "1:00:00"), (86_400, "24:00:00")])
def test_a_length_is_written_as_players_do(small_town: Town, seconds: int, seen: str) -> None:
    attach_beside(small_town.house, GATE, "voice", makings.opus())
    with small_town.house.services.database.write() as connection:
        connection.execute(sa.update(attachments).values(seconds=seconds))

    assert caption(small_town).startswith(f"{seen} It plays for ")
