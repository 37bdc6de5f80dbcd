"""The whole service as those who watch it see it: figures of each process, lines with names of events, and nothing of anybody in either."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fastjsonschema
import httpx
import pytest
import sqlalchemy as sa
import yaml
from prometheus_client.parser import text_string_to_metric_families as parsed

from bot import log
from cases import programme
from channels.registry import CARDS
from store.tables import inbox, sessions, workers
from tests.databases import KINDS, Databases, Kind
from tests.doubles import telegram_posts, twilio_posts
from tests.doubles.carrier import Fault
from tests.processes import PROGRAMME, free_port
from tests.story.promql import readings
from tests.story.street import MESSAGES, Street, street, until
from weerklank.measures_shared import FAILURES, FILES, NOTICES, OTHER
from weerklank.measures_shared import KINDS as SENDS

SMS, WHATSAPP, BROKEN = "+447700900611", "+447700900612", "+447700900613"
PERSON = 9_007_700_914
WORDS = ("zarrafelle", "quombick", "florventz")
DOCS = Path(__file__).parents[2] / "docs"
OPERATIONS = DOCS / "operations"
# What Grafana cannot do without (its own schema of a dashboard is far larger and changes with each version).
_SOURCE: dict[str, Any] = {"properties": {"type": {"const": "prometheus"}, "uid": {"const": "${source}"}}, "required": ["type", "uid"]}
_PANEL: dict[str, Any] = {
    "required": ["id", "type", "title", "gridPos"],
    "properties": {
        "id": {"type": "integer", "minimum": 1},
        "type": {"enum": ["row", "timeseries"]},
        "title": {"type": "string", "minLength": 3},
        "datasource": _SOURCE,
        "gridPos": {"required": ["h", "w", "x", "y"], "additionalProperties": {"type": "integer", "minimum": 0}},
        "targets": {
            "minItems": 1,
            "items": {"required": ["refId", "expr", "legendFormat", "datasource"], "properties": {"datasource": _SOURCE}},
        },
    },
    "if": {"properties": {"type": {"const": "timeseries"}}},
    "then": {"required": ["description", "targets", "datasource", "fieldConfig"]},
}
GRAFANA: dict[str, Any] = {
    "type": "object",
    "required": ["uid", "title", "schemaVersion", "templating", "panels", "time", "refresh"],
    "properties": {
        "schemaVersion": {"type": "integer", "minimum": 36},
        "templating": {
            "properties": {"list": {"contains": {"properties": {"name": {"const": "source"}, "type": {"const": "datasource"}}}}}
        },
        "panels": {"type": "array", "minItems": 10, "items": _PANEL},
    },
}
# What a label may say, by its name: lists that no worker, case, site or officer can add to.
CLOSED: dict[str, set[str] | re.Pattern[str]] = {
    "channel": {*CARDS, OTHER, ""},
    "carrier": {"twilio", "telegram", "http_sms", OTHER},
    "status": re.compile(r"[2-5]\d\d"),
    "queue": {"inbox", "outbox", "mails", "tasks", "attachments", "traces"},
    "kind": {*SENDS, *NOTICES, *FILES, OTHER, ""},
    "failure": {*FAILURES, OTHER, ""},
    "told": {"at_once", "later"},
    "outcome": {"sent", "due", "held", "failed", "dropped", "maybe_sent", "done"},
    "state": re.compile(r"[a-z_]{2,12}"),
    "task": re.compile(r"[a-z_]{2,30}"),
    "lane": {"call", "inbox", "statuses", "settle", "notices", "conversation", "promises", "timers"},
    "clock": {"promises", "retention", "timers", "traces"},
    "level": set(log.LEVELS),
    "part": set(log.PARTS),
    "le": re.compile(r"\d+(\.\d+)?|\+Inf"),
    "version": re.compile(r"\d+\.\d+\.\d+"),
    "database": {"sqlite", "postgresql"},
}


@dataclass
class Watched:
    """A service that was talked to: its figures by process, what must not stand in them, and what it logged."""

    street: Street
    doors: dict[str, str]
    figures: dict[str, str]
    needles: list[str]

    def samples(self, process: str) -> dict[str, list[tuple[dict[str, str], float]]]:
        """Samples by name, with their labels."""
        found: dict[str, list[tuple[dict[str, str], float]]] = {}
        for family in parsed(self.figures[process]):
            for sample in family.samples:
                found.setdefault(sample.name, []).append((dict(sample.labels), sample.value))
        return found

    def total(self, process: str, name: str, **labels: str) -> float:
        """All samples of a name with these labels, added up."""
        return sum(value for said, value in self.samples(process).get(name, []) if labels.items() <= said.items())

    def lines(self) -> list[dict[str, str]]:
        """Every line that was logged."""
        return [json.loads(line) for line in self.street.house.logs().splitlines() if line.startswith("{")]


@pytest.fixture(scope="module", params=KINDS)
def watched(request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    kind: Kind = request.param
    folder, port = tmp_path_factory.mktemp(kind), free_port()
    with databases.fresh(kind, folder) as url, street(url, folder / "house", METRICS_PORTS=f"{port}-{port + 3}") as running:
        needles = _talk(running)
        doors = _doors(running, range(port, port + 4))
        yield Watched(running, doors, {name: _figures(door) for name, door in doors.items()}, needles)


def _talk(running: Street) -> list[str]:
    """Reports on three channels, an answer, refusals and breaks; returns what must be seen by no one who watches."""
    sanne = running.token("sanne")
    for say, who in ((running.sms, SMS), (running.whatsapp, WHATSAPP)):
        say(who, "52746 en")
        say(who, f"they did not pay {WORDS[0]} overtime")
        say(who, "2")
    running.telegram_says(PERSON, "/start 52746-en")
    running.telegram_says(PERSON, f"fire, the gate is locked {WORDS[1]}")
    opened = until(lambda: found if len(found := running.cases(sanne)) == 3 else [], "three cases")
    references = [line["reference"] for line in opened]
    codes = until(lambda: re.findall(r"\b\d{4} \d{4}\b", " ".join(running.twilio.texts_to(SMS))), "a code")
    assert running.reply(references[0], f"{WORDS[2]} is the answer", "en", sanne).status == 201
    running.post(twilio_posts.webhook(MESSAGES, twilio_posts.sms(SMS, "forged"), "not-our-token"))
    running.twilio.faults.append(Fault(400, 21610, f"The number {SMS} wants no more"))
    running.sms(SMS, "more words")
    until(lambda: not running.twilio.faults, "the refusal")
    _break_a_talk(running)
    until(lambda: len(running.telegram.taken) >= 2, "two texts by Telegram, a second apart")
    secrets = [twilio_posts.TOKEN, telegram_posts.TOKEN, telegram_posts.SECRET, sanne, *codes, *(code.replace(" ", "") for code in codes)]
    with running.database.read() as connection:
        pseudonyms = list(connection.execute(sa.select(workers.c.id)).scalars())
    return [*_addresses(), *secrets, *references, *pseudonyms, *WORDS, *_of_the_programme()]


def _addresses() -> list[str]:
    return [SMS.removeprefix("+"), WHATSAPP.removeprefix("+"), BROKEN.removeprefix("+"), str(PERSON)]


def _of_the_programme() -> list[str]:
    read = programme.read_programme(PROGRAMME.read_text(encoding="utf-8"), PROGRAMME.name)
    places = [part for place in read.places.values() for part in (place.id, place.code, place.name)]
    officers = [part for officer in read.officers.values() for part in (officer.id, officer.name, officer.email)]
    return [*places, *officers, *read.companies, *read.suppliers]


def _break_a_talk(running: Street) -> None:
    """Two messages of one worker whose talk no key opens any more: each is tried as often as it may be, and set aside."""
    running.sms(BROKEN, "52746 en")
    until(lambda: running.twilio.texts_to(BROKEN), "the first answer")
    with running.database.write() as connection:
        newest = sa.select(inbox.c.worker_id).order_by(inbox.c.id.desc()).limit(1).scalar_subquery()
        connection.execute(sa.update(sessions).where(sessions.c.worker_id == newest).values(sealed=b"\x01" + b"broken" * 20))
    running.sms(BROKEN, "one")
    until(lambda: _aside(running) == 1, "a message set aside")
    running.sms(BROKEN, "two")
    until(lambda: _aside(running) == 2, "two messages set aside")


def _aside(running: Street) -> int:
    with running.database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).where(inbox.c.state == "aside")).scalar_one()


def _doors(running: Street, ports: range) -> dict[str, str]:
    """Which process answers at which port: only one that has answered carriers counts their requests."""
    found: dict[str, str] = {}
    for port in ports[: len(running.house.names)]:
        url = f"http://127.0.0.1:{port}"
        answered = re.search(r'webhook_seconds_count\{carrier="twilio",status="200"\} (\d+)', _figures(url))
        found["serve" if answered is not None and int(answered[1]) else "work"] = url
    assert set(found) == set(running.house.names)
    return found


def _figures(url: str) -> str:
    return httpx.get(f"{url}/metrics").raise_for_status().text


def test_nothing_of_a_worker_a_case_a_site_or_an_officer_stands_in_the_figures(watched: Watched) -> None:
    said = {
        process: "\n".join(line.rpartition(" ")[0] if not line.startswith("#") else line for line in text.splitlines()).casefold()
        for process, text in watched.figures.items()
    }

    assert [needle for needle in watched.needles if any(needle.casefold() in text for text in said.values())] == []
    assert len(watched.needles) > 60
    assert all("weerklank_shared_queue_rows" in text for text in said.values())


def test_every_label_is_of_a_closed_list_so_that_no_number_of_workers_makes_more_of_them(watched: Watched) -> None:
    strange = {
        (name, label, word)
        for process in watched.figures
        for name, samples in watched.samples(process).items()
        for labels, _ in samples
        for label, word in labels.items()
        if not _is_closed(label, word)
    }

    assert strange == set()


def _is_closed(label: str, word: str) -> bool:
    closed = CLOSED[label]
    return word in closed if isinstance(closed, set) else closed.fullmatch(word) is not None


def test_each_process_counts_what_it_does_and_all_tell_the_same_of_the_database(watched: Watched) -> None:
    serving, working = "serve", watched.street.house.names[-1]

    assert watched.total(serving, "weerklank_webhook_seconds_count", carrier="twilio", status="200") >= 8
    assert watched.total(serving, "weerklank_webhook_seconds_count", status="403") == 1
    assert watched.total(working, "weerklank_inbox_wait_seconds_count", channel="sms") >= 4
    assert watched.total(working, "weerklank_reply_seconds_count", channel="sms") >= 3
    assert watched.total(working, "weerklank_sends_total", channel="telegram", outcome="sent") >= 2
    assert watched.total(working, "weerklank_send_failures_total", failure="opt_out", told="at_once") == 1
    assert watched.total(working, "weerklank_notices_total", kind="danger", outcome="sent") == 1
    assert watched.total(working, "weerklank_commit_rows_count", lane="settle") >= 1
    assert watched.total(working, "weerklank_log_lines_total", level="error", part="bot") >= 2
    for process in watched.figures:
        assert watched.total(process, "weerklank_database_up") == 1
        assert watched.total(process, "weerklank_shared_dead_letters", queue="inbox", channel="sms") == 2
        assert watched.total(process, "weerklank_shared_promises", state="owed") == 2


def test_what_a_background_process_does_is_not_counted_by_the_web(watched: Watched) -> None:
    assert (watched.total("serve", "weerklank_sends_total") > 0) is watched.street.house.embedded


def test_the_small_door_says_whether_the_process_lives_and_can_work_and_nothing_else(watched: Watched) -> None:
    for door in watched.doors.values():
        assert httpx.get(f"{door}/healthz").json() == {"status": "alive"}
        assert httpx.get(f"{door}/readyz").json()["status"] == "ready"
        assert httpx.get(f"{door}/desk/queue").status_code == 404
        assert httpx.post(f"{door}/metrics").status_code == 405


def test_the_web_shows_the_figures_of_its_own_process_to_this_machine(watched: Watched) -> None:
    shown = watched.street.call("GET", "/metrics").body.decode()

    assert 'weerklank_webhook_seconds_count{carrier="twilio",status="200"}' in shown


def test_every_line_that_follows_from_an_event_bears_its_name_of_chance(watched: Watched) -> None:
    names = [(kind, line[kind]) for line in watched.lines() for kind in ("webhook", "turn", "send", "request", "task") if kind in line]
    broken = [line for line in watched.lines() if "cannot be opened" in line["event"]]

    assert len(broken) == 10
    assert [name for _, name in names if not re.fullmatch("[a-p]{16}", name)] == []
    assert len({line["turn"] for line in broken}) == len(broken)


def test_lines_lead_from_a_message_to_the_request_that_brought_it_and_never_from_one_message_to_another(watched: Watched) -> None:
    """Two messages of one worker break: in the process that took them in each has a name of its own, and elsewhere none at all."""
    broken = [line.get("webhook") for line in watched.lines() if "cannot be opened" in line["event"]]

    if watched.street.house.embedded:
        assert [broken.count(name) for name in dict.fromkeys(broken)] == [5, 5]
        assert None not in broken
    else:
        assert set(broken) == {None}


def test_no_name_of_an_event_is_kept_in_the_database(watched: Watched) -> None:
    names = {line[kind] for line in watched.lines() for kind in ("webhook", "turn", "send") if kind in line}
    with watched.street.database.read() as connection:
        kept = {
            str(value)
            for table in sa.inspect(connection).get_table_names()
            for row in connection.execute(sa.text(f'SELECT * FROM "{table}"'))
            for value in row
        }

    assert names
    assert [name for name in names if any(name in value for value in kept)] == []


def _rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((OPERATIONS / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def _panels() -> list[dict[str, Any]]:
    panels: list[dict[str, Any]] = json.loads((OPERATIONS / "dashboard.json").read_text(encoding="utf-8"))["panels"]
    return panels


EXPRESSIONS = {
    **{rule["alert"]: rule["expr"] for rule in _rules()},
    **{f"{panel['title']} {each['refId']}": each["expr"] for panel in _panels() for each in panel.get("targets", ())},
}


def test_alerts_and_panels_read_what_a_running_service_gives(watched: Watched) -> None:
    given = [watched.samples(process) for process in watched.figures]
    labels = {metric: set(samples[0][0]) for samples_of in given for metric, samples in samples_of.items()} | {"up": set[str]()}

    wrong = [
        (name, reading)
        for name, expression in EXPRESSIONS.items()
        for reading in readings(expression)
        if reading.metric not in labels
        or ({label for label, _ in reading.wanted} | reading.grouped) - labels[reading.metric] - {"job", "instance"}
        or not all(label == "job" or _is_closed(label, word) for label, word in reading.wanted)
    ]
    assert wrong == []
    assert len(EXPRESSIONS) > 50


@pytest.mark.parametrize("name", EXPRESSIONS)
def test_what_is_the_same_in_every_process_is_never_added_up_and_what_only_grows_is_read_as_a_rate(name: str) -> None:
    for reading in readings(EXPRESSIONS[name]):
        if reading.metric.startswith("weerklank_shared_"):
            assert reading.around[-1] == "max"
        if reading.metric.endswith(("_total", "_bucket", "_sum", "_count")):
            assert reading.around[-2:] in (("rate", "[]"), ("increase", "[]"))
        if reading.metric.endswith("_bucket"):
            assert reading.around[0] == "histogram_quantile"
            assert "le" in reading.grouped


@pytest.mark.parametrize("rule", _rules(), ids=lambda rule: rule["alert"])
def test_an_alert_says_how_grave_it_is_and_leads_to_what_to_do(rule: dict[str, Any]) -> None:
    page, _, anchor = rule["annotations"]["runbook"].partition("#")
    heads = re.findall(r"^#+ (.+)$", (DOCS.parent / page).read_text(encoding="utf-8"), re.MULTILINE)

    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in ("critical", "warning", "info")
    assert re.fullmatch(r"\d+[smh]", rule.get("for", "0m"))
    assert len(rule["annotations"]["summary"]) > 20
    assert anchor == rule["alert"].lower()
    assert anchor in {head.lower() for head in heads}


def test_the_page_tells_of_no_alert_that_is_not_there() -> None:
    told = re.findall(r"^### (Weerklank\w+)$", (DOCS / "how-to" / "watch.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert told == [rule["alert"] for rule in _rules()]


def test_the_dashboard_is_of_the_form_that_grafana_reads() -> None:
    dashboard = json.loads((OPERATIONS / "dashboard.json").read_text(encoding="utf-8"))

    fastjsonschema.compile(GRAFANA)(dashboard)
    assert len({panel["id"] for panel in dashboard["panels"]}) == len(dashboard["panels"])
    for row in dashboard["panels"]:
        assert row["gridPos"]["x"] + row["gridPos"]["w"] <= 24


def test_every_figure_has_its_line_on_the_page_and_every_line_its_figure(watched: Watched) -> None:
    page = (DOCS / "reference" / "metrics.md").read_text(encoding="utf-8")
    given = {
        name
        for text in watched.figures.values()
        for name in re.findall(r"^# TYPE (\S+) ", text, re.MULTILINE)
        if not name.endswith("_created")
    }

    assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == {name for name in given if name.startswith("weerklank_")}
