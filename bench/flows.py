"""How many steps of a talk one processor takes in a second, and whether a large flow costs more than a small one.

Run it as `python -m bench.flows [--seconds 2] [--rounds 5]`, in the environment that `make install` made.

Method. A step is what the service does with a message between two waits, without its database: read the session from JSON, resume the
flow with a worker's words and the lexicon we ship, and write the session as JSON. "With the texts" renders what is said too, as SMS.
"Sealed" opens the session from its envelope first and seals it again, under one worker's key, as the service stores it. The steps are
those of whole talks, each recorded once and then taken again and again from the bytes that were stored: the first talk of a worker on the
shipped flows (greeting, words, danger, group, consent, one more word), and all 1,000 questions of a generated flow, one after another, so
that no table of the flow stays warm by chance. Its small sister has 10 questions of the same make. What is made once for a flow (its
tables of answers, its texts) is made before the clock starts. Measured is processor time (user and system) of this process; each line is
the median of the rounds, with the slowest and the fastest; the lines take turns in every round, so that a busy neighbour meets them all.
"""

import argparse
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import yaml

from bot.lexicon import the_lexicon
from flows.engine import Words, resume, start
from flows.events import Say
from flows.model import read
from flows.render import View, render
from flows.revisions import Library, library_of, shipped
from flows.session import Session
from flows.texts.examples import EXAMPLES
from flows.transcript import MEASURES
from store.sealing import new_key, open_with, seal_with

AIM = 5_000
_LEXICON = the_lexicon()
_FIRST_TALK = (
    "hello",
    "They did not pay overtime for 2 months. 60 hours every month",
    "2",
    "pay or hours",
    "২",
    "they pay less to women too",
)
_VIEW = View("en", MEASURES["sms"], EXAMPLES)
_KEY = new_key()
_AAD = b"session"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One message of a talk: the session as it was stored, plain and sealed, and the worker's words."""

    plain: bytes
    sealed: bytes
    words: Words


@dataclass(frozen=True, slots=True)
class Course:
    """Messages to take again and again, and the library that they run in."""

    name: str
    library: Library
    messages: tuple[Recorded, ...]


Take = Callable[[Library, Recorded], object]


def _plain(library: Library, message: Recorded) -> bytes:
    return resume(library, Session.from_bytes(message.plain), message.words, _LEXICON).session.to_bytes()


def _with_texts(library: Library, message: Recorded) -> bytes:
    sprint = resume(library, Session.from_bytes(message.plain), message.words, _LEXICON)
    for event in sprint.events:
        if isinstance(event, Say):
            render(library.revisions[event.revision], event, _VIEW)
    return sprint.session.to_bytes()


def _sealed(library: Library, message: Recorded) -> bytes:
    session = Session.from_bytes(open_with(_KEY, message.sealed, _AAD))
    return seal_with(_KEY, resume(library, session, message.words, _LEXICON).session.to_bytes(), _AAD)


_WAYS: dict[str, Take] = {"step": _plain, "step and texts": _with_texts, "step, sealed": _sealed}


def generated(questions: int) -> Library:
    """A flow of so many questions with three answers each, one leading to the next."""
    nodes: dict[str, object] = {
        f"q{number}": {
            "kind": "choose",
            "text": f"Question {number} of many? {{options}}",
            "options": {
                "yes": {"text": "Yes, it is so", "go": f"q{number + 1}"},
                "no": {"text": "No, it is not", "go": f"q{number + 1}"},
                "later": {"text": "Ask me later", "go": f"q{number + 1}"},
            },
        }
        for number in range(questions)
    }
    nodes[f"q{questions}"] = {"kind": "say", "text": "Thank you."}
    known = shipped()
    text = yaml.safe_dump({"flow": "many", "language": "en", "nodes": nodes}, sort_keys=False)
    return library_of([*(known.revisions[revision] for revision in known.current.values()), read({"many.yaml": text})])


def course(name: str, library: Library, flow: str, words: Sequence[str]) -> Course:
    """Talk a flow through once and keep what was stored before every message."""
    session = start(library, flow, Session(fields={"site": "known"})).session
    found: list[Recorded] = []
    for text in words:
        raw = session.to_bytes()
        found.append(Recorded(raw, seal_with(_KEY, raw, _AAD), Words(text)))
        session = resume(library, Session.from_bytes(raw), Words(text), _LEXICON).session
    return Course(name, library, tuple(found))


def rate(of: Course, take: Take, seconds: float) -> float:
    """Steps in a second of processor time."""
    steps, before = 0, time.process_time()
    while (spent := time.process_time() - before) < seconds:
        for message in of.messages:
            take(of.library, message)
        steps += len(of.messages)
    return steps / spent


def measured(courses: Sequence[Course], seconds: float, rounds: int) -> dict[tuple[str, str], list[float]]:
    """The rates of every course in every way, round by round; what is made once is made before."""
    for each in courses:
        for take in _WAYS.values():
            rate(each, take, 0)
    found: dict[tuple[str, str], list[float]] = {}
    for _ in range(rounds):
        for each in courses:
            for way, take in _WAYS.items():
                found.setdefault((each.name, way), []).append(rate(each, take, seconds))
    return found


def main() -> None:
    """Measure, and print the figures with their method."""
    parser = argparse.ArgumentParser(description="Steps of a talk in a second of one processor's time.")
    parser.add_argument("--seconds", type=float, default=2.0, help="processor time for each figure of a round")
    parser.add_argument("--rounds", type=int, default=5, help="rounds; the median counts")
    arguments = parser.parse_args()
    answers = ("1", "no it is not", "৩")
    courses = (
        course("shipped flows", shipped(), "raise-concern", _FIRST_TALK),
        course("10 nodes", generated(10), "many", [answers[place % 3] for place in range(10)]),
        course("1,000 nodes", generated(1_000), "many", [answers[place % 3] for place in range(1_000)]),
    )
    print(__doc__)
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} before the run\n")
    found = measured(courses, arguments.seconds, arguments.rounds)
    for (name, way), rates in found.items():
        print(f"{name:14} {way:15} {statistics.median(rates):9,.0f} steps/s  ({min(rates):,.0f} to {max(rates):,.0f})")
    print()
    for way in _WAYS:
        small, large = (statistics.median(found[name, way]) for name in ("10 nodes", "1,000 nodes"))
        print(f"{way:15} 1,000 nodes take {small / large:.2f} times the time of 10")
    slowest = statistics.median(found["shipped flows", "step"])
    print(f"\naim: {AIM:,} steps/s on the shipped flows without sealing: {'met' if slowest >= AIM else 'missed'} ({slowest:,.0f})")


if __name__ == "__main__":
    main()
