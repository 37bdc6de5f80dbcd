"""A recorded voice goes along with the text that names it where a channel carries voice; until it is brought the text goes alone."""

import pytest

from bot.drafting import Wanted
from bot.publishing import Order
from bot.recordings import MOST_BYTES, BadRecording, checked
from store import recordings
from store.recordings import Brought
from tests.line import Line

OPUS = b"OggS\x00\x02" + b"\x00" * 20 + b"\x01\x13OpusHead\x01\x01" + b"\x00" * 40
SPOKEN = {
    "raise-concern.yaml": """
flow: raise-concern
language: en
nodes:
  hello: {kind: say, text: "Hello from {line}.", voice: hello-en.ogg, go: tell}
  tell: {kind: ask, wants: text, text: "What happened?", go: bye}
  bye: {kind: say, text: "Saved."}
"""
}


@pytest.fixture
def spoken(line: Line) -> Line:
    """A line whose hello has a voice in English."""
    line.service.publishing.drafting.save(line.officer("nadia"), Wanted("raise-concern", SPOKEN))
    line.service.publishing.publish(line.officer("nadia"), Order("raise-concern", "a voice for who does not read"))
    return line


def _bring(line: Line, sound: bytes, at: int) -> str:
    brought = Brought("hello-en.ogg", "audio/ogg", sound)
    line.service.writer.call_sync(lambda connection: recordings.put(connection, [brought], "nadia", at))
    return brought.digest


@pytest.mark.parametrize("channel", ["whatsapp", "telegram"])
def test_who_does_not_read_hears_the_hello(spoken: Line, channel: str) -> None:
    digest = _bring(spoken, OPUS, 1)
    spoken.phone(channel, "7012345678").send("52746-en")

    hello, question = spoken.carriers[channel].sent[:2]
    assert hello.voice is not None
    assert (hello.voice.sound, hello.voice.url) == (OPUS, f"https://line.example/voices/{digest}.ogg")
    assert hello.text.startswith("Hello from ")
    assert question.voice is None


def test_an_sms_and_a_text_whose_recording_nobody_brought_go_alone(spoken: Line) -> None:
    spoken.phone("telegram", "7012345678").send("52746-en")
    _bring(spoken, OPUS, 1)
    spoken.phone("sms", "+447700900200").send("52746 en")

    assert [message.voice for name in ("telegram", "sms") for message in spoken.carriers[name].sent] == [None] * 4


def test_the_newest_recording_of_a_name_is_the_one_that_goes_along(spoken: Line) -> None:
    _bring(spoken, OPUS, 1)
    newer = OPUS + b"again"
    _bring(spoken, newer, 2)
    spoken.phone("telegram", "7012345678").send("52746-en")
    _bring(spoken, OPUS, 3)
    spoken.phone("telegram", "7012345679").send("52746-en")

    heard = [message.voice.sound for message in spoken.carriers["telegram"].sent if message.voice is not None]
    assert heard == [newer, OPUS]


@pytest.mark.parametrize(
    ("name", "sound", "media_type"),
    [
        ("a.ogg", OPUS, "audio/ogg"),
        ("a.mp3", b"ID3\x04" + b"\x00" * 20, "audio/mpeg"),
        ("a.mp3", b"\xff\xfb\x90\x00" * 9, "audio/mpeg"),
        ("a.m4a", b"\x00\x00\x00\x20ftypM4A \x00", "audio/mp4"),
    ],
)
def test_sounds_that_phones_play_are_taken(name: str, sound: bytes, media_type: str) -> None:
    assert checked(name, sound).media_type == media_type


@pytest.mark.parametrize(
    ("name", "sound", "says"),
    [
        ("a.ogg", b"OggS\x00\x02" + b"\x00" * 20 + b"\x01\x1e\x01vorbis", "Opus"),
        ("a.ogg", b"", "Opus"),
        ("a.mp3", OPUS, "Opus"),
        ("a.m4a", b"\x00\x00\x00\x20ftypisom", "Opus"),
        ("a.ogg", OPUS + b"\x00" * MOST_BYTES, "four minutes"),
        ("../a.ogg", OPUS, "rename"),
        ("a.exe", OPUS, "rename"),
        ("ক.ogg", OPUS, "rename"),
    ],
)
def test_what_no_phone_plays_is_refused_with_what_to_do(name: str, sound: bytes, says: str) -> None:
    with pytest.raises(BadRecording, match=says):
        checked(name, sound)
