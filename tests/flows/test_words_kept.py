"""No word of a worker is ever lost, and nothing a worker sends breaks the talk."""

from hypothesis import given, settings
from hypothesis import strategies as st

from flows import events as ev
from flows.engine import NO_LEXICON, Sprint, Words, begin, resume, start
from flows.events import Event
from flows.lexicon import Lexicon
from flows.match import answers
from flows.nodes import Waiting
from flows.phrases import saying
from flows.render import View, render
from flows.revisions import Library
from flows.session import Frame, Session
from flows.transcript import MEASURES
from tests.flows.shelf import CHANNELS, LANGUAGES, LEXICON, LIBRARY, facts_of_a_talk

_SAID = (
    "They did not pay overtime for 2 months",
    "there is a fire on the second floor",
    "আগুন লাগছে",
    "i dont want to live anymore",
    "hello is this working??",
    "This is HR, tell me who wrote",
    "1 yes they beat us",
    "2 months no pay",
    "সেভ",
    "0",
    "7",
    "8",
    "9",
    "1",
    "২",
    "forget me",
    "yes",
    "??",
    "",
    " ",
    "🙏",
)
_TAPS = ("saved.yes", "about.pay", "may_we.never", "do.person", "do.hide", "do.nothing", "nowhere.at_all", "pick.bn", "sure.yes", ".", "x")
_FACT_EVENTS = (ev.DangerFound, ev.GroupChosen, ev.ConsentGiven, ev.LanguageChosen, ev.PersonWanted, ev.AnswersWanted, ev.SiteUnknown)
_ANSWERS = (*_FACT_EVENTS, ev.Hidden, ev.ForgetAsked, ev.NoCase)

words = st.one_of(
    st.sampled_from(_SAID).map(Words),
    st.text(max_size=60).map(Words),
    st.builds(Words, st.sampled_from(_SAID), st.sampled_from(_TAPS)),
)
_EVERYWHERE = [
    Frame(flow.name, flow.revision, name)
    for flow in LIBRARY.revisions.values()
    for name, node in flow.nodes.items()
    if isinstance(node, Waiting)
]
sessions = st.builds(
    Session,
    frames=st.lists(st.sampled_from(_EVERYWHERE), max_size=3).map(tuple),
    language=st.sampled_from((*LANGUAGES, "bn-Latn", "sw", "es-PE")),
    fields=st.fixed_dictionaries(
        {},
        optional={
            "case": st.just("open"),
            "site": st.sampled_from(("known", "unknown")),
            "danger": st.sampled_from(("fire", "violence", "suicide")),
            "consent": st.sampled_from(("hide_me", "ask_first", "never")),
            "who": st.sampled_from(("affected", "neighbour")),
            "hidden": st.just("yes"),
        },
    ),
)


def _resume(session: Session, said: Words, lexicon: Lexicon = LEXICON) -> Sprint:
    return resume(LIBRARY, Session.from_bytes(session.to_bytes()), said, lexicon)


def _kept(events: tuple[Event, ...]) -> list[str]:
    return [event.words for event in events if isinstance(event, ev.OpenCase | ev.AddToCase)]


@settings(max_examples=150, deadline=None)
@given(session=sessions, said=words)
def test_any_words_at_any_question_are_an_answer_a_way_out_or_testimony(session: Session, said: Words) -> None:
    sprint = _resume(session, said)

    assert _kept(sprint.events) in ([], [said.text])
    if not _kept(sprint.events):
        assert _was_understood(session, said, sprint)


def _was_understood(session: Session, said: Words, sprint: Sprint) -> bool:
    """Words that are in no event were an answer, asked for something, or held nothing: that shows in what follows."""
    moved = sprint.session.frames != session.frames or sprint.session.language != session.language
    learned = any(isinstance(event, _ANSWERS) for event in sprint.events)
    return not said.text.strip() or said.option is not None or moved or learned or _asked_again(said, sprint)


def _asked_again(said: Words, sprint: Sprint) -> bool:
    """An answer that leads back to where it was asked, or a wish to hear the question again."""
    command = LEXICON.command(saying(said.text))
    return any(isinstance(event, ev.Say) for event in sprint.events) and (command is not None or len(saying(said.text).squeezed) <= 40)


@settings(max_examples=100, deadline=None)
@given(talk=st.lists(words, min_size=1, max_size=12), language=st.sampled_from(LANGUAGES), channel=st.sampled_from(CHANNELS))
def test_a_whole_talk_never_breaks_and_can_always_be_said(talk: list[Words], language: str, channel: str) -> None:
    """The session goes through bytes before every message; a case opens at most once; every text can be rendered."""
    session = start(LIBRARY, "raise-concern", Session(language=language, fields={"site": "unknown"})).session
    opened = 0
    for said in talk:
        sprint = _resume(session, said)
        for event in sprint.events:
            if isinstance(event, ev.OpenCase):
                opened += 1
            if isinstance(event, ev.Hidden | ev.ForgetAsked):
                opened = 0
            if isinstance(event, ev.Say):
                flow = LIBRARY.revisions[event.revision]
                assert render(flow, event, View(sprint.session.language, MEASURES[channel], facts_of_a_talk("en")))
            assert not isinstance(event, ev.Ended) or event.broke is None
        assert opened <= 1
        assert len(sprint.session.frames) <= 8
        session = sprint.session


@given(said=st.text(min_size=1, max_size=200).filter(lambda text: any(map(str.isalpha, text))))
def test_the_first_words_open_the_case_as_they_came(said: str) -> None:
    """Unless they are small talk, a way out, or somebody asking who wrote."""
    hello = start(LIBRARY, "raise-concern", Session(fields={"site": "known"})).session
    sprint = _resume(hello, Words(said))
    heard = saying(said)
    offered = answers(LIBRARY.revisions[hello.frames[0].revision], "hello", "en").find(" ".join(heard.tokens))
    small = LEXICON.greetings.is_all(heard) or LEXICON.thanks.is_all(heard)
    other = offered or small or LEXICON.command(heard) or LEXICON.is_hunt(heard)

    assert other or _kept(sprint.events) == [said]
    assert other or isinstance(sprint.events[0], ev.OpenCase)


def test_words_at_a_menu_are_more_testimony_and_the_question_is_put_again_without_the_code() -> None:
    talk = start(LIBRARY, "raise-concern", Session(fields={"site": "known"})).session
    saved = _resume(talk, Words("no pay since May")).session
    sprint = _resume(saved, Words("2 months, and they owe us overtime"))

    assert _kept(sprint.events) == ["2 months, and they owe us overtime"]
    assert sprint.session.frames == saved.frames
    assert sprint.session.asked == 1
    (again,) = (event for event in sprint.events if isinstance(event, ev.Say))
    (shown,) = render(LIBRARY.revisions[again.revision], again, View("en", MEASURES["sms"], facts_of_a_talk("en")))
    assert shown.text == "Saved. Is anyone in danger now? 1 Yes 2 No"


def test_later_words_of_a_phone_with_an_open_case_join_it() -> None:
    sprint = _resume(Session(fields={"case": "open", "site": "known"}), Words("also the water is dirty"))

    assert _kept(sprint.events) == ["also the water is dirty"]
    assert [event.flow for event in sprint.events if isinstance(event, ev.Say)] == ["dialogue"]


def test_after_hiding_nothing_joins_the_case_any_more() -> None:
    open_case = Session(fields={"case": "open", "site": "known", "danger": "fire", "consent": "never", "place": "greenhouse"})
    hidden = _resume(open_case, Words("9")).session

    assert hidden.frames == ()
    assert dict(hidden.fields) == {"site": "known", "place": "greenhouse", "hidden": "yes"}
    assert isinstance(_resume(hidden, Words("who had my phone? no pay")).events[1], ev.OpenCase)


def test_whoever_is_forgotten_leaves_nothing_in_the_session() -> None:
    asked = _resume(Session(fields={"case": "open", "site": "known", "place": "greenhouse", "who": "affected"}), Words("forget me"))
    sprint = _resume(asked.session, Words("1"))

    assert ev.ForgetAsked() in sprint.events
    assert sprint.session.frames == ()
    assert dict(sprint.session.fields) == {}


def test_a_session_outlives_the_revision_it_stood_in() -> None:
    """A revision that is nowhere to be found is replaced by the current one; a node that is gone lets the words join the case."""
    lost = (Frame("raise-concern", "0" * 64, "about"), Frame("raise-concern", "0" * 64, "gone"))
    sprint = _resume(Session(frames=lost, fields={"case": "open", "site": "known"}), Words("they lock the toilets"))

    assert _kept(sprint.events) == ["they lock the toilets"]
    assert [frame.node for frame in sprint.session.frames] == ["about"]


def test_even_an_empty_library_keeps_the_words() -> None:
    sprint = resume(Library({}, {}), Session(), Words("no pay"), NO_LEXICON)

    assert _kept(sprint.events) == ["no pay"]
    assert any(isinstance(event, ev.Ended) and event.broke for event in sprint.events)


def test_hello_and_saved_go_out_in_one_go_for_words_without_a_site() -> None:
    sprint = begin(LIBRARY, "raise-concern", Session(fields={"site": "unknown"}), Words("office keeps our ID cards"), LEXICON)

    assert [type(event).__name__ for event in sprint.events] == ["Say", "OpenCase", "FloorRaised", "Say"]
    assert [event.node for event in sprint.events if isinstance(event, ev.Say)] == ["hello_unknown", "saved"]


def test_beginning_with_nothing_said_only_begins() -> None:
    sprint = begin(LIBRARY, "raise-concern", Session(fields={"site": "known"}), Words(" "), LEXICON)

    assert [type(event).__name__ for event in sprint.events] == ["Say"]
