"""The doctor's questions: our own door is tried as a carrier would, each carrier has a time limit, and no secret comes out."""

import asyncio
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

from channels import asking
from channels.asking import OUR_DOOR, Standing, ask
from channels.hooks import hooks
from channels.public_door import standing
from channels.registry import ChannelConfig, open_channels
from tests.api.house import open_house, serving
from tests.channels.carriers import config
from tests.doubles import http_sms_posts, telegram_posts
from tests.doubles.http_sms import GatewayDouble


def told(public_url: str) -> list[Standing]:
    return asyncio.run(standing(replace(config(), public_url=public_url)))


@contextmanager
def somebody(answers: Mapping[str, tuple[int, str]], certificate: Path | None = None) -> Iterator[str]:
    """Somebody else's server: a status and a word by `METHOD path`, 404 for all else."""

    class Doorman(BaseHTTPRequestHandler):
        def _say(self) -> None:
            status, text = answers.get(f"{self.command} {self.path}", (404, ""))
            self.send_response(status)
            self.send_header("location", "https://elsewhere.example/") if status in {301, 308} else None
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        do_GET = do_POST = _say  # noqa: N815 - the library's names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Doorman) as server:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(5)


def test_our_own_service_is_alive_and_refuses_strangers_at_every_door_that_is_on(sqlite_url: str) -> None:
    readers = dict(open_channels(config()).readers)
    with open_house(sqlite_url, readers=readers) as house, serving(house.services) as url:  # type: ignore[arg-type]
        lines = told(url)

    assert lines[0] == (False, f"{url} answers", "carriers need https; set it up")
    assert [line for line in lines[1:] if not line[0] or "refuses a stranger" not in line[1]] == []
    assert {line[1].split()[0].removeprefix(url) for line in lines[1:]} == {
        "/webhooks/twilio/messages",
        "/webhooks/twilio/status",
        "/webhooks/telegram",
        "/webhooks/http-sms",
    }


def test_a_door_that_is_off_behind_a_public_address_is_named(sqlite_url: str) -> None:
    with open_house(sqlite_url) as house, serving(house.services) as url:
        lines = told(url)

    assert all("answers a stranger with 404, not 403" in line[1] for line in lines[1:])
    assert len(lines) == 5


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"GET /healthz": (301, "")}, "sends callers elsewhere"),
        ({}, "is answered by something else (404)"),
        ({"GET /healthz": (200, "Welcome to the router")}, "is answered by something else (200)"),
        ({"GET /healthz": (502, "alive")}, "is answered by something else (502)"),
    ],
)
def test_an_address_that_is_somebody_elses_is_named(answers: Mapping[str, tuple[int, str]], says: str) -> None:
    with somebody(answers) as url:
        lines = told(url)

    assert [(line[0], says in line[1], bool(line[2])) for line in lines] == [(False, True, True)]


def test_an_address_where_nobody_is_says_so() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        ((well, what, do),) = told(f"http://127.0.0.1:{taken.getsockname()[1]}")

    assert (well, "cannot be reached" in what, "firewall" in do) == (False, True, True)


@pytest.mark.parametrize("url", ["", "line.example", "http://[", "http://x\x00y"])
def test_an_address_that_is_none_breaks_nothing(url: str) -> None:
    assert [line[0] for line in told(url)] == [False]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here to make a certificate with")
@pytest.mark.parametrize("vouched", [False, True], ids=["by nobody", "by one whom we know"])
def test_a_certificate_is_looked_at_as_carriers_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, vouched: bool) -> None:
    both, public = tmp_path / "both.pem", tmp_path / "public.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, *names, "-keyout", both, "-out", public], check=True, capture_output=True)
    both.write_bytes(both.read_bytes() + public.read_bytes())
    if vouched:
        monkeypatch.setenv("SSL_CERT_FILE", str(public))
    with somebody({"GET /healthz": (200, "alive")}, both) as url:
        first = told(url)[0]

    assert (first[0], "its certificate is good" in first[1]) == (vouched, vouched)
    assert vouched or "the certificate of" in first[1]


def test_a_gateway_that_is_there_is_told_from_one_that_is_not() -> None:
    with GatewayDouble() as double:
        here = asyncio.run(ask(config(gateway_url=double.url), ["http_sms"]))
        sends = list(double.sends)
    gone = asyncio.run(ask(config(gateway_url=double.url), ["http_sms"]))

    assert here[-1][:2] == (True, "the gateway at 127.0.0.1 is there")
    assert gone[-1][:2] == (False, "the gateway at 127.0.0.1 cannot be reached")
    assert sends == []


@contextmanager
def carrier(monkeypatch: pytest.MonkeyPatch, **module: object) -> Iterator[dict[str, str]]:
    """A carrier's module that does what a test needs, and a table of those who are asked that names it and leaves our own door out."""
    made = ModuleType("channels.asked_in_a_test")
    made.__spec__ = ModuleSpec(made.__name__, None)
    vars(made).update(module)
    monkeypatch.setitem(sys.modules, made.__name__, made)
    yield {"invented": made.__name__, "unwritten": "channels.nobody_wrote_this"}


def test_what_a_carrier_says_is_passed_on_without_any_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    async def speaks(given: ChannelConfig) -> list[Standing]:
        return [(True, f"webhook of bot{given.telegram_bot_token} is set", f"{given.twilio_auth_tokens[0]} {given.http_sms_password}")]

    with carrier(monkeypatch, standing=speaks) as table:
        assert asyncio.run(ask(config(), ["invented"], asked=table)) == [(True, "webhook of bot*** is set", "*** ***")]


def test_a_carrier_that_is_silent_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def sleeps(_: ChannelConfig) -> list[Standing]:
        await asyncio.sleep(30)
        return []

    with carrier(monkeypatch, standing=sleeps) as table:
        ((well, what, _),) = asyncio.run(ask(config(), ["invented"], patience=0.05, asked=table))

    assert (well, what) == (False, "invented did not answer within 0.05 seconds")


def test_a_carrier_whose_question_breaks_tells_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(given: ChannelConfig) -> list[Standing]:
        raise RuntimeError(f"https://api.telegram.org/bot{given.telegram_bot_token}")

    with carrier(monkeypatch, standing=breaks) as table:
        ((well, what, _),) = asyncio.run(ask(config(), ["invented"], asked=table))

    assert (well, what) == (False, "invented could not be asked (RuntimeError)")


def test_a_carrier_that_this_version_cannot_ask_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with carrier(monkeypatch) as table:
        assert asyncio.run(ask(config(), ["unwritten", "nobody"], asked=table)) == [(True, "unwritten cannot be asked by this version", "")]


def test_our_own_door_is_always_asked() -> None:
    assert OUR_DOOR in asking.ASKED
    assert {*open_channels(config()).readers} <= {*asking.ASKED}


@pytest.mark.parametrize("name", ["twilio", "telegram", "http_sms"])
def test_every_carrier_that_posts_has_an_address_to_paste(name: str) -> None:
    pasted = hooks(name, config())

    assert pasted
    assert all(hook.path.startswith("/webhooks/") and hook.where for hook in pasted)


def test_telegram_that_is_asked_is_not_told_where_to_post() -> None:
    polling = ChannelConfig(telegram_bot_token=telegram_posts.TOKEN, telegram_polling=True, public_url="http://127.0.0.1:1")

    assert hooks("telegram", polling) == ()
    assert asyncio.run(standing(polling)) == []


def test_an_aggregator_with_a_path_for_each_event_is_told_each() -> None:
    aggregator = replace(config(), http_sms_file="aggregator", http_sms_password=http_sms_posts.PASSWORD)

    assert [hook.path.removeprefix("/webhooks/http-sms") for hook in hooks("http_sms", aggregator)] == [
        "",
        "/sent",
        "/delivered",
        "/failed",
        "/stopped",
    ]
