"""Who comes, goes and comes back: carriers' words on a worker that are no words of the worker, and words that were corrected."""

from bot.heard import Heard, cleaned
from bot.talk import Talk
from cases import entries, intake
from cases.change import CaseChange
from flows.phrases import saying
from words.digits import case_code, site_code

_SILENT = ("opt_in", "unblocked", "identity_change")


def opens(at: Heard) -> bool:
    """Act on what is no message; True when nothing is left to be understood. Whatever comes opens the door to the worker again."""
    talk, said = at.talk, at.said
    if said.kind == "opt_out":
        _shut(talk)
        return True
    if talk.closed_to is not None:
        talk.closed_to = None
        _note(talk, "back")
    if said.kind == "identity_change":
        _note(talk, "moved")
    return said.kind in _SILENT or (said.kind == "edit" and _is_correction(at))


def _shut(talk: Talk) -> None:
    """The carrier took a STOP: nothing is sent and nothing said; what waits is knocked for anew when the worker comes back."""
    if talk.closed_to is None:
        _note(talk, "opt_out")
    talk.closed_to, talk.knocked_at, talk.live_until = "opt_out", None, 0


def _note(talk: Talk, what: entries.Reach) -> None:
    if talk.case is not None:
        talk.case.take(CaseChange(entries=(entries.reach(talk.now, what),)))


def _is_correction(at: Heard) -> bool:
    """Corrected words stand beside the first ones, answer no question and take nothing back.

    Without an open case, or where they speak of danger or hold a code, they are heard like any other message.
    """
    talk, text = at.talk, at.said.text
    heard_anew = case_code(text) is not None or site_code(text) is not None or at.means.lexicon.danger(saying(text)) is not None
    if talk.case is None or heard_anew:
        return False
    words = cleaned(at)
    if words.strip():
        talk.case.take(intake.correct_words(talk.case.row, words, at.means.house.programme, talk.now))
    return True
