"""Flows over HTTP: a draft is saved, looked through, compared, published and taken back, by whoever runs the line and nobody else."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from api import accounts
from api.accounts import NewOfficer
from flows.model import read
from flows.revisions import shipped_sources
from store.database import open_database
from tests.api.house import serving
from tests.api.town import Town, town_on
from weerklank import shipping

HIDE = shipped_sources()["hide"]
REVISION = read(HIDE).revision
BYE = {name: text.replace("Have a good day.", "Bye.") for name, text in HIDE.items()}
AT = "/api/v1/flows/hide"


@pytest.fixture
def flows(database_url: str) -> Iterator[Town]:
    with town_on(database_url) as town:
        town.house.services.writer.call_sync(lambda connection: shipping.store_shipped(connection, town.house.clock()))
        yield town


def draft(nadia: httpx.Client, sources: dict[str, str] | None = None, **more: Any) -> httpx.Response:
    headers = more.pop("headers", {})
    return nadia.put(f"{AT}/draft", json={"sources": sources or BYE, **more}, headers=headers)


def published(nadia: httpx.Client, act: str = "publish", key: str | None = None, **more: Any) -> httpx.Response:
    return nadia.post(f"{AT}/{act}", json={"reason": "shorter", **more}, headers={"Idempotency-Key": key} if key else {})


def test_every_flow_is_listed_with_what_is_in_force_and_its_draft(flows: Town) -> None:
    draft(flows.script("nadia"))
    [hide] = [each for each in flows.script("sanne").get("/api/v1/flows").json() if each["name"] == "hide"]

    assert (hide["revision"], hide["draft"]) == (REVISION, "checked")
    assert hide["since"].endswith("Z")


def test_the_files_of_a_revision_are_given_as_they_were_kept(flows: Town) -> None:
    sanne = flows.script("sanne")
    [kept] = sanne.get(f"{AT}/revisions").json()

    assert (kept["revision"], kept["current"], kept["shipped"]) == (REVISION, True, True)
    assert sanne.get(f"{AT}/revisions/{REVISION}").json()["sources"] == HIDE
    assert sanne.get(f"{AT}/revisions/{'0' * 64}").status_code == 404
    assert sanne.get(f"/api/v1/flows/person/revisions/{REVISION}").status_code == 404


def test_a_draft_is_saved_looked_at_compared_published_and_taken_back(flows: Town) -> None:
    nadia = flows.script("nadia")
    saved = draft(nadia)
    assert (saved.status_code, saved.headers["etag"], saved.json()["state"], saved.json()["problems"]) == (200, '"1"', "checked", [])
    assert nadia.get(f"{AT}/draft").json()["sources"] == BYE

    differs = nadia.get(f"{AT}/diff").json()
    assert [node["node"] for node in differs["nodes"]] == ["hide"]
    assert "+ Thank you for using the {line}. Bye." in differs["text"]
    assert nadia.get(f"{AT}/impact").json() == {
        "people": 0,
        "untouched": 0,
        "nodes": [{"node": "hide", "touched": "changed", "count": 0, "people": [], "moves_to": None}],
    }

    done = published(nadia)
    assert (done.status_code, done.json()["number"], done.json()["before"]) == (201, 2, REVISION)
    assert published(nadia, "rollback").json()["revision"] == REVISION
    assert [(each["number"], each["officer_id"], each["why"]) for each in nadia.get(f"{AT}/publications").json()] == [
        (3, "nadia", "shorter"),
        (2, "nadia", "shorter"),
        (1, None, ""),
    ]
    assert nadia.get(f"{AT}/diff", params={"from": REVISION, "to": done.json()["revision"]}).json()["nodes"]


def test_a_draft_with_problems_is_saved_and_each_problem_named_and_publishing_it_is_refused_whole(flows: Town) -> None:
    nadia = flows.script("nadia")
    broken = BYE | {"hide.yaml": BYE["hide.yaml"].replace("go: hide", "go: nowhere")}
    saved = draft(nadia, broken).json()
    refused = published(nadia)

    assert saved["state"] == "draft"
    [problem] = saved["problems"]
    assert (problem["file"], problem["what"]) == ("hide.yaml", "no node is called `nowhere`")
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    assert refused.json()["errors"] == [problem]
    assert nadia.get(f"{AT}/publications").json()[0]["revision"] == REVISION


@pytest.mark.parametrize("text", ["{", "a: [", "&a [*a, *a]", "flow: hide\nflow: hide", "", "\x00", "nodes: " + "[" * 500])
def test_whatever_is_sent_as_a_flow_gets_a_list_of_problems(flows: Town, text: str) -> None:
    answer = draft(flows.script("nadia"), {"hide.yaml": text})

    assert answer.status_code == 200
    assert answer.json()["problems"]


def test_ten_megabytes_of_text_are_refused_and_a_flow_in_forty_languages_is_not(flows: Town) -> None:
    nadia = flows.script("nadia")
    many = {f"hide.{number:03}.yaml": HIDE["hide.nl.yaml"] + f"# {'x' * 20_000}\n" for number in range(40)}

    assert draft(nadia, {"hide.yaml": "x" * 10_000_000}).status_code == 413
    assert draft(nadia, HIDE | many).status_code == 200


def test_nobody_saves_or_publishes_over_a_version_they_did_not_see(flows: Town) -> None:
    nadia = flows.script("nadia")
    draft(nadia)
    assert draft(nadia, headers={"If-Match": '"1"'}).headers["etag"] == '"2"'

    assert draft(nadia, headers={"If-Match": '"1"'}).status_code == 412
    stale = nadia.post(f"{AT}/publish", json={"reason": "x"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["type"]) == (412, "urn:weerklank:problem:draft-changed")
    assert nadia.post(f"{AT}/publish", json={"reason": "x"}, headers={"If-Match": '"2"'}).status_code == 201


def test_a_publication_sent_twice_under_one_key_is_made_once(flows: Town) -> None:
    nadia = flows.script("nadia")
    draft(nadia)
    first, second = published(nadia, key="k1"), published(nadia, key="k1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert len(nadia.get(f"{AT}/publications").json()) == 2
    assert published(nadia, key="k1", map={"hide": "over"}).status_code == 409
    assert published(nadia, "rollback", key="k1").status_code == 409
    assert [published(nadia, "rollback", key="k2").json()["number"] for _ in range(2)] == [3, 3]


@contextmanager
def just_before_it_looks(town: Town, database_url: str, work: Callable[[], object]) -> Iterator[str]:
    """Another process on the same database. It finds no answer under a key, and then `work` is done before it looks at the flow."""
    database, publishing, todo = open_database(database_url), town.house.services.publishing, [work]

    def on_begin(_connection: sa.Connection) -> None:
        while todo:
            todo.pop()()

    event.listen(database.reading, "begin", on_begin)
    drafting = replace(publishing.drafting, database=database)
    with serving(replace(town.house.services, publishing=replace(publishing, drafting=drafting))) as url:
        yield url
    database.close()


def beside(town: Town, client: httpx.Client, url: str) -> httpx.Client:
    """The same script, at another process."""
    town.clients.append(httpx.Client(base_url=url, timeout=20, headers=client.headers))
    return town.clients[-1]


@pytest.mark.parametrize("act", ["publish", "rollback"])
def test_of_two_that_come_at_once_under_one_key_both_get_the_one_answer(flows: Town, database_url: str, act: str) -> None:
    nadia, earlier = flows.script("nadia"), list[httpx.Response]()
    draft(nadia)
    more = {} if act == "publish" else {"to": REVISION}
    if act == "rollback":
        published(nadia)
    with just_before_it_looks(flows, database_url, lambda: earlier.append(published(nadia, act, key="k1", **more))) as url:
        later = published(beside(flows, nadia, url), act, key="k1", **more)

    assert [each.status_code for each in (*earlier, later)] == [201, 201]
    assert later.json() == earlier[0].json()


def test_of_two_that_come_at_once_under_two_keys_one_is_refused(flows: Town, database_url: str) -> None:
    nadia = flows.script("nadia")
    draft(nadia)
    with just_before_it_looks(flows, database_url, lambda: published(nadia, key="k1")) as url:
        later = published(beside(flows, nadia, url), key="k2")

    assert (later.status_code, later.json()["type"]) == (412, "urn:weerklank:problem:draft-changed")


@pytest.mark.parametrize("letter", ["\\u0000", "\\ud800", "\\udfff\\ud800"])
def test_letters_that_no_database_keeps_are_refused_or_listed(flows: Town, letter: str) -> None:
    nadia, json = flows.script("nadia"), {"Content-Type": "application/json"}
    saved = nadia.put(f"{AT}/draft", content=f'{{"sources": {{"hide.yaml": "flow: {letter}"}}}}', headers=json)
    refused = nadia.post(f"{AT}/publish", content=f'{{"reason": "{letter}"}}', headers=json)

    assert (saved.status_code, refused.status_code) == (200 if "0000" in letter else 422, 422)


def test_a_map_that_leads_nowhere_is_refused(flows: Town) -> None:
    nadia = flows.script("nadia")
    draft(nadia)
    refused = published(nadia, map={"hide": "elsewhere"})

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["what"] == "the flow has no node `elsewhere`"


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": "x" * 501}, {"reason": "x", "map": {"A B": "c"}}, {"reason": "x", "moves": {}}]
)
def test_a_publication_without_a_reason_or_with_something_else_is_malformed(flows: Town, body: dict[str, Any]) -> None:
    assert flows.script("nadia").post(f"{AT}/publish", json=body).status_code == 422


@pytest.mark.parametrize("name", ["UPPER", "a_b", "x" * 41])
def test_a_name_that_no_flow_can_have_is_malformed(flows: Town, name: str) -> None:
    assert flows.script("nadia").put(f"/api/v1/flows/{name}/draft", json={"sources": {"a.yaml": ""}}).status_code == 422


def test_a_new_flow_begins_as_a_draft(flows: Town) -> None:
    nadia = flows.script("nadia")
    tea = {"tea.yaml": "flow: tea\nlanguage: en\nnodes:\n  tea: {kind: say, text: Tea.}\n"}
    nadia.put("/api/v1/flows/tea/draft", json={"sources": tea})

    assert [each["revision"] for each in nadia.get("/api/v1/flows").json() if each["name"] == "tea"] == [None]
    assert nadia.post("/api/v1/flows/tea/publish", json={"reason": "tea"}).json()["number"] == 1


def test_an_admin_of_a_buying_company_publishes_nothing(flows: Town) -> None:
    new = NewOfficer("boss@halmstra.example", "Boss", "halmstra", "programme_admin")
    boss = flows.house.services.writer.call_sync(lambda connection: accounts.add(connection, new))
    script = flows.script(boss.id)

    assert script.get("/api/v1/flows").status_code == 200
    assert draft(script).status_code == published(script).status_code == script.get(f"{AT}/impact").status_code == 403


def test_a_script_needs_the_scope_to_write_flows(flows: Town) -> None:
    reads = flows.script("nadia", frozenset({"flows:read"}))
    writes = flows.script("nadia", frozenset({"flows:write"}))

    assert (reads.get("/api/v1/flows").status_code, reads.get("/api/v1/cases").status_code) == (200, 403)
    assert (draft(reads).status_code, draft(writes).status_code) == (403, 200)


def test_what_an_admin_did_to_a_flow_stands_in_the_audit(flows: Town) -> None:
    nadia = flows.script("nadia")
    draft(nadia)
    published(nadia)
    acts = nadia.get("/api/v1/audit", params={"subject": "hide"}).json()["acts"]

    assert [(act["officer_id"], act["action"]) for act in acts] == [("nadia", "flow_published"), ("nadia", "flow_draft")]
