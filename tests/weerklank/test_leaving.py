"""A web process that is asked to end: a proxy hears it and goes to others, whoever still comes is answered well, and it ends with 0."""

import http.client
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.databases import Databases
from tests.doubles import twilio_posts
from tests.operations.files import DEPLOY, compose
from tests.processes import COMMAND, PUBLIC_URL, Installation
from weerklank.commands.serve import KEEP_ALIVE_SECONDS
from weerklank.leaving import SECONDS

_PATIENCE = 60.0


def _until(seen: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.05)


def _serving(house: Installation, *more: str) -> "subprocess.Popen[bytes]":
    house.lay()
    process = subprocess.Popen(
        [COMMAND, "serve", "--port", str(house.port), *more], env=house.environment, cwd=house.folder, start_new_session=True
    )
    _until(house.is_up)
    return process


def _asked(kept_open: http.client.HTTPConnection, path: str) -> tuple[int, bytes, str | None]:
    kept_open.request("GET", path)
    answer = kept_open.getresponse()
    return answer.status, answer.read(), answer.getheader("connection")


def _posted(kept_open: http.client.HTTPConnection, text: str) -> tuple[int, str | None]:
    hook = twilio_posts.webhook(f"{PUBLIC_URL}/webhooks/twilio/messages", twilio_posts.sms("+447700900123", text))
    kept_open.request("POST", urlsplit(hook.url).path, hook.body, dict(hook.headers))
    answer = kept_open.getresponse()
    answer.read()
    return answer.status, answer.getheader("connection")


@pytest.mark.parametrize("workers", [(), ("--workers", "2")], ids=["one process", "two behind one port"])
def test_it_says_that_it_leaves_and_answers_whoever_still_comes(workers: tuple[str, ...], databases: Databases, tmp_path: Path) -> None:
    with databases.fresh("postgresql", tmp_path) as url:
        house = Installation(tmp_path / "house", url)
        process = _serving(house, *workers)
        kept_open, proxy = (http.client.HTTPConnection("127.0.0.1", house.port, timeout=10.0) for _ in range(2))
        try:
            before = [_asked(proxy, "/healthz")[0], _posted(kept_open, "52746 en")]
            asked = time.monotonic()
            process.send_signal(signal.SIGTERM)
            _until(lambda: _asked(proxy, "/healthz")[0] == 503)
            leaves = _asked(proxy, "/healthz")
            late = _posted(kept_open, "They did not pay overtime")
            code = process.wait(_PATIENCE)
            took = time.monotonic() - asked
        finally:
            kept_open.close()
            proxy.close()
            process.kill()
            process.wait()

    assert before == [200, (200, None)]
    assert leaves == (503, b'{"status":"leaving"}', "close")
    assert late == (200, "close")
    assert code == 0
    assert took >= SECONDS


def test_the_only_process_of_a_line_keeps_nobody_waiting_who_stops_it(databases: Databases, tmp_path: Path) -> None:
    with databases.fresh("sqlite", tmp_path) as url:
        house = Installation(tmp_path / "house", url)
        process = _serving(house)
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _until(lambda: not house.is_up())
        closed = time.monotonic() - asked
        code = process.wait(_PATIENCE)

    assert closed < SECONDS
    assert code == 0


def test_our_proxy_has_gone_elsewhere_before_the_door_closes() -> None:
    told = dict(
        line.split(maxsplit=1) for line in map(str.strip, (DEPLOY / "Caddyfile").read_text(encoding="utf-8").splitlines()) if " " in line
    )
    asks_every, keeps = (float(told[name].removesuffix("s")) for name in ("health_interval", "keepalive"))

    assert told["health_uri"] == "/healthz"
    assert asks_every + 1 < SECONDS
    assert keeps < KEEP_ALIVE_SECONDS
    assert float(compose()["services"]["web-a"]["stop_grace_period"].removesuffix("s")) > 2 * SECONDS + 10
