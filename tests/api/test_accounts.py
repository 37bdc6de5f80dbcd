"""Officers' accounts from the command line: who comes in for the first time, and the API tokens of their scripts."""

import base64

import pytest
import sqlalchemy as sa

from bot import clock
from store.tables import api_tokens
from tests.api.house import KEYS, PEPPER
from tests.api.town import Town
from weerklank.__main__ import main

SANNE = "sanne@halmstra.example"


@pytest.fixture
def ours(town: Town, monkeypatch: pytest.MonkeyPatch, database_url: str) -> Town:
    """The town, as the command finds it by its settings; both look at the same clock."""
    monkeypatch.setenv("WEERKLANK_DATABASE_URL", database_url)
    monkeypatch.setenv("WEERKLANK_PUBLIC_URL", town.url)
    monkeypatch.setenv("WEERKLANK_SEALING_KEYS", base64.b64encode(KEYS[0]).decode())
    monkeypatch.setenv("WEERKLANK_LOOKUP_PEPPER", base64.b64encode(PEPPER).decode())
    town.house.clock.now = clock.now()
    return town


def _made(capsys: pytest.CaptureFixture[str], *more: str) -> str:
    assert main(["officer", "token", SANNE, "--name", "figures", *more]) == 0
    return capsys.readouterr().out.splitlines()[-1]


def _status(town: Town, token: str) -> int:
    return town.anyone(Authorization=f"Bearer {token}").get("/api/v1/cases").status_code


def test_a_token_from_the_command_reads_until_its_days_are_over(ours: Town, capsys: pytest.CaptureFixture[str]) -> None:
    token = _made(capsys, "--scope", "cases:read", "--days", "2")
    script = ours.anyone(Authorization=f"Bearer {token}")

    assert script.get("/api/v1/cases").status_code == 200
    assert script.post("/api/v1/cases/WK-AAAA-2222/notes", json={"text": "x"}).status_code == 403
    ours.house.clock.pass_by(2 * clock.DAY + clock.HOUR)
    assert script.get("/api/v1/cases").status_code == 401


def test_only_a_hash_of_a_token_is_kept(ours: Town, capsys: pytest.CaptureFixture[str]) -> None:
    token = _made(capsys, "--scope", "cases:read", "--scope", "cases:write")
    with ours.house.services.database.read() as connection:
        kept = connection.execute(sa.select(api_tokens)).mappings().one()

    assert bytes(kept["token_hash"]) == ours.house.services.keyring.lookup("api-token", token)
    assert (kept["name"], kept["scopes"]) == ("figures", ["cases:read", "cases:write"])


def test_revoking_ends_every_token_of_one_officer_and_of_nobody_else(ours: Town, capsys: pytest.CaptureFixture[str]) -> None:
    mine, other = [_made(capsys, "--scope", "cases:read") for _ in range(2)], ours.script("karim")

    assert main(["officer", "revoke-tokens", SANNE]) == 0

    assert capsys.readouterr().out == "Revoked: 2.\n"
    assert [_status(ours, token) for token in mine] == [401, 401]
    assert other.get("/api/v1/cases").status_code == 200
    assert main(["officer", "revoke-tokens", SANNE]) == 0
    assert capsys.readouterr().out == "There was no token to revoke.\n"


def test_a_token_never_promises_more_than_the_role_reaches(ours: Town, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["officer", "token", SANNE, "--name", "figures", "--scope", "admin"]) == 1

    assert "does not reach admin" in capsys.readouterr().err


@pytest.mark.parametrize("action", [["token", "--name", "x", "--scope", "cases:read"], ["revoke-tokens"]], ids=str)
def test_nobody_by_that_address_has_tokens(ours: Town, action: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["officer", *action, "nobody@halmstra.example"]) == 1

    assert "nobody signs in" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["--days", "0"], ["--days", "367"], ["--name", " "], ["--name", "x" * 81], ["--scope", "all"]], ids=str)
def test_a_token_without_sense_is_wrong_usage(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["officer", "token", SANNE, "--name", "figures", "--scope", "cases:read", *wrong])

    assert ended.value.code == 2


def test_an_officer_of_the_programme_file_gets_a_link_and_a_known_one_is_not_added_twice(
    ours: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["officer", "add", SANNE.upper()]) == 0
    token = capsys.readouterr().out.strip().rpartition("#")[2]
    assert ours.browser().post("/desk/enter", data={"token": token}).status_code == 200

    ours.enrol("sanne")
    assert main(["officer", "add", SANNE, "--company", "halmstra"]) == 1
    assert "already" in capsys.readouterr().err
