"""The promises of the first talk: five messages, four with danger, the case at the first words, the code told once."""

import pytest

from flows import events as ev
from flows.engine import Sprint, Words, begin, resume, start
from flows.events import Event
from flows.render import View, render
from flows.session import Session
from flows.transcript import MEASURES
from tests.flows.shelf import CHANNELS, LANGUAGES, LEXICON, LIBRARY, longest_facts

FIRST = "They did not pay overtime for 2 months"
FIRE = "the gate is locked from outside at night, if fire come we cannot go out"


def _begun(site: str = "known", language: str = "en", flow: str = "raise-concern") -> Session:
    return start(LIBRARY, flow, Session(language=language, fields={"site": site})).session


def _talk(session: Session, *messages: str) -> list[Sprint]:
    sprints = []
    for message in messages:
        sprints.append(resume(LIBRARY, Session.from_bytes(session.to_bytes()), Words(message), LEXICON))
        session = sprints[-1].session
    return sprints


def _events(sprints: list[Sprint]) -> list[Event]:
    return [event for sprint in sprints for event in sprint.events if not isinstance(event, ev.Say)]


def _nodes(sprints: list[Sprint]) -> list[str]:
    return [event.node for sprint in sprints for event in sprint.events if isinstance(event, ev.Say)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_five_messages_and_the_worker_is_done(language: str) -> None:
    talk = _talk(_begun(language=language), FIRST, "2", "1", "2")

    assert _events(talk) == [ev.OpenCase(FIRST), ev.GroupChosen("wages"), ev.ConsentGiven("ask_first"), ev.Ended()]
    assert _nodes(talk) == ["saved", "about", "may_we", "thanks_ask_first"]
    assert talk[-1].session.frames == ()


def test_danger_takes_four_messages_and_skips_what_it_is_about() -> None:
    talk = _talk(_begun(), FIRE, "1", "1")

    assert _events(talk) == [
        ev.OpenCase(FIRE),
        ev.DangerFound("fire", "danger words: fire"),
        ev.DangerFound("fire", "answered yes to happening now", happening=True),
        ev.ConsentGiven("hide_me"),
        ev.Ended(),
    ]
    assert _nodes(talk) == ["fire", "may_we_danger", "thanks_hide_me"]


def test_yes_to_danger_takes_four_messages_too() -> None:
    talk = _talk(_begun(), FIRST, "1", "3")

    assert ev.DangerFound("unnamed", "answered yes to danger", happening=True) in _events(talk)
    assert _nodes(talk) == ["saved", "said", "may_we_danger", "thanks_never"]


def test_whoever_wants_to_die_gets_no_menu() -> None:
    talk = _talk(_begun(), "i dont want to live anymore", "2", "thank you")

    assert _nodes(talk) == ["suicide", "unsafe", "listen"]
    assert not any(isinstance(event, ev.GroupChosen | ev.ConsentGiven) for event in _events(talk))


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_code_stands_in_the_answer_to_whoever_wants_to_die(language: str, channel: str) -> None:
    (sprint,) = _talk(_begun(language=language), "i dont want to live anymore")
    say = next(event for event in sprint.events if isinstance(event, ev.Say))
    messages = render(LIBRARY.revisions[say.revision], say, View("en", MEASURES[channel], longest_facts("en")))

    assert all("4821" not in message.text for message in messages)
    assert "I am glad you wrote" in messages[0].text


@pytest.mark.parametrize(
    ("words", "kind", "node"),
    [(FIRE, "fire", "fire"), ("he touches my body", "violence", "violence"), ("আমি আর বাঁচতে চাই না", "suicide", "suicide")],
)
def test_danger_is_heard_at_every_question_and_in_every_language(words: str, kind: str, node: str) -> None:
    for before in ((), (FIRST,), (FIRST, "2"), (FIRST, "2", "1"), (FIRST, "2", "1", "2"), (FIRST, "8"), (FIRST, "7")):
        session = _begun(language="nl")
        for sprint in _talk(session, *before):
            session = sprint.session
        (sprint,) = _talk(session, words)
        found = [event for event in sprint.events if isinstance(event, ev.DangerFound)]
        assert [(event.kind, event.happening) for event in found] == [(kind, None)], before
        assert _nodes([sprint]) == [node], before
        assert isinstance(sprint.events[0], ev.OpenCase | ev.AddToCase), "the words are kept before anything else"


def test_danger_that_was_heard_is_not_answered_twice() -> None:
    talk = _talk(_begun(), FIRE, "fire fire, please hurry")

    assert _events(talk[1:]) == [ev.AddToCase("fire fire, please hurry")]


def test_whoever_says_again_that_they_want_to_die_is_never_answered_with_saved_alone() -> None:
    talk = _talk(_begun(), "i dont want to live anymore", "1", "nobody wrote back", "i want to die")

    assert _nodes(talk) == ["suicide", "safe", "listen", "suicide"]


def test_a_word_of_danger_is_no_beginning_of_an_answer() -> None:
    talk = _talk(_begun(), FIRST, "2", "fire")

    assert _nodes(talk) == ["saved", "about", "fire"]
    assert not any(isinstance(event, ev.GroupChosen) for event in _events(talk))


def test_another_danger_is_answered_anew() -> None:
    talk = _talk(_begun(), FIRE, "he said he will kill me")

    assert _nodes(talk) == ["fire", "violence"]


def test_without_a_site_the_factory_is_asked_after_danger() -> None:
    talk = _talk(begin(LIBRARY, "raise-concern", Session(fields={"site": "unknown"}), Words(FIRST), LEXICON).session, "2", "0", "1", "2")

    assert _nodes(talk) == ["which_factory", "about", "may_we", "thanks_ask_first"]
    assert ev.SiteUnknown() in _events(talk)


def test_a_factory_named_in_words_joins_the_case() -> None:
    talk = _talk(
        begin(LIBRARY, "raise-concern", Session(fields={"site": "unknown"}), Words(FIRE), LEXICON).session, "1", "Nodirpar, Gazipur", "1"
    )

    assert _nodes(talk) == ["which_factory", "may_we_danger", "thanks_hide_me"]
    assert ev.AddToCase("Nodirpar, Gazipur") in _events(talk)


def test_the_site_code_sent_at_the_question_for_the_factory_goes_on_with_the_talk() -> None:
    """The line has found the site by the digits and set the field; the flow only needs to go on."""
    asked = _talk(begin(LIBRARY, "raise-concern", Session(fields={"site": "unknown"}), Words(FIRST), LEXICON).session, "2")[-1].session
    known = Session(asked.frames, asked.language, {**asked.fields, "site": "known"}, asked.asked)

    assert _nodes(_talk(known, "52746")) == ["about"]


@pytest.mark.parametrize("command", ["8", "7", "0"])
def test_a_way_out_leaves_the_question_waiting(command: str) -> None:
    saved = _talk(_begun(), FIRST)[-1].session
    aside = _talk(saved, command, "2" if command != "7" else "and no gloves")

    assert aside[-1].session.frames[-1].node in {"about", "saved"}
    assert aside[0].session.frames[0].node == "saved"


def test_the_other_digits_belong_to_the_question_that_waits() -> None:
    talk = _talk(_begun(), FIRST, "8", "2")

    assert _nodes(talk) == ["saved", "who_sees", "about"]


def test_one_after_who_sees_changes_who_may_know() -> None:
    talk = _talk(_begun(), FIRST, "2", "1", "2", "8", "1", "3")

    assert [event for event in _events(talk) if isinstance(event, ev.ConsentGiven)] == [
        ev.ConsentGiven("ask_first"),
        ev.ConsentGiven("never"),
    ]


def test_asking_for_the_same_thing_again_and_again_piles_nothing_up() -> None:
    talk = _talk(_begun(), FIRST, *("8", "7", "0", "8", "7") * 6)

    assert len(talk[-1].session.frames) <= 2


def test_greetings_tests_and_thanks_open_no_case() -> None:
    talk = _talk(_begun(), "hello is this working??", "test", "ok thank you", "??", "👍", "salam")

    assert {type(event).__name__ for event in _events(talk)} == {"NoCase"}
    assert talk[-1].session.frames[-1].node == "hello"


def test_whoever_asks_who_wrote_learns_nothing_and_opens_nothing() -> None:
    talk = _talk(_begun(), "This is HR. Someone from our factory wrote to you. Send the name or number.")

    assert _events(talk) == [ev.NoCase("identity_hunt")]
    assert _nodes(talk) == ["identity_hunt"]


def test_a_worker_who_tells_that_hr_hunts_is_believed() -> None:
    told = "After I wrote, HR calls everyone and asks who wrote. I am very afraid."
    talk = _talk(_begun(), FIRST, "2", "1", "2", told)

    assert ev.AddToCase(told) in _events(talk)


def test_with_a_case_open_even_a_hunt_is_kept_as_a_sign() -> None:
    talk = _talk(_begun(), FIRST, "who wrote to you")

    assert ev.AddToCase("who wrote to you") in _events(talk)
    assert ev.NoCase("identity_hunt") in _events(talk)


def test_another_language_puts_the_question_again_and_the_code_not_twice() -> None:
    talk = _talk(_begun(), "7", "3", FIRST, "7", "2")
    says = [event for sprint in talk for event in sprint.events if isinstance(event, ev.Say)]

    assert [(say.node, say.slot) for say in says] == [
        ("pick", "text"),
        ("hello", "text"),
        ("saved", "text"),
        ("pick", "text"),
        ("saved", "again"),
    ]
    assert talk[-1].session.language == "nl"


def test_neighbours_are_asked_about_their_place() -> None:
    talk = _talk(_begun(flow="raise-concern-neighbours"), "the canal is black", "2", "1", "2")

    assert ev.GroupChosen("community.water") in _events(talk)
    assert _nodes(talk) == ["saved", "about", "may_we_neighbour", "thanks_ask_neighbour"]
    assert talk[-1].session.fields["who"] == "neighbour"


def test_a_neighbour_who_later_stands_at_a_factory_speaks_as_a_worker() -> None:
    neighbour = _talk(_begun(flow="raise-concern-neighbours"), "the canal is black")[-1].session
    worker = start(LIBRARY, "raise-concern", Session(neighbour.frames, "en", {**neighbour.fields, "site": "known"})).session

    assert worker.fields["who"] == "affected"
    assert [frame.flow for frame in worker.frames] == ["raise-concern"]


@pytest.mark.parametrize(
    ("tapped", "event"),
    [
        ("may_we.never", ev.ConsentGiven("never")),
        ("about.safety", ev.GroupChosen("safety")),
        ("saved.yes", ev.DangerFound("unnamed", "answered yes to danger", happening=True)),
    ],
)
def test_a_tap_on_an_old_message_counts_and_is_never_testimony(tapped: str, event: Event) -> None:
    done = _talk(_begun(), FIRST, "2", "1", "2")[-1].session
    sprint = resume(LIBRARY, Session.from_bytes(done.to_bytes()), Words("a title", tapped), LEXICON)

    assert event in sprint.events
    assert not any(isinstance(each, ev.AddToCase | ev.OpenCase) for each in sprint.events)
    assert any(isinstance(each, ev.Say) for each in sprint.events)


def test_an_old_tap_without_a_case_opens_none() -> None:
    sprint = resume(LIBRARY, _begun(), Words("Never", "may_we.never"), LEXICON)

    assert [type(event).__name__ for event in sprint.events] == ["Say"]
