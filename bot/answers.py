"""Answers that wait behind a knock, and the worker who comes for them."""

from dataclasses import replace

from bot import effects, understood
from bot.heard import Heard
from flows import engine
from store import waiting
from words.digits import ascii_digits

_ASK_NOTHING = ("dialogue", "come-back")


def are_asked_for(at: Heard) -> bool:
    """Whether this message answers the knock: a tap on it, or a bare 1 where no question was put since."""
    talk, said = at.talk, at.said
    if talk.knocked_at is None:
        return False
    library = at.means.house.library
    last = [library.flow(frame.revision) for frame in map(library.standing, talk.session.frames[-1:]) if frame]
    if any(flow is None or flow.serves not in _ASK_NOTHING for flow in last) and talk.state.talked_at > talk.knocked_at:
        return False  # a question was put after the knock: a bare 1 answers that one
    tapped = said.option is not None and said.option.startswith("knock.")
    return tapped or ascii_digits(said.text).strip(" .!") == "1"


def read(at: Heard) -> None:
    """What waits is read now; a question that stood open is left with what no answer means, unless it is what waited behind the knock.

    Where the officer asked whether it is solved, the flow `feedback` waits for the answer. It does not ask again: the officer's words did.
    """
    talk = at.talk
    if not waiting.question_waits(at.connection, talk.worker.id):
        talk.session = replace(talk.session, frames=(), asked=0)
    effects.read_answers(talk)
    if talk.case is None or talk.case.row["state"] != "proposed":
        understood.ask(at)
    else:
        fields = {**talk.session.fields, "case": "open", "feedback": "solved"}
        talk.session = engine.start(at.means.house.library, "feedback", replace(talk.session, fields=fields)).session
