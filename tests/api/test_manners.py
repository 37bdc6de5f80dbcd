"""How every answer behaves: headers, methods, sizes, errors without words, and nothing of ours told to anybody else."""

import logging
import re
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter

from api import app as web
from api.app import TELEMETRY_OFF, build_app
from api.deps import ReadyReport
from api.errors import TABLE
from store.database import StoreAway
from tests.api.house import open_house, serving
from tests.api.town import GATE, Town, town_on

PAGES = ["/desk/sign-in", "/desk/enter", "/desk/nothing", "/healthz", "/api/v1/cases", "/desk/static/desk.css"]
DESK = Path(web.__file__).parent / "desk"


@pytest.mark.parametrize("path", PAGES)
def test_every_answer_tells_the_browser_to_trust_nobody_else(small_town: Town, path: str) -> None:
    headers = small_town.anyone().get(path).headers
    policy = headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/desk/sign-in", "/api/v1/cases", "/healthz"])
def test_nothing_is_stored_on_the_way(small_town: Town, path: str) -> None:
    assert small_town.anyone().get(path).headers["cache-control"] == "no-store"


def test_over_tls_the_browser_is_told_to_stay_there(sqlite_url: str) -> None:
    with town_on(sqlite_url, public_url="https://line.example") as town:
        assert "max-age" in town.anyone().get("/healthz").headers["strict-transport-security"]


def test_without_tls_nothing_is_promised(small_town: Town) -> None:
    assert "strict-transport-security" not in small_town.anyone().get("/healthz").headers


def test_no_page_holds_a_script_or_style_of_its_own_or_anybody_elses_address() -> None:
    for path in [*DESK.rglob("*.html"), *(DESK.parent / "talk").rglob("*.html")]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\ssrc=\"\{\{ asset)|<style|\sstyle=|\son[a-z]+=|javascript:", text), path
        assert not re.search(r"https?://", text), path
    for path in [*DESK.rglob("*.js"), *DESK.rglob("*.css")]:
        assert not re.search(r"https?://|innerHTML|\beval\b|@import|url\(", path.read_text(encoding="utf-8")), path


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/v1/cases", "GET"),
        ("TRACE", f"/api/v1/cases/{GATE}", "GET"),
        ("PATCH", "/api/v1/routing-rules", "GET, PUT"),
        ("GET", "/api/v1/sessions", "POST"),
        ("PUT", "/desk/sign-in", "GET, POST"),
        ("POST", "/desk/static/desk.css", "GET, HEAD"),
    ],
)
def test_a_method_that_is_not_for_an_address_is_refused_with_those_that_are(small_town: Town, method: str, path: str, allowed: str) -> None:
    answer = small_town.anyone().request(method, path)

    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


def test_a_body_larger_than_any_form_is_refused(small_town: Town) -> None:
    answer = small_town.anyone().post("/api/v1/sessions", content=b"x" * (web.MOST_BYTES + 1), headers={"Content-Type": "application/json"})

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert "Nothing was kept" in answer.json()["detail"]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"email": 1}', b'{"email": "' + b"x" * 500 + b'"}'])
def test_a_malformed_request_is_told_where_and_never_what(small_town: Town, content: bytes) -> None:
    answer = small_town.anyone().post("/api/v1/sessions", content=content, headers={"Content-Type": "application/json"})

    assert answer.status_code == 422
    assert set(answer.json()) == {"type", "title", "status", "detail", "errors"}
    assert "xxx" not in answer.text


def test_what_is_not_even_text_is_a_bad_request(small_town: Town) -> None:
    answer = small_town.anyone().post("/api/v1/sessions", content=b"\xff", headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.json()["type"]) == (400, "urn:weerklank:problem:bad-request")


def test_an_error_is_a_page_to_a_person_and_a_problem_to_a_program(small_town: Town) -> None:
    sanne = small_town.signed_in("sanne")
    page, problem = sanne.get("/desk/cases/WK-NONE-NONE"), sanne.get("/api/v1/cases/WK-NONE-NONE")

    assert page.headers["content-type"].startswith("text/html")
    assert problem.json() == {
        "type": "urn:weerklank:problem:not-found",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such case.",
    }


def test_every_error_has_a_sentence_of_its_own() -> None:
    assert all(problem.sentence.endswith(".") for problem in TABLE.values())


def test_a_stranger_hears_how_to_come_in(small_town: Town) -> None:
    answer = small_town.anyone().get("/api/v1/cases")

    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")


def test_when_the_store_is_away_the_caller_is_asked_to_come_again(sqlite_url: str) -> None:
    router = APIRouter()

    @router.get("/api/v1/away")
    def away() -> None:
        raise StoreAway("gone")

    with open_house(sqlite_url) as house:
        app = build_app(house.services)
        app.people.router.routes.extend(router.routes)
        with serving(house.services, app) as url:
            answer = httpx.get(f"{url}/api/v1/away")

    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


def test_what_breaks_inside_is_told_to_nobody_and_logged_without_its_words(sqlite_url: str, caplog: pytest.LogCaptureFixture) -> None:
    router = APIRouter()

    @router.get("/api/v1/broken")
    def broken() -> None:
        raise RuntimeError("they locked the gate +447700900123")

    caplog.set_level(logging.DEBUG)
    with open_house(sqlite_url) as house:
        app = build_app(house.services)
        app.people.router.routes.extend(router.routes)
        with serving(house.services, app) as url:
            answer = httpx.get(f"{url}/api/v1/broken")

    assert (answer.status_code, answer.json()["type"]) == (500, "urn:weerklank:problem:broken")
    assert "RuntimeError" in caplog.text
    assert "gate" not in caplog.text + answer.text


def test_telemetry_stays_off_even_when_the_environment_asks_for_it(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FASTAPI_OTEL_AUTO_CONFIGURE", "true")
    with open_house(sqlite_url) as house:
        people = build_app(house.services).people

    told = dict(people._telemetry)
    assert {key: told[key] for key in TELEMETRY_OFF} == dict.fromkeys(TELEMETRY_OFF, False)
    assert not people._native_telemetry.enabled()


@pytest.mark.parametrize("ready", [True, False])
def test_readiness_says_which_part_is_not(sqlite_url: str, ready: bool) -> None:
    with open_house(sqlite_url) as house:
        report = ReadyReport(ready, {"database": "ok" if ready else "away"})
        with serving(house.with_(readiness=lambda: report).services) as url:
            answer = httpx.get(f"{url}/readyz")

    assert (answer.status_code, answer.json()["parts"]) == ((200, {"database": "ok"}) if ready else (503, {"database": "away"}))


def test_the_api_describes_itself_as_openapi_3_1_with_its_errors(small_town: Town) -> None:
    described = small_town.script("sanne").get("/api/v1/openapi.json").json()

    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) == {path for path in described["paths"] if path.startswith("/api/v1/")}
    assert "/api/v1/cases/{reference}/replies" in described["paths"]
