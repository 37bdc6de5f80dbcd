"""What the bot said is shown to officers in words: a node that nobody put into words fails here."""

from cases.wording import ENGLISH
from flows.nodes.base import Spoken
from flows.revisions import shipped

# Said while no case is open, to a phone that hides, to nobody, or about the phone alone: these never stand on a timeline.
NEVER_ON_A_TIMELINE = {
    *("hello", "hello_unknown", "greeting", "thanks", "knock", "wrong_code", "codes_shut", "site_code_unknown"),
    *("quiet_hours", "quiet_own", "quiet_never", "quiet_set", "pin_offered", "pin_new", "pin_is_set", "pin_kept"),
    *("pin_asked", "pin_wrong", "pin_right", "pin_set", "pin_gone"),
    *("code_again", "forget", "forgotten", "nothing_yet", "nothing_open", "stopped_anywhere"),
}


def test_every_text_that_may_stand_on_a_timeline_is_put_into_words_for_officers() -> None:
    library = shipped()
    nodes = [pair for flow in library.revisions.values() for pair in flow.nodes.items()]
    spoken = {name for name, node in nodes if isinstance(node, Spoken) and node.text}

    assert sorted(spoken - NEVER_ON_A_TIMELINE - set(ENGLISH.said)) == []
