"""Carriers' doubles: real HTTP servers on loopback that take messages as the carriers do, remember each, and fail when told to.

In a test: `with TwilioDouble() as twilio: ... twilio.url ... twilio.taken`. As a process of its own, for tests that kill things:
`python -m tests.doubles.twilio --port 9001 --record sends.jsonl` (one JSON line a send, written before the answer; faults by
`POST /double/faults` with the fields of `Fault`, what was sent by `GET /double/sends`).
"""
