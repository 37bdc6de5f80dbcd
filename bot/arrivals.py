"""A message as a whole: its words are heard as ever, and what came beside them goes where the words went."""

from dataclasses import replace

from bot import attachments, effects, hearing
from bot.heard import Heard
from store.batch import Message


def hear(at: Heard) -> None:
    """Understand one message with everything in it. What no case takes is not kept, and a worker who sent only that is told so."""
    talk, said = at.talk, at.said
    attachments.hold(talk, said)
    if said.kind == "message" and said.attachments and not talk.arrived and not said.text.strip():
        at = replace(at, said=replace(said, kind="unsupported"))
    before, open_before = talk.messages, talk.case
    hearing.hear(at)
    attachments.put(talk)
    if talk.case is not None and talk.case is not open_before and attachments.has_voice(said):
        _tell_who_hears(at, before)
    if talk.arrived and not said.text.strip():
        effects.say(talk, at.means.speech.notice("file_not_kept"), at.means)
    talk.arrived = ()


def _tell_who_hears(at: Heard, before: tuple[Message, ...]) -> None:
    """A voice is a name: whoever begins with one is told first who hears it (REFERENCE-TALK.md, saved by voice)."""
    talk = at.talk
    answers = talk.messages[len(before) :]
    talk.messages = before
    effects.say(talk, at.means.speech.notice("voice_kept"), at.means)
    talk.messages += answers
