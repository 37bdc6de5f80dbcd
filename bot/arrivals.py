"""A message as a whole: its words are heard as ever, and what came beside them goes where the words went."""

from dataclasses import replace

from bot import attachments, effects, hearing
from bot.heard import Heard


def hear(at: Heard) -> None:
    """Understand one message with everything in it. What no case takes is not kept, and a worker who sent only that is told so."""
    talk, said = at.talk, at.said
    attachments.hold(talk, said)
    if said.kind == "message" and said.attachments and not talk.arrived and not said.text.strip():
        at = replace(at, said=replace(said, kind="unsupported"))
    hearing.hear(at)
    attachments.put(talk)
    if talk.arrived and not said.text.strip():
        effects.say(talk, at.means.speech.notice("file_not_kept"), at.means)
    talk.arrived = ()
