"""Signing in: three things together, each code once, and nobody learns who has an account."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import sqlalchemy as sa

from api import passwords, sessions
from store.tables import officer_links, officer_sessions, officers
from tests.api.town import GATE, PASSWORD, Town, code_at, form_token, town_on

WRONG = "a long walk by the sea"


def test_an_officer_signs_in_with_all_three_and_sees_the_queue(town: Town) -> None:
    browser = town.signed_in("sanne")

    assert browser.get("/api/v1/sessions/current").json()["officer"]["id"] == "sanne"
    assert GATE in browser.get("/desk/queue").text


@pytest.mark.parametrize("address", ["/desk", "/desk/"])
def test_the_desk_is_found_with_and_without_its_last_stroke(small_town: Town, address: str) -> None:
    assert small_town.anyone().get(address).headers["location"] == "/desk/queue"


@pytest.mark.parametrize("wrong", ["email", "password", "totp"])
def test_one_wrong_part_is_refused_in_the_same_words(small_town: Town, wrong: str) -> None:
    small_town.enrol("sanne")
    proof = small_town.proof("sanne") | {wrong: {"email": "nobody@halmstra.example", "password": WRONG, "totp": "000000"}[wrong]}

    answer = small_town.anyone().post("/api/v1/sessions", json=proof)

    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:weerklank:problem:not-right"
    assert "set-cookie" not in answer.headers


def test_a_code_works_once_even_with_the_right_password(town: Town) -> None:
    town.enrol("sanne")
    proof = town.proof("sanne")

    assert town.browser().post("/api/v1/sessions", json=proof).status_code == 201
    assert town.browser().post("/api/v1/sessions", json=proof).status_code == 401


def test_a_password_alone_never_lets_in_not_even_in_a_demo(sqlite_url: str) -> None:
    with town_on(sqlite_url, demo=True) as town:
        town.enrol("sanne")
        proof = town.proof("sanne") | {"totp": ""}

        assert town.browser().post("/api/v1/sessions", json=proof).status_code == 401


def test_an_officer_who_has_not_enrolled_has_no_password_to_guess(town: Town) -> None:
    answer = town.browser().post("/api/v1/sessions", json={"email": "sanne@halmstra.example", "password": "", "totp": ""})

    assert answer.status_code == 401


def test_after_five_wrong_tries_the_account_rests_even_for_the_right_proof(town: Town) -> None:
    town.enrol("sanne")
    for _ in range(5):
        town.browser().post("/api/v1/sessions", json=town.proof("sanne") | {"password": WRONG})

    assert town.browser().post("/api/v1/sessions", json=town.proof("sanne")).status_code == 401

    town.house.clock.pass_by(15 * 60_000)
    assert town.browser().post("/api/v1/sessions", json=town.proof("sanne")).status_code == 201


def _tries(town: Town, count: int) -> None:
    """A stranger guesses, without waiting."""
    for _ in range(count):
        proof = {"email": "sanne@halmstra.example", "password": WRONG, "totp": "000000"}
        assert town.browser().post("/api/v1/sessions", json=proof).status_code == 401


def _comes_in(town: Town) -> bool:
    return town.browser().post("/api/v1/sessions", json=town.proof("sanne")).status_code == 201


def test_after_a_rest_one_wrong_try_starts_no_other(town: Town) -> None:
    town.enrol("sanne")
    for _ in range(4):
        _tries(town, 5)
        town.house.clock.pass_by(15 * 60_000)

    _tries(town, 4)

    assert _comes_in(town)


def test_each_rest_of_a_guesser_is_longer_and_none_is_over_a_quarter_of_an_hour(small_town: Town) -> None:
    small_town.enrol("sanne")
    rests = []
    for _ in range(6):
        _tries(small_town, 5)
        with small_town.house.services.database.read() as connection:
            until = connection.execute(sa.select(officers.c.locked_until).where(officers.c.id == "sanne")).scalar_one()
        rests.append((until - small_town.house.clock()) // 60_000)
        small_town.house.clock.now = until

    assert rests == [1, 2, 4, 8, 15, 15]


def test_a_right_sign_in_forgets_the_wrong_tries_before_it(town: Town) -> None:
    town.enrol("sanne")
    _tries(town, 4)
    assert _comes_in(town)

    _tries(town, 4)

    assert _comes_in(town)


def test_wrong_tries_now_and_then_never_shut_an_officer_out(town: Town) -> None:
    town.enrol("sanne")
    for _ in range(12):
        _tries(town, 1)
        town.house.clock.pass_by(3_600_000)

    _tries(town, 4)

    assert _comes_in(town)


def test_a_crowd_at_the_door_is_sent_off_at_once_and_holds_up_nobody_else(small_town: Town) -> None:
    door, form = small_town.anyone(), {"email": "sanne@halmstra.example", "password": WRONG, "totp": "000000"}
    with ThreadPoolExecutor(4) as crowd:
        with passwords._turn(), passwords._turn():
            waiting = [crowd.submit(door.post, "/api/v1/sessions", json=form) for _ in range(4)]
            patience = time.perf_counter() + 10
            while passwords._places._value > 0 and time.perf_counter() < patience:
                time.sleep(0.005)
            start = time.perf_counter()
            for_a_program = door.post("/api/v1/sessions", json=form)
            for_a_person = door.post("/desk/sign-in", data=form)
            elsewhere = door.get("/desk/sign-in")
            took = time.perf_counter() - start
        answers = [each.result().status_code for each in waiting]

    assert (for_a_program.status_code, for_a_program.headers["retry-after"]) == (429, "5")
    assert for_a_program.headers["content-type"] == "application/problem+json"
    assert for_a_program.json()["type"] == "urn:weerklank:problem:busy"
    assert (for_a_person.status_code, for_a_person.headers["retry-after"]) == (429, "5")
    assert "Try again in a few seconds" in for_a_person.text
    assert 'value="sanne@halmstra.example"' in for_a_person.text
    assert elsewhere.status_code == 200
    assert took < 3
    assert answers == [401] * 4


def test_an_unknown_address_costs_the_same_time(small_town: Town, full_strength: None) -> None:
    small_town.enrol("sanne", passwords.hashed(PASSWORD))

    def took(email: str) -> float:
        start = time.perf_counter()
        small_town.anyone().post("/api/v1/sessions", json={"email": email, "password": WRONG, "totp": "000000"})
        return time.perf_counter() - start

    known = statistics.median(took("sanne@halmstra.example") for _ in range(3))
    unknown = statistics.median(took("nobody@halmstra.example") for _ in range(3))

    assert 0.4 < known / unknown < 2.5


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(sqlite_url: str) -> None:
    with town_on(sqlite_url, public_url="https://line.example") as town:
        town.enrol("sanne")
        answer = town.browser().post("/api/v1/sessions", json=town.proof("sanne"))

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-weerklank=")
    assert {"HttpOnly", "Secure", "SameSite=strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_only_a_hash_of_a_session_is_kept(town: Town) -> None:
    browser = town.signed_in("sanne")
    token = browser.cookies["weerklank"]
    with town.house.services.database.read() as connection:
        kept = [bytes(hashed) for hashed in connection.execute(sa.select(officer_sessions.c.token_hash)).scalars()]

    assert len(token) == 43
    assert kept == [town.house.services.keyring.lookup("officer-session", token)]


def test_a_session_ends_after_half_an_hour_without_work(town: Town) -> None:
    browser = town.signed_in("sanne")

    town.house.clock.pass_by(sessions.IDLE - 60_000)
    assert browser.get("/api/v1/cases").status_code == 200
    town.house.clock.pass_by(sessions.IDLE - 60_000)
    assert browser.get("/api/v1/cases").status_code == 200
    town.house.clock.pass_by(sessions.IDLE)
    assert browser.get("/api/v1/cases").status_code == 401


def test_a_page_that_looks_by_itself_keeps_no_session_alive(town: Town) -> None:
    browser = town.signed_in("sanne")

    answers = []
    for _ in range(4):
        town.house.clock.pass_by(sessions.IDLE // 4)
        answers.append(browser.get("/desk/pulse", follow_redirects=False).status_code)

    assert answers == [200, 200, 200, 303]


def test_a_session_ends_after_twelve_hours_of_work(town: Town) -> None:
    browser = town.signed_in("sanne")

    answers = []
    for _ in range(36):
        town.house.clock.pass_by(20 * 60_000)
        answers.append(browser.get("/api/v1/cases").status_code)

    assert answers == [200] * 35 + [401]


def test_signing_out_takes_effect_at_once(town: Town) -> None:
    browser = town.signed_in("sanne")
    cookie = dict(browser.cookies)

    assert browser.delete("/api/v1/sessions/current").status_code == 204
    assert httpx.get(f"{town.url}/api/v1/cases", cookies=cookie).status_code == 401


def test_who_leaves_the_programme_is_out_at_once(town: Town) -> None:
    browser, script = town.signed_in("sanne"), town.script("sanne")
    town.house.services.writer.call_sync(lambda c: c.execute(sa.update(officers).where(officers.c.id == "sanne").values(active=False)))

    assert [client.get("/api/v1/cases").status_code for client in (browser, script)] == [401, 401]


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}, {"Origin": "null"}],
    ids=str,
)
def test_another_sites_page_writes_nothing_with_our_cookie(small_town: Town, headers: dict[str, str]) -> None:
    cookies = dict(small_town.signed_in("sanne").cookies)

    answer = httpx.post(f"{small_town.url}/api/v1/cases/{GATE}/notes", json={"text": "x"}, cookies=cookies, headers=headers)

    assert (answer.status_code, answer.json()["type"]) == (403, "urn:weerklank:problem:cross-site")


def test_a_form_without_its_sessions_token_is_refused(small_town: Town) -> None:
    sanne, jeroen = small_town.signed_in("sanne"), small_town.signed_in("jeroen")
    stolen = form_token(jeroen.get("/desk/queue").text)

    for token in ("", stolen):
        assert sanne.post(f"/desk/cases/{GATE}/note", data={"csrf": token, "text": "x"}).status_code == 403
    assert sanne.post("/desk/sign-out", data={"csrf": stolen}).status_code == 403


def test_a_new_officer_comes_in_by_a_link_and_next_time_with_what_they_chose(town: Town) -> None:
    browser, token = town.browser(), town.link("karim")
    page = browser.post("/desk/enter", data={"token": token}).text
    secret = _between(page, '<p class="secret">', "</p>").replace(" ", "")
    sealed = _between(page, 'name="sealed" value="', '"')
    code = code_at(secret, town.house.clock())

    answer = browser.post("/desk/enrol", data={"token": token, "sealed": sealed, "password": PASSWORD, "code": code})

    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/queue")
    assert browser.get("/api/v1/sessions/current").json()["officer"]["id"] == "karim"
    assert town.browser().post("/desk/enter", data={"token": token}).status_code == 401
    town.secrets["karim"] = secret
    assert town.browser().post("/api/v1/sessions", json=town.proof("karim")).status_code == 201


def _between(text: str, before: str, after: str) -> str:
    return text.partition(before)[2].partition(after)[0]


@pytest.mark.parametrize(
    ("password", "code"), [("short", "right"), ("Welkom2026!!", "right"), ("karim.elamrani!", "right"), (PASSWORD, "wrong")], ids=str
)
def test_enrolling_asks_again_and_the_link_still_works(small_town: Town, password: str, code: str) -> None:
    browser, token = small_town.anyone(), small_town.link("karim")
    page = browser.post("/desk/enter", data={"token": token}).text
    secret = _between(page, '<p class="secret">', "</p>").replace(" ", "")
    given = code_at(secret, small_town.house.clock()) if code == "right" else "000000"
    form = {"token": token, "sealed": _between(page, 'name="sealed" value="', '"'), "password": password, "code": given}

    answer = browser.post("/desk/enrol", data=form)

    assert answer.status_code == 422
    assert secret in answer.text.replace(" ", "")
    assert browser.post("/desk/enter", data={"token": token}).status_code == 200


def test_a_secret_shown_for_one_link_enrols_nobody_else(small_town: Town) -> None:
    browser, mine, other = small_town.anyone(), small_town.link("karim"), small_town.link("femke")
    page = browser.post("/desk/enter", data={"token": mine}).text
    secret = _between(page, '<p class="secret">', "</p>").replace(" ", "")
    form = {"token": other, "sealed": _between(page, 'name="sealed" value="', '"'), "password": PASSWORD}

    answer = browser.post("/desk/enrol", data=form | {"code": code_at(secret, small_town.house.clock())})

    assert answer.status_code == 401


def test_a_demo_link_lets_in_once_and_only_in_a_demo(sqlite_url: str) -> None:
    with town_on(sqlite_url, demo=True) as town:
        token = town.link("sanne", "demo")
        first, second = (town.browser().post("/desk/enter", data={"token": token}) for _ in range(2))

        assert (first.status_code, second.status_code) == (303, 401)


def test_outside_a_demo_such_a_link_is_dead(town: Town) -> None:
    assert town.browser().post("/desk/enter", data={"token": town.link("sanne", "demo")}).status_code == 401


def test_a_link_is_dead_after_a_day_and_when_a_newer_one_is_made(town: Town) -> None:
    older, newer = town.link("karim"), town.link("karim")
    assert town.browser().post("/desk/enter", data={"token": older}).status_code == 401
    assert town.browser().post("/desk/enter", data={"token": newer}).status_code == 200

    town.house.clock.pass_by(24 * 3_600_000)
    assert town.browser().post("/desk/enter", data={"token": newer}).status_code == 401


def test_no_token_of_a_link_is_kept(town: Town) -> None:
    token = town.link("karim")
    with town.house.services.database.read() as connection:
        kept = [bytes(hashed) for hashed in connection.execute(sa.select(officer_links.c.token_hash)).scalars()]

    assert kept == [town.house.services.keyring.lookup("officer-link", token)]


@pytest.mark.parametrize(
    "after", ["https://evil.example", "//evil.example", "/desk//evil", "/desk/\\evil", "javascript:x", "/api/v1/cases"]
)
def test_signing_in_leads_nowhere_but_to_the_desk(small_town: Town, after: str) -> None:
    small_town.enrol("sanne")

    answer = small_town.anyone().post("/desk/sign-in", data=small_town.proof("sanne") | {"next": after})

    assert answer.headers["location"] == "/desk/queue"


def test_a_stranger_at_a_case_is_led_to_the_door_and_then_to_the_case(small_town: Town) -> None:
    browser = small_town.anyone()
    door = browser.get(f"/desk/cases/{GATE}").headers["location"]
    small_town.enrol("sanne")

    answer = browser.post("/desk/sign-in", data=small_town.proof("sanne") | {"next": door.partition("next=")[2]})

    assert door == f"/desk/sign-in?next=/desk/cases/{GATE}"
    assert answer.headers["location"] == f"/desk/cases/{GATE}"


def test_a_link_in_a_mail_page_is_first_made_a_visit_of_our_own(small_town: Town) -> None:
    answer = small_town.anyone().get(f"/desk/cases/{GATE}", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 200
    assert f'<meta http-equiv="refresh" content="0; url=/desk/cases/{GATE}">' in answer.text


@pytest.mark.parametrize(
    "password",
    ["short", "Welkom2026!!", "P@ssw0rd1234", "qwertyqwerty", "aaaaaaaaaaaaa", "123456789012", "abcdefghijklm", "sanne.de.wit.1"],
)
def test_a_password_that_anybody_would_try_is_refused(password: str) -> None:
    assert passwords.complaint(password, "Sanne de Wit", "sanne@halmstra.example")


@pytest.mark.parametrize("password", [PASSWORD, "zin met gewone woorden", "৪৮২১ আমার বড় গোপন", "x7#mQ2!vLp9z"])
def test_a_long_password_needs_no_capitals_or_signs(password: str) -> None:
    assert passwords.complaint(password, "Sanne de Wit", "sanne@halmstra.example") is None
