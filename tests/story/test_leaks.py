"""After whole conversations on every channel, nothing that leads to a worker lies anywhere in the open."""

import base64
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from store.tables import inbox, metadata
from tests.doubles import telegram_posts, twilio_posts
from tests.doubles.carrier import Fault
from tests.story.street import MESSAGES, UPDATES, Street, refused, street, until
from tests.story.test_carriers import away

SMS, WHATSAPP, OTHER = "+447700900421", "+447700900422", "+447700900423"
BSUID = "GB.13491208655302741918"
PERSON = 9_007_700_921
WEB = "web-phone-of-a-worker-7f3k"
# Words that occur nowhere in our own texts.
WORDS = ("zarrafelle", "quombick", "wexhollow", "vrintoosh", "bluvandra", "gorsimble")
REPLY = "Florventz is what your officer answers"
NAMES = ("Rahima", "rahima_invented", "Begum-Invented", "DEN HAAG", "Zuid-Holland", "2516 AB")


@pytest.fixture
def running(database_url: str, tmp_path: Path) -> Iterator[Street]:
    """One kind of database is looked at with the log that operators keep, the other with everything that can be logged."""
    level = "DEBUG" if database_url.startswith("sqlite") else "INFO"
    with street(database_url, tmp_path / "house", LOG_LEVEL=level) as opened:
        yield opened


def test_no_address_token_code_key_or_word_lies_in_the_open(running: Street) -> None:
    sanne = running.token("sanne")
    codes = _everybody_talks(running, sanne)
    _what_goes_wrong(running)
    spooled = _while_the_database_is_away(running)
    metrics = running.call("GET", "/metrics").body
    _forget(running)

    places = {"spool": spooled, "metrics": metrics, "mails": b"\n".join(running.mails.mails), **_left_behind(running)}

    assert running.mails.mails
    assert b"weerklank_shared_queue_rows" in metrics
    assert len(spooled) > 100
    assert "could not be handled" in running.house.logs()
    found = {(place, name) for name, needle in _needles(running, codes, sanne) for place, hay in places.items() if _lies_in(needle, hay)}
    assert found == set()


def test_the_search_itself_would_find_what_it_looks_for() -> None:
    hay = (
        b"x"
        + SMS.encode("utf-16-le")
        + base64.b64encode(b"abc" + BSUID.encode())
        + WORDS[0].upper().encode()
        + SMS[1:].encode().hex().encode()
    )

    assert [_lies_in(needle, hay) for needle in (SMS, BSUID, WORDS[0], SMS[1:])] == [True] * 4
    assert not _lies_in(WHATSAPP, hay)


def _everybody_talks(running: Street, sanne: str) -> list[str]:
    """Every channel: words, danger, an answer behind its knock, the code from another phone; returns the codes that were told."""
    for say, who in ((running.sms, SMS), (running.whatsapp, WHATSAPP)):
        say(who, "52746 en")
        say(who, f"they did not pay {WORDS[0]} overtime, call me on {SMS} or 07700 900421")
        say(who, "2")
    running.whatsapp(BSUID, "52746 en", ExternalUserId=f"whatsapp:{BSUID}", WaId="")
    running.whatsapp(BSUID, f"fire, the {WORDS[1]} gate is locked", ExternalUserId=f"whatsapp:{BSUID}", WaId="")
    running.telegram_says(PERSON, "/start 52746-en")
    running.telegram_says(PERSON, f"the {WORDS[2]} line hits us")
    running.web("/talk/send", channel="web", token=WEB, kind="start", text="52746-en")
    running.web("/talk/send", channel="web", token=WEB, text=f"no water at {WORDS[3]}")
    lines = until(lambda: found if len(found := running.cases(sanne)) == 5 else [], "five cases")
    told = [running.twilio.texts_to(SMS), running.twilio.texts_to(f"whatsapp:{WHATSAPP}"), running.telegram.texts_to(str(PERSON))]
    until(lambda: all(_codes(texts) for texts in _texts_of_all(running)), "every code")
    for line in lines:
        assert running.reply(line["reference"], REPLY, "en", sanne).status == 201
    until(lambda: sum("1 new message" in sent.body for sent in running.twilio.taken) >= 3, "the knocks")
    running.sms(SMS, "1")
    until(lambda: REPLY in running.twilio.texts_to(SMS), "the answer")
    codes = [code for texts in _texts_of_all(running) for code in _codes(texts)]
    running.sms(SMS, f"my code is {codes[0]} and {WORDS[4]} is my name")
    running.sms(OTHER, codes[0].replace(" ", ""))
    until(lambda: "right" in " ".join(running.twilio.texts_to(OTHER)), "the case on the other phone")
    assert told
    return codes


def _texts_of_all(running: Street) -> list[list[str]]:
    shown = running.web("/talk/screen", channel="web", token=WEB)["bubbles"]
    addresses = (SMS, f"whatsapp:{WHATSAPP}", f"whatsapp:{BSUID}")
    return [
        *(running.twilio.texts_to(address) for address in addresses),
        running.telegram.texts_to(str(PERSON)),
        [bubble["text"] for bubble in shown if not bubble.get("mine")],
    ]


def _codes(texts: list[str]) -> list[str]:
    return re.findall(r"\b\d{4} \d{4}\b", " ".join(texts))


def _what_goes_wrong(running: Street) -> None:
    """Refusals, broken bodies, and a carrier whose errors quote the number."""
    fields = twilio_posts.sms(SMS, f"forged {WORDS[5]}")
    running.post(twilio_posts.webhook(MESSAGES, fields, "not-our-token"))
    running.post(telegram_posts.webhook(UPDATES, telegram_posts.said(PERSON, f"forged {WORDS[5]}"), "not-our-secret"))
    running.post(telegram_posts.raw_webhook(UPDATES, b'{"update_id": 5, "message": {"chat": {"id": "' + SMS.encode() + b'"}}}'))
    refused(lambda: running.sms(SMS, "x" * 300_000))
    running.call("GET", f"/api/v1/cases?q={WORDS[5]}&token={SMS}")
    running.call("POST", "/talk/send", {"channel": "web", "token": WEB, "kind": "no such kind", "text": WORDS[5]})
    quoting = f"The number {SMS} said {WORDS[5]}"
    running.twilio.faults.extend([Fault(400, 21211, quoting), Fault(500, None, quoting), Fault(drop=True), Fault(200, raw=quoting)])
    running.telegram.faults.extend(
        [Fault(400, None, f"Bad Request: chat {PERSON} {WORDS[5]}"), Fault(403, None, "Forbidden: bot was blocked")]
    )
    for text in ("2", "1", "2", "who sees this", "0000 0001"):
        running.sms(OTHER, text)
        running.telegram_says(PERSON, text)
    # A refusal can shut the door before the rest is said: whoever writes again opens it, and the next refusal is met.
    for number in range(40):
        if running.twilio.faults or running.telegram.faults:
            running.sms(OTHER, f"once more {number}")
            running.telegram_says(PERSON, f"once more {number}")
            time.sleep(0.5)
    until(lambda: not running.twilio.faults and not running.telegram.faults, "the carriers' refusals")
    _break_a_message(running)


def _break_a_message(running: Street) -> None:
    """A message that no key opens breaks in the middle of its handling, five times, with words of its worker at hand."""
    with running.database.write() as connection:
        worker_id = connection.execute(sa.select(inbox.c.worker_id).limit(1)).scalar_one()
        broken = {
            "channel": "sms",
            "key": "SMbroken",
            "worker_id": worker_id,
            "sealed": b"\x01" + b"broken" * 20,
            "received_at": 0,
            "state": "new",
        }
        connection.execute(sa.insert(inbox), [broken])
    running.sms(OTHER, f"this wakes it {WORDS[5]}")
    until(lambda: _state_of_the_broken(running) == "aside", "a message set aside")


def _state_of_the_broken(running: Street) -> str:
    with running.database.read() as connection:
        return str(connection.execute(sa.select(inbox.c.state).where(inbox.c.key == "SMbroken")).scalar_one())


def _while_the_database_is_away(running: Street) -> bytes:
    """Words come while nothing can be written; returns what lies in the spool then."""
    folder = running.house.folder / "data" / "spool"
    with away(running):
        assert running.sms(SMS, f"they shout {WORDS[5]} at us").status == 200
        running.telegram_says(PERSON, f"they shout {WORDS[5]} at us")
        spooled = b"".join(path.name.encode() + path.read_bytes() for path in folder.iterdir())
    until(lambda: not list(folder.glob("*.sealed")), "an empty spool")
    return spooled


def _forget(running: Street) -> None:
    before = len(running.twilio.texts_to(f"whatsapp:{WHATSAPP}"))
    running.whatsapp(WHATSAPP, "forget me")
    running.whatsapp(WHATSAPP, "1")
    until(lambda: len(running.twilio.texts_to(f"whatsapp:{WHATSAPP}")) >= before + 2, "the farewell")


def _left_behind(running: Street) -> dict[str, bytes]:
    """Everything on disk and in tables, while the service still runs and after it ended."""
    rows = b"\n".join(_column(running, table) for table in metadata.tables.values())
    running.house.stop()
    files = {str(path): path.read_bytes() for path in running.house.folder.rglob("*") if path.is_file()}
    if running.house.embedded:
        file = Path(sa.make_url(running.house.database_url).database or "")
        files |= {str(path): path.read_bytes() for path in file.parent.glob(f"{file.name}*")}
    return {"rows": rows, "logs": running.house.logs().encode(), **files}


def _column(running: Street, table: sa.Table) -> bytes:
    """Every value of a table, as a dump would hold it."""
    with running.database.read() as connection:
        return b"\n".join(
            bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
            for row in connection.execute(sa.select(table))
            for value in row
        )


def _needles(running: Street, codes: list[str], token: str) -> list[tuple[str, str]]:
    environment = running.house.environment
    numbers = [number for address in (SMS, WHATSAPP, OTHER) for number in (address[1:], "0" + address[3:])]
    keys = [environment[f"WEERKLANK_{name}"] for name in ("SEALING_KEYS", "LOOKUP_PEPPER")]
    return [
        *(("an address", each) for each in (*numbers, BSUID, str(PERSON), WEB)),
        *(("a name", each) for each in NAMES),
        *(("a word", each) for each in (*WORDS, REPLY)),
        *(("a code", each) for code in codes for each in (code, code.replace(" ", ""))),
        *(("a key", each) for each in keys),
        *(("a token", each) for each in (twilio_posts.TOKEN, telegram_posts.TOKEN, telegram_posts.SECRET, token)),
    ]


def _lies_in(needle: str, hay: bytes) -> bool:
    """Whether a text lies somewhere, as it is or in a form that anybody can undo."""
    raw = needle.encode()
    forms = [raw, needle.encode("utf-16-le"), needle.encode("utf-16-be"), raw.hex().encode(), raw.hex().upper().encode()]
    # In base64 a text looks different at each of three places; its first and last letters depend on its neighbours.
    forms += [base64.b64encode(os.urandom(place) + raw)[(0, 2, 3)[place] : -4] for place in range(3)]
    folded = hay.lower()
    return any(form in hay for form in forms) or raw.lower() in folded
