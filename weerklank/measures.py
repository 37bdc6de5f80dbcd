"""What Prometheus may know: how fast, how many, how long ago, by closed lists of names; never a person, a case or a place.

A process counts for itself what it does (`weerklank_...`): add these up. What the whole database holds (`weerklank_shared_...`) is the same
in every process: take the largest, never the sum (docs/reference/metrics.md).
"""

import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from itertools import product

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from bot import log
from bot.clock import SECOND
from store.database import StoreAway
from translations.engine import Argos
from translations.translator import Careful
from weerklank.measures_shared import CHANNELS, FAILURES, KINDS, NOTICES, Figure, House, Shared, known, single
from weerklank.wiring import Service

_CARRIERS = frozenset({"twilio", "telegram", "http_sms"})
_AT_ONCE = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_WAITS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 1800.0, 7200.0)
_WORK = (0.01, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0)
_ROWS = (1, 2, 4, 8, 16, 32, 64, 128)
_NANOSECONDS = 1_000_000_000


class _Read(Collector):
    """What is read at the moment somebody asks: of this process, and of the database while it answers."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._info = (version("weerklank"), service.database.kind)
        self._shared = Shared(House(tuple(service.senders), frozenset(service.runner.names), service.timers.alone))

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily]:
        """Every figure as Prometheus has it."""
        for figure in self._process():
            yield _family("weerklank", figure)
        try:
            with self._service.database.read() as connection:
                shared = list(self._shared.read(connection, self._service.clock()))
        except StoreAway:
            shared = []
        yield _family("weerklank", single("database_up", "Whether this process reaches the database", bool(shared)))
        for figure in shared:
            yield _family("weerklank_shared", figure)

    def _process(self) -> Iterator[Figure]:
        service, translator = self._service, self._service.translator
        yield Figure("info", "Version, and kind of database", ("version", "database"), {self._info: 1})
        yield single("writer_waiting", "Items that wait for the writer", service.writer.waiting)
        engine = translator.engine if isinstance(translator, Careful) else None
        loaded, there = (len(engine.registry.loaded()), len(engine.packages.installed())) if isinstance(engine, Argos) else (0, 0)
        yield single("models_loaded", "Models that translate, in this process's memory", loaded)
        yield single("models_installed", "Models that translate, in the folder", there)
        ahead = time.time_ns() / _NANOSECONDS - service.clock() / SECOND
        yield single("clock_off_seconds", "How far this machine's clock is ahead of the database's", ahead)
        every: dict[tuple[str, ...], float] = {(name,): seconds for name, seconds in service.timers.alone.items()}
        yield Figure("clock_every_seconds", "How often a timer rings", ("clock",), every)
        yield single("codes_ahead", "How many codes are to be made ahead", service.settings.codes_ahead)
        spooled = [path.suffix for path in (service.settings.data_dir / "spool").iterdir()]
        states: dict[tuple[str, ...], float] = {("waiting",): spooled.count(".sealed"), ("aside",): spooled.count(".aside")}
        yield Figure("spool_messages", "Messages on this machine's disk that the database has not taken", ("state",), states)
        lines: dict[tuple[str, ...], float] = {tuple(place): count for place, count in log.counted().items()}
        yield Figure("log_lines", "Lines that warn, by level and by the part that wrote them", ("level", "part"), lines, counts=True)


def _family(before: str, figure: Figure) -> CounterMetricFamily | GaugeMetricFamily:
    kind = CounterMetricFamily if figure.counts else GaugeMetricFamily
    family = kind(f"{before}_{figure.name}", figure.words, labels=figure.labels)
    for labels, value in figure.values.items():
        family.add_metric(labels, value)
    return family


class Measures:
    """The figures of one process. Implements `bot.watch.Watch`; made once for a service, before it starts."""

    def __init__(self, service: Service) -> None:
        self.registry = CollectorRegistry()
        self._counters()
        self._durations()
        self._answers_to = dict[tuple[str, int], Histogram]()
        self._tasks = frozenset(service.runner.names)
        if sys.platform == "linux":
            ProcessCollector(registry=self.registry)
        self.registry.register(_Read(service))
        self._begin_at_nought(service)
        service.writer.on_commit = self._committed
        service.conversation.events = service.inbox.events
        for part in (service.conversation, service.deliveries, service.notices, service.runner):
            part.watch = self

    def _begin_at_nought(self, service: Service) -> None:
        """To Prometheus a count that is first seen at one has not risen: what alerts look for stands at nought before it happens."""
        for channel, failure, told in product(service.senders, sorted(FAILURES), ("at_once", "later")):
            self._failures.labels(known(channel, CHANNELS), failure, told)
        for kind, outcome in product(sorted(NOTICES), ("sent", "failed", "due", "maybe_sent")):
            self._notices.labels(kind, outcome)
        for carrier, status in product(service.channels.readers, (200, 400, 403, 503)):
            self._webhooks.labels(known(carrier, _CARRIERS), str(status))
        for task, outcome in product(sorted(self._tasks), ("done", "failed")):
            self._runs.labels(task, outcome)
            self._working.labels(task)

    def _counters(self) -> None:
        self._sends = self._counter("sends", "Sends that ended, by the state of their row after it", "channel", "kind", "outcome")
        self._failures = self._counter(
            "send_failures", "Sends that failed, by class; told: whether a carrier told it later", "channel", "failure", "told"
        )
        self._notices = self._counter("notices", "Notices to officers, by how each try ended", "kind", "outcome")
        self._runs = self._counter("task_runs", "Tasks that ran", "task", "outcome")

    def _durations(self) -> None:
        self._webhooks = self._histogram("webhook_seconds", "From a carrier's request to our answer", _AT_ONCE, "carrier", "status")
        self._heard = self._histogram("inbox_wait_seconds", "From a worker's message to its handling", _WAITS, "channel")
        self._answers = self._histogram("reply_seconds", "From a worker's message to its answer in a carrier's hands", _WAITS, "channel")
        self._handing = self._histogram("send_seconds", "How long a carrier took over a message", _AT_ONCE, "channel")
        self._working = self._histogram("task_seconds", "How long a task ran", _WORK, "task")
        self._commits = self._histogram("commit_seconds", "How long a transaction of the writer took", _AT_ONCE, "lane")
        self._batches = self._histogram("commit_rows", "How many items a transaction of the writer took together", _ROWS, "lane")

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(f"weerklank_{name}", words, labels, registry=self.registry)

    def _histogram(self, name: str, words: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(f"weerklank_{name}", words, labels, buckets=buckets, registry=self.registry)

    def text(self) -> bytes:
        """The present figures in Prometheus' text form; while the database is away, those of this process alone."""
        return generate_latest(self.registry)

    def webhook(self, carrier: str, status: int, seconds: float) -> None:
        """A carrier was answered."""
        found = self._answers_to.get((carrier, status))
        if found is None:
            found = self._answers_to[carrier, status] = self._webhooks.labels(known(carrier, _CARRIERS), str(status))
        found.observe(seconds)

    def _committed(self, lane: str, items: int, seconds: float) -> None:
        self._commits.labels(lane).observe(seconds)
        if items:
            self._batches.labels(lane).observe(items)

    def heard(self, channel: str, waited: int) -> None:
        """A message was handled, so many milliseconds after it came."""
        self._heard.labels(known(channel, CHANNELS)).observe(max(0, waited) / SECOND)

    def sent(self, channel: str, kind: str, outcome: str, seconds: float) -> None:
        """A send ended."""
        name = known(channel, CHANNELS)
        self._sends.labels(name, known(kind, KINDS), outcome).inc()
        self._handing.labels(name).observe(seconds)

    def answered(self, channel: str, waited: int) -> None:
        """An answer was handed over, so many milliseconds after the words it answers."""
        self._answers.labels(known(channel, CHANNELS)).observe(max(0, waited) / SECOND)

    def failed(self, channel: str, failure: str, *, told: bool) -> None:
        """A send failed."""
        self._failures.labels(known(channel, CHANNELS), known(failure, FAILURES), "later" if told else "at_once").inc()

    def mailed(self, kind: str, outcome: str) -> None:
        """A notice ended, or goes again."""
        self._notices.labels(known(kind, NOTICES), outcome).inc()

    def worked(self, task: str, seconds: float, *, well: bool) -> None:
        """A task ran."""
        name = known(task, self._tasks)
        self._runs.labels(name, "done" if well else "failed").inc()
        self._working.labels(name).observe(seconds)
