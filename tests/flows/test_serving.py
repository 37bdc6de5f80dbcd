"""A flow may stand in the place of another on some channels; whoever is in the middle of one stays in it."""

from pathlib import Path

import pytest

from flows import events as ev
from flows.engine import Words, resume, start
from flows.model import Flow, read
from flows.problems import FlowError
from flows.relied import left_hanging
from flows.revisions import Library, library_of, shipped
from flows.serving import serving_problems
from flows.session import Session
from flows.transcript import run_text
from flows.wording import CHANNELS, SPOKEN_AS
from tests.flows.shelf import LEXICON, LIBRARY


def _flow(name: str, *, instead_of: str = "", channels: str = "", text: str = "Why?") -> Flow:
    place = f"instead_of: {instead_of}\nchannels: [{channels}]\n" if instead_of else ""
    nodes = f"nodes:\n  q: {{kind: ask, text: '{text}', go: bye}}\n  bye: {{kind: say, text: Bye.}}\n"
    return read({f"{name}.yaml": f"flow: {name}\nlanguage: en\n{place}{nodes}"})


TEA = _flow("tea")
SHORT = _flow("tea-short", instead_of="tea", channels="sms", text="Y?")
BOTH = library_of([TEA, SHORT])


def _asks(library: Library, name: str = "tea") -> str:
    return start(library, name, Session()).session.frames[-1].flow


@pytest.mark.parametrize("channel", [*CHANNELS, *SPOKEN_AS])
def test_a_flow_in_the_place_of_another_is_begun_on_its_channels_only(channel: str) -> None:
    short = SPOKEN_AS.get(channel, channel) == "sms"

    assert _asks(BOTH.on(channel)) == ("tea-short" if short else "tea")


def test_it_is_called_in_its_place_too() -> None:
    caller = read({"visit.yaml": "flow: visit\nlanguage: en\nnodes:\n  in: {kind: call, flow: tea}\n"})
    library = library_of([TEA, SHORT, caller])

    assert (_asks(library.on("sms"), "visit"), _asks(library.on("web"), "visit")) == ("tea-short", "tea")


def test_without_any_such_flow_a_library_is_the_same_on_every_channel() -> None:
    assert all(LIBRARY.on(channel) is LIBRARY for channel in CHANNELS)


def test_the_general_flow_keeps_its_name_for_whoever_asks_about_no_channel() -> None:
    assert BOTH.current == {"tea": TEA.revision, "tea-short": SHORT.revision}
    assert BOTH.now("tea") is TEA


def test_whoever_began_stays_in_what_they_began_whatever_serves_the_channel_now() -> None:
    begun = start(library_of([TEA]).on("sms"), "tea", Session()).session
    after = resume(BOTH.on("sms"), begun, Words("because"), LEXICON)

    assert [event.revision for event in after.events if isinstance(event, ev.Say)] == [TEA.revision]


def test_danger_that_was_heard_is_known_in_a_flow_that_stands_in_its_place() -> None:
    text = "Call if you can. {options}"
    option = "options: {yes: {text: Yes, happening: yes, go: bye}, no: {text: No, happening: no, go: bye}}"
    nodes = f"nodes:\n  q: {{kind: danger, text: '{text}', {option}}}\n  bye: {{kind: say, text: Bye.}}\n"
    urgent = read({"u.yaml": f"flow: u\nlanguage: en\ninstead_of: urgent\nchannels: [sms]\n{nodes}"})
    library = library_of([*LIBRARY.revisions.values(), urgent]).on("sms")
    begun = start(library, "raise-concern", Session(fields={"site": "known"})).session
    danger = resume(library, begun, Words("i want to die"), LEXICON)
    again = resume(library, danger.session, Words("i want to die"), LEXICON)

    assert danger.session.frames[-1].flow == "u"
    assert not any(isinstance(event, ev.DangerFound) for event in again.events)


def test_a_transcript_runs_in_the_flow_that_serves_its_channel() -> None:
    talk = '  - {{talk: {0}, flow: tea, channel: {0}, dialogue: [{{worker: "52746"}}, {{bot: "{1}"}}]}}\n'
    went = run_text("talks:\n" + talk.format("sms", "Y?") + talk.format("web", "Why?"), BOTH, LEXICON)

    assert [each.differences for each in went] == [(), ()]


@pytest.mark.parametrize(
    ("flows", "problems"),
    [
        ([TEA, SHORT], []),
        ([_flow("a", instead_of="tea", channels="sms, web"), _flow("b", instead_of="tea", channels="whatsapp, telegram")], []),
        ([TEA, SHORT, _flow("tea-web", instead_of="tea", channels="web")], []),
        (
            [TEA, SHORT, _flow("tea-tiny", instead_of="tea", channels="web, sms")],
            ["tea-tiny.yaml:1: channels: `tea-short` stands in the place of `tea` on sms too. Leave each channel to one of them."],
        ),
        (
            [SHORT],
            [
                (
                    "tea-short.yaml:1: channels: there is no flow `tea`, and nothing in its place serves whatsapp, telegram, web. "
                    "Write the flow `tea`, or name these channels too."
                )
            ],
        ),
    ],
    ids=["one beside the general one", "all channels shared out", "two beside it", "two claim one", "some served by none"],
)
def test_two_that_claim_a_channel_and_a_channel_that_none_serves_are_told(flows: list[Flow], problems: list[str]) -> None:
    assert [str(problem) for problem in serving_problems(flows)] == problems


def test_a_folder_in_which_a_channel_is_claimed_twice_is_not_read(tmp_path: Path) -> None:
    for name in ("tea-a", "tea-b"):
        text = f"flow: {name}\nlanguage: en\ninstead_of: tea\nchannels: [sms]\nnodes:\n  q: {{kind: say, text: Hi}}\n"
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(FlowError, match="`tea-a` stands in the place of `tea` on sms too"):
        shipped(tmp_path)


@pytest.mark.parametrize(
    ("head", "where", "what"),
    [
        ("channels: [sms]", "channels", "it is not said in whose place this flow stands"),
        ("instead_of: tea", "instead_of", "it is not said on which channels"),
        ("instead_of: notices\nchannels: [sms]", "instead_of", "no flow stands in the place of `notices`"),
        ("channels: [pigeon]\ninstead_of: tea", "channels.0", "input should be 'sms', 'whatsapp', 'telegram' or 'web'"),
    ],
)
def test_half_said_is_told_with_its_line_and_its_mend(head: str, where: str, what: str) -> None:
    with pytest.raises(FlowError) as refused:
        read({"x.yaml": f"flow: x\nlanguage: en\n{head}\nnodes:\n  q: {{kind: say, text: Hi}}\n"})

    assert [(problem.line, problem.where, problem.what) for problem in refused.value.problems] == [(3, where, what)]


def test_a_node_that_others_begin_the_flow_at_may_not_be_missing_in_its_place() -> None:
    short = _flow("may-we-short", instead_of="may-we", channels="sms")

    assert {problem.where for problem in left_hanging(LIBRARY, short)} >= {"nodes.danger", "nodes.change"}
