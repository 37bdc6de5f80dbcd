"""A machine without an engine writes down no voice, says so, and names no language that nobody heard."""

import pytest

from tests.media import makings
from translations.transcribing import NoTranscriber, Sound, Transcriber, Transcript


@pytest.mark.parametrize("language", ["bn", "sw", None])
@pytest.mark.parametrize("content", [makings.opus(seconds=42), b"", b"no sound at all"], ids=["voice", "empty", "damaged"])
def test_without_an_engine_a_voice_is_not_transcribed_whatever_it_says(content: bytes, language: str | None) -> None:
    transcriber: Transcriber = NoTranscriber()

    assert transcriber.transcribe(Sound(content, "audio/ogg", 42), language) == Transcript(
        text="", language=None, engine="none", confidence="not_transcribed"
    )
    assert not transcriber.knows(language)
