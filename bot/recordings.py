"""Recorded voices for those who do not read: what may be one, and the one that a message takes along."""

import re
from collections.abc import Collection, Mapping
from pathlib import PurePath

import sqlalchemy as sa

from channels.base import Recording
from store import recordings as kept
from store.recordings import Brought
from words.marked import marked

PATH = "/voices"
MOST_BYTES = 1024 * 1024
"""Telegram shows a voice of up to 1 MB as one to listen to, a larger one as a file (Bot API, `sendVoice`)."""
_AT_HAND = 64
# The first packet of an Opus stream stands on the first page of its Ogg file (RFC 7845, section 5.1), whose header has 27 to 282 bytes.
_OGG, _OPUS, _OPUS_WITHIN = b"OggS", b"OpusHead", 290
_MP3 = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")
_M4A = b"ftypM4A"  # the brand of an MP4 file that holds sound alone, behind the length of its first box
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,75}\.(ogg|mp3|m4a)")
MEDIA_TYPES = {".ogg": "audio/ogg", ".mp3": "audio/mpeg", ".m4a": "audio/mp4"}


class BadRecording(Exception):
    """A file that no phone would play as a voice message; it says what to do."""


def checked(name: str, sound: bytes) -> Brought:
    """A recording, if WhatsApp and Telegram both play it beside a text. Raises BadRecording."""
    ending = PurePath(name).suffix
    if not _NAME.fullmatch(name):
        raise BadRecording(
            marked("the name of a recording is letters, digits, `-` and `_`, and ends in .ogg, .mp3 or .m4a: rename the file")
        )
    if len(sound) > MOST_BYTES:
        raise BadRecording(
            marked(
                "it has {size} KB, and {most} KB is the most: some four minutes of speech", size=len(sound) // 1024, most=MOST_BYTES // 1024
            )
        )
    fits = {
        ".ogg": sound.startswith(_OGG) and _OPUS in sound[:_OPUS_WITHIN],
        ".mp3": sound.startswith(_MP3),
        ".m4a": sound[4:].startswith(_M4A),
    }
    if not fits[ending]:
        raise BadRecording(marked("it is no sound that phones play as a voice: save it as Opus in `.ogg`, or as `.mp3` or `.m4a`"))
    return Brought(name, MEDIA_TYPES[ending], sound)


class Recordings:
    """Finds the recordings that messages name; the sounds that are said most stay at hand."""

    def __init__(self, public_url: str) -> None:
        self._address = public_url.rstrip("/") + PATH
        self._at_hand: dict[str, bytes] = {}

    def named(self, connection: sa.Connection, names: Collection[str]) -> Mapping[str, Recording]:
        """The recording of each name, as it is now; one that nobody brought is absent, and the text goes alone."""
        if not names:
            return {}
        return {name: self._recording(connection, each) for name, each in kept.newest(connection, names).items()}

    def _recording(self, connection: sa.Connection, each: kept.Kept) -> Recording:
        return Recording(self._sound(connection, each.digest), f"{self._address}/{file_name(each)}", each.media_type)

    def _sound(self, connection: sa.Connection, digest: str) -> bytes:
        if digest not in self._at_hand:
            found = kept.sound(connection, digest)
            if len(self._at_hand) >= _AT_HAND:
                self._at_hand.clear()
            self._at_hand[digest] = b"" if found is None else found[1]
        return self._at_hand[digest]


def file_name(each: kept.Kept) -> str:
    """The name under which a sound is given out: it changes with the sound, so that it may be kept for ever."""
    return f"{each.digest}{PurePath(each.name).suffix}"
