"""Ten revisions are published under a thousand open talks, a tenth of which go on meanwhile: nobody is lost, every next text is right.

The flow is a ring of questions whose texts name their node and their revision, so that what is right is known without asking the engine.
"""

import re
import threading
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import pytest
import sqlalchemy as sa

from bot.drafting import Wanted
from bot.publishing import Order, Published
from bot.sealed import open_session, seal_session
from channels.base import Inbound
from flows.session import Frame, Session
from store import sessions as kept
from tests.line import PATIENCE, Line

PEOPLE: Final = 1000
TALKERS: Final = 100
AT_LEAST: Final = 40
REVISIONS: Final = 11
SITES = ("nodirpar-sewing", "")
LANGUAGES = ("en", "nl")
RING = ("q1", "q2", "q3", "q4", "q5", "q6")
# What happens to the ring: a question and a call get another name, one question is taken out, one is only worded anew.
MAPS = {3: {"q3": "p3"}, 7: {"q5": "q5"}, 9: {"visit": "tour"}}
GONE_FROM: Final = 5
_TEXT = re.compile(r"(Question|Vraag) (\w+), (?:revision|revisie) (\d+)\. 1 (Go on|Verder) 2 (?:Leave|Weg)")


def name_in(node: str, revision: int) -> str:
    """What a node of the first revision is called in another."""
    renamed = {old: new for number, moves in MAPS.items() if number <= revision for old, new in moves.items()}
    return renamed.get(node, node)


def ring_of(revision: int) -> list[str]:
    return [name_in(node, revision) for node in RING if node != "q4" or revision < GONE_FROM]


def after(node: str, revision: int) -> str:
    """Where the answer leads: from the call to the first question, from each question to the next."""
    ring = ring_of(revision)
    return ring[0] if node in ("visit", "tour") else ring[(ring.index(node) + 1) % len(ring)]


def sources(revision: int) -> dict[str, str]:
    ring = ring_of(revision)
    english = "".join(
        f'  {node}: {{kind: choose, text: "Question {node}, revision {revision}. {{options}}",'
        f" options: {{on: {{text: Go on, go: {after(node, revision)}}}, off: {{text: Leave, go: over}}}}}}\n"
        for node in ring
    )
    dutch = "".join(
        f'  {node}: {{text: "Vraag {node}, revisie {revision}. {{options}}", options: {{on: Verder, off: Weg}}}}\n' for node in ring
    )
    call = f"  {name_in('visit', revision)}: {{kind: call, flow: side, go: {ring[0]}}}\n  over: {{kind: end}}\n"
    return {
        "ring.yaml": f"flow: ring\nlanguage: en\nnodes:\n{english}{call}",
        "ring.nl.yaml": f"flow: ring\nlanguage: nl\nnodes:\n{dutch}",
    }


SIDE = {
    "side.yaml": "flow: side\nlanguage: en\nnodes:\n"
    '  aside: {kind: choose, text: "Aside. {options}", options: {on: {text: Go on, go: over}}}\n  over: {kind: end}\n'
}


@dataclass(frozen=True)
class Person:
    """Somebody in the middle of a talk: her number, where she stands in the first revision, her language, and whether she talks on."""

    address: str
    node: str
    language: str
    site: str
    talks: bool


# Ten, seven and three share no factor: at every node there are talkers and silent people, in both languages, at either site.
EVERYBODY = [
    Person(f"+447700900{number:03}", (*RING, "visit")[number % 7], LANGUAGES[number // 7 % 2], SITES[number % 3 == 0], number % 10 == 4)
    for number in range(PEOPLE)
]


def publish(line: Line, name: str, files: dict[str, str], moves: dict[str, str]) -> Published:
    publishing, nadia = line.service.publishing, line.officer("nadia")
    publishing.drafting.save(nadia, Wanted(name, files))
    return publishing.publish(nadia, Order(name, "the next one", moves))


def sit_down(line: Line, ring: str, side: str) -> None:
    """Put everybody where they stand when the story begins."""

    def write(connection: sa.Connection) -> None:
        workers = line.service.identity.pseudonyms(connection, [("sms", person.address) for person in EVERYBODY])
        rows = []
        for person, worker in zip(EVERYBODY, workers, strict=True):
            aside = (Frame("side", side, "aside"),) if person.node == "visit" else ()
            fields = {"site": "known", "place": person.site} if person.site else {"site": "unknown"}
            session = Session((Frame("ring", ring, person.node), *aside), person.language, fields)
            sealed = seal_session(worker.key, worker.id, session)
            rows.append({"worker_id": worker.id, "channel": "sms", "sealed": sealed, "updated_at": line.clock()})
        kept.save(connection, rows)

    line.service.writer.call_sync(write)


def stand(line: Line) -> dict[str, Session]:
    """Where everybody stands, by number."""

    def read(connection: sa.Connection) -> dict[str, Session]:
        workers = line.service.identity.pseudonyms(connection, [("sms", person.address) for person in EVERYBODY])
        sealed = kept.load(connection, [worker.id for worker in workers])
        opened = [open_session(worker.key, worker.id, sealed[worker.id]) for worker in workers]
        return {person.address: session for person, session in zip(EVERYBODY, opened, strict=True) if session is not None}

    return line.service.writer.call_sync(read)


class Talkers:
    """Those who talk on while it is published, in a thread: each answers `1` again and again."""

    def __init__(self, line: Line) -> None:
        self.said: Counter[str] = Counter()
        self._line = line
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._talk)

    def __enter__(self) -> "Talkers":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def go_on(self) -> None:
        """Wait until a few more answers were sent, so that every publication meets people in the middle of their talk."""
        enough, until = self.said.total() + AT_LEAST, time.monotonic() + PATIENCE
        while self.said.total() < enough and time.monotonic() < until:
            time.sleep(0.005)

    def _talk(self) -> None:
        while not self._over.is_set():
            for person in EVERYBODY:
                if person.talks and not self._over.is_set():
                    self.said[person.address] += 1
                    self._line.accept(one(person, self.said[person.address]))
            self._line.quiet()


def one(person: Person, number: int) -> Inbound:
    return Inbound("sms", f"{person.address}-{number}", person.address, "message", "1")


def heard(line: Line) -> dict[str, list[tuple[int, str]]]:
    """What came to each number: the revision and node that each text names. Any other text fails here."""
    found = defaultdict[str, list[tuple[int, str]]](list)
    for message in line.carriers["sms"].sent:
        text = _TEXT.fullmatch(message.text)
        assert text is not None, message.text
        language = next(person.language for person in EVERYBODY if person.address == message.address)
        assert (text[1], text[4]) == (("Question", "Go on") if language == "en" else ("Vraag", "Verder"))
        found[message.address].append((int(text[3]), text[2]))
    return found


def goes_on(before: tuple[int, str], then: tuple[int, str]) -> bool:
    """Whether one text rightly follows another: from the same question, in the same revision or in one that the map led to."""
    (old, node), (new, came) = before, then
    return new >= old and came == after(node if new == old else name_in(node, new), new)


@pytest.fixture
def published(line: Line) -> tuple[Line, dict[str, int], list[Published], Counter[str]]:
    """The line after ten more publications of the ring, the number of each revision, what each publication told, and who said how much."""
    side, first = publish(line, "side", SIDE, {}), publish(line, "ring", sources(1), {})
    sit_down(line, first.revision, side.revision)
    told = [first]
    with Talkers(line) as talkers:
        for number in range(2, REVISIONS + 1):
            talkers.go_on()
            told += [publish(line, "ring", sources(number), MAPS.get(number, {}))]
    line.quiet()
    return line, {each.revision: number for number, each in enumerate(told, 1)}, told, talkers.said


def test_ten_revisions_are_published_under_a_thousand_open_talks_and_nobody_is_lost(
    published: tuple[Line, dict[str, int], list[Published], Counter[str]],
) -> None:
    line, numbers, told, said = published
    standing = stand(line)
    at = {address: (numbers[session.frames[0].revision], session.frames[0].node) for address, session in standing.items()}

    # Whoever said nothing stands where she stood, or where the map led her.
    moved_in = {"q3": 3, "q5": 7, "visit": 9}
    silent = [person for person in EVERYBODY if not person.talks]
    assert len(silent) == PEOPLE - TALKERS
    for person in silent:
        number = moved_in.get(person.node, 1)
        assert at[person.address] == (number, name_in(person.node, number)), person

    # Whoever talked meanwhile got one text for each answer, each the one that follows, and stands at the last.
    texts = heard(line)
    assert said.total() >= AT_LEAST * (REVISIONS - 1)
    for person in (person for person in EVERYBODY if person.talks):
        way = [(1, person.node), *texts[person.address]]
        assert len(way) == said[person.address] + 1
        assert [pair for pair in pairwise(way) if not goes_on(*pair)] == []
        number, node = at[person.address]
        assert (node, number >= way[-1][0]) == (name_in(way[-1][1], number), True)

    # Everybody answers once more, and everybody gets the right next text.
    line.carriers["sms"].sent.clear()
    line.accept(*(one(person, 10_000) for person in EVERYBODY))
    line.quiet()
    assert heard(line) == {address: [(number, after(node, number))] for address, (number, node) in at.items()}

    # The author was told how many it would touch: the first new revision changed every question, and the map of the third moves q3.
    assert told[1].impact.people + told[1].impact.untouched >= PEOPLE
    [third] = [node for node in told[2].impact.nodes if node.node == "q3"]
    assert (third.touched, third.moves_to) == ("vanished", "p3")
    assert {(each.site, each.language) for each in third.people} == {(site, language) for site in SITES for language in LANGUAGES}
    assert third.count >= sum(person.node == "q3" for person in silent)
