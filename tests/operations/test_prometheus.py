"""A real Prometheus reads a real cluster by the very text of the page: every series is there, and alerts ring when they should."""

import json
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.doubles import telegram_posts
from tests.doubles.telegram import TelegramDouble
from tests.operations.files import HOUSE
from tests.operations.twin import HOST, Twin, running
from tests.processes import free_port
from tests.story.promql import readings
from tests.weerklank.running import WebPhone

PAGE = HOUSE / "docs" / "how-to" / "watch.md"
ALERTS = HOUSE / "docs" / "operations" / "alerts.yml"
DASHBOARD = HOUSE / "docs" / "operations" / "dashboard.json"
PATIENCE = 60.0
EMPTY_ON_A_GOOD_DAY = {
    'sum by (state) (max by (channel, kind, state) (weerklank_shared_queue_rows{queue="outbox",state!="sent"}))',
}
"""What a panel asks that has no answer while all is well: here, that nothing waits to leave, is held or has failed."""

prometheus = pytest.mark.skipif(shutil.which("prometheus") is None, reason="no prometheus here; `.ci/run` brings Debian's")


def until(seen: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + PATIENCE
    while not (found := seen()):
        if time.monotonic() > end:
            raise TimeoutError(f"waited in vain for {what}")
        time.sleep(0.2)
    return found


@dataclass
class Watcher:
    """A Prometheus that runs."""

    address: str

    def ask(self, path: str, **asked: str) -> Any:
        answer = httpx.get(f"{self.address}/api/v1/{path}", params=asked).json()
        assert answer["status"] == "success", (asked, answer)
        return answer["data"]

    def there(self, expression: str) -> list[Any]:
        found: list[Any] = self.ask("query", query=expression)["result"]
        return found

    def ringing(self) -> set[str]:
        return {alert["labels"]["alertname"] for alert in self.ask("alerts")["alerts"] if alert["state"] == "firing"}


def configuration(doors: list[str], rules: Path) -> dict[str, Any]:
    """What the page says to write, with these doors and rules, and a second in the place of a quarter of a minute."""
    plain, _with_compose = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    written: dict[str, Any] = yaml.safe_load(plain)
    [job] = written["scrape_configs"]
    written["rule_files"] = [str(rules)]
    job["scrape_interval"] = "1s"
    job["static_configs"] = [{"targets": doors}]
    return written | {"global": {"evaluation_interval": "1s"}}


def hurried(rules: str) -> str:
    """The rules with seconds in the place of minutes: what lasts that long rings, and words that wait for five seconds are late."""
    return re.sub(r"for: \d+[mh]", "for: 3s", rules).replace('{queue="inbox"}) > 60', '{queue="inbox"}) > 5')


@contextmanager
def watching(twin: Twin, folder: Path) -> Iterator[Watcher]:
    rules, file, port = folder / "alerts.yml", folder / "prometheus.yml", free_port()
    rules.write_text(hurried(ALERTS.read_text(encoding="utf-8")), encoding="utf-8")
    file.write_text(yaml.safe_dump(configuration(twin.doors(), rules)), encoding="utf-8")
    words = ["prometheus", f"--config.file={file}", f"--storage.tsdb.path={folder / 'kept'}", f"--web.listen-address={HOST}:{port}"]
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(words, stdout=log, stderr=log, cwd=folder)
    watcher = Watcher(f"http://{HOST}:{port}")
    try:
        until(lambda: _answers(watcher), "Prometheus to be ready")
        yield watcher
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _answers(watcher: Watcher) -> bool:
    try:
        return httpx.get(f"{watcher.address}/-/ready").status_code == 200
    except httpx.TransportError:
        return False


def alerts() -> list[str]:
    """Everything that alerts ask."""
    return [rule["expr"] for group in yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"] for rule in group["rules"]]


def panels() -> list[str]:
    """Everything that the dashboard's panels ask."""
    drawn = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    return [target["expr"] for panel in drawn for target in panel.get("targets", ())]


def talk(twin: Twin, double: TelegramDouble) -> None:
    """Somebody writes on a page and somebody by Telegram, and both are answered."""
    address = f"http://{HOST}:{twin.port}"
    with httpx.Client(base_url=address, timeout=PATIENCE) as browser:
        WebPhone(browser, "web", "a-phone-that-is-watched").send("52746 en")
        _tell(browser, 70_001, "52746 en")
    until(lambda: double.texts_to("70001"), "an answer by Telegram")


def _tell(browser: httpx.Client, person: int, text: str) -> None:
    hook = telegram_posts.webhook("/webhooks/telegram", telegram_posts.said(person, text))
    browser.post(hook.url, content=hook.body, headers=dict(hook.headers)).raise_for_status()


def is_stocked(door: str) -> bool:
    """Whether codes lie ready; two workers that fill the pool at once may make some more than it was to hold."""
    ready = re.search(r"^weerklank_shared_codes_ready (\d+)", httpx.get(f"http://{door}/metrics").text, re.MULTILINE)
    return ready is not None and int(ready[1]) >= 20


@prometheus
def test_every_series_is_there_no_alert_rings_on_a_good_day_and_the_right_ones_do_when_the_workers_end(tmp_path: Path) -> None:
    with TelegramDouble() as double:
        more = {
            "WEERKLANK_TELEGRAM_BOT_TOKEN": telegram_posts.TOKEN,
            "WEERKLANK_TELEGRAM_WEBHOOK_SECRET": telegram_posts.SECRET,
            "WEERKLANK_TELEGRAM_API_URL": double.url,
        }
        with running(free_port(), **more) as twin:
            until(lambda: len(twin.doors()) == 4 and is_stocked(twin.doors()[0]), "four doors, and codes for strangers")
            with watching(twin, tmp_path) as watcher:
                until(lambda: len(watcher.there('up{job="weerklank"} == 1')) == 4, "four processes to be read")
                talk(twin, double)
                _everything_is_there(watcher)
                assert watcher.ringing() == set()

                for name in twin.workers:
                    twin.processes[name].terminate()
                    twin.processes[name].wait(PATIENCE)
                with httpx.Client(base_url=f"http://{HOST}:{twin.port}", timeout=PATIENCE) as browser:
                    _tell(browser, 70_002, "52746 en")
                until(lambda: watcher.ringing() >= {"WeerklankProcessDown", "WeerklankWordsNotHandled"}, "both alerts")


def _everything_is_there(watcher: Watcher) -> None:
    metrics = {reading.metric for each in alerts() + panels() for reading in readings(each)}
    until(lambda: all(map(watcher.there, metrics)), "every metric")
    asked = {each: each.replace("$__rate_interval", "1m") for each in panels()}
    until(lambda: _empty(watcher, asked) <= EMPTY_ON_A_GOOD_DAY, "every panel to have something to draw")
    assert (len(metrics), len(asked)) > (30, 30)


def _empty(watcher: Watcher, asked: dict[str, str]) -> set[str]:
    return {each for each, expression in asked.items() if not watcher.there(expression)}
