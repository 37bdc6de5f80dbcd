"""A file is served through its case alone, under headers that leave a stranger's bytes no power, and in parts as players ask."""

import pytest

from store.tables import attachments
from tests.api.attached import attach
from tests.api.town import GATE, Town
from tests.media import makings

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
