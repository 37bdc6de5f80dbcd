"""A step costs next to nothing: tables are made once, and a message is folded once."""

import time

from flows.engine import Words, resume, start
from flows.events import Say
from flows.render import View, render
from flows.session import Session
from flows.transcript import MEASURES
from tests.flows.shelf import LEXICON, LIBRARY, longest_facts

AIM = 100e-6  # seconds of a processor; the test allows five times as much, since other tests share its caches
ROUNDS, STEPS = 5, 200


def test_reading_a_session_one_step_and_its_text_take_well_under_half_a_millisecond() -> None:
    raw = start(LIBRARY, "raise-concern", Session(fields={"site": "known"})).session.to_bytes()
    said = Words("They did not pay overtime for 2 months. 60 hours every month")
    view = View("en", MEASURES["sms"], longest_facts("en"))

    assert min(_seconds_a_step(raw, said, view) for _ in range(ROUNDS)) < 5 * AIM


def _seconds_a_step(raw: bytes, said: Words, view: View) -> float:
    before = time.thread_time()
    for _ in range(STEPS):
        sprint = resume(LIBRARY, Session.from_bytes(raw), said, LEXICON)
        for event in sprint.events:
            if isinstance(event, Say):
                render(LIBRARY.revisions[event.revision], event, view)
        sprint.session.to_bytes()
    return (time.thread_time() - before) / STEPS
