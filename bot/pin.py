"""The PIN: four digits typed alone, taken before anything else hears them, kept as a slow hash and written down nowhere.

It keeps shut what comes later: answers, and how it stands. What stands on the screen already it cannot hide.
"""

import re
from dataclasses import replace

from bot import answers, coming_back, discretion, effects
from bot.heard import Heard, is_number_asked, pin_in
from flows import engine
from flows import events as ev
from flows.engine import Words
from words.digits import ascii_digits

_FLOW, _NODE = "pin", "pin_new"
_OTHER_LENGTHS = re.compile(r"\d{2,3}|\d{6,7}")


def is_typed(at: Heard) -> bool:
    """Whether this message is a PIN: a new one that was asked for, or a try of the one that is set.

    Four digits are an answer where a question asks for a number, unless the PIN was asked for just now.
    """
    if at.said.kind not in ("message", "edit"):
        return False
    digits = pin_in(at.said.text)
    if _is_chosen(at):
        return digits is not None or _OTHER_LENGTHS.fullmatch(ascii_digits(at.said.text).strip(" .!")) is not None
    if at.talk.pin_hash is None or digits is None:
        return False
    return discretion.wanted_with_pin(at.talk) is not None or not is_number_asked(at)


def _is_chosen(at: Heard) -> bool:
    """Whether a new PIN is asked for; while one is set and shut, four digits are a try of that one."""
    if discretion.is_shut(at.talk) or not at.talk.session.frames:
        return False
    frame = at.means.house.library.standing(at.talk.session.frames[-1])
    flow = at.means.house.library.flow(frame.revision) if frame is not None else None
    return flow is not None and frame is not None and flow.serves == _FLOW and frame.node == _NODE


def take(at: Heard) -> None:
    """Set the PIN, or try it."""
    if _is_chosen(at):
        _set(at)
    else:
        _try(at)


def _set(at: Heard) -> None:
    talk, means = at.talk, at.means
    digits = pin_in(at.said.text)
    if digits is None:
        effects.take(talk, engine.resume(at.flows, talk.session, Words(""), means.lexicon), means)
        return
    discretion.set_pin(talk, _hashed(at, digits))
    talk.session = replace(talk.session, frames=talk.session.frames[:-1], asked=0)
    effects.say(talk, means.speech.notice("pin_set"), means, about_case=False)


def _try(at: Heard) -> None:
    talk, means = at.talk, at.means
    if talk.now < talk.code_blocked_until:
        coming_back.say_wrong(talk, means, "pin_wrong")
        return
    digits = pin_in(at.said.text)
    if digits is None or _hashed(at, digits) != talk.pin_hash:
        coming_back.slow_down(talk)
        coming_back.say_wrong(talk, means, "pin_wrong")
        return
    talk.wrong_codes, talk.code_blocked_until = 0, 0
    wanted = discretion.wanted_with_pin(talk) or ("answers" if talk.knocked_at is not None else None)
    discretion.open_for_a_while(talk)
    fields = {name: value for name, value in talk.session.fields.items() if name != discretion.WANTED_FIELD}
    talk.session = replace(talk.session, fields=fields)
    _show(at, wanted)


def _show(at: Heard, wanted: str | None) -> None:
    talk, means = at.talk, at.means
    match wanted:
        case "answers" if talk.knocked_at is not None:
            answers.read(at)
        case "answers":
            effects.apply(talk, (ev.AnswersWanted(),), means)
        case "status":
            asked = Words("", "do.status")
            effects.take(talk, engine.resume(at.flows, talk.session, asked, means.lexicon), means)
        case "pin_unwanted":
            effects.apply(talk, (ev.PinUnwanted(),), means)
        case _:
            effects.say(talk, means.speech.notice("pin_right"), means, about_case=False)


def read(at: Heard) -> None:
    """The knock was answered: what waits is read, behind the PIN where one is set."""
    if discretion.is_shut(at.talk):
        discretion.ask_for_pin(at.talk, "answers")
        effects.say(at.talk, at.means.speech.notice("pin_asked"), at.means, about_case=False)
    else:
        answers.read(at)


def _hashed(at: Heard, digits: str) -> bytes:
    """The slow hash of a PIN of this worker: the same four digits are another hash for everybody else. Raises NeedsHash."""
    return at.hash_of(at.pin_key(digits))
