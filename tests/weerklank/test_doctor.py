"""`weerklank doctor` as an operator reads it: where to paste what, what each country lets through, and what is stuck."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot import clock
from cases import programme
from store.database import Database, open_database
from store.tables import inbox, outbox, tasks, workers
from tests.doubles import http_sms_posts, telegram_posts, twilio_posts
from weerklank.__main__ import main
from weerklank.commands import doctor
from weerklank.commands.findings import Finding
from weerklank.commands.keys import fresh_lines
from weerklank.settings import Settings

WORKER_ID = "w" * 22
PROGRAMME = Path(doctor.__file__).parents[1] / "sample" / "programme.yaml"
GATEWAY = {
    "http_sms_file": "android",
    "http_sms_url": "https://gateway.example/messages",
    "http_sms_account": http_sms_posts.ACCOUNT,
    "http_sms_password": http_sms_posts.PASSWORD,
    "http_sms_secret": http_sms_posts.SECRET,
}
TWILIO = {
    "twilio_account_sid": twilio_posts.ACCOUNT,
    "twilio_auth_tokens": twilio_posts.TOKEN,
    "twilio_sms_from": twilio_posts.OUR_NUMBER,
    "twilio_whatsapp_from": twilio_posts.OUR_WHATSAPP,
}
TELEGRAM = {"telegram_bot_token": telegram_posts.TOKEN, "telegram_webhook_secret": telegram_posts.SECRET}


def present(url: str, folder: Path, **more: Any) -> Settings:
    keys = dict(line.removeprefix("WEERKLANK_").split("=", 1) for line in fresh_lines())
    given = {"sealing_keys": keys["SEALING_KEYS"], "lookup_pepper": keys["LOOKUP_PEPPER"], "public_url": "https://line.example", **more}
    return Settings.model_validate({"database_url": url, "data_dir": folder, **given})


def found(settings: Settings, word: str) -> list[Finding]:
    return [finding for finding in doctor.examine(settings) if word in finding.what]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = open_database(database_url)
    yield opened
    opened.close()


def in_force(database: Database, text: str) -> None:
    with database.write() as connection:
        programme.apply(connection, programme.read_programme(text, "programme.yaml"), text, clock.now())


def sample() -> str:
    return PROGRAMME.read_text(encoding="utf-8")


def test_every_carrier_that_is_on_has_its_address_and_its_place(sqlite_url: str, tmp_path: Path) -> None:
    lines = found(present(sqlite_url, tmp_path, **TWILIO, **TELEGRAM, **GATEWAY), "paste ")

    assert all(line.well and line.do for line in lines)
    assert {line.what for line in lines} == {
        "twilio: paste https://line.example/webhooks/twilio/messages into",
        "twilio: paste https://line.example/webhooks/twilio/status into",
        "telegram: paste https://line.example/webhooks/telegram into",
        "http_sms: paste https://line.example/webhooks/http-sms into",
    }


def test_nothing_is_pasted_for_a_channel_that_is_off(sqlite_url: str, tmp_path: Path) -> None:
    assert found(present(sqlite_url, tmp_path), "paste ") == []


def test_an_address_that_carriers_cannot_call_is_to_be_mended(sqlite_url: str, tmp_path: Path) -> None:
    (line,) = found(present(sqlite_url, tmp_path, **TELEGRAM, public_url="http://127.0.0.1:8000"), "carriers cannot post")

    assert (line.well, "WEERKLANK_PUBLIC_URL" in line.do) == (False, True)


def test_whatsapp_without_an_approved_knock_is_to_be_mended(sqlite_url: str, tmp_path: Path) -> None:
    (line,) = found(present(sqlite_url, tmp_path, **TWILIO), "no knock goes out")

    assert (line.well, "WEERKLANK_TWILIO_KNOCK_CONTENT_SID" in line.do) == (False, True)
    assert found(present(sqlite_url, tmp_path, **TWILIO, twilio_knock_content_sid="HX" + "7" * 32), "no knock goes out") == []


def test_a_gateways_file_that_is_wrong_is_named_with_its_key_and_the_others_are_looked_at(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("name: mine\nspeed: 9\n", encoding="utf-8")
    settings = present(sqlite_url, tmp_path, **TELEGRAM, **(GATEWAY | {"http_sms_file": str(tmp_path / "mine.yaml")}))
    (line,) = found(settings, "does not open")

    assert not line.well
    assert f"{tmp_path / 'mine.yaml'}: inbound: it is not there; write it" in line.do
    assert "speed: no such key is known here; take it out" in line.do
    assert found(settings, "channel telegram is on")


def test_a_service_does_not_start_on_a_gateways_file_that_is_wrong(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.yaml").write_text("name: mine\n", encoding="utf-8")
    keys = dict(line.split("=", 1) for line in fresh_lines())
    given = {"DATABASE_URL": sqlite_url, "HTTP_SMS_FILE": str(tmp_path / "mine.yaml"), "HTTP_SMS_SECRET": http_sms_posts.SECRET}
    for name, value in {**keys, **{f"WEERKLANK_{name}": value for name, value in given.items()}}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)

    assert main(["serve", "--port", "1"]) == 1
    assert f"weerklank: {tmp_path / 'mine.yaml'}: inbound: it is not there; write it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("change", "says", "well"),
    [
        ({"http_sms_url": "http://gateway.example/messages"}, "unencrypted over the internet", False),
        ({"http_sms_url": "http://192.168.1.10:8080/messages"}, "unencrypted over the internet", None),
        ({"http_sms_url": "http://telephone:8080/messages"}, "unencrypted over the internet", None),
        ({"http_sms_url": "http://8.8.8.8/messages"}, "unencrypted over the internet", False),
    ],
)
def test_a_line_to_a_gateway_that_others_can_read_is_named(
    sqlite_url: str, tmp_path: Path, change: dict[str, str], says: str, well: bool | None
) -> None:
    lines = found(present(sqlite_url, tmp_path, **(GATEWAY | change)), says)

    assert [line.well for line in lines] == ([] if well is None else [well])


def test_an_old_gateway_is_used_and_its_weakness_told(sqlite_url: str, tmp_path: Path) -> None:
    old = """
name: old
inbound: {proof: {kind: query, name: key}, sender: msisdn, text: message, date: ts}
outbound: {method: GET, url: "{url}", format: query, body: {to: "{to}", text: "{text}"}}
"""
    (tmp_path / "old.yaml").write_text(old, encoding="utf-8")
    settings = present(sqlite_url, tmp_path, **(GATEWAY | {"http_sms_file": str(tmp_path / "old.yaml")}))

    assert [
        line.well for word in ("secret stands in the address", "words leave in the gateway's address") for line in found(settings, word)
    ] == [
        True,
        True,
    ]


def test_no_line_ever_shows_a_secret(sqlite_url: str, tmp_path: Path) -> None:
    lines = str(list(doctor.examine(present(sqlite_url, tmp_path, **TWILIO, **TELEGRAM, **GATEWAY))))

    secrets = (twilio_posts.TOKEN, telegram_posts.TOKEN, telegram_posts.SECRET, http_sms_posts.SECRET, http_sms_posts.PASSWORD)
    assert [secret for secret in secrets if secret in lines] == []


def test_the_network_is_called_only_when_asked(sqlite_url: str, tmp_path: Path) -> None:
    settings = present(sqlite_url, tmp_path, **GATEWAY, public_url="http://127.0.0.1:1")

    assert found(settings, "cannot be reached") == []
    assert [line.well for line in doctor.examine(settings, ask=True) if "http://127.0.0.1:1 cannot be reached" in line.what] == [False]


def test_a_place_on_a_channel_that_is_off_is_named(database: Database, database_url: str, tmp_path: Path) -> None:
    in_force(database, sample())
    lines = [line for line in found(present(database_url, tmp_path, **TWILIO), " is off") if " in " in line.what]

    assert [line.well for line in lines] == [False, False]
    assert [line.what.split(" (")[0] for line in lines] == ["telegram in BD", "http_sms in KE"]


def test_a_country_where_nobody_can_text_back_is_named_though_the_programme_says_otherwise(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    text = sample().replace("channels: [whatsapp, telegram], buyers: [halmstra", "channels: [sms, telegram], buyers: [halmstra")
    in_force(database, text.replace("sms_two_way: false", "sms_two_way: true"))
    settings = present(database_url, tmp_path, **TWILIO, **TELEGRAM)
    (silent,) = found(settings, "nobody can text back on sms in BD")

    assert (silent.well, "Nodirpar sewing unit" in silent.what, "twilio.com/guidelines/bd/sms" in silent.what) == (False, True, True)
    assert "http_sms" in silent.do
    assert [line.what for line in found(settings, "text messages in BD, sender")] == [
        "text messages in BD, sender: alphanumeric, registration required"
    ]


def test_telegram_is_named_where_it_is_blocked(database: Database, database_url: str, tmp_path: Path) -> None:
    in_force(database, moved_to("VN"))
    (line,) = found(present(database_url, tmp_path, **TWILIO, **TELEGRAM), "do not get telegram in VN")

    assert (line.well, "May 2025" in line.what, "another channel" in line.do) == (False, True, True)


def moved_to(country: str) -> str:
    """The sample programme with its Bengali places in another country, whose facts are those of Bangladesh."""
    return sample().replace("country: BD", f"country: {country}").replace("\n  BD:\n", f"\n  {country}:\n")


def test_hours_and_content_are_told_with_their_source(database: Database, database_url: str, tmp_path: Path) -> None:
    in_force(database, moved_to("IN").replace("channels: [whatsapp, telegram]", "channels: [http_sms, telegram]"))
    settings = present(database_url, tmp_path, **TELEGRAM, **GATEWAY)

    assert [line.what for line in found(settings, "text messages in IN")][1:] == [
        "text messages in IN, content: political content is refused",
        "text messages in IN, hours: no promotional messages from 21:00 to 10:00",
    ]
    assert all(line.well and "20" in line.do for line in found(settings, "text messages in IN"))


def test_a_country_that_nobody_read_about_is_said_to_be_unknown(database: Database, database_url: str, tmp_path: Path) -> None:
    in_force(database, sample())

    assert [line.what for line in found(present(database_url, tmp_path, **GATEWAY), "nothing is known of text messages")] == [
        "nothing is known of text messages in KE",
        "nothing is known of text messages in NL",
    ]


def test_a_gateway_that_serves_another_country_is_named(database: Database, database_url: str, tmp_path: Path) -> None:
    in_force(database, sample())
    text = (PROGRAMME.parents[2] / "channels" / "gateways" / "android.yaml").read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text + "countries: [BD]\n", encoding="utf-8")
    (line,) = found(present(database_url, tmp_path, **(GATEWAY | {"http_sms_file": str(tmp_path / "mine.yaml")})), "the gateway serves")

    assert (line.well, line.what) == (False, "http_sms in KE (Kiboko Ridge farm): the gateway serves BD")


def kept_rows(database: Database) -> None:
    with database.write() as connection:
        connection.execute(sa.insert(workers), {"id": WORKER_ID})
        aside = [("sms", "KeyError")] * 2 + [("telegram", None)]
        connection.execute(
            sa.insert(inbox),
            [
                {
                    "channel": channel,
                    "key": f"k{number}",
                    "worker_id": WORKER_ID,
                    "received_at": 1,
                    "state": "aside",
                    "attempts": 5,
                    "reason": reason,
                }
                for number, (channel, reason) in enumerate(aside)
            ],
        )
        failed = [("sms", "filtered")] * 3 + [("telegram", "blocked_by_user"), ("sms", "30034")]
        connection.execute(
            sa.insert(outbox),
            [
                {
                    "worker_id": WORKER_ID,
                    "channel": channel,
                    "kind": "flow",
                    "state": "failed",
                    "failure": failure,
                    "due_at": 1,
                    "created_at": 1,
                }
                for channel, failure in failed
            ],
        )


def test_what_is_set_aside_and_what_failed_is_counted_by_its_reason(database: Database, database_url: str, tmp_path: Path) -> None:
    kept_rows(database)
    settings = present(database_url, tmp_path)

    assert [(line.well, line.what) for line in found(settings, "set aside")] == [
        (False, "2 messages on sms are set aside: KeyError"),
        (False, "1 messages on telegram are set aside: no reason kept"),
    ]
    assert [(line.well, line.what) for line in found(settings, " failed: ")] == [
        (False, "3 messages on sms failed: filtered"),
        (False, "1 messages on sms failed: 30034"),
        (True, "1 messages on telegram failed: blocked_by_user"),
    ]


def test_work_that_nobody_tries_again_is_counted_by_its_reason_with_the_way_to_run_it(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    with database.write() as connection:
        row = {"task": "forget", "arguments": {}, "run_at": 1, "state": "dead", "reason": "TimeoutError", "attempts": 8}
        connection.execute(sa.insert(tasks), [row, row, row | {"reason": "KeyError"}])
    settings = present(database_url, tmp_path)

    assert [(line.well, line.what) for line in found(settings, "tasks rest")] == [
        (False, "2 tasks rest, forget: TimeoutError"),
        (False, "1 tasks rest, forget: KeyError"),
    ]
    assert all("weerklank tasks again" in line.do for line in found(settings, "tasks rest"))


def test_where_nothing_is_stuck_it_is_said(database_url: str, tmp_path: Path) -> None:
    settings = present(database_url, tmp_path)

    assert [line.what for line in doctor.examine(settings) if line.well and line.what.startswith("no message")] == [
        "no message of a worker is set aside",
        "no message to a worker failed",
    ]


def test_a_message_that_the_spool_set_aside_is_counted(sqlite_url: str, tmp_path: Path) -> None:
    (tmp_path / "spool").mkdir()
    (tmp_path / "spool" / "1-1.aside").write_bytes(b"sealed")

    assert [(line.well, line.what) for line in found(present(sqlite_url, tmp_path), "spool")] == [
        (False, "1 messages are set aside in the spool")
    ]
