"""REST: an officer finds a case, answers it, moves it; nothing is done twice and nothing is overwritten unseen."""

import pytest
import sqlalchemy as sa

from store.tables import audit, outbox
from tests.api.town import CHIEF, GATE, Town
from tests.cases.house import DAY, HOUR, opening

ANSWER = {"text": "Dank je. Ik schrijf weer voor vrijdag.", "language": "nl"}


def test_the_queue_puts_danger_first_and_tells_its_clock_in_words(town: Town) -> None:
    cases = town.script("sanne").get("/api/v1/cases").json()["cases"]

    assert [case["reference"] for case in cases] == [GATE, CHIEF]
    assert (cases[0]["danger"], cases[0]["clock"], cases[0]["late"]) == ("fire", "24 hours left", False)
    assert cases[0]["answer_by"].endswith("Z")


NARROWED = {
    "q=BBBB": {CHIEF},
    "q=bb": {CHIEF},
    f"q={CHIEF}": {CHIEF},
    f"q={CHIEF[:9]}": {CHIEF},
    f"q={CHIEF.replace('-', '')}": {CHIEF},
    "q=WK-": set[str](),
    "q=%25": set[str](),
    "q=sewing": {GATE, CHIEF},
    "severity=4": {GATE},
    "status=closed": set[str](),
    "status=all": {GATE, CHIEF},
    "status=new": {GATE, CHIEF},
    "site=unknown": set[str](),
    "site=nodirpar-sewing": {GATE, CHIEF},
    "due=2d": {GATE},
    "due=late": set[str](),
    "due=2027-01-01T00:00:00%2B01:00": {GATE, CHIEF},
}


def test_a_queue_is_narrowed_by_what_an_officer_asks(town: Town) -> None:
    script = town.script("sanne")

    found = {query: {case["reference"] for case in script.get(f"/api/v1/cases?{query}").json()["cases"]} for query in NARROWED}

    assert found == NARROWED


@pytest.mark.parametrize("cursor", ["x", "W10", "0" * 16 + "WzAsLTUsMTc5NSwxXQ"])
def test_a_cursor_that_is_not_ours_leads_nowhere(small_town: Town, cursor: str) -> None:
    assert small_town.script("sanne").get("/api/v1/cases", params={"cursor": cursor}).status_code == 404


def test_a_filter_that_cannot_be_read_is_said_and_not_guessed(small_town: Town) -> None:
    script = small_town.script("sanne")
    answers = [script.get(f"/api/v1/cases?{query}") for query in ("due=soon", "due=2027-99-01T00:00:00Z", "due=2027-01-01", "status=lost")]

    assert [answer.status_code for answer in answers] == [400] * 4
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}


def test_pages_follow_one_another_by_cursor_without_a_gap(town: Town) -> None:
    for number in range(5):
        town.cases.worker_speaks(opening(f"WK-PAGE-000{number}"))
    script, found, cursor = town.script("sanne"), list[str](), ""

    while True:
        page = script.get("/api/v1/cases", params={"limit": 3, "cursor": cursor} if cursor else {"limit": 3}).json()
        found += [case["reference"] for case in page["cases"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert (len(found), len(set(found))) == (7, 7)


def test_a_case_says_what_the_worker_allows_and_its_etag_is_its_version(town: Town) -> None:
    answer = town.script("sanne").get(f"/api/v1/cases/{GATE}")

    assert answer.json()["may_we"] == "ask_first"
    assert answer.json()["allowed"] == "Ask the worker first, before anyone talks to the factory."
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'


def test_a_timeline_keeps_the_words_as_they_came_and_says_they_are_not_translated(town: Town) -> None:
    entries = town.script("sanne").get(f"/api/v1/cases/{GATE}/timeline").json()["entries"]
    words = next(entry for entry in entries if entry["kind"] == "words")

    assert (words["text"], words["language"]) == ("tin tolar gate rate tala mara thake", "bn-Latn")
    assert (words["translated"], words["translations"]) == (False, [])


def test_a_reply_without_a_wording_waits_for_one_and_then_waits_behind_a_knock(town: Town) -> None:
    script = town.script("sanne")

    kept = script.post(f"/api/v1/cases/{CHIEF}/replies", json=ANSWER)
    assert (kept.status_code, kept.json()["hold"]) == (201, "translation")
    assert kept.json()["delivery"] == "waits for a wording in the worker's language; nothing was sent"

    approved = script.post(f"/api/v1/cases/{CHIEF}/replies/{kept.json()['seq']}/approval", json={"wording": "ধন্যবাদ"})
    assert (approved.status_code, town.cases.waiting(CHIEF)[0]["hold"]) == (200, "knock")
    assert town.house.rung == ["outbox", "outbox"]


@pytest.mark.parametrize(
    "more",
    [
        {"approved": "ধন্যবাদ"},
        {"as_is": True},
        {"language": "bn"},
        {"approved": "ধন্যবাদ", "proposes": True, "news_by": "2026-12-20T12:00:00Z"},
    ],
)
def test_a_reply_the_worker_can_read_waits_behind_a_knock_and_is_never_called_sent(small_town: Town, more: dict[str, object]) -> None:
    kept = small_town.script("sanne").post(f"/api/v1/cases/{CHIEF}/replies", json=ANSWER | more).json()

    assert (kept["hold"], kept["delivery"]) == ("knock", "waits behind a knock")
    assert [row["state"] for row in small_town.cases.waiting(CHIEF)] == ["held"]


def test_the_same_request_under_the_same_key_is_done_once(town: Town) -> None:
    script = town.script("sanne")
    first, second = (
        script.post(f"/api/v1/cases/{CHIEF}/replies", json=ANSWER, headers={"Idempotency-Key": "k1", "If-Match": '"1"'}) for _ in range(2)
    )

    assert first.json() == second.json()
    assert len(town.cases.waiting(CHIEF)) == 1


def test_a_key_does_not_stand_for_two_requests_nor_for_two_officers(town: Town) -> None:
    sanne, jeroen, key = town.script("sanne"), town.script("jeroen"), {"Idempotency-Key": "k1"}
    address = f"/api/v1/cases/{CHIEF}/replies"

    assert sanne.post(address, json=ANSWER, headers=key).status_code == 201
    assert sanne.post(address, json=ANSWER | {"text": "Iets anders"}, headers=key).status_code == 409
    assert jeroen.post(address, json=ANSWER, headers=key).status_code == 201


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("replies", ANSWER),
        ("notes", {"text": "x"}),
        ("moves", {"to": "answer_needed", "reason": "read"}),
        ("assignment", {"officer": "jeroen", "reason": "he speaks with them"}),
    ],
)
def test_who_saw_an_older_version_looks_again_before_writing(town: Town, what: str, body: dict[str, str]) -> None:
    script, address = town.script("sanne"), f"/api/v1/cases/{CHIEF}"
    seen = script.get(address).headers["etag"]
    town.cases.worker_writes(CHIEF, "আরও কথা", town.house.clock())

    stale = script.post(f"{address}/{what}", json=body, headers={"If-Match": seen})
    fresh = script.post(f"{address}/{what}", json=body, headers={"If-Match": script.get(address).headers["etag"]})

    assert (stale.status_code, fresh.status_code) == (412, 201)


def test_an_if_match_that_names_no_version_is_said_to_be_wrong(small_town: Town) -> None:
    answer = small_town.script("sanne").post(f"/api/v1/cases/{CHIEF}/notes", json={"text": "x"}, headers={"If-Match": '"abc"'})

    assert (answer.status_code, answer.json()["type"]) == (400, "urn:weerklank:problem:bad-match")


def test_no_officer_closes_a_case(town: Town) -> None:
    script = town.script("sanne")
    moves = {to for to, _ in script.get(f"/api/v1/cases/{CHIEF}").json()["moves"]}

    answer = script.post(f"/api/v1/cases/{CHIEF}/moves", json={"to": "closed_agreed", "reason": "done"})

    assert not {to for to in moves if to.startswith("closed")}
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:weerklank:problem:refused")


def test_a_note_is_marked_as_what_no_worker_sees_and_nothing_waits_to_be_sent(town: Town) -> None:
    script = town.script("sanne")
    script.post(f"/api/v1/cases/{CHIEF}/notes", json={"text": "Geen contact via HR"})

    note = script.get(f"/api/v1/cases/{CHIEF}/timeline").json()["entries"][-1]

    assert (note["text"], note["private"]) == ("Geen contact via HR", True)
    assert town.cases.all_of(outbox) == []


def test_a_persons_translation_stands_beside_the_words(town: Town) -> None:
    script = town.script("sanne")
    seq = next(e["seq"] for e in script.get(f"/api/v1/cases/{GATE}/timeline").json()["entries"] if e["kind"] == "words")

    script.post(f"/api/v1/cases/{GATE}/timeline/{seq}/translations", json={"wording": "De deur is 's nachts op slot"})

    words = script.get(f"/api/v1/cases/{GATE}/timeline").json()["entries"][seq - 1]
    assert words["text"] == "tin tolar gate rate tala mara thake"
    assert [(t["text"], t["language"], t["author"]) for t in words["translations"]] == [
        ("De deur is 's nachts op slot", "nl", "Sanne de Wit")
    ]


def test_who_is_shut_out_finds_nothing_from_that_moment(town: Town) -> None:
    jeroen = town.script("jeroen")
    assert jeroen.get(f"/api/v1/cases/{CHIEF}").status_code == 200

    town.script("sanne").post(f"/api/v1/cases/{CHIEF}/exclusions", json={"officer": "jeroen", "reason": "named in the words"})

    assert jeroen.get(f"/api/v1/cases/{CHIEF}").status_code == 404


def test_every_act_of_an_officer_is_in_the_audit_and_no_word_of_a_case(town: Town) -> None:
    town.script("sanne").post(f"/api/v1/cases/{CHIEF}/notes", json={"text": "Geen contact via HR"})

    page = town.script("nadia").get("/api/v1/audit", params={"subject": CHIEF}).json()

    assert [(act["officer_id"], act["action"]) for act in page["acts"]] == [("sanne", "note")]
    assert "Geen contact" not in str(town.cases.all_of(audit))


def test_the_audit_comes_in_pages(town: Town) -> None:
    for number in range(5):
        town.script("sanne").post(f"/api/v1/cases/{CHIEF}/notes", json={"text": f"note {number}"})
    nadia = town.script("nadia")

    first = nadia.get("/api/v1/audit?limit=3").json()
    second = nadia.get(f"/api/v1/audit?limit=3&cursor={first['next_cursor']}").json()

    ids = [act["id"] for act in first["acts"] + second["acts"]]
    assert (len(ids), ids) == (5, sorted(ids, reverse=True))


def test_measures_count_what_was_answered_in_time(town: Town) -> None:
    town.script("sanne").post(f"/api/v1/cases/{CHIEF}/replies", json=ANSWER)
    town.house.clock.pass_by(2 * DAY + HOUR)

    mine = town.script("sanne").get("/api/v1/measures").json()["companies"]

    assert [{k: each[k] for k in ("company_id", "opened", "open", "answered", "answered_in_time", "late")} for each in mine] == [
        {"company_id": "halmstra", "opened": 2, "open": 2, "answered": 1, "answered_in_time": 1, "late": 1}
    ]


def test_rules_are_replaced_whole_and_guide_the_next_case(town: Town) -> None:
    nadia = town.script("nadia")
    before = nadia.get("/api/v1/routing-rules")
    rules = before.json()["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in town.cases.programme.rules]

    rules[1]["then"] = {"company": "weidegaard"}
    after = nadia.put("/api/v1/routing-rules", json={"rules": rules}, headers={"If-Match": before.headers["etag"]})

    assert (after.status_code, after.json()["rules"]) == (200, rules)
    assert town.house.rung == ["programme"]
    again = nadia.put("/api/v1/routing-rules", json={"rules": rules}, headers={"If-Match": before.headers["etag"]})
    assert again.status_code == 412


def test_wrong_rules_are_refused_whole_with_every_problem(town: Town) -> None:
    nadia = town.script("nadia")
    before = nadia.get("/api/v1/routing-rules").json()
    wrong = [
        {"id": "a", "when": {"site": "nowhere"}, "then": {"company": "nobody"}, "why": "x"},
        {"id": "a", "when": {"colour": "red"}, "then": {"company": "lead"}, "why": "x: {y} # z"},
    ]

    answer = nadia.put("/api/v1/routing-rules", json={"rules": wrong})

    assert answer.status_code == 422
    assert {error["where"] for error in answer.json()["errors"]} >= {"routing[a]"}
    assert len(answer.json()["errors"]) >= 3
    assert nadia.get("/api/v1/routing-rules").json() == before


def test_an_officer_reads_flows_and_publishes_none(town: Town) -> None:
    script = town.script("sanne")

    assert script.get("/api/v1/flows").json() == []
    assert script.get("/api/v1/flows/none/revisions").status_code == 404
    assert script.post("/api/v1/flows/none/publish", json={"reason": "x"}).status_code == 403


def test_nothing_can_be_written_to_a_forgotten_case(town: Town) -> None:
    with town.house.services.database.write() as connection:
        connection.execute(sa.text("UPDATE cases SET state = 'forgotten', data_key_sealed = NULL WHERE reference = :r"), {"r": CHIEF})

    script = town.script("sanne")
    shown = script.get(f"/api/v1/cases/{CHIEF}").json()

    assert (shown["readable"], shown["state"]) == (False, "forgotten")
    assert script.post(f"/api/v1/cases/{CHIEF}/replies", json=ANSWER).status_code == 409
