"""What a transcriber is, and what it must admit: somebody's voice in writing, with who or what wrote it down. There is no engine yet.

A transcript stands beside the sound and never in its place: who is in doubt listens. As with translation, nothing leaves the machine, and
nothing is pretended.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

Heard = Literal["good", "unsure", "not_transcribed"]


@dataclass(frozen=True, slots=True)
class Sound:
    """What is to be written down: a clean copy's bytes, what they are (such as `audio/ogg`), and how many seconds play, where known.

    Bytes, and not a path: a worker's voice lies on disk sealed only, and is opened in memory.
    """

    content: bytes
    media_type: str
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Transcript:
    """A voice in writing, with where it comes from.

    `language` is the one that was heard (BCP 47), None where that is not known. `engine` is `person`, `none` or a machine's name; `by`
    names the person, or the model with its version. With `not_transcribed` the text is empty: there is no blank or guessed transcript, and
    silence is not one either.
    """

    text: str
    language: str | None
    engine: str
    confidence: Heard
    by: str | None = None


class Transcriber(Protocol):
    """Writes down what somebody says, on the operator's own machine."""

    def knows(self, language: str | None) -> bool:
        """Whether it can write down a language (BCP 47); of None, whether it finds out by itself which one is spoken."""
        ...

    def transcribe(self, sound: Sound, language: str | None) -> Transcript:
        """Write a sound down, or say honestly that it cannot; blocks until it is done, and never raises for what the bytes are.

        `language` is the one that the worker's talk is in, None where that is not known. It is a hint: people change it as they speak.
        """
        ...


class NoTranscriber:
    """The honest state of a machine without an engine: a voice is listened to."""

    def knows(self, language: str | None) -> bool:  # noqa: ARG002
        """It writes down nothing."""
        return False

    def transcribe(self, sound: Sound, language: str | None) -> Transcript:  # noqa: ARG002
        """Answer `not_transcribed` for every sound, and name no language: nobody listened."""
        return Transcript(text="", language=None, engine="none", confidence="not_transcribed")
