"""Every talk written down still goes as it was written, and every kind of node and every text of the library is in one."""

from pathlib import Path

import pytest

from channels.registry import CARDS
from flows.nodes import KINDS
from flows.nodes.base import Spoken
from flows.problems import FlowError
from flows.transcript import MEASURES, Recorder, Talk, parsed, run_file, run_text
from flows.transcript_cover import cover, wanted
from tests.flows.shelf import LANGUAGES, LEXICON, LIBRARY, TRANSCRIPTS

NODES = Path("tests/flows/nodes")


def _went(talks: tuple[Talk, ...]) -> list[str]:
    return [f"{talk.name}: {difference}" for talk in talks for difference in talk.differences]


@pytest.mark.parametrize("path", sorted(TRANSCRIPTS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_talk_goes_word_for_word_as_it_is_written(path: Path) -> None:
    assert _went(run_file(path, LIBRARY, LEXICON)) == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_node_has_a_transcript_that_holds(kind: str) -> None:
    path = NODES / f"{kind}.yaml"
    assert path.exists(), f"the kind {kind} has no transcript: write {path}"

    assert _went(run_file(path, LIBRARY, LEXICON)) == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_worked_example_of_a_kind_is_in_its_own_words(kind: str) -> None:
    assert f"kind: {kind}" in (KINDS[kind].__doc__ or "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_conversation_stands_in_a_transcript_in_each_language(language: str) -> None:
    """Only what the house says by itself (a knock, a late notice) is shown in stories instead."""
    talks = [talk for path in TRANSCRIPTS.glob(f"*.{language}.yaml") for talk in parsed(path.read_text(encoding="utf-8"), path.name).talks]
    said = {text for talk in talks for line in talk.dialogue for part, text in line.items() if part == "bot"}

    missing = [
        f"{flow.name}.{name}"
        for flow in LIBRARY.revisions.values()
        if flow.name != "notices"
        for name, node in flow.nodes.items()
        if isinstance(node, Spoken) and node.text and not any(_heard(flow.wordings(name, language, "sms")[0], text) for text in said)
    ]
    assert missing == []


def _heard(wordings: tuple[object, ...], text: str) -> bool:
    """Whether the text begins as this node's does, as far as its first fact."""
    for wording in wordings:
        own = str(getattr(wording, "text", ""))
        start = own.split("{", maxsplit=1)[0].split("[", maxsplit=1)[0].split("\n---", maxsplit=1)[0].strip()
        if own and text.startswith(start):
            return True
    return False


def test_the_measures_of_transcripts_are_those_of_the_channels() -> None:
    assert {name: CARDS[name].limits for name in MEASURES} == dict(MEASURES)


def test_a_talk_that_went_another_way_is_told_turn_by_turn() -> None:
    text = """
talks:
  - talk: wrong on purpose
    flow: dialogue
    fields: {case: open}
    dialogue:
      - worker: "52746"
      - worker: more
      - bot: "Thank you for your complaint."
"""
    (talk,) = run_text(text, LIBRARY, LEXICON)

    assert talk.differences == ("after 'more' expected 'bot: Thank you for your complaint.', came 'bot: Saved.'",)


def test_a_file_that_is_no_transcript_is_refused_with_its_lines() -> None:
    with pytest.raises(FlowError) as refused:
        run_text("talks:\n  - talk: x\n    channel: pigeon\n    dialogue: []\n", LIBRARY, LEXICON, name="x.yaml")

    assert [(problem.line, problem.where) for problem in refused.value.problems] == [(3, "talks.0.channel")]


def test_a_recorded_talk_runs_again_whatever_its_dates_and_names_were() -> None:
    recorder = Recorder("raise-concern", "telegram", "en")
    recorder.worker("52746 en")
    recorder.bot(
        "My line.\nWrite here what is wrong at work. You can also ask.\nA person at the company that buys from your factory reads it."
        " Your factory does not, unless you say yes.\nThe reader does not see your Telegram name. Telegram does not give us your number."
        " Telegram can read this chat.",
        (("do.who_sees", "Who sees what"), ("do.language", "Language · ভাষা"), ("do.person", "A person")),
    )
    recorder.worker("no pay")
    recorder.bot(
        "Saved. A person answers before 03-12. Your code: 1111 2222. It opens this from any phone. Keep it secret and away from this phone."
        " Is anyone in danger now? More to say? Just write.",
        (("saved.yes", "Yes, danger now"), ("saved.no", "No danger now")),
    )
    recorder.worker("No danger now")
    recorder.bot("What is it about most? More to say? Just write.")

    assert _went(run_text(recorder.text(), LIBRARY, LEXICON)) == []


def test_a_recorded_talk_with_other_words_is_found_out() -> None:
    recorder = Recorder("dialogue", "sms", "en")
    recorder.worker("52746")
    recorder.worker("more")
    recorder.bot("We will call your boss.")

    assert len(_went(run_text(recorder.text(), LIBRARY, LEXICON))) > 0


def _shipped_talks() -> tuple[Talk, ...]:
    return tuple(talk for path in sorted(TRANSCRIPTS.glob("*.yaml")) for talk in run_file(path, LIBRARY, LEXICON))


def test_every_node_and_every_answer_of_the_library_stands_in_an_asserted_turn_in_each_language() -> None:
    covers = {each.language: each for each in cover(LIBRARY, _shipped_talks())}

    assert {language: covers[language].missing for language in LANGUAGES} == dict.fromkeys(LANGUAGES, ())


def test_every_flow_is_talked_through_on_each_channel_in_each_language() -> None:
    came = {(talk.language, talk.channel, flow) for talk in _shipped_talks() for flow, _, _ in talk.touched}
    every = {(language, channel, flow) for language in LANGUAGES for channel in MEASURES for flow in LIBRARY.current}

    assert sorted(every - came) == []


_TURNS = """
talks:
  - talk: as written
    flow: feedback
    fields: {{case: open, feedback: solved}}
    dialogue:
      - worker: "52746"
      - bot: "Is it solved for you? 1 Yes 2 Partly 3 No"
      - worker: "1"
{rest}
"""


@pytest.mark.parametrize(
    ("rest", "touched"),
    [
        ("", False),
        ('      - bot: "Thank you for your complaint."', False),
        (
            '      - bot: "Thank you. We close it. If it comes back, or if somebody punishes you, write here: it opens again."\n',
            True,
        ),
    ],
    ids=["nothing is asserted", "it went another way", "asserted"],
)
def test_only_a_turn_that_is_asserted_and_went_as_written_counts(rest: str, touched: bool) -> None:
    (talk,) = run_text(_TURNS.format(rest=rest), LIBRARY, LEXICON)

    assert (("feedback", "solved", "yes") in talk.touched) is touched
    assert ("feedback", "solved", "") in talk.touched


def test_what_no_transcript_touches_is_named() -> None:
    (only,) = cover(LIBRARY, [Talk("nothing", (), "en", "sms", frozenset(wanted(LIBRARY) - {("rights", "rights", "pay")}))])

    assert only.missing == ("rights.rights.pay",)
    assert str(only) == f"en: {only.wanted - 1} of {only.wanted} nodes and answers; not touched: rights.rights.pay"
