"""Recorded voices: the operator's admins bring them on a page or by REST, and whoever sends them on may fetch them."""

import httpx
import pytest

from tests.api.test_flow_pages import hidden, nadia, town
from tests.api.town import Town
from tests.bot.test_recordings import OPUS

__all__ = ["nadia", "town"]
SPOKEN = 'flow: hide\nlanguage: en\nnodes:\n  hide: {kind: say, text: "Have a good day.", voice: bye-en.ogg}\n'


def _upload(nadia: httpx.Client, name: str, sound: bytes) -> httpx.Response:
    form = hidden(nadia.get("/desk/voices").text)
    return nadia.post("/desk/voices", data={"csrf": form["csrf"]}, files={"files": (name, sound)})


def test_an_admin_brings_a_recording_and_hears_it_beside_the_text_that_names_it(nadia: httpx.Client, town: Town) -> None:
    form = hidden(nadia.get("/desk/flows").text)
    nadia.post("/desk/flows", data={"csrf": form["csrf"]}, files={"files": ("hide.yaml", SPOKEN.encode())})
    before = nadia.get("/desk/voices").text
    assert "bye-en.ogg" in before
    assert "not here yet" in before

    brought = _upload(nadia, "bye-en.ogg", OPUS)

    assert (brought.status_code, brought.headers["location"]) == (303, "/desk/voices?done=brought")
    page = nadia.get("/desk/voices").text
    assert "not here yet" not in page
    sound = town.anyone().get(page.split('src="/voices/')[1].partition('"')[0].join(("/voices/", "")))
    assert (sound.status_code, sound.headers["content-type"], sound.content) == (200, "audio/ogg", OPUS)
    assert "immutable" in sound.headers["cache-control"]


def test_a_file_that_is_no_sound_changes_nothing_and_says_what_to_do(nadia: httpx.Client) -> None:
    answer = _upload(nadia, "bye-en.ogg", b"<html>")

    assert answer.status_code == 422
    assert "save it as Opus" in answer.text
    assert nadia.get("/api/v1/recordings").json() == []


def test_a_script_brings_a_recording_and_lists_it(town: Town, nadia: httpx.Client) -> None:
    del nadia
    script = town.script("nadia")
    put = script.put("/api/v1/recordings/hello-bn.ogg", content=OPUS, headers={"Content-Type": "application/octet-stream"})

    assert put.status_code == 200
    assert [each["name"] for each in script.get("/api/v1/recordings").json()] == ["hello-bn.ogg"]
    wrong = script.put("/api/v1/recordings/hello-bn.mp3", content=OPUS, headers={"Content-Type": "application/octet-stream"})
    assert (wrong.status_code, wrong.json()["type"]) == (422, "urn:weerklank:problem:recording")


@pytest.mark.parametrize("path", ["/voices/" + "0" * 64 + ".ogg", "/voices/../x.ogg", "/voices/x.ogg"])
def test_a_sound_that_is_not_there_is_not_found(town: Town, path: str) -> None:
    assert town.anyone().get(path).status_code in {404, 422}


def test_who_does_not_run_the_line_brings_no_voice(town: Town) -> None:
    assert town.signed_in("sanne").get("/desk/voices").status_code == 403
