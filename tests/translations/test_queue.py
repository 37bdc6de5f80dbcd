"""What waits for the models: together, the most urgent first, never more than there is room for, and everybody is answered."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from translations.base import Hop, QueueFull, Rendered, Urgency
from translations.queue import MOST, Batches, Closing

HOP, OTHER = Hop("es", "en", "es-en 1.0"), Hop("en", "nl", "en-nl 1.0")


class Machine:
    """Says a sentence in capitals; keeps what came together, and waits at a gate, as a batch at work does."""

    def __init__(self) -> None:
        self.batches: list[tuple[Hop, list[str]]] = []
        self.gate = threading.Event()
        self.at_work = threading.Event()

    def run(self, hop: Hop, sentences: list[str]) -> list[Rendered]:
        self.at_work.set()
        self.gate.wait(10)
        self.batches.append((hop, sentences))
        if "burst" in sentences:
            raise RuntimeError("the model burst")
        return [Rendered(sentence.upper()) for sentence in sentences]


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def queue(machine: Machine) -> Iterator[Batches]:
    made = Batches(machine.run, room=100)
    yield made
    machine.gate.set()
    made.close()


@pytest.fixture
def callers() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(80) as pool:
        yield pool


Ask = Callable[..., "Future[list[Rendered]]"]


@pytest.fixture
def ask(queue: Batches, callers: ThreadPoolExecutor, machine: Machine) -> Ask:
    """Let a caller of its own ask; comes back when their sentences wait."""

    def asked(*sentences: str, hop: Hop = HOP, urgency: Urgency = "dialogue") -> Future[list[Rendered]]:
        before = queue.waiting()
        future = callers.submit(queue.render, sentences, hop, urgency)
        patience = time.monotonic() + 10
        while queue.waiting() == before and not future.done() and time.monotonic() < patience:
            time.sleep(0.001)
        return future

    return asked


@pytest.fixture
def busy(queue: Batches, callers: ThreadPoolExecutor, machine: Machine) -> "Future[list[Rendered]]":
    """A first batch is at work and stays there until the gate opens."""
    first = callers.submit(queue.render, ["first"], HOP, "danger")
    assert machine.at_work.wait(10)
    return first


def test_sentences_of_all_who_wait_go_together_and_each_gets_their_own(machine: Machine, busy: "Future[list[Rendered]]", ask: Ask) -> None:
    asked = [ask(f"a{number}", f"b{number}") for number in range(10)]
    machine.gate.set()

    assert [[each.text for each in future.result(10)] for future in asked] == [[f"A{n}", f"B{n}"] for n in range(10)]
    assert [len(sentences) for _, sentences in machine.batches] == [1, 20]


def test_a_batch_is_of_one_hop_and_bounded(machine: Machine, busy: "Future[list[Rendered]]", ask: Ask) -> None:
    many = ask(*[f"es{number}" for number in range(MOST + 8)])
    other = ask("en", hop=OTHER)
    machine.gate.set()

    assert len(many.result(10)) == MOST + 8
    assert other.result(10) == [Rendered("EN")]
    assert [(hop, len(sentences)) for hop, sentences in machine.batches[1:]] == [(HOP, MOST), (HOP, 8), (OTHER, 1)]


def test_danger_goes_first_then_dialogue_then_the_backlog_and_they_are_never_mixed(
    machine: Machine, busy: "Future[list[Rendered]]", ask: Ask
) -> None:
    asked = [
        ask(*[f"old{number}" for number in range(12)], urgency="backlog"),
        ask("talk", urgency="dialogue"),
        ask("fire", urgency="danger"),
        ask("elsewhere", hop=OTHER, urgency="danger"),
    ]
    machine.gate.set()
    for future in asked:
        future.result(10)

    assert [sentences for _, sentences in machine.batches[1:4]] == [["fire"], ["elsewhere"], ["talk"]]
    assert [len(sentences) for _, sentences in machine.batches[4:]] == [8, 4]


def test_danger_does_not_linger_for_company(queue: Batches, machine: Machine) -> None:
    machine.gate.set()

    began = time.monotonic()
    for _ in range(20):
        queue.render(["fire"], HOP, "danger")
    hurried = time.monotonic() - began
    began = time.monotonic()
    for _ in range(20):
        queue.render(["talk"], HOP, "dialogue")
    patient = time.monotonic() - began

    assert hurried < patient


def test_more_than_there_is_room_for_is_refused_with_nothing_begun(machine: Machine, busy: "Future[list[Rendered]]", ask: Ask) -> None:
    backlog = ask(*["old"] * 50, urgency="backlog")
    refused_backlog = ask("old", urgency="backlog")
    dialogue = ask(*["talk"] * 40)
    refused_dialogue = ask("talk")
    danger = ask(*["fire"] * 10, urgency="danger")
    refused_danger = ask("fire", urgency="danger")
    machine.gate.set()

    for refused in (refused_backlog, refused_dialogue, refused_danger):
        with pytest.raises(QueueFull):
            refused.result(10)
    assert [len(future.result(10)) for future in (backlog, dialogue, danger)] == [50, 40, 10]
    assert sum(len(sentences) for _, sentences in machine.batches) == 101


def test_a_message_longer_than_the_whole_queue_is_taken_when_nothing_else_waits(queue: Batches, machine: Machine) -> None:
    machine.gate.set()

    assert len(queue.render(["x"] * 500, HOP, "backlog")) == 500


def test_what_fails_fails_for_those_who_asked_and_the_others_go_on(
    machine: Machine, busy: "Future[list[Rendered]]", ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    burst = ask("burst", *["secret"] * (MOST + 10))
    well = ask("well", hop=OTHER)
    machine.gate.set()

    with pytest.raises(RuntimeError, match="the model burst"):
        burst.result(10)
    assert well.result(10) == [Rendered("WELL")]
    assert "secret" not in caplog.text


def test_nothing_is_nothing(queue: Batches) -> None:
    assert queue.render([], HOP, "danger") == []


def test_a_closing_queue_finishes_what_is_at_work_and_sends_the_rest_away(
    queue: Batches, machine: Machine, busy: "Future[list[Rendered]]", ask: Ask, callers: ThreadPoolExecutor
) -> None:
    waiting = ask("waits")
    closing = callers.submit(queue.close)
    with pytest.raises(Closing):
        waiting.result(10)
    machine.gate.set()
    closing.result(10)

    assert busy.result(10) == [Rendered("FIRST")]
    assert [sentences for _, sentences in machine.batches] == [["first"]]
    with pytest.raises(QueueFull):
        queue.render(["late"], HOP, "danger")


def test_while_nothing_waits_the_models_are_looked_after(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("translations.queue._LOOK_SECONDS", 0.01)
    looked = threading.Event()
    queue = Batches(lambda _, sentences: [Rendered(each) for each in sentences], looked.set)

    assert looked.wait(10)
    assert queue.render(["still here"], HOP, "dialogue") == [Rendered("still here")]
    queue.close()


def test_many_callers_at_once_each_get_their_own(queue: Batches, machine: Machine) -> None:
    machine.gate.set()

    def talk(number: int) -> bool:
        said = [f"{number}-{turn}" for turn in range(3)]
        return all(queue.render([each], HOP, "dialogue")[0].text == each.upper() for each in said)

    with ThreadPoolExecutor(40) as pool:
        assert all(pool.map(talk, range(40)))
