"""A worker's view, as a table: her messages until a case is filed, what each answer costs, one question a text, the truth per channel."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from flows import events as ev
from flows.engine import Sprint, Words, begin, resume, start
from flows.nodes import Waiting
from flows.render import View, render
from flows.session import Session
from flows.transcript import MEASURES
from tests.flows.shelf import CHANNELS, LANGUAGES, LEXICON, LIBRARY, longest_facts
from words.segments import segments

SITE = "52746"
CONCERN = "They did not pay overtime for 2 months"


@dataclass(frozen=True)
class Filing:
    """What a worker sends until her case is filed and she is done, and what the house then knows."""

    name: str
    messages: tuple[str, ...]
    most: int
    flow: str = "raise-concern"
    consent: bool = True


FILINGS = (
    Filing("nobody in danger", (SITE, CONCERN, "2", "1", "2"), 5),
    Filing("words along with the site's code", (f"{SITE} {CONCERN}", "2", "1", "2"), 4),
    Filing("yes to danger", (SITE, CONCERN, "1", "1"), 4),
    Filing("locked in", (SITE, "the gate is locked and there is smoke", "1", "2"), 4),
    Filing("violence", (SITE, "he hit my face", "2", "3"), 4),
    Filing("wants to die", (SITE, "i want to die", "1"), 4, consent=False),
    Filing("no site's code", (CONCERN, "2", "0", "1", "2"), 5),
    Filing("no site's code, danger", ("there is smoke, nobody can get out", "1", "0", "1"), 4),
    Filing("a neighbour", (SITE, "The water of the canal is black", "2", "1", "2"), 5, "raise-concern-neighbours"),
    Filing("a neighbour in danger", (SITE, "the factory is on fire", "1", "2"), 4, "raise-concern-neighbours"),
)


def _talk(filing: Filing, language: str = "en") -> list[Sprint]:
    """The sprints of a filing; a site's code begins the talk as the line does, with the words beside it."""
    first, *rest = filing.messages
    known = first.startswith(SITE)
    session = Session(language=language, fields={"site": "known" if known else "unknown"})
    beside = first.removeprefix(SITE).strip()
    if known and not beside:
        sprints = [start(LIBRARY, filing.flow, session)]
    else:
        sprints = [begin(LIBRARY, filing.flow, session, Words(beside), LEXICON)]
    for message in rest:
        sprints.append(resume(LIBRARY, Session.from_bytes(sprints[-1].session.to_bytes()), Words(message), LEXICON))
    return sprints


def _says(sprint: Sprint) -> list[ev.Say]:
    return [event for event in sprint.events if isinstance(event, ev.Say)]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("filing", FILINGS, ids=lambda filing: filing.name)
def test_a_case_is_filed_and_the_worker_done_within_five_messages_or_four_with_danger(filing: Filing, language: str) -> None:
    talk = _talk(filing, language)
    events = [event for sprint in talk for event in sprint.events]

    assert len(filing.messages) <= filing.most <= 5
    assert sum(isinstance(event, ev.OpenCase) for event in events) == 1
    assert any(isinstance(event, ev.ConsentGiven) for event in events) is filing.consent
    assert talk[-1].session.frames == (), "nothing is asked any more"


@pytest.mark.parametrize("filing", FILINGS, ids=lambda filing: filing.name)
def test_the_case_lies_on_the_desk_after_the_first_words(filing: Filing) -> None:
    opened = [number for number, sprint in enumerate(_talk(filing)) if any(isinstance(event, ev.OpenCase) for event in sprint.events)]

    assert opened == [0 if filing.messages[0] != SITE else 1]


@pytest.mark.parametrize("filing", FILINGS, ids=lambda filing: filing.name)
def test_no_turn_puts_more_than_one_question_but_the_greeting_that_came_with_words(filing: Filing) -> None:
    for number, sprint in enumerate(_talk(filing)):
        asked = [say.node for say in _says(sprint) if isinstance(LIBRARY.revisions[say.revision].nodes[say.node], Waiting)]
        greeted = [node for node in asked if node.startswith("hello")]
        assert len(asked) - len(greeted) <= 1, asked
        assert len(greeted) <= (number == 0)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("filing", FILINGS, ids=lambda filing: filing.name)
def test_every_answer_on_the_way_fits_its_segments(filing: Filing, language: str) -> None:
    most = 1 if language in ("en", "nl") else 2
    for sprint in _talk(filing, language):
        for say in _says(sprint):
            view = View(language, MEASURES["sms"], longest_facts(language))
            messages = [message.text for message in render(LIBRARY.revisions[say.revision], say, view)]
            assert len(messages) <= most, (say.node, messages)
            assert all(segments(text).segments <= 2 for text in messages), (say.node, messages)


# What invites and asks nothing: more words, a way out, the code.
_INVITES = {
    "en": (
        r"More to say\?|More to ask\?|Others use this phone\?|Not right\?|Is something wrong\?|Do you have a code of 8 digits\?"
        r"|In danger now\?"
    ),
    "nl": (
        r"Meer te zeggen\?|Meer\?|Meer te vragen\?|Delen anderen deze telefoon\?|Klopt dat niet\?|Is er iets mis\?"
        r"|Heb je een code van 8 cijfers\?|Nu gevaar\?|Weet je het niet\?|Komt het terug, of straft iemand je\?"
    ),
}


@pytest.mark.parametrize("language", sorted(_INVITES))
def test_no_text_of_the_library_asks_two_questions(language: str) -> None:
    for text, where in _texts(language):
        left = re.sub(_INVITES[language], "", text)
        assert left.count("?") <= 1, (where, text)


def _texts(language: str) -> Iterator[tuple[str, str]]:
    facts = longest_facts(language)
    for name, revision in sorted(LIBRARY.current.items()):
        flow = LIBRARY.revisions[revision]
        for node in flow.nodes:
            for channel in CHANNELS:
                messages = render(flow, ev.Say(name, revision, node), View(language, MEASURES[channel], facts))
                yield "\n".join(message.text for message in messages), f"{name}.{node} on {channel}"


# What a worker must hear of a channel, and may not hear where it is not hers; SMS in the words of each language.
_NAMES = {"sms": r"SMS|sms|এসএমএস", "whatsapp": r"WhatsApp|হোয়াটসঅ্যাপ", "telegram": r"Telegram|টেলিগ্রাম", "web": r"(?!)"}
_TELLS_WHO_SEES = (("raise-concern", "hello"), ("raise-concern", "hello_unknown"), ("raise-concern-neighbours", "hello"),
                   ("who-sees", "who_sees"), ("who-sees", "who_sees_neighbour"))  # fmt: skip


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", _TELLS_WHO_SEES, ids=".".join)
def test_who_else_can_read_is_told_of_her_own_channel_and_of_no_other(place: tuple[str, str], language: str, channel: str) -> None:
    flow = LIBRARY.now(place[0])
    assert flow is not None
    view = View(language, MEASURES[channel], longest_facts(language))
    text = "\n".join(message.text for message in render(flow, ev.Say(flow.name, flow.revision, place[1]), view))

    assert channel == "web" or re.search(_NAMES[channel], text)
    assert not any(re.search(names, text) for other, names in _NAMES.items() if other != channel)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_at_all_speaks_of_another_channel(language: str, channel: str) -> None:
    for text, where in _texts(language):
        if where.endswith(f" on {channel}"):
            assert not any(re.search(names, text) for other, names in _NAMES.items() if other != channel), (where, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_says_who_reads_and_who_never_does_and_offers_every_way(language: str) -> None:
    flow = LIBRARY.now("welcome")
    assert flow is not None
    for node in ("welcome", "welcome_neighbour"):
        view = View(language, MEASURES["telegram"], longest_facts(language))
        (message,) = render(flow, ev.Say(flow.name, flow.revision, node), view)
        ways = [option for option, _ in message.choices]
        assert ways == [f"{node}.tell", f"{node}.rights", f"{node}.news", "do.person", "do.language", "do.who_sees"]
        assert "999" in message.text or "৯৯৯" in message.text
