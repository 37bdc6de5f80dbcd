"""What comes beside words is testimony: it opens a case, is brought and cleaned beside the talk, and goes when the case goes."""

import io
import os
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image

from bot.attachments import ORIGINAL
from bot.clock import HOUR
from bot.sealed import open_session, seal_session
from cases import attachments as desk_files
from cases import desk
from cases.attachments import OpenedFile
from cases.desk_entries import EntryView
from cases.errors import NotFound
from channels.base import Attachment, FetchError
from store import attachments as kept
from store.tables import attachments, cases, outbox, sessions, workers
from tests.line import Line, Phone
from tests.media import makings

VOICE = Attachment("voice", "voice-1", "audio/ogg")
PHOTO = Attachment("photo", "photo-1", "image/jpeg")
PLACE = Attachment("place", "23.810300,90.412500")
TOO_LONG = 16 * 1024 * 1024 + 1


@pytest.fixture
def phone(line: Line) -> Phone:
    """A worker's phone with a voice note and a photo on it."""
    line.carriers["whatsapp"].files |= {"voice-1": makings.opus(seconds=42), "photo-1": makings.photo()}
    return line.phone("whatsapp")


def _sends_a_file(phone: Phone, content: bytes, kind: str = "document") -> list[str]:
    """A worker whose case is open sends a file; returns what she is told about it."""
    phone.line.carriers["whatsapp"].files["file-1"] = content
    phone.send("52746 en")
    phone.send("They did not pay overtime")
    phone.send(attachments=(Attachment(kind, "file-1"),))  # type: ignore[arg-type]  # a kind of the contract
    phone.line.until(lambda: all(row["state"] != "wanted" for row in phone.line.rows(attachments)))
    phone.line.quiet()
    return [message.text for message in phone.line.carriers["whatsapp"].sent[-1:]]


def _folder(line: Line) -> list[Path]:
    return sorted((line.settings.data_dir / "attachments").glob("*"))


def _file(line: Line, officer: str = "nadia") -> OpenedFile:
    [case], [row] = line.rows(cases), line.rows(attachments)
    found: OpenedFile = line.desk(officer, lambda at: desk_files.read(at, line.settings.files, case["reference"], row["seq"]))
    return found


def _entries(line: Line) -> list[EntryView]:
    [case] = line.rows(cases)
    found: tuple[EntryView, ...] = line.desk(_reader(line), lambda at: desk.view(at, case["reference"]).entries)
    return list(found)


def _reader(line: Line) -> str:
    [case] = line.rows(cases)
    return next(officer.id for officer in line.programme.officers.values() if case["reference"] in line.sees(officer.id))


def test_a_voice_note_opens_a_case(line: Line, phone: Phone) -> None:
    phone.send("52746 en")
    answer = phone.send(attachments=(VOICE,))

    assert answer[0] == "Saved. Only the reader hears your voice, never the factory. Does someone there know it? Then write."
    assert "code" in answer[1]
    [row] = line.rows(attachments)
    assert (row["state"], row["kind"], row["media_type"], row["seconds"]) == ("kept", "voice", "audio/ogg", 42)
    kinds = [entry.kind for entry in _entries(line)]
    assert kinds[:3] == ["opened", "routed", "attachment"]
    assert "words" not in kinds


def test_a_photo_from_a_stranger_opens_a_case_in_the_same_go(line: Line, phone: Phone) -> None:
    phone.send(attachments=(PHOTO,))

    [case], [row] = line.rows(cases), line.rows(attachments)
    assert case["place_id"] is None
    assert (row["case_id"], row["state"]) == (case["id"], "kept")


def test_the_words_under_a_photo_are_kept_beside_it(line: Line, phone: Phone) -> None:
    phone.send("52746 en")
    phone.send("The exit is locked since Monday", attachments=(PHOTO,))

    found = _entries(line)
    assert [(entry.kind, entry.text) for entry in found[:2]][1] == ("words", "The exit is locked since Monday")
    assert sum(entry.attachment is not None for entry in found) == 1


def test_a_photo_is_shown_without_the_place_and_the_phone_it_came_from(line: Line, phone: Phone) -> None:
    phone.send("52746 en")
    phone.send(attachments=(PHOTO,))

    shown = _file(line, _reader(line))
    with Image.open(io.BytesIO(shown.content)) as seen:
        assert dict(seen.getexif()) == {}
        assert seen.size == (40, 60)
    assert makings.MAKER.encode() in makings.photo()
    assert makings.MAKER.encode() not in shown.content
    assert b"Exif" not in shown.content


def test_nothing_on_disk_and_nothing_in_the_database_shows_a_file_or_the_way_to_it(line: Line, phone: Phone) -> None:
    line.carriers["whatsapp"].fetch_failures.append(FetchError("the carrier is away", temporary=True))
    phone.send("52746 en")
    phone.send(attachments=(VOICE,))

    [row] = line.rows(attachments)
    assert row["state"] == "wanted"
    assert b"voice-1" not in row["ref_sealed"]
    line.clock.move(HOUR)
    line.until(lambda: line.rows(attachments)[0]["state"] == "kept")
    [file] = _folder(line)
    assert b"Opus" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


def test_a_file_that_the_carrier_does_not_give_is_given_up_and_the_worker_is_told(line: Line, phone: Phone) -> None:
    line.carriers["whatsapp"].fetch_failures.append(FetchError("the file is gone"))
    phone.send("52746 en")
    phone.send("They did not pay overtime")
    phone.send(attachments=(VOICE,))

    line.until(lambda: "could not open the file" in line.carriers["whatsapp"].sent[-1].text)
    [row] = line.rows(attachments)
    assert (row["state"], row["why"], row["ref_sealed"]) == ("gone", "the file is gone", None)


def test_a_fault_is_tried_again_eight_times_and_then_it_rests(line: Line, phone: Phone) -> None:
    phone.send("52746 en")
    phone.send(attachments=(Attachment("voice", "nowhere"),))
    for _ in range(8):
        line.until(lambda: all(row["state"] == "gone" or row["lease_until"] is None for row in line.rows(attachments)))
        line.clock.move(HOUR)
        line.quiet()

    line.until(lambda: line.rows(attachments)[0]["state"] == "gone")
    assert len(line.carriers["whatsapp"].fetched) == 8


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"MZ\x90\0" + bytes(60), "could not take"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "could not take"),
        (makings.archive({"run.exe": b"MZ"}), "could not take"),
        (makings.photo()[:40], "could not open"),
        (bytes(TOO_LONG), "too big"),
    ],
    ids=["program", "svg", "archive", "torn photo", "too big"],
)
def test_a_file_that_is_refused_gets_a_kind_answer_and_nothing_of_it_is_kept(line: Line, phone: Phone, content: bytes, said: str) -> None:
    [told] = _sends_a_file(phone, content)

    assert said in told
    assert line.rows(attachments)[0]["state"] == "refused"
    assert _folder(line) == []
    assert [entry.attachment.shows for entry in _entries(line) if entry.attachment] == [""]


def test_a_refusal_that_comes_long_after_the_talk_waits_behind_a_knock(line: Line, phone: Phone) -> None:
    line.carriers["whatsapp"].files["file-1"] = b"MZ\x90\0"
    line.carriers["whatsapp"].fetch_failures.append(FetchError("the carrier is away", temporary=True))
    phone.send("52746 en")
    phone.send("They did not pay overtime")
    phone.send(attachments=(Attachment("document", "file-1"),))
    line.clock.move(HOUR)
    line.until(lambda: "1 new message" in line.carriers["whatsapp"].sent[-1].text)

    phone.news()
    told = phone.send("1")
    assert any("could not take" in text for text in told), (told, [(r["kind"], r["state"], r["hold"]) for r in line.rows(outbox)])


def test_a_place_is_kept_with_its_numbers_sealed(line: Line, phone: Phone) -> None:
    phone.send("52746 en")
    phone.send("The dormitory is here", attachments=(PLACE,))

    assert line.rows(attachments) == []
    assert [entry.words for entry in _entries(line) if entry.kind == "attachment"] == ["The worker sent a place: 23.810300, 90.412500"]


@pytest.mark.parametrize("sent", [Attachment("sticker", "sticker-1"), Attachment("place", "somewhere")], ids=["sticker", "no place"])
def test_what_says_nothing_is_answered_as_what_cannot_be_opened(line: Line, phone: Phone, sent: Attachment) -> None:
    [answer] = phone.send(attachments=(sent,))

    assert "cannot open this kind of message" in answer
    assert line.rows(cases) == []


def test_forgetting_destroys_the_key_of_a_file_at_once_and_the_file_soon(line: Line, phone: Phone) -> None:
    phone.send("52746 en")
    phone.send(attachments=(VOICE,))
    assert len(_folder(line)) == 1
    phone.send("forget me")
    phone.send("1")
    line.until(lambda: _folder(line) == [])

    [row] = line.rows(attachments)
    assert (row["state"], row["key_sealed"], row["file"], row["size"], row["seconds"]) == ("gone", None, None, None, None)


def test_what_is_still_wanted_when_a_worker_is_forgotten_is_never_brought(line: Line, phone: Phone) -> None:
    line.carriers["whatsapp"].fetch_failures.append(FetchError("the carrier is away", temporary=True))
    phone.send("52746 en")
    phone.send(attachments=(VOICE,))
    phone.send("forget me")
    phone.send("1")
    line.clock.move(HOUR)
    line.quiet()

    assert [(row["state"], row["ref_sealed"]) for row in line.rows(attachments)] == [("gone", None)]
    assert len(line.carriers["whatsapp"].fetched) == 1
    assert _folder(line) == []


def test_a_file_that_was_put_away_before_a_kill_is_brought_again_and_the_orphan_is_swept(
    line: Line, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> bool:
        raise SystemError("killed between the file and its row")

    with monkeypatch.context() as broken:
        broken.setattr(kept, "keep", killed)
        phone.send("52746 en")
        phone.send(attachments=(VOICE,))
        line.until(lambda: len(_folder(line)) == 1)
        line.quiet()
    [orphan] = _folder(line)
    line.clock.move(HOUR)
    line.until(lambda: line.rows(attachments)[0]["state"] == "kept")
    for path in _folder(line):
        _make_old(path)
    line.service.bringing.sweep()

    assert [path.name for path in _folder(line)] == [line.rows(attachments)[0]["file"]]
    assert orphan.name != line.rows(attachments)[0]["file"]


def _make_old(path: Path) -> None:
    yesterday = path.stat().st_mtime - 86_400
    os.utime(path, (yesterday, yesterday))


def test_a_file_that_was_forgotten_while_it_was_brought_leaves_nothing(line: Line, phone: Phone) -> None:
    phone.send("52746 en")
    phone.send("They did not pay overtime")
    [case] = line.rows(cases)
    wanted = kept.Wanted(0, case["worker_id"], "whatsapp", "voice", b"", case["id"], 9, 1)
    with line.service.database.write() as connection:
        connection.execute(sa.update(cases).values(data_key_sealed=None))
        assert not kept.keep(connection, wanted, kept.Kept("a" * 32, b"", "audio/ogg", 1))


def test_an_officer_who_may_not_read_the_case_finds_no_file(line: Line, phone: Phone) -> None:
    phone.send("52746 en")
    phone.send(attachments=(VOICE,))
    [case] = line.rows(cases)
    strangers = [officer for officer in line.programme.officers.values() if case["reference"] not in line.sees(officer.id)]

    assert strangers
    for officer in strangers:
        with pytest.raises(NotFound):
            _file(line, officer.id)


def test_a_voice_is_never_handed_to_a_suppliers_people_a_photo_is(line: Line, phone: Phone) -> None:
    phone.send("52746 en")
    phone.send(attachments=(VOICE,))
    [case] = line.rows(cases)
    reader = line.officer(_reader(line))
    assert desk_files.may_have(case, reader, line.programme, "audio/ogg")

    with line.service.database.write() as connection:
        connection.execute(sa.update(cases).values(supplier_id=reader.company_id))
    with pytest.raises(NotFound):
        _file(line, reader.id)
    [case] = line.rows(cases)
    assert not desk_files.may_have(case, reader, line.programme, "video/mp4")
    assert desk_files.may_have(case, reader, line.programme, "image/jpeg")


def test_a_voice_answers_what_was_asked_and_a_slow_carrier_delays_no_talk(line: Line, phone: Phone) -> None:
    line.carriers["whatsapp"].fetch_failures += [FetchError("the carrier is away", temporary=True)] * 3
    phone.send("52746 en")
    phone.send(attachments=(VOICE,))

    assert phone.send("2") != []
    assert line.rows(attachments)[0]["state"] == "wanted"


@pytest.mark.parametrize(("agreed", "files"), [("yes", 2), ("no", 1)])
def test_the_original_is_kept_only_where_the_worker_agreed(line: Line, phone: Phone, agreed: str, files: int) -> None:
    phone.send("52746 en")
    phone.send("They did not pay overtime")
    _notes(line, agreed)
    phone.send(attachments=(PHOTO,))
    line.until(lambda: line.rows(attachments)[0]["state"] == "kept")

    assert len(_folder(line)) == files
    phone.send("forget me")
    phone.send("1")
    line.until(lambda: _folder(line) == [])


def _notes(line: Line, agreed: str) -> None:
    """What a flow of the operator's own notes when it asked."""
    [row] = line.rows(sessions)
    with line.service.database.write() as connection:
        key_sealed = connection.execute(sa.select(workers.c.key_sealed)).scalar_one()
        key = line.service.identity.worker(row["worker_id"], key_sealed).key
        session = open_session(key, row["worker_id"], row["sealed"])
        assert session is not None
        noted = replace(session, fields={**session.fields, ORIGINAL: agreed})
        connection.execute(sa.update(sessions).values(sealed=seal_session(key, row["worker_id"], noted)))
