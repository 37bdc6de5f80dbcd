"""Every address against every role, of the case's own company and of another: who may, who hears "not allowed", who finds nothing.

The rows are written by hand, the addresses come from the application: one without a row fails.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import httpx
import pytest

from api.app import build_app
from cases import desk
from cases.access import AtDesk
from tests.api.attached import attach
from tests.api.town import DESK, GATE, Town, form_token, town_on
from tests.media import makings

Kind = Literal["everyone", "signed in", "case read", "case write", "who writes", "admin", "this machine"]
C, D, F = "/api/v1/cases/{reference}", "/desk/cases/{reference}", "/desk/flows/{name}"

ROWS: dict[tuple[str, str], Kind] = {
    ("GET", "/healthz"): "everyone",
    ("GET", "/readyz"): "everyone",
    ("GET", "/metrics"): "this machine",
    ("GET", "/api/v1/openapi.json"): "signed in",
    ("POST", "/api/v1/sessions"): "everyone",
    ("GET", "/api/v1/sessions/current"): "signed in",
    ("GET", "/api/v1/cases"): "signed in",
    ("GET", C): "case read",
    ("GET", f"{C}/timeline"): "case read",
    ("GET", f"{C}/attachments/{{number}}"): "case read",
    ("POST", f"{C}/replies"): "case write",
    ("POST", f"{C}/replies/{{seq}}/approval"): "case write",
    ("POST", f"{C}/timeline/{{seq}}/translations"): "case write",
    ("POST", f"{C}/notes"): "case write",
    ("POST", f"{C}/moves"): "case write",
    ("POST", f"{C}/assignment"): "case write",
    ("POST", f"{C}/exclusions"): "case write",
    ("POST", f"{C}/speaker"): "case write",
    ("PUT", f"{C}/draft"): "case write",
    ("GET", f"{C}/draft"): "case read",
    ("POST", f"{C}/translations"): "case write",
    ("POST", f"{C}/timeline/{{seq}}/language"): "case write",
    ("GET", "/api/v1/translations"): "signed in",
    ("POST", "/api/v1/translations"): "who writes",
    **{(method, "/desk/translations"): "who writes" for method in ("GET", "POST")},
    ("GET", "/api/v1/sites"): "signed in",
    ("GET", "/api/v1/suppliers"): "signed in",
    ("GET", "/api/v1/companies"): "signed in",
    ("GET", "/api/v1/officers"): "signed in",
    ("GET", "/api/v1/flows"): "signed in",
    ("GET", "/api/v1/flows/{name}/revisions"): "signed in",
    ("GET", "/api/v1/flows/{name}/revisions/{revision}"): "signed in",
    **{("GET", f"/api/v1/flows/{{name}}/{part}"): "admin" for part in ("publications", "diff", "draft", "impact")},
    ("PUT", "/api/v1/flows/{name}/draft"): "admin",
    ("POST", "/api/v1/flows/{name}/publish"): "admin",
    ("POST", "/api/v1/flows/{name}/rollback"): "admin",
    ("GET", "/api/v1/routing-rules"): "admin",
    ("PUT", "/api/v1/routing-rules"): "admin",
    ("GET", "/api/v1/measures"): "signed in",
    ("GET", "/api/v1/audit"): "admin",
    ("GET", "/api/v1/tasks"): "admin",
    ("POST", "/api/v1/tasks/{task_id}/again"): "admin",
    ("GET", "/"): "everyone",
    ("GET", "/desk"): "everyone",
    ("GET", "/desk/"): "everyone",
    ("GET", "/desk/sign-in"): "everyone",
    ("POST", "/desk/sign-in"): "everyone",
    ("GET", "/desk/enter"): "everyone",
    ("POST", "/desk/enter"): "everyone",
    ("POST", "/desk/enrol"): "everyone",
    ("POST", "/desk/language"): "everyone",
    ("GET", "/desk/queue"): "signed in",
    ("GET", "/desk/pulse"): "signed in",
    ("GET", "/desk/measures"): "signed in",
    ("GET", "/desk/help"): "signed in",
    ("GET", D): "case read",
    ("GET", "/voices/{digest}.{ending}"): "everyone",
    **{(method, "/desk/voices"): "admin" for method in ("GET", "POST")},
    ("GET", "/api/v1/recordings"): "admin",
    ("PUT", "/api/v1/recordings/{name}"): "admin",
    ("GET", "/desk/flows"): "admin",
    ("POST", "/desk/flows"): "admin",
    ("GET", F): "admin",
    ("GET", f"{F}/files/{{file}}"): "admin",
    **{(method, f"{F}/texts/{{node}}/{{part}}"): "admin" for method in ("GET", "POST")},
    **{(method, f"{F}/try"): "admin" for method in ("GET", "POST")},
    ("GET", f"{F}/draft"): "admin",
    **{("POST", f"{F}/{act}"): "admin" for act in ("draft/again", "publish", "rollback")},
    **{("POST", f"{D}/{form}"): "case write" for form in ("reply", "approve", "translate", "note", "move", "assign", "exclude", "speaker")},
    **{("POST", f"{D}/{form}"): "case write" for form in ("draft", "language", "carry")},
    ("DELETE", "/api/v1/sessions/current"): "signed in",
    ("POST", "/desk/sign-out"): "signed in",
}
BODIES: dict[str, dict[str, Any]] = {
    "replies": {"text": "x", "language": "nl"},
    "approval": {"wording": "x"},
    "translations": {"wording": "x", "language": "nl"},
    "language": {"language": "nl"},
    "notes": {"text": "x"},
    "moves": {"to": "answer_needed", "reason": "x"},
    "assignment": {"officer": None, "reason": "x"},
    "exclusions": {"officer": "nobody", "reason": "x"},
    "speaker": {"who": "union", "on_behalf_of": 14, "reason": "x"},
    "routing-rules": {"rules": [{"id": "all", "when": {"site": "any"}, "then": {"company": "lead"}, "why": "x"}]},
    "draft": {"sources": {"none.yaml": "flow: none"}, "text": "x", "language": "nl"},
    "publish": {"reason": "x"},
    "rollback": {"reason": "x"},
    "again": {},
    "sessions": {"email": "x", "password": "x", "totp": "x"},
}
FORM = {"text": "x", "language": "nl", "to": "answer_needed", "reason": "x", "seq": "1", "token": "x", "sealed": "x"}
ENDS_A_SESSION = (("DELETE", "/api/v1/sessions/current"), ("POST", "/desk/sign-out"))


@dataclass(frozen=True)
class Actor:
    """Somebody who asks: their client, and what they may at all. `own` says whether the asked case lies on their desk."""

    name: str
    client: httpx.Client
    own: bool = False
    writes: bool = True
    admin: bool = False
    known: bool = True
    token: str = ""


def addresses(town: Town) -> Iterator[tuple[str, str]]:
    for route in build_app(town.house.services).people.routes:
        for method in sorted(getattr(route, "methods", None) or ()):
            if method != "HEAD":
                yield method, str(getattr(route, "path", ""))


def ask(actor: Actor, method: str, path: str, reference: str) -> int:
    address = path.format(
        reference=reference,
        seq=1,
        number=1,
        name="none",
        revision="0" * 64,
        file="none.yaml",
        node="none",
        part="text",
        digest="0" * 64,
        task_id=1,
        ending="ogg",
    )
    if method in {"GET", "DELETE"}:
        return actor.client.request(method, address).status_code
    if path.endswith("recordings/{name}"):
        return actor.client.request(method, address, content=b"x", headers={"Content-Type": "application/octet-stream"}).status_code
    if path.startswith("/api/"):
        return actor.client.request(method, address, json=BODIES[path.rpartition("/")[2]]).status_code
    return actor.client.request(method, address, data=FORM | {"csrf": actor.token}).status_code


def expected(actor: Actor, kind: Kind, path: str) -> set[int]:
    page = path.startswith("/desk")
    reached = {200, 201, 202, 204, 303, 409}
    if kind in {"everyone", "this machine"}:
        return {200, 303, 401, 404} if path.startswith("/voices") else {200, 303, 401}
    if not actor.known:
        return {303} if page else {401}
    if path.startswith(("/api/v1/flows/{name}", "/desk/flows", "/api/v1/recordings/{name}", "/desk/voices", "/api/v1/tasks/")):
        reached |= {404, 412, 422}  # no flow is called `none`, its draft is none to publish, and none was seen; no task rests
    if kind == "signed in":
        return reached
    if kind == "admin":
        return reached if actor.admin else {403}
    if kind in {"case write", "who writes"} and not actor.writes:
        return {403}
    if kind == "who writes":
        return reached
    return reached if actor.own else {404}


@pytest.fixture
def actors(town: Town) -> list[Actor]:
    def person(officer_id: str, **known: bool) -> Actor:
        client = town.signed_in(officer_id)
        return Actor(officer_id, client, token=form_token(client.get("/desk/queue").text), **known)

    def exclude(at: AtDesk) -> None:
        desk.exclude(at, GATE, "jeroen", "he is named")

    with town.cases.desk("sanne") as at:
        exclude(at)
    attach(town.house, GATE, 1, "voice", makings.opus())
    return [
        Actor("stranger", town.browser(), known=False),
        Actor("a made-up token", town.anyone(Authorization="Bearer wk_made-up"), known=False),
        person("sanne", own=True),
        person("jeroen"),  # their own desk, and named in the case
        person("karim"),
        person("femke"),
        person("nadia", admin=True),
        person("grace", writes=False),
        Actor("sanne's reading script", town.script("sanne", frozenset({"cases:read"})), own=True, writes=False),
        Actor("karim's script", town.script("karim")),
    ]


def test_every_address_has_a_row(small_town: Town) -> None:
    assert set(addresses(small_town)) == set(ROWS)


def test_every_role_gets_exactly_what_its_row_says(town: Town, actors: list[Actor]) -> None:
    wrong = []
    for (method, path), kind in ROWS.items():
        for actor in actors:
            if path.startswith("/desk") and not actor.token and actor.known:
                continue  # a script has no form token, and pages are for people
            if (method, path) in ENDS_A_SESSION and actor.name != "stranger":
                continue
            got, allowed = ask(actor, method, path, GATE), expected(actor, kind, path)
            if got not in allowed:
                wrong.append(f"{actor.name}: {method} {path} gave {got}, not one of {sorted(allowed)}")

    assert wrong == []


@pytest.mark.parametrize("path", [C, f"{C}/timeline", D])
def test_a_forbidden_case_looks_exactly_like_an_absent_one(small_town: Town, path: str) -> None:
    karim = small_town.signed_in("karim")
    forbidden, absent = (karim.get(path.format(reference=reference)) for reference in (GATE, "WK-ZZZZ-ZZZZ"))

    assert (forbidden.status_code, forbidden.content) == (404, absent.content)
    assert set(forbidden.headers) == set(absent.headers)


def test_a_queue_holds_the_cases_of_its_own_desk_and_no_trace_of_others(town: Town) -> None:
    for officer_id, officer in town.cases.programme.officers.items():
        client = town.signed_in(officer_id)
        mine = {reference for reference, desk_of in DESK.items() if desk_of == officer.company_id and officer_id != "grace"}

        listed = {case["reference"] for case in client.get("/api/v1/cases?status=all").json()["cases"]}
        pages = client.get("/desk/queue?status=all").text + client.get("/desk/measures").text

        assert listed == mine
        assert {reference for reference in DESK if reference in pages} == mine


def names(answer: httpx.Response) -> set[str]:
    return {each["id"] for each in answer.json()}


def test_a_company_sees_its_own_sites_suppliers_and_colleagues_and_nobody_elses(town: Town) -> None:
    sanne = town.script("sanne")

    assert names(sanne.get("/api/v1/sites")) == {"nodirpar-sewing"}
    assert names(sanne.get("/api/v1/suppliers")) == {"nodirpar"}
    assert names(sanne.get("/api/v1/companies")) == {"halmstra"}
    assert names(sanne.get("/api/v1/officers")) == {"sanne", "jeroen"}


def test_who_runs_the_line_sees_the_whole_programme_and_the_cases_of_no_company(town: Town) -> None:
    nadia = town.script("nadia")

    assert len(names(nadia.get("/api/v1/sites"))) == 6
    assert len(names(nadia.get("/api/v1/officers"))) == 6
    assert {each["company_id"] for each in nadia.get("/api/v1/measures").json()["companies"]} == {"halmstra", "weidegaard", "ketenstem"}
    assert nadia.get(f"/api/v1/cases/{GATE}").status_code == 404


def test_a_scripts_token_never_reaches_beyond_its_officers_role(town: Town) -> None:
    assert town.script("sanne").get("/api/v1/audit").status_code == 403


def test_a_token_that_was_taken_back_or_has_expired_lets_nobody_in(town: Town) -> None:
    script = town.script("sanne")
    assert script.get("/api/v1/cases").status_code == 200

    town.house.clock.pass_by(86_400_000)
    assert script.get("/api/v1/cases").status_code == 401


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip"])
def test_figures_are_for_this_machine_and_for_admins(town: Town, header: str) -> None:
    behind_a_proxy: Callable[[httpx.Client], int] = lambda client: client.get("/metrics", headers={header: "203.0.113.9"}).status_code  # noqa: E731

    assert town.anyone().get("/metrics").status_code == 200
    assert [behind_a_proxy(client) for client in (town.anyone(), town.script("sanne"), town.script("nadia"))] == [403, 403, 200]


def test_the_description_of_the_api_is_open_only_in_a_demo(small_town: Town, sqlite_url: str) -> None:
    assert small_town.anyone().get("/api/v1/openapi.json").status_code == 401
    assert small_town.script("grace").get("/api/v1/openapi.json").json()["openapi"].startswith("3.1")


def test_in_a_demo_everybody_reads_it(sqlite_url: str) -> None:
    with town_on(sqlite_url, demo=True) as town:
        assert town.anyone().get("/api/v1/openapi.json").status_code == 200
